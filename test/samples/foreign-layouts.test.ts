import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { collectors } from '../../collectors/index.ts';
import { analyzeInputs } from '../../src/analysis.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import type { FakeCluster } from '../support/fake-kube.ts';
import { OBJECT_LAYOUTS } from '../support/object-layouts.ts';
import { expectLess } from '../support/report-comparison.ts';
import { clusterOf } from '../support/sample-cluster.ts';
import { writeTree } from '../support/unpack.ts';
import { DIFFERENCES } from './layout-differences.ts';

/** Samples that between them need every row of the differences, and the analyzer that names the fault of each. */
const SAMPLES = {
  healthy: undefined,
  'quota-exceeded': 'workload/pods-not-created',
  'exec-format-error': 'workload/crash-loop',
  'selector-matches-nothing': undefined,
  'node-lost': undefined,
  'etcd-member-down': 'control-plane/component-not-running',
  'etcd-space-exhausted': undefined,
  'kong-prefix-full': 'kong/prefix-volume-full',
  'port-conflict': 'workload/crash-loop',
  'scheduler-down': 'control-plane/component-not-running',
  'namespace-terminating': undefined,
  'readiness-wrong-port': 'workload/rollout-stuck',
} as const;

interface Sample {
  readonly ours: Report;
  readonly cluster: FakeCluster;
}
const samples = new Map<string, Promise<Sample>>();

/** The report of a sample and the cluster it was collected from, made once for all layouts. */
function sampleOf(sample: string): Promise<Sample> {
  return getOrCreate(samples, sample, async () => {
    const bundle = fileURLToPath(new URL(`../../samples/${sample}/bundle`, import.meta.url));
    return {
      ours: await analyzeInputs([bundle], { analyzers, collectors }),
      cluster: await clusterOf(bundle),
    };
  });
}

/** Rows of the table that a sample needed. */
const used = new Set<string>();

/** Findings of the cluster, one line each. */
function findingsOf({ findings }: Report): string[] {
  return findings
    .filter(({ analyzerId }) => !analyzerId.startsWith('collection/'))
    .map(({ analyzerId, messageId, severity, subject }) =>
      [analyzerId, messageId, severity, subjectKey(subject)].join(' '),
    );
}

function firstCause({ diagnosis }: Report): string {
  const [first] = diagnosis.causes;
  return first ? `${first.analyzerId} ${first.messageId}` : '';
}

/** Lines that are in one report only, of analyzers for which the table has no reason. */
function unexplained(layout: string, one: readonly string[], other: readonly string[]): string[] {
  const rows = DIFFERENCES[layout] ?? {};
  return one
    .filter((line) => !other.includes(line))
    .filter((line) => {
      const id = line.slice(0, line.indexOf(' '));
      if (rows[id] === undefined) return true;
      used.add(`${layout} ${id}`);
      return false;
    });
}

describe.each(Object.entries(SAMPLES))('the sample %s', (sample, cause) => {
  it.each(Object.entries(OBJECT_LAYOUTS))('as %s gives the same findings', async (layout, filesOf) => {
    const { ours, cluster } = await sampleOf(sample);
    const files = filesOf(cluster);

    const theirs = await analyzeInputs([writeTree(temporaryFolder(), files)], { analyzers, collectors });

    expect(theirs.bundles[0]).toMatchObject({ layout, complete: true });
    const [before, after] = [findingsOf(ours), findingsOf(theirs)];
    expect(unexplained(layout, before, after)).toEqual([]);
    expect(unexplained(layout, after, before)).toEqual([]);
    expectLess(theirs, ours);
    const first = firstCause(ours);
    if (firstCause(theirs) !== first && first !== '') expect(unexplained(layout, [first], [])).toEqual([]);
    if (cause !== undefined) expect(theirs.findings.map(({ analyzerId }) => analyzerId)).toContain(cause);
  });
});

// Behind all others: it looks at what they needed.
it('every reason why something is missing is needed by some sample', () => {
  const rows = Object.entries(DIFFERENCES).flatMap(([layout, reasons]) =>
    Object.keys(reasons).map((id) => `${layout} ${id}`),
  );

  expect(rows.filter((row) => !used.has(row))).toEqual([]);
});
