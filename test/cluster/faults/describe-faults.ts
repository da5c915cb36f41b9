import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { START_MS } from '../cluster.ts';
import type { ControlPlaneOptions } from '../control-plane.ts';
import type { ExpectedCause, Fault } from './fault.ts';
import { HEALTHY_NAMESPACES } from './healthy.ts';
import { type Staged, stageFaults } from './staged.ts';
import { accusations, causesOf } from './verdict.ts';

/** Stages faults beside healthy namespaces in one cluster, collects and analyzes once, and looks for each of them. */
export function describeFaults(
  title: string,
  faults: readonly Fault[],
  flags?: Partial<ControlPlaneOptions>,
): { readonly staged: () => Staged } {
  let staged: Staged;
  beforeAll(async () => {
    staged = await stageFaults(faults, flags);
  }, START_MS);
  afterAll(async () => {
    await staged?.stop();
  }, 30_000);

  describe(title, () => {
    it.each(faults)('names the one cause: $name', (fault) => {
      expectCause(staged.report, fault);
    });

    it('accuses nothing in the healthy namespaces', () => {
      expectHealthy(staged.report);
    });

    it('names no cause beside those staged', () => {
      const known = faults.flatMap((fault) => causesOf(staged.report, fault).map(({ text }) => text));
      const others = staged.report.diagnosis.causes.filter(({ message }) => !known.includes(message));
      expect(others.map(({ message }) => message)).toEqual([]);
    });

    it('reads everything that is served', () => {
      const fine = ['collected', 'skipped', 'not-found'];
      const lacking = staged.report.collection.rows.filter(({ outcome }) => !fine.includes(outcome));
      // The kinds of an aggregated API nobody serves.
      expect(lacking.filter(({ artifact }) => artifact !== 'resources:fault.example.com/*')).toEqual([]);
    });

    it('has no analyzer that failed', () => {
      expect(staged.report.results.filter(({ status }) => status === 'error')).toEqual([]);
    });
  });
  return { staged: () => staged };
}

/** Fails unless the one cause that touches the fault is the expected one. */
export function expectCause(report: Report, fault: Pick<Fault, 'name' | 'objects' | 'expect'>): void {
  const causes = causesOf(report, fault);
  if (fault.expect === 'fine') {
    expect(causes).toEqual([]);
    return;
  }
  const { analyzer, message } = fault.expect;
  expect(causes).toMatchObject([{ analyzer, message }]);
  expect(
    causes[0]?.subjects.filter((subject) => isSubject(subject, fault.expect as ExpectedCause)),
  ).not.toEqual([]);
}

/** Fails when a critical or warning finding names something in a healthy namespace. */
export function expectHealthy(report: Report): void {
  expect(HEALTHY_NAMESPACES.flatMap((namespace) => accusations(report, namespace))).toEqual([]);
}

function isSubject(subject: string, { subject: expected }: ExpectedCause): boolean {
  return expected.endsWith('*') ? subject.startsWith(expected.slice(0, -1)) : subject === expected;
}
