import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
import { expectUserError } from '../../support/run-cli.ts';
import { startServedCluster } from '../../support/served-cluster.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { manifestOf, readAll, temporaryFolder } from '../bundle/bundle-fixture.ts';

let server: FakeApiServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function kubeconfig(): Promise<string> {
  server = await startServedCluster(await troubledCluster(['shop'], { leaders: false }));
  return server.kubeconfig();
}

const ALL = ['--obfuscate', 'ip,hostname', '--obfuscate', 'namespace'];

it('collect --obfuscate leaves no name of the cluster in the bundle, and all of them in the key file', async () => {
  const folder = temporaryFolder();
  const [target, keyFile] = [join(folder, 'b.tar.gz'), join(folder, 'own.key')];
  const args = ['--kubeconfig', await kubeconfig(), '--output-file', target, '--key-file', keyFile];
  const { stdout, stderr } = await callCli('collect', ...args, ...ALL);

  expect(stdout).toBe(`${target}\n`);
  expect(stderr).toMatch(/\d+ names were kept: they are words that name nobody/);
  const { names, addresses } = JSON.parse(readFileSync(keyFile, 'utf8')) as {
    readonly names: Record<string, string>;
    readonly addresses: Record<string, string>;
  };
  expect(Object.values(names)).toContain('shop');
  const entries = await readAll(target);
  const all = [...entries].flat().join('\n');
  for (const name of Object.values(names))
    expect(all).not.toMatch(new RegExp(`(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`));
  const left = Object.values(addresses).filter((one) => !one.includes('/') && !(one in addresses));
  expect(left.length).toBeGreaterThan(0);
  for (const address of left) expect(all).not.toContain(`"${address}"`);
  expect((await callCli('verify', target)).stdout).toMatch(/^ok: /);
  const { obfuscation } = await manifestOf(target);
  expect(obfuscation).toEqual({
    kinds: ['ip', 'hostname', 'namespace'],
    key: expect.stringMatching(/^[0-9a-f]{8}$/),
  });
  expect(JSON.parse(entries.get('metadata.json') ?? '').options.obfuscate).toEqual(obfuscation?.kinds);
});

it('what has pseudonyms is not resumed, nor anything resumed with them', async () => {
  const folder = temporaryFolder();
  const config = await kubeconfig();
  const [plain, hidden, keyFile] = ['plain.tar.gz', 'hidden.tar.gz', 'own.key'].map((name) =>
    join(folder, name),
  );
  const collect = (...args: readonly string[]) => callCli('collect', '--kubeconfig', config, ...args);
  await collect('--output-file', plain!, '--only', 'kubernetes/events');
  await collect('--output-file', hidden!, '--only', 'kubernetes/events', '--key-file', keyFile!, ...ALL);

  const words = /--resume cannot go on with names that are replaced/;
  const target = join(folder, 'new.tar.gz');
  expectUserError(await collect('--resume', hidden!, '--output-file', target), 2, words);
  const flags = ['--output-file', target, '--key-file', keyFile!, ...ALL];
  expectUserError(await collect('--resume', plain!, ...flags), 2, words);
});

it('collect --obfuscate needs a key file', async () => {
  const { code, stderr } = await callCli('collect', '--kubeconfig', 'none', '--obfuscate', 'ip');
  expect([code, stderr.includes('--obfuscate needs a key that brings the names back')]).toEqual([2, true]);
});
