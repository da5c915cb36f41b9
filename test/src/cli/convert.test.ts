import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import { expectUserError, runCli } from '../../support/run-cli.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { troubleshootArchive } from '../../support/troubleshoot-bundle.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

async function supportBundle(folder: string): Promise<string> {
  const file = join(folder, 'support-bundle.tar.gz');
  writeFileSync(file, troubleshootArchive(await troubledCluster(['shop'])));
  return file;
}

describe('kubecase convert', () => {
  it('writes a support bundle as a bundle of ours that can be verified, and ours as a support bundle', async () => {
    const folder = temporaryFolder();
    const input = await supportBundle(folder);
    const [ours, theirs] = [join(folder, 'ours.tar.gz'), join(folder, 'theirs.tar.gz')];

    const there = await callCli('convert', input, '--output-file', ours);
    const back = await callCli('convert', ours, '--to', 'troubleshoot', '--output-file', theirs);

    expect(there).toMatchObject({ code: 0, stdout: `${ours}\n`, stderr: '' });
    expect(await callCli('verify', ours)).toMatchObject({ code: 0 });
    expect(back).toMatchObject({ code: 0, stdout: `${theirs}\n` });
    const names = gunzipSync(readFileSync(theirs)).toString('latin1');
    for (const path of ['version.yaml', 'cluster-resources/pods/shop.json', 'cluster-resources/groups.json'])
      expect(names).toContain(`theirs/${path}`);
  });

  it('gives the new bundle a name in the current folder, and reads standard input', async () => {
    const folder = temporaryFolder();
    const input = await supportBundle(folder);

    const named = await runCli(['convert', input], { cwd: folder });
    const packed = zstdCompressSync(gunzipSync(readFileSync(input)));
    const piped = await runCli(['convert', '-', '--output-file', 'piped.tar.gz'], {
      cwd: folder,
      stdin: packed,
    });

    expect(named).toMatchObject({ code: 0, stdout: 'support-bundle.kubecase.tar.gz\n' });
    expect(piped).toMatchObject({ code: 0, stdout: 'piped.tar.gz\n' });
    expect(readdirSync(folder).sort()).toEqual([
      'piped.tar.gz',
      'support-bundle.kubecase.tar.gz',
      'support-bundle.tar.gz',
    ]);
  });

  it('ends with 3 and says so when the input is cut', async () => {
    const folder = temporaryFolder();
    const input = await supportBundle(folder);
    writeFileSync(input, readFileSync(input).subarray(0, 1500));

    const result = await callCli('convert', input, '--output-file', join(folder, 'cut.tar.gz'));

    expect(result.code).toBe(3);
    expect(result.stderr).toBe('kubecase: the bundle is incomplete: the archive ends early\n');
  });

  it('never writes over its input, and needs a name for what comes from standard input', async () => {
    const folder = temporaryFolder();
    const input = await supportBundle(folder);

    expectUserError(await callCli('convert', input, '--output-file', input), 2, /is the bundle that is read/);
    expectUserError(await callCli('convert', '-'), 2, /standard input gives no name/);
    expectUserError(await callCli('convert', input, '--to', 'floppy'), 2, /Allowed choices are kubecase/);
  });
});
