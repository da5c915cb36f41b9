import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import { convertBundles } from '../../src/bundle/convert.ts';
import { writeMustGather } from '../../src/bundle/convert-must-gather.ts';
import { readEntries } from '../../src/bundle/reader.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { keepAll, temporaryFolder } from './bundle/bundle-fixture.ts';

async function own(cluster: FakeCluster): Promise<string> {
  return (await collectBundle(fakeKube(cluster), collectors, { redaction: builtInRedaction() })).result.file;
}

/** A folder or foreign bundle as an archive of ours. */
async function packedOurs(input: string): Promise<string> {
  const { file } = await convertBundles({
    inputs: [input],
    outputFile: join(temporaryFolder(), 'ours.tar.gz'),
    redaction: builtInRedaction(),
    tool: { name: 'kubecase', version: '0.0.0' },
    contentTypes: new Map(),
    now: () => new Date('2030-01-01T00:00:00Z'),
  });
  return file;
}

async function mustGather(file: string): Promise<{ target: string; left: readonly string[] }> {
  const target = join(temporaryFolder(), 'must-gather.tar.gz');
  const { left } = await writeMustGather(file, target);
  return { target, left: left.map(({ artifact }) => artifact) };
}

async function filesOf(file: string): Promise<Map<string, string>> {
  const { handler, entries } = keepAll();
  const { problems } = await readEntries(file, handler);
  expect(problems).toEqual([]);
  return new Map(entries.map(({ header, text }) => [header.path.replace(/^must-gather\//, ''), text]));
}

const analyze = (file: string): Promise<Report> => analyzeInputs([file], { analyzers, collectors });

/** Findings, without those of analyzers that see less. */
function findingsOf({ findings }: Report, left: ReadonlySet<string>): string[] {
  return findings
    .filter(({ analyzerId }) => !analyzerId.startsWith('collection/') && !left.has(analyzerId))
    .map(({ analyzerId, messageId, severity, subject }) =>
      [analyzerId, messageId, severity, subjectKey(subject)].join(' '),
    )
    .sort();
}

function withLess({ results }: Report, before: Report): Set<string> {
  const seen = new Map(before.results.map(({ analyzerId, unseen }) => [analyzerId, unseen.length]));
  const less = results.filter(({ analyzerId, unseen }) => unseen.length > (seen.get(analyzerId) ?? 0));
  return new Set(less.map(({ analyzerId }) => analyzerId));
}

describe('a bundle of ours becomes a must-gather', () => {
  it('with the files its readers look for', async () => {
    const { target } = await mustGather(await own(await troubledCluster(['other', 'shop'])));

    const files = await filesOf(target);

    const pods = load(files.get('namespaces/shop/core/pods.yaml') ?? '') as { kind: string; items: object[] };
    expect(pods).toMatchObject({ kind: 'PodList', apiVersion: 'v1' });
    expect(pods.items.length).toBeGreaterThan(1);
    expect(pods.items[0]).toMatchObject({ kind: 'Pod', apiVersion: 'v1', metadata: { namespace: 'shop' } });
    const [pod] = pods.items as { metadata: { name: string } }[];
    const single = files.get(`namespaces/shop/pods/${pod?.metadata.name}/${pod?.metadata.name}.yaml`) ?? '';
    expect(load(single)).toEqual(pod);
    expect(load(files.get('namespaces/shop/shop.yaml') ?? '')).toMatchObject({ kind: 'Namespace' });
    const paths = [...files.keys()];
    expect(paths).toEqual(
      expect.arrayContaining(['timestamp', 'version', 'event-filter.html', 'gather.logs']),
    );
    expect(files.get('timestamp')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC\n/);
    expect(paths.some((path) => /^cluster-scoped-resources\/core\/nodes\/[^/]+\.yaml$/.test(path))).toBe(
      true,
    );
    expect(
      paths.some((path) => /^namespaces\/shop\/pods\/([^/]+)\/([^/]+)\/\2\/logs\/current\.log$/.test(path)),
    ).toBe(true);
    expect(files.get('event-filter.html')).toContain('<td>');
  });

  it('that our own reader of must-gathers finds the same in', async () => {
    const file = await own(await troubledCluster(['other', 'shop']));
    const { target } = await mustGather(file);

    const [before, after] = [await analyze(file), await analyze(target)];

    const left = withLess(after, before);
    expect(after.bundles[0]).toMatchObject({ layout: 'must-gather', complete: true });
    expect(findingsOf(after, left)).toEqual(findingsOf(before, left));
    expect(findingsOf(after, left).length).toBeGreaterThan(9);
    expectLess(after, before);
  });

  it.each(['etcd-member-down', 'quota-exceeded', 'node-lost', 'healthy', 'selector-matches-nothing'])(
    'that accuses and passes nothing more: the sample %s',
    async (sample) => {
      const bundle = fileURLToPath(new URL(`../../samples/${sample}/bundle`, import.meta.url));
      const file = await packedOurs(bundle);
      const { target, left } = await mustGather(file);

      const [before, after] = [await analyze(bundle), await analyze(target)];

      expectLess(after, before);
      // What etcdctl says of members that do not answer has no place in etcd_info: their peers' logs tell.
      const isTold = sample !== 'etcd-member-down';
      if (!isTold) expect(left).toContain('etcd-status');
      const less = new Set([...withLess(after, before), ...(isTold ? [] : ['etcd/member-unhealthy'])]);
      expect(findingsOf(after, less)).toEqual(findingsOf(before, less));
    },
  );

  it('of which a list that is not whole holds single objects only', async () => {
    const cluster = await troubledCluster(['other', 'shop']);
    const refused = new KubeError('forbidden', 'cannot list resource "services"', { status: 403 } as never);
    const failures = { '/api/v1/services': refused, '/api/v1/namespaces/shop/services': refused };
    const file = await own({ ...cluster, failures });
    const { target } = await mustGather(file);

    const files = await filesOf(target);
    const [before, after] = [await analyze(file), await analyze(target)];

    expect(files.has('namespaces/shop/core/services.yaml')).toBe(false);
    expect(files.has('namespaces/other/core/services.yaml')).toBe(true);
    expect(files.get('gather.logs')).toMatch(
      /not collected: resources:core\/Service namespace\/shop: forbidden/,
    );
    expectLess(after, before);
  });

  it('in which a huge list is JSON, which is read as it streams by', async () => {
    const items = Array.from({ length: 3 }, (_, index) => ({
      metadata: { name: `m${index}`, namespace: 'shop', uid: `u${index}` },
      data: { text: 'grüße: "x"\n'.repeat(200_000) },
    }));
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMapList', metadata: {}, items });
    const ours = await packedOurs(writeTree(temporaryFolder(), [['configmaps.json', list]]));
    const { target } = await mustGather(ours);

    const text = (await filesOf(target)).get('namespaces/shop/core/configmaps.yaml') ?? '';
    const report = await analyze(target);

    expect(text.startsWith('{')).toBe(true);
    expect((load(text) as { items: object[] }).items).toHaveLength(3);
    expect(report.bundles[0]).toMatchObject({ complete: true });
  });

  it('without a name that leads out of it', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: '../../up', namespace: '../..' } };
    const root = writeTree(temporaryFolder(), [['a.json', JSON.stringify(pod)]]);

    const { target } = await mustGather(await packedOurs(root));

    expect([...(await filesOf(target)).keys()]).toContain('namespaces/..%2F../core/pods/..%2F..%2Fup.yaml');
  });

  it('of texts that look like other things unchanged', async () => {
    const data = {
      yes: 'yes',
      no: '0777',
      time: '2026-01-01',
      block: '  a\n\n b\n\n',
      tab: '\tx',
      nul: 'null',
    };
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm', namespace: 'shop', uid: '1' },
      data,
    };
    const list = {
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      items: [map, { ...map, metadata: { name: 'n', namespace: 'shop', uid: '2' } }],
    };
    const root = writeTree(temporaryFolder(), [['maps.json', JSON.stringify(list)]]);

    const { target } = await mustGather(await packedOurs(root));

    const text = (await filesOf(target)).get('namespaces/shop/core/configmaps.yaml') ?? '';
    expect((load(text) as { items: object[] }).items.map((one) => (one as typeof map).data)).toEqual([
      data,
      data,
    ]);
  });
});
