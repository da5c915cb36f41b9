import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { ageKeys } from '../../support/age-keys.ts';
import { callCli } from '../../support/call-cli.ts';
import type { FakeApiServer } from '../../support/fake-api-server.ts';
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

it('collect --encrypt leaves the encrypted bundle only, which its key opens', async () => {
  const folder = temporaryFolder();
  const { recipient, keyFile } = await ageKeys(folder);
  const target = join(folder, 'b.tar.gz');

  const { stdout, stderr } = await callCli(
    ...['collect', '--kubeconfig', await kubeconfig(), '--output-file', target, '--encrypt', recipient],
  );

  expect(stdout).toBe(`${target}.age\n`);
  expect(stderr).not.toMatch(/b\.tar\.gz(?!\.age)/);
  expect(readdirSync(folder).sort()).toEqual(['b.tar.gz.age', 'key.txt']);
  expect((await callCli('verify', `${target}.age`, '-i', keyFile)).stdout).toMatch(/^ok: /);
  const { stdout: report } = await callCli('analyze', `${target}.age`, '-i', keyFile, '-o', 'json');
  expect(JSON.parse(report).findings.length).toBeGreaterThan(0);
});

it('collect --key-file and --redact-rules reach every entry and the counts of the manifest', async () => {
  const folder = temporaryFolder();
  const [target, rules, key] = ['b.tar.gz', 'rules.yaml', 'own.key'].map((name) => join(folder, name));
  writeFileSync(
    rules!,
    'version: 1\npaths: [{kind: Node, path: status.nodeInfo.kubeletVersion}]\nnames: [containerRuntimeVersion]\n',
  );

  await callCli(
    ...['collect', '--kubeconfig', await kubeconfig(), '--output-file', target!],
    ...['--redact-rules', rules!, '--key-file', key!],
  );

  const entries = await readAll(target!);
  const nodes = entries.get('resources/core/nodes/_cluster.json') as string;
  expect(nodes).toMatch(/"kubeletVersion":"\[REDACTED:own-rule-[0-9a-f]{10}\]"/);
  expect(nodes).toMatch(/"containerRuntimeVersion":"\[REDACTED:named-value-[0-9a-f]{10}\]"/);
  const { redactions } = await manifestOf(target!);
  expect(redactions['own-rule']).toBeGreaterThan(0);
  expect(Object.keys(redactions).filter((rule) => /[0-9a-f]{10}$/.test(rule))).toEqual([]);
  expect([...entries.values()].join('\n')).not.toContain('kubecase-pseudonym-key');
});
