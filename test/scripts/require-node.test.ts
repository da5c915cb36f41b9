import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/require-node.mjs');

/** Runs the script as if Node had this version. */
function runOn(version: string): { status: number | null; stderr: string } {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return spawnSync(process.execPath, ['--import', preload, SCRIPT], { encoding: 'utf8' });
}

describe('require-node', () => {
  it.each(['22.19.0', '22.20.1', '24.0.0', '100.1.0'])('lets Node %s pass in silence', (version) => {
    expect(runOn(version)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(['20.20.2', '22.18.9', '9.99.0'])('refuses Node %s in one line', (version) => {
    const { status, stderr } = runOn(version);

    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringContaining(`Node ${version} is too old, 22.19 or newer is needed`),
    ]);
  });
});
