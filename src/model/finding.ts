import type { LogHit, LogMatches, LogTail } from './log-signals.ts';
import type { Confidence, Severity, Value } from './message.ts';
import type { Scope } from './scope.ts';
import type { ObjectRef, Subject } from './subject.ts';

/** Evidence as an analyzer cites it; made by `at`, `absent`, or a log result handed over as it is. */
export type EvidenceRef =
  | { readonly cite: 'item'; readonly item: object; readonly pointer: string }
  | { readonly cite: 'matches'; readonly matches: LogMatches; readonly hit?: LogHit }
  | { readonly cite: 'tail'; readonly tail: LogTail }
  | { readonly cite: 'absent'; readonly artifact: string; readonly scope: Scope; readonly name?: string };

/** A piece of text from the bundle with its line numbers. */
export interface Excerpt {
  /** 1-based number of the first line; absent for rendered objects, whose lines are not the bundle's. */
  readonly startLine?: number;
  readonly lines: readonly string[];
  /** Index into `lines` of the line that matters. */
  readonly mark?: number;
  /** True when the text was cut to fit. */
  readonly cut?: boolean;
}

/** Evidence as the report holds it: where in the bundle, and what stands there. */
export type Evidence =
  | {
      readonly type: 'object';
      readonly path: string;
      /** 1-based line the object begins on. */
      readonly line: number;
      /** JSON Pointer from the root of the entry to the field. */
      readonly pointer: string;
      readonly object?: ObjectRef;
      /** The kept fields under the pointer as YAML; absent beyond the first few of a fingerprint. */
      readonly excerpt?: Excerpt;
    }
  | {
      readonly type: 'log';
      readonly path: string;
      readonly line: number;
      readonly excerpt?: Excerpt;
      /** How many lines match in this log, and from when to when. */
      readonly count: number;
      readonly counted: 'exact' | 'at-least';
      readonly first?: string;
      readonly last?: string;
    }
  | {
      readonly type: 'absent';
      readonly artifact: string;
      readonly name?: string;
      readonly scope: Scope;
      /** What was searched. */
      readonly searched: {
        readonly entries: readonly string[];
        readonly items: number;
        readonly observedAt?: string;
      };
    };

/** One thing an analyzer reports. Texts are not here: they live once, in the report's catalog. */
export interface Finding {
  /** Unique in a report: fingerprint plus the exact subject. */
  readonly id: string;
  /** Hash of analyzer, message, root owner and key: survives a rollout and a second run. */
  readonly fingerprint: string;
  readonly analyzerId: string;
  readonly messageId: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly values: Readonly<Record<string, Value>>;
  readonly subject: Subject;
  readonly rootOwner: Subject;
  readonly related: readonly Subject[];
  /** ISO 8601: when it began, as far as the cluster says. */
  readonly since?: string;
  readonly evidence: readonly Evidence[];
}

/** An entry of a checklist as an analyzer filled it. */
export interface CheckRow {
  readonly analyzerId: string;
  readonly checkId: string;
  readonly subject: Subject;
  readonly state: 'fine' | 'bad' | 'unseen' | 'not-applicable';
  readonly values: Readonly<Record<string, Value>>;
  readonly findingId?: string;
  /** For `unseen` and `not-applicable`. */
  readonly reason?: string;
  readonly evidence: readonly Evidence[];
}
