import { dropEntries } from '../bundle/drop.ts';
import { checkRecipients, encryptFile, withDecrypted } from '../bundle/encrypted.ts';
import { EXIT, UserError } from '../model/errors.ts';
import { visibleText } from '../report/visible-text.ts';

interface EditFlags {
  readonly drop?: readonly string[];
  readonly outputFile?: string;
  readonly encrypt?: readonly string[];
  readonly identity?: string;
}

/** Seals a bundle again without what its owner does not want to send, and prints the path of the new one. */
export async function edit(bundle: string, flags: EditFlags): Promise<number> {
  if (flags.drop === undefined)
    throw new UserError('edit-nothing', 'edit: nothing to do', {
      hint: "Say what to leave out, e.g. --drop 'logs/shop/*'; `kubecase inspect` lists the paths.",
    });
  const recipients = await checkRecipients(flags.encrypt ?? []);
  const globs = flags.drop;
  const target = flags.outputFile ?? editedName(bundle);
  const { dropped, file } = await withDecrypted([bundle], flags.identity, ([input = bundle]) =>
    dropEntries(input, globs, target),
  );
  for (const { path } of dropped) process.stderr.write(`dropped ${visibleText(path)}\n`);
  const written = recipients.length === 0 ? file : await encryptFile(file, recipients);
  process.stdout.write(`${written}\n`);
  return EXIT.ok;
}

/** `x.tar.gz` becomes `x.edited.tar.gz`, beside the original. */
function editedName(bundle: string): string {
  return `${bundle.replace(/(?:\.tar\.gz|\.tgz)?(?:\.age)?$/, '')}.edited.tar.gz`;
}
