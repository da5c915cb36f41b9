import type { Scope } from './scope.ts';

/** How the attempt to read one scope of one artifact ended. */
export type Outcome =
  | 'collected'
  /** Some of the scope is there and says which part is not. */
  | 'partial'
  | 'forbidden'
  | 'not-found'
  | 'timed-out'
  /** Cut on purpose: a cap on size, lines or time. */
  | 'truncated'
  | 'error'
  /** Not attempted: opt-in not given, deselected, or out of budget. */
  | 'skipped';

/** The RBAC rule that would have allowed a read; the fields of a Kubernetes PolicyRule. */
export interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

/** What the customer can do so that the scope is seen next time. */
export interface CoverageFix {
  readonly rule?: PolicyRule;
  /** The namespace a Role with `rule` would go into; absent: a ClusterRole. */
  readonly namespace?: string;
  /** A `kubecase collect` flag, as typed. */
  readonly flag?: string;
}

/** One row of the coverage record: what was asked, how it ended, and why. */
export interface CoverageRow {
  /** Artifact id, e.g. `resources:core/Pod`, `logs`, `kong-clustering-status`. */
  readonly artifact: string;
  readonly scope: Scope;
  readonly outcome: Outcome;
  /** One line for a person; required for every outcome but `collected`. */
  readonly reason?: string;
  readonly fix?: CoverageFix;
  /** Id of the collector that asked, e.g. `kubernetes/resources`. */
  readonly collector?: string;
  /** Which of several snapshots of the scope this is; 0 is the first. */
  readonly sample?: number;
}

/** A scope that was not seen, or not seen whole, with its reason: the flesh of every `unknown`. */
export interface Gap {
  readonly artifact: string;
  readonly scope: Scope;
  readonly outcome: Exclude<Outcome, 'collected'> | 'absent-from-layout';
  readonly reason: string;
  readonly fix?: CoverageFix;
}

/** Which part of one artifact was seen. `complete` means: looked everywhere it can be. */
export interface Coverage {
  readonly complete: boolean;
  readonly gaps: readonly Gap[];
  /** Whether this namespace (undefined: the cluster scope) was seen whole; else why not. */
  covers(namespace: string | undefined): true | Gap;
}

/** Where a reference leads: into the bundle, nowhere, or somewhere that was not looked at. */
export type Lookup<T> =
  | { readonly state: 'present'; readonly item: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unseen'; readonly gap: Gap };

/** Outcomes ordered from best to worst: the outcome of a collector is the worst of its rows. */
const WORST_FIRST: readonly Outcome[] = [
  'error',
  'timed-out',
  'forbidden',
  'truncated',
  'partial',
  'not-found',
  'skipped',
  'collected',
];

/** The outcome a collector shows for its rows: `collected` when all are, `partial` when only some are, else the worst. */
export function overallOutcome(outcomes: Iterable<Outcome>): Outcome {
  const seen = new Set(outcomes);
  if (seen.size === 0) return 'skipped';
  const worst = WORST_FIRST.find((outcome) => seen.has(outcome)) ?? 'collected';
  return worst !== 'collected' && seen.has('collected') ? 'partial' : worst;
}

/** Flags whose cuts the user asked for. */
const ASKED_FOR: ReadonlySet<string | undefined> = new Set(['--since', '--tail']);

/**
 * Whether something that was to be read is missing for this row: refused, cut or failed. What does not
 * exist, was deselected or cut on request is not.
 */
export function isShortfall({ outcome, fix }: CoverageRow): boolean {
  if (outcome === 'collected' || outcome === 'skipped' || outcome === 'not-found') return false;
  return !(outcome === 'truncated' && ASKED_FOR.has(fix?.flag));
}
