import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createPrivateFile } from '../../../src/bundle/private-file.ts';
import { temporaryFolder } from './bundle-fixture.ts';

const MODULE = new URL('../../../src/bundle/private-file.ts', import.meta.url).href;
const SCRIPT = `
  const { createPrivateFile } = await import(${JSON.stringify(MODULE)});
  const file = await createPrivateFile('plain.txt');
  await file.write(Buffer.from('content'));
  process.stdout.write('ready');
  setInterval(() => {}, 1000);
`;

describe('createPrivateFile', () => {
  it('can be read by its path until it is disposed of', async () => {
    const file = await createPrivateFile('plain.txt');
    await file.write(Buffer.from('one '));
    await file.write(Buffer.from('two'));

    expect([readFileSync(file.path, 'utf8'), readFileSync(file.path, 'utf8')]).toEqual([
      'one two',
      'one two',
    ]);
    await file.dispose();
    expect(existsSync(file.path)).toBe(false);
  });

  it('leaves the listeners of the process as they were', async () => {
    const count = () => process.listenerCount('SIGINT') + process.listenerCount('exit');
    const before = count();
    await (await createPrivateFile('x')).dispose();

    expect(count()).toBe(before);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'is gone after %s, which ends the process',
    async (signal) => {
      const folder = join(temporaryFolder(), 'tmp');
      mkdirSync(folder);
      const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT], {
        env: { PATH: process.env.PATH, TMPDIR: folder },
      });
      await once(child.stdout, 'data');
      child.kill(signal);
      const [, ended] = await once(child, 'exit');

      expect(ended).toBe(signal);
      // Systems without /proc cannot promise anything after a kill.
      if (signal !== 'SIGKILL' || existsSync('/proc/self/fd')) expect(readdirSync(folder)).toEqual([]);
    },
  );
});
