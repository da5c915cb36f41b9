import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { convertBundles } from '../../../src/bundle/convert.ts';
import { openIndexed } from '../../../src/bundle/indexed.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { type DkpExtras, dkpArchive, dkpFiles } from '../../support/dkp-bundle.ts';
import type { FakeCluster } from '../../support/fake-kube.ts';
import { troubledCluster } from '../../support/shop-cluster.ts';
import { temporaryFolder } from '../bundle/bundle-fixture.ts';

type Files = ReturnType<typeof dkpFiles>;

/** The logs of what bundles of these files are converted to, by whose they are; their texts by path. */
async function converted(...bundles: readonly Files[]) {
  const inputs = bundles.map((files) => {
    const file = join(temporaryFolder(), 'support-bundle.tar.gz');
    writeFileSync(file, dkpArchive(files));
    return file;
  });
  const { file } = await convertBundles({
    inputs,
    outputFile: join(temporaryFolder(), 'converted.tar.gz'),
    redaction: builtInRedaction(),
    tool: { name: 'kubecase', version: '0.0.0' },
    contentTypes: new Map(),
    now: () => new Date('2030-01-01T00:00:00Z'),
  });
  const bundle = await openIndexed(file);
  const logs = (bundle?.manifest.entries ?? []).filter(({ artifact }) => artifact === 'logs');
  const texts = await Promise.all(logs.map(async ({ path }) => (await bundle?.read(path, 1e6))?.toString()));
  const rows = (bundle?.manifest.coverage ?? []).filter(({ artifact }) => artifact === 'logs');
  await bundle?.close();
  return {
    logs: new Map(logs.map(({ scope }, index) => [scopeKey(scope), texts[index]])),
    rows: rows.map(({ scope }) => scopeKey(scope)),
  };
}

function keysOf({ logs = {} }: FakeCluster): string[] {
  return Object.keys(logs).map((path) => `container/${path}`);
}

it.each(['pod-logs', 'allPodLogs'])(
  'logs of a DKP bundle in %s become those of their pods and containers',
  async (folder) => {
    const cluster = await troubledCluster(['other', 'shop']);
    const extras: DkpExtras = { logs: folder };

    const { logs, rows } = await converted(dkpFiles(cluster, extras));

    expect([...logs.keys()].sort()).toEqual(keysOf(cluster).sort());
    expect([...logs.values()].join('')).toContain('panic: runtime error: no database');
    expect(rows.sort()).toEqual(keysOf(cluster).sort());
  },
);

it('the pods may be in another bundle than the logs', async () => {
  const cluster = await troubledCluster(['shop']);
  const files = dkpFiles(cluster);
  const isLog = ([path]: Files[number]) => path.startsWith('pod-logs/');
  const isAbout = ([path]: Files[number]) => path === 'version.yaml';

  const { logs } = await converted(
    files.filter((file) => isLog(file) || isAbout(file)),
    files.filter((file) => !isLog(file)),
  );

  expect([...logs.keys()].sort()).toEqual(keysOf(cluster).sort());
});

it('a log of a pod nobody knows is kept under the name it has', async () => {
  const files = dkpFiles(await troubledCluster(['shop']));

  const { logs } = await converted([...files, ['pod-logs/shop/gone-5f-app.log', 'the last words\n']]);

  expect(logs.get('container/shop//gone-5f-app')).toBe('the last words\n');
});
