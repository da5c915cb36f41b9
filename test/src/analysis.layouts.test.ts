import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../support/fake-kube.ts';
import { expectLess } from '../support/report-comparison.ts';
import { troubledCluster } from '../support/shop-cluster.ts';
import { troubleshootArchive, troubleshootFiles } from '../support/troubleshoot-bundle.ts';
import { writeTree } from '../support/unpack.ts';
import { temporaryFolder } from './bundle/bundle-fixture.ts';

async function own(cluster: FakeCluster): Promise<Report> {
  const { result } = await collectBundle(fakeKube(cluster), collectors);
  return analyzeInputs([result.file], { analyzers, collectors });
}

async function archive(cluster: FakeCluster): Promise<Report> {
  const file = join(temporaryFolder(), 'support-bundle.tar.gz');
  writeFileSync(file, troubleshootArchive(cluster));
  return analyzeInputs([file], { analyzers, collectors });
}

async function folder(cluster: FakeCluster): Promise<Report> {
  const root = writeTree(temporaryFolder(), troubleshootFiles(cluster));
  return analyzeInputs([root], { analyzers, collectors });
}

/** Findings as far as they do not depend on how well the time of the collection is known. */
function findingsOf({ findings }: Report, left: ReadonlySet<string>) {
  return findings
    .filter(({ analyzerId }) => !left.has(analyzerId) && !analyzerId.startsWith('collection/'))
    .map(({ analyzerId, messageId, severity, fingerprint, subject }) => ({
      analyzerId,
      messageId,
      severity,
      fingerprint,
      subject: subjectKey(subject),
    }));
}

/** Analyzers that miss something no bundle of the layout holds. */
function withoutNeeds({ results }: Report): Set<string> {
  const missing = results.filter(({ unseen }) => unseen.some((gap) => gap.outcome === 'absent-from-layout'));
  return new Set(missing.map(({ analyzerId }) => analyzerId));
}

describe.each([
  ['an archive', archive],
  ['a folder', folder],
])('the same cluster as a troubleshoot support bundle, %s', (_name, read) => {
  it('gives the same findings, except what the layout cannot hold', async () => {
    const cluster = await troubledCluster(['other', 'shop']);

    const [ours, theirs] = [await own(cluster), await read(cluster)];

    const left = withoutNeeds(theirs);
    expect(theirs.bundles[0]).toMatchObject({ layout: 'troubleshoot', complete: true });
    expect(left).toContain('certificate/expired');
    expect(findingsOf(theirs, left)).toEqual(findingsOf(ours, left));
    expect(findingsOf(theirs, left).length).toBeGreaterThan(4);
  });

  it('accuses nothing more and passes nothing that ours does not', async () => {
    const cluster = await troubledCluster(['other', 'shop']);

    expectLess(await read(cluster), await own(cluster));
  });
});

it('an archive and a folder of it give the same findings and results', async () => {
  const cluster = await troubledCluster(['other', 'shop']);

  const [packed, unpacked] = [await archive(cluster), await folder(cluster)];

  expect(findingsOf(unpacked, new Set())).toEqual(findingsOf(packed, new Set()));
  expect(unpacked.results).toEqual(packed.results);
});
