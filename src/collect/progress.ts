import type { CoverageRow, Outcome } from '../model/coverage.ts';
import type { Scope } from '../model/scope.ts';
import type { Right } from './rights.ts';
import type { Given } from './tally.ts';

/** What happens during a collection, for whoever shows progress. */
export type ProgressEvent =
  | { readonly type: 'connected'; readonly server: string; readonly version: string | undefined }
  /** A right the selection needs and the user has not; parts of it may still be there in single namespaces. */
  | { readonly type: 'missing'; readonly right: Right }
  /** What an earlier bundle gave; `again` says why nothing. */
  | {
      readonly type: 'resumed';
      readonly from: string;
      readonly entries: number;
      readonly bytes: number;
      readonly again?: string;
    }
  | { readonly type: 'unreachable'; readonly reason: string }
  | { readonly type: 'phase'; readonly phase: 'lists' | 'collectors' | 'second-samples' | 'finish' }
  | {
      readonly type: 'list';
      readonly artifact: string;
      readonly scope: Scope;
      readonly items: number;
      readonly outcome: Outcome;
    }
  /** Namespaces that were asked for and are not there. */
  | { readonly type: 'absent-namespaces'; readonly names: readonly string[] }
  /** Waiting before the second samples. */
  | { readonly type: 'settle'; readonly seconds: number; readonly why: 'leases' | 'counters' }
  /** Something ended; `expected` grows while collectors find what there is. */
  | {
      readonly type: 'row';
      readonly row: CoverageRow;
      readonly done: number;
      readonly expected: number;
    }
  /** A log or document was stored. */
  | { readonly type: 'entry'; readonly artifact: string; readonly scope: Scope; readonly bytes: number }
  /** An object made for the collection could not be removed. */
  | { readonly type: 'left-over'; readonly path: string; readonly reason: string }
  /** A collector has ended. */
  | ({
      readonly type: 'collector';
      readonly id: string;
      readonly outcome: Outcome;
      readonly reason?: string;
      readonly seconds?: number;
      /** Why something of it was not read, the most frequent reason first. */
      readonly missed: readonly Missed[];
    } & Given);

/** Scopes that were not read, or not whole, for one reason. */
export interface Missed {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly count: number;
}

/** Takes events as they happen; must not throw. */
export type OnProgress = (event: ProgressEvent) => void;
