import type { Manifest } from '../bundle/manifest.ts';
import type { CoverageRow, Outcome } from '../model/coverage.ts';
import { ApiError } from './api-error.ts';

/** Whether a scope of a kind was collected: whole, in part (with the reason), or not. */
export type Seen =
  | { readonly state: 'whole' }
  | { readonly state: 'part'; readonly reason: string }
  | { readonly state: 'unseen'; readonly outcome: Outcome; readonly reason: string };

/** Answers what of the cluster is in the bundle, from the coverage rows of the first sample. */
export interface SeenScopes {
  /** Of a kind; `namespace` undefined: all of them, or the cluster scope. */
  of(artifact: string, namespace: string | undefined): Seen;
  /** The row of one container's log; undefined: nothing is said of it. */
  log(scope: {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string;
    readonly previous: boolean;
  }): CoverageRow | undefined;
  /** The first row of a document that says why it is not there. */
  document(artifact: string): CoverageRow | undefined;
}

const WHOLE: Seen = { state: 'whole' };

/** Reads the coverage record of a manifest. */
export function createSeenScopes(manifest: Manifest): SeenScopes {
  const rows = Map.groupBy(
    manifest.coverage.filter(({ sample }) => (sample ?? 0) === 0),
    ({ artifact }) => artifact,
  );
  const rowsOf = (artifact: string) => rows.get(artifact) ?? rows.get(groupOf(artifact)) ?? [];

  function without(artifact: string): Seen {
    if (manifest.expected.some((one) => one.artifact === artifact)) {
      const reason = manifest.incompleteReason ?? 'the collection ended before it was read';
      return { state: 'unseen', outcome: 'skipped', reason };
    }
    return { state: 'unseen', outcome: 'skipped', reason: 'it was not asked for' };
  }

  function inNamespace(artifact: string, namespace: string): Seen {
    const known = rowsOf(artifact);
    const row =
      known.find(({ scope }) => scope.type === 'namespace' && scope.namespace === namespace) ??
      known.find(({ scope }) => scope.type === 'cluster');
    return row === undefined ? without(artifact) : judge(row);
  }

  function everywhere(artifact: string): Seen {
    const known = rowsOf(artifact);
    const cluster = known.find(({ scope }) => scope.type === 'cluster');
    const short = known.find((row) => row.scope.type === 'namespace' && judge(row).state !== 'whole');
    if (cluster === undefined) {
      // Listing everything was refused, and every namespace was listed by itself.
      if (short === undefined) return known.length === 0 ? without(artifact) : WHOLE;
      return unseen(short, inNamespaces(known));
    }
    const verdict = judge(cluster);
    if (verdict.state === 'unseen') return unseen(cluster, inNamespaces(known));
    return short === undefined ? verdict : { state: 'part', reason: reasonOf(short) };
  }

  return {
    of: (artifact, namespace) =>
      namespace === undefined ? everywhere(artifact) : inNamespace(artifact, namespace),
    log: (wanted) =>
      rowsOf('logs').find(
        ({ scope }) =>
          scope.type === 'container' &&
          scope.namespace === wanted.namespace &&
          scope.pod === wanted.pod &&
          scope.container === wanted.container &&
          (scope.previous ?? false) === wanted.previous,
      ),
    document: (artifact) => rowsOf(artifact).find(({ outcome }) => outcome !== 'collected'),
  };
}

/** HTTP statuses that make a second `collect` record the same outcome. */
const STATUSES: Readonly<Partial<Record<Outcome, number>>> = {
  forbidden: 403,
  skipped: 403,
  'not-found': 404,
  'timed-out': 504,
};

/** The error for something that was not collected: never an empty list. */
export function notCollected(what: string, { outcome, reason }: Extract<Seen, { state: 'unseen' }>) {
  const status = STATUSES[outcome] ?? 503;
  return new ApiError(status, `${what} cannot be shown from this bundle: ${reason}`);
}

/** The error for a coverage row. */
export function rowError(what: string, row: CoverageRow): ApiError {
  return notCollected(what, { state: 'unseen', outcome: row.outcome, reason: reasonOf(row) });
}

function judge(row: CoverageRow): Seen {
  if (row.outcome === 'collected') return WHOLE;
  if (row.outcome === 'partial' || row.outcome === 'truncated')
    return { state: 'part', reason: reasonOf(row) };
  return unseen(row, '');
}

function unseen(row: CoverageRow, addition: string): Seen {
  return { state: 'unseen', outcome: row.outcome, reason: `${reasonOf(row)}${addition}` };
}

function reasonOf(row: CoverageRow): string {
  return row.reason ?? 'no reason was recorded';
}

/** Names of namespaces shown in an error. */
const NAMES_SHOWN = 10;

/** What can be asked for instead. */
function inNamespaces(rows: readonly CoverageRow[]): string {
  const names = rows.flatMap((row) =>
    row.scope.type === 'namespace' && judge(row).state !== 'unseen' ? [row.scope.namespace] : [],
  );
  if (names.length === 0) return '';
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return `; collected in ${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
}

/** The row a group gets as a whole when its kinds could not be discovered. */
function groupOf(artifact: string): string {
  return `${artifact.slice(0, artifact.lastIndexOf('/') + 1)}*`;
}
