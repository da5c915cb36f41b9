import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { UserError } from '../../src/model/errors.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { FOREIGN_BUNDLES, printedDump, tarGz } from '../support/foreign-bundles.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

async function own(cluster: FakeCluster): Promise<Report> {
  const { result } = await collectBundle(fakeKube(cluster), collectors);
  return analyzed(result.file);
}

async function analyzed(input: string): Promise<Report> {
  return analyzeInputs([input], { analyzers, collectors });
}

function written(bytes: Uint8Array): string {
  const file = join(temporaryFolder(), 'bundle.tar.gz');
  writeFileSync(file, bytes);
  return file;
}

/** Nothing, for what is no archive any more. */
function refusal(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

/** Findings of the cluster, those of some analyzers left out. */
function findingsOf({ findings }: Report, left: ReadonlySet<string>): string[] {
  return findings
    .filter(({ analyzerId }) => !left.has(analyzerId) && !analyzerId.startsWith('collection/'))
    .map(({ analyzerId, messageId, severity, subject }) =>
      [analyzerId, messageId, severity, subjectKey(subject)].join(' '),
    )
    .sort();
}

/** Analyzers that see less than in our own bundle, which says so for each. */
function withLess({ results }: Report, ours: Report): Set<string> {
  const before = new Map(ours.results.map(({ analyzerId, unseen }) => [analyzerId, unseen.length]));
  const less = results.filter(({ analyzerId, unseen }) => unseen.length > (before.get(analyzerId) ?? 0));
  return new Set(less.map(({ analyzerId }) => analyzerId));
}

describe.each(Object.entries(FOREIGN_BUNDLES))('the same cluster as %s', (id, filesOf) => {
  it.each([
    ['an archive', (cluster: FakeCluster) => written(tarGz(filesOf(cluster)))],
    ['a folder', (cluster: FakeCluster) => writeTree(temporaryFolder(), filesOf(cluster))],
  ])('gives the same findings as %s, except what the layout cannot hold', async (_name, make) => {
    const cluster = await troubledCluster(['other', 'shop']);

    const [ours, theirs] = [await own(cluster), await analyzed(make(cluster))];

    expect(theirs.bundles[0]).toMatchObject({ layout: id, complete: true });
    const left = withLess(theirs, ours);
    expect(findingsOf(theirs, left)).toEqual(findingsOf(ours, left));
    expectLess(theirs, ours);
    // What an analyzer finds it finds with less to see too, where the objects are there.
    expect(findingsOf(theirs, new Set()).length).toBeGreaterThan(9);
  });

  it('cut anywhere accuses nothing more and passes nothing that the whole does not', async () => {
    const bytes = tarGz(filesOf(await troubledCluster(['shop'])));
    const full = await analyzed(written(bytes));
    expect(full.findings.length).toBeGreaterThan(4);

    for (let share = 1; share < 12; share++) {
      const report = await analyzed(written(bytes.subarray(0, Math.floor((bytes.length * share) / 12))));

      expectLess(report, full);
      expect(report.results.map(({ status }) => status)).not.toContain('error');
      expect(report.bundles[0]).toMatchObject({ complete: false });
    }
  });

  it('with bits of its files flipped blames nothing that is not in it', async () => {
    const files = filesOf(await troubledCluster(['shop']));
    const full = await analyzed(written(tarGz(files)));
    const known = new Set(full.findings.map(({ subject }) => subjectKey(subject)));
    const tar = Buffer.from(gunzipSync(tarGz(files)));

    for (let index = 0; index < 24; index++) {
      const flipped = Buffer.from(tar);
      const at = Math.floor((tar.length * (index + 0.37)) / 24);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (index % 8));
      const report = await analyzed(written(gzipSync(flipped))).catch(refusal);
      if (report === undefined) continue;

      expect(report.results.map(({ status }) => status)).not.toContain('error');
      const named = report.findings.filter(({ analyzerId }) => !analyzerId.startsWith('collection/'));
      for (const { subject } of named) {
        if (known.has(subjectKey(subject))) continue;
        // A name with a flipped bit is what the bundle says now.
        expect(flipped.includes(subject.name), subjectKey(subject)).toBe(true);
      }
    }
  });
});

it('prints of the dump, without a folder, give what the folder gives', async () => {
  const cluster = await troubledCluster(['other', 'shop']);

  const folder = await analyzed(writeTree(temporaryFolder(), FOREIGN_BUNDLES['cluster-info-dump']!(cluster)));
  const printed = await analyzed(writeTree(temporaryFolder(), [['dump.txt', printedDump(cluster)]]));

  expect(printed.bundles[0]).toMatchObject({ layout: 'cluster-info-dump', complete: true });
  expect(findingsOf(printed, new Set())).toEqual(findingsOf(folder, new Set()));
  expectLess(printed, folder);
  const quoted = (report: Report) =>
    report.findings
      .filter(({ analyzerId }) => analyzerId === 'workload/crash-loop')
      .map(({ subject, values }) => [subjectKey(subject), values]);
  expect(quoted(printed)).toEqual(quoted(folder));
});
