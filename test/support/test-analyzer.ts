import { describe, expect, it } from 'vitest';
import { createOwners } from '../../src/analyze/identity.ts';
import { createInputs } from '../../src/analyze/inputs.ts';
import { type AnalyzerRun, runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { AnalyzerStatus, AnyAnalyzer } from '../../src/model/analyzer.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { ConfidenceLevel, Severity, Value } from '../../src/model/message.ts';
import { type Given, storeOf } from './given.ts';

export type { Given } from './given.ts';
export { OBSERVED } from './given.ts';

/** A finding as a case expects it; what is not named is not compared, but the message and its subject must be. */
export interface Expected {
  readonly message: string;
  /** `Kind/name` or `Kind/namespace/name`, or `registry:name` for something external. */
  readonly subject: string;
  readonly severity?: Severity;
  readonly confidence?: ConfidenceLevel;
  readonly values?: Readonly<Record<string, Value>>;
  readonly since?: string;
}

interface Case {
  readonly name: string;
  readonly given: Given;
}

export interface AnalyzerCases {
  /** Near misses: nothing above info may be reported, and the status is as stated (default `pass`). */
  readonly silent: readonly (Case & {
    readonly status?: AnalyzerStatus;
    readonly info?: readonly Expected[];
  })[];
  /** Exactly these findings, in any order. */
  readonly reports: readonly (Case & {
    readonly expect: readonly Expected[];
    readonly status?: AnalyzerStatus;
  })[];
  /** Needed data absent: no finding above info, status `unknown`, and a gap that says why. */
  readonly unknown?: readonly (Case & { readonly reason?: RegExp })[];
}

/** Runs an analyzer the way the engine does over what is given. */
export function runOn(analyzer: AnyAnalyzer, given: Given): AnalyzerRun {
  const store = storeOf([analyzer], given);
  return runAnalyzer(analyzer, { store, inputs: createInputs(store), owners: createOwners(store) });
}

/** Declares the table of an analyzer's cases; fails when a message has no case or a case is too vague. */
export function testAnalyzer(analyzer: AnyAnalyzer, cases: AnalyzerCases): void {
  describe(analyzer.meta.id, () => {
    for (const { name, given, status = 'pass', info = [] } of cases.silent) {
      it(`is silent: ${name}`, () => expectRun(analyzer, given, info, status));
    }
    for (const { name, given, expect: expected, status } of cases.reports) {
      const worst = expected.some((one) => severityOf(analyzer, one) !== 'info') ? 'fail' : 'pass';
      it(`reports: ${name}`, () => expectRun(analyzer, given, expected, status ?? worst));
    }
    for (const { name, given, reason } of cases.unknown ?? []) {
      it(`is unknown: ${name}`, () => {
        const { result } = expectRun(analyzer, given, [], 'unknown');
        expect(result.unseen.length).toBeGreaterThan(0);
        if (reason) expect(result.unseen.map((gap) => gap.reason).join('\n')).toMatch(reason);
      });
    }
    it('has a case for every message and a near miss', () => {
      const tried = new Set(
        [...cases.reports.flatMap((one) => one.expect), ...cases.silent.flatMap((one) => one.info ?? [])].map(
          (one) => one.message,
        ),
      );
      expect(Object.keys(analyzer.meta.messages).filter((message) => !tried.has(message))).toEqual([]);
      expect(cases.silent.length).toBeGreaterThan(0);
    });
  });
}

function expectRun(
  analyzer: AnyAnalyzer,
  given: Given,
  expected: readonly Expected[],
  status: AnalyzerStatus,
): AnalyzerRun {
  const run = runOn(analyzer, given);
  const again = runOn(analyzer, given);

  expect(run.result.reason ?? '', 'reason of the status').toBe(again.result.reason ?? '');
  expect(sorted(run.findings.map((finding) => comparable(finding, expected)))).toEqual(
    sorted(expected.map(asExpected)),
  );
  expect({ status: run.result.status, reason: run.result.reason }).toEqual({
    status,
    reason: run.result.reason,
  });
  expect(again.findings).toEqual(run.findings);
  expect(new Set(run.findings.map((finding) => finding.id)).size).toBe(run.findings.length);
  for (const finding of run.findings) expect(finding.evidence.length).toBeGreaterThan(0);
  return run;
}

function severityOf(analyzer: AnyAnalyzer, expected: Expected): Severity {
  const declared = analyzer.meta.messages[expected.message]?.severity;
  return expected.severity ?? (Array.isArray(declared) ? 'critical' : declared);
}

/** A finding cut to what the expectation for it names. */
function comparable(finding: Finding, expected: readonly Expected[]): object {
  const subject = subjectText(finding);
  const wanted = expected.find((one) => one.message === finding.messageId && one.subject === subject);
  return {
    message: finding.messageId,
    subject,
    ...(wanted?.severity ? { severity: finding.severity } : {}),
    ...(wanted?.confidence ? { confidence: finding.confidence.level } : {}),
    ...(wanted?.since ? { since: finding.since } : {}),
    ...(wanted?.values
      ? { values: Object.fromEntries(Object.keys(wanted.values).map((name) => [name, finding.values[name]])) }
      : {}),
  };
}

function asExpected(expected: Expected): object {
  return { ...expected };
}

function subjectText({ subject }: Finding): string {
  if ('external' in subject) return `${subject.external}:${subject.name}`;
  return [subject.kind, subject.namespace, subject.name].filter((part) => part !== undefined).join('/');
}

function sorted(values: readonly object[]): object[] {
  return [...values].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
}
