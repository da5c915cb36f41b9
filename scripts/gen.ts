import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../src/model/errors.ts';
import { generatedIndexes, generatedReference, staleFiles } from './generated-files.ts';
import { ROOT } from './units.ts';

/** `npm run gen`: writes indexes and reference pages; with `--check` only says which are out of step. */
async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  const stale: string[] = [];
  for (const generate of [generatedIndexes, generatedReference]) {
    // With a stale index the CLI may not load.
    if (check && stale.length > 0) break;
    const files = await generate();
    for (const path of await staleFiles(files)) {
      stale.push(path);
      if (!check) await write(path, files.get(path) ?? '');
    }
  }
  if (!check) {
    console.log(stale.length === 0 ? 'everything is in step' : `written: ${stale.join(', ')}`);
    return;
  }
  for (const path of stale) console.error(`${path} is out of step; run \`npm run gen\``);
  process.exitCode = stale.length > 0 ? 1 : 0;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(ROOT, path)), { recursive: true });
  await writeFile(join(ROOT, path), content);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
