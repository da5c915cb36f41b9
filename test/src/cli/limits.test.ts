import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer, Route } from '../../support/fake-api-server.ts';
import { expectNoStack, runCli } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

let server: FakeApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Begins a log and never ends it. */
const endlessLog: Route = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain' }).write('2026-03-01T11:59:00Z still running\n');
};

it('--timeout ends a collection that hangs in a valid bundle, and --progress json tells it', async () => {
  server = await startServedCluster(await troubledCluster(['shop'], { leaders: false }), {
    '/api/v1/namespaces/shop/pods/crash-1/log': endlessLog,
  });
  const file = join(temporaryFolder(), 'b.tar.gz');
  const args = ['collect', '--kubeconfig', server.kubeconfig(), '--output-file', file];

  const result = await runCli([...args, '--timeout', '2s', '--progress', 'json']);

  expect(result).toMatchObject({ code: 3, stdout: `${file}\n` });
  expectNoStack(result);
  const events = result.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: 'connected' });
  const reason = 'the time of `--timeout` (2 s) was over';
  expect(events.at(-1)).toMatchObject({ type: 'result', file, complete: false, incompleteReason: reason });
  const limited = events.filter(({ secondsLeft }) => secondsLeft !== undefined);
  expect(limited.every(({ secondsLeft }) => secondsLeft <= 2)).toBe(true);
  expect(await callCli('verify', file)).toMatchObject({
    code: 3,
    stdout: expect.stringContaining('collection incomplete'),
  });
  const { stdout } = await callCli('analyze', file, '-o', 'json');
  expect(JSON.parse(stdout).bundles[0]).toMatchObject({ complete: false, incompleteReason: reason });
});

it('a limit that is none is told in one line', async () => {
  expect(await callCli('collect', '--max-size', 'big')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Not a size'),
  });
});
