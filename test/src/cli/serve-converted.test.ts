import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '../../../src/kube/connect.ts';
import { FOREIGN_BUNDLES, tarGz } from '../../support/foreign-bundles.ts';
import { startCli } from '../../support/run-cli.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

async function mustGather(folder: string): Promise<string> {
  const file = join(folder, 'must-gather.tar.gz');
  writeFileSync(file, tarGz(FOREIGN_BUNDLES['must-gather']!(await troubledCluster(['other', 'shop']))));
  return file;
}

/** Serves an input, asks for its pods, ends. */
async function podsServed(args: readonly string[], cwd: string, env: Record<string, string>) {
  const running = startCli(['serve', ...args], { cwd, env });
  await running.stderrHas('Ctrl-C ends it.');
  const kubeconfig = join(cwd, 'must-gather.kubeconfig');
  const kube = await connect({ kubeconfig, signal: new AbortController().signal, env: {} });
  const { body } = await kube.get('/api/v1/pods', { signal: new AbortController().signal });
  await kube.close();
  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  return { code, stderr, pods: (JSON.parse(body.toString()).items as object[]).length };
}

describe('kubecase serve of a bundle of another tool', () => {
  it('converts it once, keeps what it became for its owner only, and says so', async () => {
    const [folder, caches] = [temporaryFolder(), temporaryFolder()];
    const file = await mustGather(folder);
    const env = { XDG_CACHE_HOME: caches };
    const kept = join(caches, 'kubecase/served');

    const first = await podsServed([file], folder, env);
    const [name = ''] = readdirSync(kept);
    const bytes = readFileSync(join(kept, name));
    const second = await podsServed([file], folder, env);

    expect(first).toMatchObject({ code: 0, pods: second.pods });
    expect(first.pods).toBeGreaterThan(2);
    expect(first.stderr).toContain('is not a whole kubecase bundle; converting it, once');
    expect(second.stderr).toContain(`serving what it was converted to before, ${join(kept, name)}`);
    expect(readdirSync(kept)).toEqual([name]);
    expect(name).toMatch(/^[0-9a-f]{64}\.tar\.gz$/);
    expect(readFileSync(join(kept, name)).equals(bytes)).toBe(true);
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    expect(statSync(join(kept, name)).mode & 0o777).toBe(0o600);
  });

  it('keeps nothing with --no-cache, and where there is no room for a cache', async () => {
    const [folder, caches, temporary] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const file = await mustGather(folder);
    const env = { XDG_CACHE_HOME: caches, TMPDIR: temporary };

    const without = await podsServed([file, '--no-cache'], folder, env);
    const refused = await podsServed([file], folder, { ...env, XDG_CACHE_HOME: '/dev/null' });

    expect(without).toMatchObject({ code: 0 });
    expect(without.stderr).toContain('converting it for this time only');
    expect(refused.stderr).toContain('nothing is kept for the next time');
    expect(refused.pods).toBe(without.pods);
    expect([...readdirSync(caches), ...readdirSync(temporary)]).toEqual([]);
  });
});
