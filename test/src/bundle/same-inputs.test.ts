import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sameInputs } from '../../../src/bundle/same-inputs.ts';
import { temporaryFolder } from './bundle-fixture.ts';

function file(text: string): string {
  const path = join(temporaryFolder(), 'bundle.tar.gz');
  writeFileSync(path, text);
  return path;
}

it('a file given twice, or a copy of it under another name, is the same input', async () => {
  const [one, copy, other] = [file('abc'), file('abc'), file('xyz')];

  expect(await sameInputs([one, other, one, copy])).toEqual([
    { again: 2, first: 0 },
    { again: 3, first: 0 },
  ]);
});

it('a folder under two names is the same input, and so is standard input', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'real'));
  symlinkSync(join(folder, 'real'), join(folder, 'link'));

  expect(await sameInputs([join(folder, 'real'), '-', join(folder, 'link'), '-'])).toEqual([
    { again: 2, first: 0 },
    { again: 3, first: 1 },
  ]);
});

it('different files of one size, different folders and pipes are different inputs', async () => {
  const folders = [temporaryFolder(), temporaryFolder()];

  expect(await sameInputs([file('abc'), file('xyz'), ...folders, '/dev/null', '/dev/null'])).toEqual([]);
});

it('what is not there is said as everywhere', async () => {
  await expect(sameInputs([file('abc'), '/nowhere/at-all'])).rejects.toMatchObject({ code: 'input-missing' });
});
