import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../src/model/errors.ts';
import { generatedIndexes, generatedReference, staleFiles } from './generated-files.ts';
import { scaffold } from './scaffold.ts';
import { ROOT, type UnitKind } from './units.ts';

/** `npm run new analyzer|collector <domain>/<name>`: three files to fill in, then the generated ones. */
async function main(): Promise<void> {
  const [kind = '', id = ''] = process.argv.slice(2);
  if ((kind !== 'analyzer' && kind !== 'collector') || id === '') {
    throw new UserError('usage', 'usage: npm run new analyzer|collector <domain>/<name>');
  }
  const files = scaffold(kind satisfies UnitKind, id);
  for (const path of files.keys()) {
    if (existsSync(join(ROOT, path))) throw new UserError('exists', `${path} exists already`);
  }
  for (const [path, content] of files) await write(path, content);
  for (const generate of [generatedIndexes, generatedReference]) {
    const generated = await generate();
    for (const path of await staleFiles(generated)) await write(path, generated.get(path) ?? '');
  }
  console.log('fill in what the files say, then: npm run gen && npm test');
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), content);
  console.log(`written: ${path}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
  process.exitCode = error.exitCode;
}
