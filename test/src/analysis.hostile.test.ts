import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import type { Report } from '../../src/model/report.ts';
import { html } from '../../src/report/formats/html.ts';
import { json } from '../../src/report/formats/json.ts';
import { text } from '../../src/report/formats/text.ts';
import { type CollectedBundle, collectBundle } from '../support/collect-bundle.ts';
import { fakeKube } from '../support/fake-kube.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/report.schema.json', import.meta.url), 'utf8'));
const isReport = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

interface Item {
  metadata: Record<string, unknown>;
  [field: string]: unknown;
}

const PODS = 'resources/core/pods/shop.json';

/** The bundle unpacked, with every item of one list changed by hand; its size in the manifest no longer fits. */
async function edited(change: (item: Item) => void, path = PODS): Promise<string> {
  const bundle: CollectedBundle = await collectBundle(fakeKube(await troubledCluster(['shop'])), collectors);
  const list = bundle.json(path) as { items: Item[] };
  for (const item of list.items) change(item);
  return writeTree(temporaryFolder(), [...bundle.entries, [path, JSON.stringify(list)]]);
}

async function analyzed(folder: string): Promise<Report> {
  return analyzeInputs([folder], { analyzers, collectors });
}

const EDITS: Readonly<Record<string, (item: Item) => void>> = {
  'names that are no texts': (item) =>
    Object.assign(item.metadata, { name: 7, namespace: { a: 1 }, uid: [] }),
  'a namespace that is no text': (item) => Object.assign(item.metadata, { namespace: 12, uid: null }),
  'no metadata': (item) => Object.assign(item, { metadata: null }),
  'owners that are none': (item) =>
    Object.assign(item.metadata, { ownerReferences: [null, {}, 'x', { kind: 'Node' }] }),
  'owners that are no list': (item) => Object.assign(item.metadata, { ownerReferences: 'ReplicaSet' }),
  'times that are none': (item) =>
    Object.assign(item.metadata, { creationTimestamp: 'zzz', deletionTimestamp: 5 }),
  'labels that are no texts': (item) => Object.assign(item.metadata, { labels: { app: { x: [] } } }),
  'a spec that is a text': (item) => Object.assign(item, { spec: 'none' }),
  'a spec of null': (item) => Object.assign(item, { spec: null, status: null }),
  'lists that are objects': (item) =>
    Object.assign(item, { spec: { containers: {}, volumes: {} }, status: { conditions: {} } }),
  'lists of null': (item) =>
    Object.assign(item, { spec: { containers: [null] }, status: { containerStatuses: [null] } }),
  'numbers that are too large': (item) =>
    Object.assign(item, { spec: { containers: [{ name: 1e308, image: 9 }] } }),
};

describe('a bundle edited by hand', () => {
  it.each(Object.entries(EDITS))('still gives a valid report in every format: %s', async (_name, change) => {
    const report = await analyzed(await edited(change));

    expect(isReport(JSON.parse(json(report))), JSON.stringify(isReport.errors)).toBe(true);
    expect(text(report, { color: false })).not.toContain('[object Object]');
    expect(html(report)).toContain('</html>');
    const crashLoop = report.results.find(({ analyzerId }) => analyzerId === 'workload/crash-loop');
    expect(['fail', 'unknown', 'error']).toContain(crashLoop?.status);
    expect(report.findings.map(({ analyzerId }) => analyzerId)).toContain('control-plane/leader-lease-stale');
  });

  it.each([
    'resources/core/nodes/_cluster.json',
    'resources/core/secrets/shop.json',
    'resources/core/services/shop.json',
  ])('still gives a valid report when a spec is of another type: %s', async (path) => {
    const change = (item: Item): void => {
      Object.assign(item, { spec: [], status: 'x', data: 7 });
      Object.assign(item.metadata, { labels: 'none' });
    };

    const report = await analyzed(await edited(change, path));

    expect(isReport(JSON.parse(json(report))), JSON.stringify(isReport.errors)).toBe(true);
    expect(report.findings.map(({ analyzerId }) => analyzerId)).toContain('workload/crash-loop');
  });

  it('is not fooled by an object named like a part of JavaScript', async () => {
    const report = await analyzed(
      await edited((item) =>
        Object.assign(item.metadata, { name: '__proto__', labels: { constructor: 'x' } }),
      ),
    );

    expect(report.findings.length).toBeGreaterThan(0);
    expect(({} as Record<string, unknown>).name).toBeUndefined();
  });

  it('says of a list how many objects cannot be read', async () => {
    const report = await analyzed(await edited((item) => Object.assign(item, { metadata: null })));

    const row = report.collection.rows.find((one) => one.artifact === 'resources:core/Pod');
    expect(row?.reason).toMatch(/cannot be read|the manifest lists it/);
  });
});
