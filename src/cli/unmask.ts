import { basename } from 'node:path';
import { EXIT, UserError } from '../model/errors.ts';
import { keyIdOf, type Pseudonyms, reveal } from '../redact/obfuscate.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';
import { deliver, type FormatName, renderReport } from './output.ts';
import { parseReport } from './report.ts';
import { readTextFile } from './text-file.ts';

interface UnmaskFlags {
  readonly keyFile?: string;
  readonly output?: FormatName;
  readonly outputFile?: string;
}

/** Script and style of a page stay as they are, or the page would not run them; data is no program. */
const PROGRAM = /<(script|style)\b[^>]{0,200}>/g;

/** Brings the names back in a report that was made of a bundle with pseudonyms. */
export async function unmask(file: string, { keyFile, output, outputFile }: UnmaskFlags): Promise<number> {
  if (keyFile === undefined)
    throw new UserError('unmask-without-key', 'unmask: the key is missing', {
      hint: 'Name the file with --key-file that `collect --obfuscate` was given.',
    });
  const key = await readKeyFile(keyFile);
  const text = await readTextFile(file);
  const name = `${file === '-' ? 'report' : basename(file).replace(/\.(?:json|html?)$/, '')}.unmasked`;
  if (/^\s*<!doctype html/i.test(text)) {
    if (output !== undefined && output !== 'html')
      throw new UserError('unmask-format', `${file}: a page stays a page`, {
        hint: 'For other formats give the report.json of `kubecase analyze -o json`.',
      });
    await deliver(unmaskedPage(file, text, key), 'html', name, outputFile);
    return EXIT.ok;
  }
  const format = output ?? 'json';
  await deliver(await renderReport(unmaskedReport(file, text, key), format), format, name, outputFile);
  return EXIT.ok;
}

function unmaskedReport(file: string, text: string, { key, pseudonyms }: KeyFile) {
  const report = parseReport(file, text);
  const keys = report.bundles.flatMap(({ obfuscation }) => obfuscation?.key ?? []);
  if (!keys.includes(keyIdOf(key))) throw otherKey(file, keys.length > 0);
  // What is not of the bundle stays as it is written.
  const { catalog, bundles, ...rest } = report;
  const shown = parseReport(file, reveal(JSON.stringify({ ...rest, bundles, catalog: {} }), pseudonyms));
  return {
    ...shown,
    catalog,
    bundles: shown.bundles.map(({ obfuscation, ...bundle }) =>
      obfuscation === undefined || obfuscation.key === keyIdOf(key) ? bundle : { ...bundle, obfuscation },
    ),
  };
}

function unmaskedPage(file: string, text: string, { key, pseudonyms }: KeyFile): string {
  const told = [...text.matchAll(/\(key ([0-9a-f]{8})\)/g)].map(([, id]) => id);
  if (!told.includes(keyIdOf(key))) throw otherKey(file, told.length > 0);
  let shown = '';
  let from = 0;
  for (const { 0: tag, 1: name, index } of text.matchAll(PROGRAM)) {
    const end = text.indexOf(`</${name}>`, index);
    if (index < from || end === -1 || tag.includes('application/json')) continue;
    shown += revealed(text.slice(from, index), pseudonyms) + text.slice(index, end);
    from = end;
  }
  shown += revealed(text.slice(from), pseudonyms);
  return shown.replaceAll('pseudonyms stand for', 'names are brought back for');
}

/** A name may be cut by where a line may break. */
function revealed(part: string, pseudonyms: Pseudonyms): string {
  return reveal(part.replaceAll('<wbr>', ''), pseudonyms);
}

function otherKey(file: string, isObfuscated: boolean): UserError {
  if (!isObfuscated)
    return new UserError('unmask-nothing', `${file}: no bundle of this report has pseudonyms for names`);
  return new UserError('unmask-other-key', `${file}: its pseudonyms were made with another key`, {
    hint: 'Name the key file the bundle was collected with.',
  });
}
