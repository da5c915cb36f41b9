import type { DeriveContext, Inputs, Needs } from './artifact.ts';
import type { Gap } from './coverage.ts';
import type { EvidenceRef } from './finding.ts';
import type {
  Check,
  Checks,
  CheckValuesOf,
  Confidence,
  Message,
  Messages,
  Severity,
  ValuesOf,
} from './message.ts';
import type { Scope } from './scope.ts';
import type { Subject } from './subject.ts';

/** Evidence is never empty. */
export type EvidenceRefs = readonly [EvidenceRef, ...EvidenceRef[]];

type SeverityChoice<M extends Message> = M['severity'] extends readonly (infer S extends Severity)[]
  ? { readonly severity: S }
  : { readonly severity?: never };

/** What `report()` takes: the message, exactly its placeholders, and what it rests on. */
export type ReportArgument<M extends Messages> = {
  [K in keyof M & string]: {
    readonly message: K;
    readonly values: ValuesOf<M[K]>;
    readonly subject: Subject;
    readonly evidence: EvidenceRefs;
    readonly related?: readonly Subject[];
    /** Replaces the message's confidence, e.g. when a source is missing. */
    readonly confidence?: Confidence;
    /** ISO 8601: when it began. */
    readonly since?: string;
    /** Of the rows its message may fill those this finding fills; all of them when it is not given. */
    readonly checks?: readonly string[];
  } & SeverityChoice<M[K]>;
}[keyof M & string];

/** What `looked()` takes: a check that was examined and fine, or could not be examined for this subject. */
export type LookedArgument<C extends Checks> = {
  [K in keyof C & string]: {
    readonly check: K;
    readonly subject: Subject;
    readonly evidence?: readonly EvidenceRef[];
  } & (
    | { readonly values: CheckValuesOf<C[K]>; readonly unseen?: never }
    // A Gap keeps the analyzer from `pass`; a text is only shown, for what merely explains.
    | { readonly unseen: string | Gap; readonly values?: never }
  );
}[keyof C & string];

/** What an analyzer is handed beside its inputs. */
export interface AnalyzeContext<M extends Messages = Messages, C extends Checks = Checks>
  extends DeriveContext {
  /** Says what is wrong. */
  report(argument: ReportArgument<M>): void;
  /** Says what was examined and fine; counted always, kept as a row when the check belongs to a checklist. */
  looked(argument: LookedArgument<C>): void;
  /** Cites an item, or the field a JSON Pointer names in it. */
  at(item: object, pointer?: string): EvidenceRef;
  /** Cites that something is not there: what was searched is recorded. */
  absent(ref: {
    readonly artifact: { readonly id: string };
    readonly scope: Scope;
    readonly name?: string;
  }): EvidenceRef;
}

/** The answer of `appliesTo`. `unseen`: the data to tell is missing. */
export type Applicability =
  | true
  | { readonly applies: false; readonly reason: string }
  | { readonly applies: 'unseen'; readonly gaps: readonly Gap[] };

/** What is said about an analyzer and by it: everything but its needs and its function. */
export interface AnalyzerMeta<M extends Messages = Messages, C extends Checks = Checks> {
  /** `<domain>/<failing-state>`, equal to the path below `analyzers/`. */
  readonly id: string;
  /** Noun phrase of the failing state. */
  readonly title: string;
  readonly description: string;
  readonly messages: M;
  readonly checks?: C;
  /** Where the conditions come from: documentation, source paths, facts. Never empty. */
  readonly references: readonly [string, ...string[]];
}

/**
 * One question asked of a bundle: data plus a pure, synchronous function. May not read clocks, files,
 * the network or other analyzers; may not change its inputs; a throw becomes the status `error`.
 */
export interface Analyzer<N extends Needs = Needs, M extends Messages = Messages, C extends Checks = Checks> {
  readonly meta: AnalyzerMeta<M, C>;
  readonly needs: N;
  appliesTo?(inputs: Inputs<N>): Applicability;
  analyze(inputs: Inputs<N>, context: AnalyzeContext<M, C>): undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds analyzers of every shape.
export type AnyAnalyzer = Analyzer<any, any, any>;

/** Declares an analyzer; needs, messages and placeholders are inferred, so a slip does not compile. */
export function defineAnalyzer<
  const N extends Needs,
  const M extends Messages,
  const C extends Checks = Record<never, Check>,
>(analyzer: Analyzer<N, M, C>): Analyzer<N, M, C> {
  return analyzer;
}

export type AnalyzerStatus = 'pass' | 'fail' | 'not-applicable' | 'unknown' | 'error';

/** How one analyzer ended. */
export interface AnalyzerResult {
  readonly analyzerId: string;
  readonly status: AnalyzerStatus;
  /** For `not-applicable` and `error`. */
  readonly reason?: string;
  /** What it could not see of its required needs; never empty for `unknown`. */
  readonly unseen: readonly Gap[];
  readonly findings: number;
  /** How many subjects each check found fine. */
  readonly looked: Readonly<Record<string, number>>;
}
