import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';

const BUNDLE = join(import.meta.dirname, '../../../samples/image-pull-denied/bundle');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubecase-slips-'));
});

describe('a slip', () => {
  it('in an id is answered with what may be meant', async () => {
    const { code, stderr } = await callCli('explain', 'virtual-environment/operator-statu');

    expect(code).toBe(2);
    expect(stderr).toContain(
      'Meant may be virtual-environment/operator-status; `kubecase list` prints the ids.',
    );
  });

  it('in an id that is like none gets no guess', async () => {
    const { stderr } = await callCli('explain', 'qqqqqq/zzzzzz');

    expect(stderr).toContain('\n  `kubecase list` prints the ids.\n');
  });

  it.each([
    [['report'], 'no such file or folder'],
    [['unmask', '--key-file', 'key'], 'no such file'],
  ])('in the name of a file is said in words: %j', async (args, words) => {
    const { code, stderr } = await callCli(...args, join(folder, 'absent.json'));

    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('ENOENT');
  });

  it('that gives a folder as a report is said in words', async () => {
    const { stderr } = await callCli('report', folder);

    expect(stderr).toBe(`kubecase: ${folder}: is a folder\n  Give the name of a file.\n`);
  });

  it('in where the report goes is found before anything is read', async () => {
    const inFolder = await callCli('analyze', join(folder, 'absent.tar.gz'), '--output-file', folder);
    const nowhere = await callCli('analyze', BUNDLE, '--output-file', join(folder, 'absent', 'report.html'));

    expect(inFolder.stderr).toContain(`${folder}: cannot be written: it is a folder`);
    expect(nowhere.stderr).toContain('cannot be written: its folder does not exist');
    expect([inFolder.code, nowhere.code]).toEqual([2, 2]);
  });

  it('that gives any folder to `verify` is told without reading it', async () => {
    await writeFile(join(folder, 'large'), Buffer.alloc(1024));

    const { code, stderr } = await callCli('verify', folder);

    expect(code).toBe(2);
    expect(stderr).toContain('is not a kubecase bundle');
  });

  it('in a port is refused', async () => {
    const { code, stderr } = await callCli('serve', BUNDLE, '--port', '99999');

    expect(code).toBe(2);
    expect(stderr).toContain('Not a port: the highest is 65535.');
  });
});
