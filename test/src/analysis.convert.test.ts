import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { type Conversion, convertBundles } from '../../src/bundle/convert.ts';
import { writeTroubleshoot } from '../../src/bundle/convert-troubleshoot.ts';
import { createLeakScanner } from '../../src/bundle/leak-scan.ts';
import type { Manifest } from '../../src/bundle/manifest.ts';
import { readEntries } from '../../src/bundle/reader.ts';
import { verifyBundle } from '../../src/bundle/verify.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { Report } from '../../src/model/report.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { troubleshootArchive, troubleshootFiles } from '../support/troubleshoot-bundle.ts';
import { writeTree } from '../support/unpack.ts';
import { keepAll, temporaryFolder } from './bundle/bundle-fixture.ts';

async function convert(inputs: readonly string[], changes: Partial<Conversion> = {}) {
  return convertBundles({
    inputs,
    outputFile: join(temporaryFolder(), 'converted.tar.gz'),
    redaction: builtInRedaction(),
    scanner: createLeakScanner(),
    tool: { name: 'kubecase', version: '0.0.0' },
    contentTypes: new Map(),
    now: () => new Date('2030-01-01T00:00:00Z'),
    ...changes,
  });
}

const analyze = (...files: string[]): Promise<Report> => analyzeInputs(files, { analyzers, collectors });

async function own(cluster: FakeCluster): Promise<string> {
  return (await collectBundle(fakeKube(cluster), collectors, { redaction: builtInRedaction() })).result.file;
}

function put(bytes: Buffer): string {
  const file = join(temporaryFolder(), 'input');
  writeFileSync(file, bytes);
  return file;
}

async function manifestOf(file: string): Promise<Manifest> {
  const { handler, entries } = keepAll();
  await readEntries(file, handler);
  return JSON.parse(entries.find(({ header }) => header.path === 'manifest.json')?.text ?? '') as Manifest;
}

/** What a report says of the cluster, without what it says of the bundle. */
function findingsOf({ findings }: Report, left: ReadonlySet<string> = new Set()) {
  return findings
    .filter(({ analyzerId }) => !analyzerId.startsWith('collection/') && !left.has(analyzerId))
    .map(({ analyzerId, messageId, severity, fingerprint }) => ({
      analyzerId,
      messageId,
      severity,
      fingerprint,
    }));
}

describe('a support bundle becomes ours', () => {
  it('with the same findings and results, from an archive, a folder or another container', async () => {
    const cluster = await troubledCluster(['other', 'shop']);
    const archive = put(troubleshootArchive(cluster));
    const inputs = [
      archive,
      put(zstdCompressSync(gunzipSync(troubleshootArchive(cluster)))),
      writeTree(temporaryFolder(), troubleshootFiles(cluster)),
    ];
    const before = await analyze(archive);

    for (const input of inputs) {
      const { file, complete } = await convert([input]);
      const after = await analyze(file);

      expect(complete).toBe(true);
      expect(await verifyBundle(file)).toMatchObject({ problems: [], complete: true });
      expect(after.bundles[0]).toMatchObject({ layout: 'kubecase' });
      expect(findingsOf(after)).toEqual(findingsOf(before));
      expect(after.cluster.observed).toEqual(before.cluster.observed);
      expectLess(after, before);
    }
  });

  it('redacted, whatever was in it', async () => {
    const secret = 'hunter2-canary-9f8e7d6c';
    const files = troubleshootFiles(await troubledCluster(['shop']));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } };
    const list = { kind: 'ConfigMapList', apiVersion: 'v1', items: [{ ...map, data: { PASSWORD: secret } }] };
    const root = writeTree(temporaryFolder(), [
      ...files,
      ['cluster-resources/configmaps/extra.json', JSON.stringify(list)],
      ['cluster-resources/pods/logs/shop/web-1/app.log', `2026-03-01T11:00:00Z password=${secret}\n`],
    ]);

    const { file } = await convert([root]);

    expect(gunzipSync(readFileSync(file)).toString()).not.toContain(secret);
    expect((await manifestOf(file)).redactions).not.toEqual({});
  });

  it('with the record of what its layout cannot hold', async () => {
    const archive = put(troubleshootArchive(await troubledCluster(['shop'])));

    const { coverage } = await manifestOf((await convert([archive])).file);

    expect(coverage.find(({ artifact }) => artifact === 'resources:core/Secret')).toMatchObject({
      outcome: 'skipped',
      reason: 'a troubleshoot support bundle never holds objects of this kind',
    });
    expect(coverage.filter(({ outcome }) => outcome === 'collected').length).toBeGreaterThan(10);
  });
});

it('logs another tool left out are missed in what its bundle became, however often it was converted', async () => {
  const cluster = await troubledCluster(['shop']);
  const status = {
    phase: 'Running',
    containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
  };
  const silent = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'silent', namespace: 'shop' }, status };
  const archive = put(troubleshootArchive({ ...cluster, objects: [...(cluster.objects ?? []), silent] }));

  const once = (await convert([archive])).file;
  const twice = (await convert([once])).file;

  const missed = { artifact: 'logs', reason: 'the bundle holds no log of silent/app' };
  for (const file of [archive, once, twice])
    expect((await analyze(file)).collection.rows).toContainEqual(expect.objectContaining(missed));
});

describe('a bundle of ours', () => {
  it('stays what it is: rows, times, collectors, findings', async () => {
    const file = await own(await troubledCluster(['other', 'shop']));
    const converted = (await convert([file])).file;
    const [before, after] = [await manifestOf(file), await manifestOf(converted)];

    const rowsOf = ({ coverage }: Manifest) =>
      coverage.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
    const timesOf = ({ entries }: Manifest) =>
      entries
        .map(({ path, observedAt, whole, items }) => JSON.stringify([path, observedAt, whole, items]))
        .sort();
    expect(rowsOf(after)).toEqual(rowsOf(before));
    expect(after.collectors).toEqual(before.collectors);
    expect(timesOf(after)).toEqual(timesOf(before));
    expect(findingsOf(await analyze(converted))).toEqual(findingsOf(await analyze(file)));
  });

  it('becomes a support bundle with the same findings, what that cannot hold apart', async () => {
    const file = await own(await troubledCluster(['other', 'shop']));
    const target = join(temporaryFolder(), 'support-bundle.tar.gz');

    const { left } = await writeTroubleshoot(file, target);
    const [before, after] = [await analyze(file), await analyze(target)];

    const unseen = new Set(
      after.results
        .filter((result) => result.unseen.some((gap) => gap.outcome === 'absent-from-layout'))
        .map(({ analyzerId }) => analyzerId),
    );
    for (const { artifact } of left)
      for (const { analyzerId, unseen: gaps } of after.results)
        if (gaps.some((gap) => gap.artifact === artifact)) unseen.add(analyzerId);
    expect(after.bundles[0]).toMatchObject({ layout: 'troubleshoot', complete: true });
    expect(findingsOf(after, unseen)).toEqual(findingsOf(before, unseen));
    expect(findingsOf(after, unseen).length).toBeGreaterThan(4);
    expectLess(after, before);
  });

  it('says in a support bundle what was not collected', async () => {
    const cluster = await troubledCluster(['other', 'shop']);
    const refused = new KubeError('forbidden', 'cannot list resource "pods"', { status: 403 } as never);
    const file = await own({
      ...cluster,
      failures: { '/api/v1/pods': refused, '/api/v1/namespaces/shop/pods': refused },
    });
    const target = join(temporaryFolder(), 'support-bundle.tar.gz');
    await writeTroubleshoot(file, target);

    const [before, after] = [await analyze(file), await analyze(target)];

    const known = new Set(findingsOf(before).map(({ fingerprint }) => fingerprint));
    expect(findingsOf(after).filter(({ fingerprint }) => !known.has(fingerprint))).toEqual([]);
    const unknown = new Set(
      before.results.filter(({ status }) => status === 'unknown').map(({ analyzerId }) => analyzerId),
    );
    const passes = after.results.filter(
      ({ status, analyzerId }) => status === 'pass' && unknown.has(analyzerId),
    );
    expect(passes).toEqual([]);
    const gaps = after.collection.rows.filter(({ artifact }) => artifact === 'resources:core/Pod');
    expect(gaps.map(({ outcome }) => outcome)).toContain('forbidden');
  });
});

describe('several bundles', () => {
  it('of one cluster become one, each object once', async () => {
    const file = await own(await troubledCluster(['shop']));

    const packedAnew = put(zstdCompressSync(gunzipSync(readFileSync(file))));
    const joined = await manifestOf((await convert([file, packedAnew])).file);
    const single = await manifestOf((await convert([file])).file);

    const lists = ({ entries }: Manifest) =>
      entries
        .filter(({ artifact }) => artifact.startsWith('resources:'))
        .map(({ path, items }) => [path, items]);
    expect(lists(joined)).toEqual(lists(single));
  });

  it('that are one bundle twice become what it becomes alone, its logs too', async () => {
    const file = await own(await troubledCluster(['shop']));
    const told: unknown[] = [];

    const twice = await convert([file, put(readFileSync(file))], { onSame: (same) => told.push(same) });
    const once = await convert([file]);

    expect(told).toEqual([{ again: 1, first: 0 }]);
    expect((await manifestOf(twice.file)).entries).toEqual((await manifestOf(once.file)).entries);
  });
});

it('kinds whose plurals would be the same are different lists', async () => {
  const objects = ['Widget', 'WIDGET'].map((kind) => ({
    apiVersion: 'a.test/v1',
    kind,
    metadata: { name: 'a' },
  }));
  const root = writeTree(
    temporaryFolder(),
    objects.map((object, at) => [`${at}.json`, JSON.stringify(object)] as const),
  );

  const { entries } = await manifestOf((await convert([root])).file);

  expect(entries.map(({ path }) => path).slice(1)).toEqual([
    'resources/a.test/widgets/_cluster.json',
    'resources/a.test/widgets-2/_cluster.json',
  ]);
});

it('no name leads out of a support bundle', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: '../../up', namespace: '../..' } };
  const root = writeTree(temporaryFolder(), [['a.json', JSON.stringify(pod)]]);
  const target = join(temporaryFolder(), 'support-bundle.tar.gz');
  await writeTroubleshoot((await convert([root])).file, target);
  const { handler, entries } = keepAll();

  const { problems } = await readEntries(target, handler);

  expect(problems).toEqual([]);
  expect(entries.map(({ header }) => header.path)).toContain(
    'support-bundle/cluster-resources/pods/..%2F...json',
  );
});

describe('a damaged input', () => {
  it('becomes a bundle that can be verified, or one line', async () => {
    const bytes = troubleshootArchive(await troubledCluster(['shop']));
    for (let at = 5; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
      const damaged = Buffer.from(bytes);
      damaged[at] = damaged[at]! ^ 0x10;
      const result = await convert([put(damaged)]).catch((error: unknown) => error);

      if (result instanceof Error) expect(result).toMatchObject({ name: 'UserError', exitCode: 2 });
      else expect(await verifyBundle((result as { file: string }).file)).toMatchObject({ problems: [] });
    }
  });
});

describe('a cut input', () => {
  it('becomes a bundle that says so', async () => {
    const bytes = troubleshootArchive(await troubledCluster(['other', 'shop']));
    const input = put(bytes.subarray(0, Math.floor(bytes.length * 0.6)));

    const { file, complete, incompleteReason } = await convert([input]);

    expect({ complete, incompleteReason }).toEqual({
      complete: false,
      incompleteReason: 'the archive ends early',
    });
    expect(await verifyBundle(file)).toMatchObject({ problems: [], complete: false });
    expectLess(await analyze(file), await analyze(put(bytes)));
  });
});
