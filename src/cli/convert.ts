import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { builtInRedaction } from '../bundle/built-in-redaction.ts';
import { type ConvertedBundle, convertBundles } from '../bundle/convert.ts';
import { writeMustGather } from '../bundle/convert-must-gather.ts';
import { writeTroubleshoot } from '../bundle/convert-troubleshoot.ts';
import { checkRecipients, encryptFile, withDecrypted } from '../bundle/encrypted.ts';
import { createLeakScanner } from '../bundle/leak-scan.ts';
import { READ_LIMITS, type ReadLimits } from '../bundle/limits.ts';
import { refuseSameFile } from '../bundle/output-file.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { visibleText } from '../report/visible-text.ts';
import { TOOL } from '../version.ts';
import { whileBusy } from './busy.ts';
import { contentTypes } from './content-types.ts';
import { bundleObfuscation, type ObfuscateFlags } from './obfuscate-flags.ts';
import { type RedactionFlags, redactionExtras } from './redaction-flags.ts';
import { tellSame } from './same-inputs.ts';

type ForeignTarget = 'troubleshoot' | 'must-gather';

/** How each arrangement is written, what it is called, and which of its files names what it has no place for. */
const FOREIGN = {
  troubleshoot: {
    write: writeTroubleshoot,
    name: 'support bundle',
    record: 'skipped-collectors.json',
  },
  'must-gather': { write: writeMustGather, name: 'must-gather', record: 'gather.logs' },
} as const;

interface ConvertFlags extends RedactionFlags, ObfuscateFlags {
  readonly to: 'kubecase' | ForeignTarget;
  readonly outputFile?: string;
  readonly encrypt?: readonly string[];
  readonly identity?: string;
  readonly limit?: ReadLimits;
}

/** Writes bundles of any layout as one of the layout asked for, and prints its path. Exit 3 when it is incomplete. */
export async function convert(inputs: readonly string[], flags: ConvertFlags): Promise<number> {
  const extras = await redactionExtras(flags);
  const hidden = await bundleObfuscation(flags);
  const recipients = await checkRecipients(flags.encrypt ?? []);
  const target = flags.outputFile ?? defaultName(inputs, flags.to);
  for (const input of inputs) await refuseSameFile(input, target);
  const make = (files: readonly string[], outputFile: string) =>
    convertBundles({
      inputs: files,
      outputFile,
      redaction: hidden.wrap(builtInRedaction([], extras)),
      ...(hidden.obfuscation ? { obfuscation: hidden.obfuscation } : {}),
      scanner: createLeakScanner([], hidden.search),
      limits: flags.limit,
      tool: TOOL,
      contentTypes: contentTypes(),
      now: () => new Date(),
      onSame: (same) => tellSame(inputs, same),
    });
  const converted = await whileBusy('Converting', () =>
    withDecrypted(inputs, flags.identity, (opened) =>
      withoutStdin(opened, (files) =>
        flags.to === 'kubecase'
          ? make(files, target)
          : throughOurs((file) => make(files, file), { target, to: flags.to }),
      ),
    ),
  );
  await hidden.save();
  tell(converted);
  const file = recipients.length === 0 ? target : await encryptFile(target, recipients);
  process.stdout.write(`${file}\n`);
  return converted.complete && (converted.leaks ?? []).length === 0 ? EXIT.ok : EXIT.incomplete;
}

/** A bundle is read twice: standard input goes to a private file first. */
async function withoutStdin<T>(
  inputs: readonly string[],
  run: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  if (!inputs.includes('-')) return run(inputs);
  const { spoolToFile } = await import('../bundle/zip-spool.ts');
  const first = { bytes: Buffer.alloc(0), ended: false };
  const spooled = await spoolToFile({ stream: process.stdin, first }, READ_LIMITS);
  try {
    return await run(inputs.map((input) => (input === '-' ? spooled.file : input)));
  } finally {
    await spooled.dispose();
  }
}

/** Everything passes through a bundle of ours, which is redacted and read again, before it becomes another. */
async function throughOurs(
  make: (outputFile: string) => Promise<ConvertedBundle>,
  { target, to }: { readonly target: string; readonly to: ForeignTarget },
): Promise<ConvertedBundle> {
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const converted = await make(join(folder, 'bundle.tar.gz'));
    const { write, name, record } = FOREIGN[to];
    const { left } = await write(converted.file, target);
    if (left.length > 0)
      process.stderr.write(
        `kubecase: ${left.length} entries have no place in a ${name}; ${record} names them\n`,
      );
    return converted;
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function tell({ complete, incompleteReason, leaks = [] }: ConvertedBundle): void {
  if (!complete)
    process.stderr.write(`kubecase: the bundle is incomplete: ${visibleText(incompleteReason ?? '')}\n`);
  for (const { path, rule } of leaks)
    process.stderr.write(`kubecase: dropped ${visibleText(path)}: held what must not be in it (${rule})\n`);
}

/** `x.zip` becomes `x.kubecase.tar.gz`. */
function defaultName([input = '-']: readonly string[], to: string): string {
  if (input === '-')
    throw new UserError('output-unnamed', 'convert: standard input gives no name', {
      hint: 'Say where the new bundle goes with --output-file.',
    });
  const name = basename(input).replace(/(?:\.tar)?(?:\.(?:gz|tgz|tar|xz|zst|zip))?(?:\.age)?$/, '');
  return `${name || 'bundle'}.${to}.tar.gz`;
}
