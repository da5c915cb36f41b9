import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { FOREIGN_BUNDLES } from '../support/foreign-bundles.ts';
import { expectLess } from '../support/report-comparison.ts';
import { clusterOf } from '../support/sample-cluster.ts';
import { writeTree } from '../support/unpack.ts';

/** Faults that show in objects and logs of containers, and the analyzer that names each. */
const SAMPLES = {
  'config-map-missing': 'workload/container-config-error',
  'image-pull-denied': 'workload/image-pull-failed',
  'service-account-missing': 'workload/pods-not-created',
  'exec-format-error': 'workload/crash-loop',
  'selector-matches-nothing': 'network/service-without-endpoints',
  'quota-exceeded': 'workload/pods-not-created',
  'pod-security-denied': 'workload/pods-not-created',
  healthy: undefined,
} as const;

function findingsOf({ findings }: Report, left: ReadonlySet<string>): string[] {
  return findings
    .filter(({ analyzerId }) => !left.has(analyzerId) && !analyzerId.startsWith('collection/'))
    .map(({ analyzerId, messageId, severity, subject }) =>
      [analyzerId, messageId, severity, subjectKey(subject)].join(' '),
    )
    .sort();
}

/** Analyzers that see less than in our own bundle. */
function withLess({ results }: Report, ours: Report): Set<string> {
  const before = new Map(ours.results.map(({ analyzerId, unseen }) => [analyzerId, unseen.length]));
  const less = results.filter(({ analyzerId, unseen }) => unseen.length > (before.get(analyzerId) ?? 0));
  return new Set(less.map(({ analyzerId }) => analyzerId));
}

describe.each(Object.entries(SAMPLES))('the sample %s', (sample, cause) => {
  it.each(Object.entries(FOREIGN_BUNDLES))('as %s gives the same findings', async (id, filesOf) => {
    const bundle = fileURLToPath(new URL(`../../samples/${sample}/bundle`, import.meta.url));
    const ours = await analyzeInputs([bundle], { analyzers, collectors });
    const files = filesOf(await clusterOf(bundle));

    const theirs = await analyzeInputs([writeTree(temporaryFolder(), files)], { analyzers, collectors });

    const left = withLess(theirs, ours);
    expect(theirs.bundles[0]).toMatchObject({ layout: id, complete: true });
    expect(findingsOf(theirs, left)).toEqual(findingsOf(ours, left));
    expectLess(theirs, ours);
    const named = theirs.findings.some(({ analyzerId }) => analyzerId === cause);
    expect(named).toBe(cause !== undefined);
  });
});
