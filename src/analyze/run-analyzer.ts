import type {
  AnalyzeContext,
  AnalyzerResult,
  AnyAnalyzer,
  LookedArgument,
  ReportArgument,
} from '../model/analyzer.ts';
import type { Gap } from '../model/coverage.ts';
import type { CheckRow, EvidenceRef, Finding } from '../model/finding.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import {
  type Checks,
  checksOf,
  type Message,
  type Messages,
  type Severity,
  type Value,
} from '../model/message.ts';
import { subjectKey } from '../model/subject.ts';
import { toEvidence } from './evidence.ts';
import { findingIdOf, fingerprintOf, type Owners } from './identity.ts';
import { deriveContext, type InputBuilder } from './inputs.ts';
import { soundSubject, soundValue } from './sound.ts';
import type { Store } from './store.ts';

/** Rows kept of one check of a checklist; the rest is only counted. */
const ROWS_PER_CHECK = 200;

/** What one analyzer gave. */
export interface AnalyzerRun {
  readonly result: AnalyzerResult;
  readonly findings: readonly Finding[];
  readonly rows: readonly CheckRow[];
}

/** What every analyzer of a run shares. */
export interface RunEnvironment {
  readonly store: Store;
  readonly inputs: InputBuilder;
  readonly owners: Owners;
}

/** Runs one analyzer. Never throws: a throw inside it is its status, and its findings are dropped. */
export function runAnalyzer(analyzer: AnyAnalyzer, environment: RunEnvironment): AnalyzerRun {
  const { id } = analyzer.meta;
  try {
    const inputs = environment.inputs.build(analyzer.needs);
    const applies = analyzer.appliesTo?.(inputs) ?? true;
    if (applies !== true && applies.applies === false) return ended(id, 'not-applicable', [], applies.reason);
    if (applies !== true) return ended(id, 'unknown', applies.gaps);
    return evaluate(analyzer, inputs, environment);
  } catch (error) {
    return ended(id, 'error', [], error instanceof Error ? error.message : String(error));
  }
}

/** The result of an analyzer that was stopped from outside. */
export function stoppedRun(analyzer: AnyAnalyzer, error: Error): AnalyzerRun {
  return ended(analyzer.meta.id, 'error', [], error.message);
}

function ended(
  analyzerId: string,
  status: 'not-applicable' | 'unknown' | 'error',
  unseen: readonly Gap[],
  reason?: string,
): AnalyzerRun {
  const result = {
    analyzerId,
    status,
    unseen,
    findings: 0,
    looked: {},
    ...(reason === undefined ? {} : { reason }),
  };
  return { result, findings: [], rows: [] };
}

function evaluate(analyzer: AnyAnalyzer, inputs: unknown, environment: RunEnvironment): AnalyzerRun {
  const recorder = createRecorder(analyzer, environment);
  analyzer.analyze(inputs as never, recorder.context);
  recorder.close();
  const unseen = [...environment.inputs.gaps(analyzer.needs), ...recorder.unseen];
  const faulty = recorder.findings.some((finding) => finding.severity !== 'info');
  const status = faulty ? 'fail' : unseen.length > 0 ? 'unknown' : 'pass';
  const result: AnalyzerResult = {
    analyzerId: analyzer.meta.id,
    status,
    unseen,
    findings: recorder.findings.length,
    looked: recorder.looked,
  };
  return { result, findings: recorder.findings, rows: recorder.rows };
}

function createRecorder(analyzer: AnyAnalyzer, { store, owners }: RunEnvironment) {
  const { id, messages, checks } = analyzer.meta as { id: string; messages: Messages; checks?: Checks };
  const findings: Finding[] = [];
  const rows: CheckRow[] = [];
  const looked: Record<string, number> = {};
  const unseen: Gap[] = [];
  const occurrences = new Map<string, number>();
  const rowCounts = new Map<string, number>();
  let open = true;

  function assertOpen(): void {
    if (!open) throw new Error(`${id} reported after analyze() had returned`);
  }

  function isRow(checkId: string): boolean {
    return checks?.[checkId]?.checklist !== undefined;
  }

  function keepRow(checkId: string, row: Omit<CheckRow, 'analyzerId' | 'checkId'>): void {
    if (!isRow(checkId)) return;
    const kept = (rowCounts.get(checkId) ?? 0) + 1;
    rowCounts.set(checkId, kept);
    if (kept <= ROWS_PER_CHECK) rows.push({ analyzerId: id, checkId, ...row });
  }

  function report(argument: ReportArgument<Messages>): void {
    assertOpen();
    const message = messages[argument.message] as Message;
    const values = soundValues(argument.values);
    const subject = soundSubject(argument.subject);
    const rootOwner = owners.rootOf(subject);
    const key = (message.key ?? []).map((name) => values[name] ?? null);
    const fingerprint = fingerprintOf(id, argument.message, rootOwner, key);
    const exact = `${fingerprint} ${subjectKey(subject)} ${fieldOf(subject)}`;
    const occurrence = getOrCreate(occurrences, exact, () => 0);
    occurrences.set(exact, occurrence + 1);
    const finding: Finding = {
      id: findingIdOf(fingerprint, subject, occurrence),
      fingerprint,
      analyzerId: id,
      messageId: argument.message,
      severity: argument.severity ?? (message.severity as Severity),
      confidence: argument.confidence ?? message.confidence,
      values,
      subject,
      rootOwner,
      related: (argument.related ?? []).map(soundSubject),
      ...(typeof argument.since === 'string' ? { since: argument.since } : {}),
      evidence: argument.evidence.map((ref) => toEvidence(ref, store)),
    };
    findings.push(finding);
    for (const check of checksOf(message).filter((one) => argument.checks?.includes(one) ?? true)) {
      keepRow(check, { subject, state: 'bad', values, findingId: finding.id, evidence: finding.evidence });
    }
  }

  function lookedAt(argument: LookedArgument<Checks>): void {
    assertOpen();
    const { check } = argument;
    if (argument.unseen === undefined) looked[check] = (looked[check] ?? 0) + 1;
    else if (typeof argument.unseen !== 'string') unseen.push(argument.unseen);
    // Most looks are counted only: a hundred thousand pods are looked at by a hundred analyzers.
    if (!isRow(check)) return;
    const subject = soundSubject(argument.subject);
    const evidence = (argument.evidence ?? []).map((ref) => toEvidence(ref, store));
    if (argument.unseen === undefined) {
      keepRow(check, { subject, state: 'fine', values: soundValues(argument.values), evidence });
      return;
    }
    const reason = typeof argument.unseen === 'string' ? argument.unseen : argument.unseen.reason;
    keepRow(check, { subject, state: 'unseen', values: {}, reason, evidence });
  }

  const context: AnalyzeContext<Messages, Checks> = {
    ...deriveContext,
    report,
    looked: lookedAt,
    at: (item, pointer = ''): EvidenceRef => ({ cite: 'item', item, pointer }),
    absent: ({ artifact, scope, name }): EvidenceRef => ({
      cite: 'absent',
      artifact: artifact.id,
      scope,
      ...(name === undefined ? {} : { name }),
    }),
  };
  return { context, findings, rows, looked, unseen, close: () => (open = false) };
}

function soundValues(values: unknown): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values as object).map(([name, value]) => [name, soundValue(value)]),
  );
}

function fieldOf(subject: ReportArgument<Messages>['subject']): string {
  return 'external' in subject ? '' : (subject.fieldPath ?? '');
}
