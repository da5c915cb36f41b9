import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { expectUserError, runCli } from '../support/run-cli.ts';

describe('kubecase demo', () => {
  it('collects the sample cluster, diagnoses it, and leaves bundle and report', async () => {
    const directory = join(temporaryFolder(), 'demo');

    const { code, stdout, stderr } = await runCli(['demo', '--directory', directory]);

    expect(code, stderr).toBe(0);
    expect(readdirSync(directory).sort()).toEqual(['bundle.tar.gz', 'report.html']);
    expect(await verifyBundle(join(directory, 'bundle.tar.gz'))).toMatchObject({
      problems: [],
      complete: true,
    });
    expect(readFileSync(join(directory, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(stdout).toContain(join(directory, 'bundle.tar.gz'));
    expect(stdout).toContain(join(directory, 'report.html'));
    expect(stdout).toMatch(/1 {2}◆ Critical/);
    expect(stdout).toContain('kong-dp-edge-kong-74f6d9b5c8-q8m4d');
  });

  it('can be run again in the same folder', async () => {
    const directory = join(temporaryFolder(), 'demo');
    await runCli(['demo', '--directory', directory]);

    const { code } = await runCli(['demo', '--directory', directory, '--sample', 'healthy']);

    expect(code).toBe(0);
    expect(existsSync(join(directory, 'report.html'))).toBe(true);
  });

  it.each(['no-such-sample', '../samples/healthy'])('knows no sample %s', async (sample) => {
    const directory = join(temporaryFolder(), 'demo');

    const result = await runCli(['demo', '--directory', directory, '--sample', sample]);

    expectUserError(result, 2, /there is no such sample/);
    expect(existsSync(directory)).toBe(false);
  });

  it('says where its folder cannot be made', async () => {
    const result = await runCli(['demo', '--directory', '/dev/null/demo']);

    expectUserError(result, 2, /\/dev\/null\/demo: cannot be made \(ENOTDIR\)/);
  });
});
