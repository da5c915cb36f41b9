import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer, Route } from '../../support/fake-api-server.ts';
import { expectNoStack, startCli } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

/** Served today, its leaders look gone for months: `collect` would look at their leases again 17 s later. */
const LEADERLESS = { leaders: false };

let server: FakeApiServer | undefined;

afterEach(async () => server?.close());

/** Begins a log and never ends it. */
const endlessLog: Route = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).write('2026-03-01T11:59:00Z still running\n');
};
/** Never begins. */
const silence: Route = () => {};

const LOG = '/api/v1/namespaces/shop/pods/crash-1/log';

/** A collection of a cluster that hangs at one path, once it has come there. */
async function startHanging(path: string, route: Route) {
  let reached = () => {};
  const atPath = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const hanging: Route = (...asked) => {
    route(...asked);
    reached();
  };
  server = await startServedCluster(await troubledCluster(['shop'], LEADERLESS), { [path]: hanging });
  const folder = temporaryFolder();
  const file = join(folder, 'bundle.tar.gz');
  const args = ['collect', '--kubeconfig', server.kubeconfig(), '--output-file', file];
  const running = startCli(args, { cwd: folder });
  await Promise.race([atPath, running.ended]);
  return { ...running, folder, file };
}

describe.each([
  ['SIGINT', 'a log that never ends', LOG, endlessLog, 'fail'],
  ['SIGTERM', 'a list that is never answered', '/api/v1/pods', silence, 'unknown'],
  ['SIGTERM', 'an API server that never answers', '/version', silence, 'unknown'],
] as const)('%s during %s', (signal, _what, path, route, status) => {
  it('ends with a valid bundle that says it is partial, and so does its report', async () => {
    const { child, ended, file, folder } = await startHanging(path, route);

    child.kill(signal);
    const result = await ended;

    expect(result.stderr).toContain(`${signal}: closing the bundle`);
    expect(result).toMatchObject({ code: 3, signal: null, stdout: `${file}\n` });
    expectNoStack(result);
    expect(readdirSync(folder)).toEqual(['bundle.tar.gz']);
    const verified = await callCli('verify', file);
    expect(verified).toMatchObject({ code: 3, stderr: '' });
    expect(verified.stdout).toMatch(/^ok: \d+ entries, collection incomplete\n$/);
    const analyzed = await callCli('analyze', file, '-o', 'json');
    expect(analyzed).toMatchObject({ code: 3, stderr: expect.stringContaining('interrupted') });
    const { bundles, results } = JSON.parse(analyzed.stdout);
    expect(bundles[0]).toMatchObject({ complete: false });
    // The pod in a crash loop was read before the log, or not at all.
    expect(results).toContainEqual(expect.objectContaining({ analyzerId: 'workload/crash-loop', status }));
  });
});

it('a second signal ends the process at once, and what was written keeps its partial name', async () => {
  const { child, ended, folder } = await startHanging(LOG, endlessLog);

  // Both are waiting when the process looks, in either order; a second SIGINT could be taken for the first.
  child.kill('SIGINT');
  child.kill('SIGTERM');
  const result = await ended;

  expect([130, 143]).toContain(result.code);
  expect(result.stdout).toBe('');
  expect(readdirSync(folder)).toEqual(['bundle.tar.gz.partial']);
  expectNoStack(result);
});
