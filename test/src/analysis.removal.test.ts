import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { Report } from '../../src/model/report.ts';
import { type CollectedBundle, collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { kindFails, limitedTo, SHOP_KINDS, troubledCluster } from '../support/shop-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

function collected(cluster: FakeCluster, maxLogBytes = 1_000_000): Promise<CollectedBundle> {
  return collectBundle(fakeKube(cluster), collectors, { options: { maxLogBytes } });
}

async function analyzed(cluster: FakeCluster, maxLogBytes?: number): Promise<Report> {
  const { result } = await collected(cluster, maxLogBytes);
  return analyzeInputs([result.file], { analyzers, collectors });
}

const namespaces = fc.uniqueArray(fc.constantFrom('kong', 'other', 'shop', 'web'), { minLength: 1 });
const kind = fc.constantFrom(...SHOP_KINDS.map((resource) => resource.kind));

describe('what is missing from a bundle', () => {
  it('only removes findings or makes results unknown: a kind', async () => {
    await fc.assert(
      fc.asyncProperty(namespaces, kind, fc.constantFrom('forbidden', 'timeout'), async (names, lost, as) => {
        const cluster = await troubledCluster(names);

        const less = await analyzed({ ...cluster, failures: kindFails(cluster, lost, as) });

        expectLess(less, await analyzed(cluster));
      }),
      { numRuns: 14, seed: 3 },
    );
  });

  it('only removes findings or makes results unknown: every namespace but one', async () => {
    await fc.assert(
      fc.asyncProperty(namespaces, fc.boolean(), async (names, mayListNamespaces) => {
        const cluster = await troubledCluster(names);

        const less = await analyzed(limitedTo(cluster, names[0]!, { mayListNamespaces }));

        expectLess(less, await analyzed(cluster));
      }),
      { numRuns: 6, seed: 4 },
    );
  });

  it('only removes findings or makes results unknown: the end of a list', async () => {
    await fc.assert(
      fc.asyncProperty(namespaces, kind, fc.integer({ min: 1, max: 4 }), async (names, lost, pageSize) => {
        const cluster = await troubledCluster(names);
        const brokenLists = kindFails(cluster, lost, 'unavailable');

        const less = await analyzed({ ...cluster, pageSize, brokenLists });

        expectLess(less, await analyzed(cluster));
      }),
      { numRuns: 10, seed: 5 },
    );
  });

  it('only removes findings or makes results unknown: the logs, or the middle of each', async () => {
    const cluster = await troubledCluster(['other', 'shop']);
    const full = await analyzed(cluster);

    expectLess(await analyzed(cluster, 40), full);
    expectLess(await analyzed({ ...cluster, logs: {} }), full);
    const path = '/api/v1/namespaces/shop/pods/crash-1/log';
    const refusal = new KubeError('forbidden', 'pods "crash-1" is forbidden', { status: 403 });
    expectLess(await analyzed({ ...cluster, failures: { [path]: refusal } }), full);
  });
});

describe('a file of an unpacked bundle', () => {
  async function unpacked(): Promise<{ folder: string; paths: string[]; full: Report }> {
    const bundle = await collected(await troubledCluster(['other', 'shop']));
    const folder = writeTree(temporaryFolder(), bundle.entries);
    const paths = bundle.manifest.entries.map(({ path }) => path).filter((path) => path !== 'metadata.json');
    return { folder, paths, full: await analyzeInputs([folder], { analyzers, collectors }) };
  }

  it('that was lost only removes findings or makes results unknown', async () => {
    const { folder, paths, full } = await unpacked();
    for (const path of paths) {
      const bytes = readFileSync(join(folder, path));
      rmSync(join(folder, path));

      const less = await analyzeInputs([folder], { analyzers, collectors });

      expectLess(less, full);
      expect(less.bundles[0]?.complete, path).toBe(false);
      writeFileSync(join(folder, path), bytes);
    }
  });

  it('that was cut only removes findings or makes results unknown', async () => {
    const { folder, paths, full } = await unpacked();
    for (const path of paths) {
      const bytes = readFileSync(join(folder, path));
      writeFileSync(join(folder, path), bytes.subarray(0, Math.floor(bytes.length * 0.6)));

      const less = await analyzeInputs([folder], { analyzers, collectors });

      expectLess(less, full);
      expect(less.bundles[0]?.complete, path).toBe(false);
      writeFileSync(join(folder, path), bytes);
    }
  });
});
