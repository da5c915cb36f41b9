import { type DocumentArtifact, type ResourcesArtifact, resourcesId } from '../model/artifact.ts';
import type { Coverage, CoverageRow, Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { CLUSTER_SCOPE, type Scope, scopeKey, scopeNamespace } from '../model/scope.ts';
import { itemsOf, type Store } from './store.ts';

const NAMESPACE_ID = resourcesId('', 'Namespace');

/** The coverage of a kind: where it was looked at, and why not elsewhere. */
export function resourcesCoverage(store: Store, artifact: ResourcesArtifact): Coverage {
  const rows = rowsOf(store, artifact.id);
  if (rows.length === 0) return withoutRows(store, artifact);
  const gaps = rows.filter((row) => row.outcome !== 'collected').map(gapOf);
  if (clusterRow(rows)?.outcome === 'collected') return coverageOf(artifact.id, rows, gaps);
  if (artifact.namespaced) {
    gaps.push(...unlistedNamespaces(store, artifact, rows));
    return withoutMissingNamespaces(store, coverageOf(artifact.id, rows, gaps));
  }
  if (gaps.length === 0)
    gaps.push(gap(artifact.id, CLUSTER_SCOPE, `${artifact.kind} objects were not listed`));
  return coverageOf(artifact.id, rows, gaps);
}

/**
 * A namespace that does not exist holds nothing, although nobody looked into it. What was refused stays refused:
 * a list of namespaces may be younger than the answer.
 */
function withoutMissingNamespaces(store: Store, coverage: Coverage): Coverage {
  const isListed = clusterRow(rowsOf(store, NAMESPACE_ID))?.outcome === 'collected';
  if (!isListed || coverage.gaps.some(({ scope }) => scope.type === 'cluster')) return coverage;
  const names = new Set(itemsOf(store, NAMESPACE_ID).map(({ metadata }) => metadata.name));
  const known = new Set(coverage.gaps.map(({ scope }) => scopeNamespace(scope)));
  return {
    ...coverage,
    covers: (namespace) =>
      namespace === undefined || names.has(namespace) || known.has(namespace)
        ? coverage.covers(namespace)
        : true,
  };
}

/** No row at all: the server does not serve the kind (fully seen, empty), or nobody looked. */
function withoutRows(store: Store, artifact: ResourcesArtifact): Coverage {
  const notServed = store.served !== undefined && !store.served.has(artifact.id);
  const failure = store.undiscovered.get(artifact.group);
  if (notServed && failure === undefined) return coverageOf(artifact.id, [], [], true);
  if (failure !== undefined) return coverageOf(artifact.id, [], [gap(artifact.id, CLUSTER_SCOPE, failure)]);
  if (itemsOf(store, artifact.id).length > 0) {
    const reason = `single ${artifact.kind} objects are in this bundle, but no whole list: there may be others`;
    return coverageOf(artifact.id, [], [gap(artifact.id, CLUSTER_SCOPE, reason)]);
  }
  return coverageOf(artifact.id, [], [missing(store, artifact.id, `${artifact.kind} objects`)]);
}

/** The gap of an artifact these bundles say nothing of. */
function missing(store: Store, artifact: string, what: string): Gap {
  const known = store.absent(artifact);
  return { ...gap(artifact, CLUSTER_SCOPE, `${what} are not in this bundle`), ...known };
}

/** How many documents or logs there were is known only when a collection ended by itself and is here whole. */
function maybeLost(
  store: Store,
  artifact: string,
  { what, rows }: { readonly what: string; readonly rows: readonly CoverageRow[] },
): Gap[] {
  // Where nothing at all was read, the row says why: an end before the time was not the reason.
  if (store.complete || (clusterRow(rows)?.outcome ?? 'collected') !== 'collected') return [];
  const reason = `${what} may be missing: ${store.incompleteReason ?? 'the bundle is incomplete'}`;
  return [{ ...gap(artifact, CLUSTER_SCOPE, reason), outcome: 'partial' }];
}

function unlistedNamespaces(store: Store, artifact: ResourcesArtifact, rows: readonly CoverageRow[]): Gap[] {
  if (clusterRow(rows)) return [];
  const seen = new Set(rows.map((row) => scopeNamespace(row.scope)));
  const namespaceRows = rowsOf(store, NAMESPACE_ID);
  if (clusterRow(namespaceRows)?.outcome !== 'collected') {
    const names = [...seen].sort().join(', ');
    return [gap(artifact.id, CLUSTER_SCOPE, `only these namespaces were looked at: ${names}`)];
  }
  return itemsOf(store, NAMESPACE_ID)
    .map((item) => item.metadata.name)
    .filter((name) => !seen.has(name))
    .map((namespace) =>
      gap(
        artifact.id,
        { type: 'namespace', namespace },
        `${artifact.kind} objects of this namespace are not in the bundle`,
      ),
    );
}

/** The coverage of a document: complete when some were collected and none failed. */
export function documentCoverage(store: Store, artifact: DocumentArtifact): Coverage {
  const rows = rowsOf(store, artifact.id);
  const gaps = rows.filter((row) => row.outcome !== 'collected').map(gapOf);
  const what = `Replies of "${artifact.title}"`;
  if (rows.length === 0) gaps.push(missing(store, artifact.id, what));
  else gaps.push(...maybeLost(store, artifact.id, { what, rows }));
  return coverageOf(artifact.id, rows, gaps);
}

/** The coverage of logs. A container that has no log yet, or no previous one, is no gap. */
export function logsCoverage(store: Store): Coverage {
  const rows = rowsOf(store, 'logs');
  const gaps = rows.filter((row) => row.outcome !== 'collected' && row.outcome !== 'not-found').map(gapOf);
  if (rows.length === 0) gaps.push(missing(store, 'logs', 'Container logs'));
  else gaps.push(...maybeLost(store, 'logs', { what: 'Container logs', rows }));
  return coverageOf('logs', rows, gaps);
}

function coverageOf(
  artifact: string,
  rows: readonly CoverageRow[],
  gaps: readonly Gap[],
  everywhere = false,
): Coverage {
  const whole = everywhere || clusterRow(rows)?.outcome === 'collected';
  const looked = new Set(rows.map((row) => scopeNamespace(row.scope)));
  const gapIn = new Map<string | undefined, Gap>();
  for (const one of gaps) getOrCreate(gapIn, scopeNamespace(one.scope), () => one);
  const general = gaps.find((one) => one.scope.type === 'cluster');
  return {
    complete: gaps.length === 0,
    gaps,
    covers(namespace) {
      const known = gapIn.get(namespace);
      if (known) return known;
      if (whole || looked.has(namespace)) return true;
      const scope: Scope = namespace === undefined ? CLUSTER_SCOPE : { type: 'namespace', namespace };
      return general ?? gap(artifact, scope, 'not looked at');
    },
  };
}

/** The rows of an artifact's first sample; of one scope in several bundles the one that was collected. */
function rowsOf(store: Store, artifact: string): CoverageRow[] {
  const rows = new Map<string, CoverageRow>();
  for (const row of store.rows) {
    if (row.artifact !== artifact || (row.sample ?? 0) !== 0) continue;
    const key = scopeKey(row.scope);
    if (!rows.has(key) || row.outcome === 'collected') rows.set(key, row);
  }
  return [...rows.values()];
}

function clusterRow(rows: readonly CoverageRow[]): CoverageRow | undefined {
  return rows.find((row) => row.scope.type === 'cluster');
}

/** A row that did not end `collected`, as a gap. */
export function gapOf(row: CoverageRow): Gap {
  const { artifact, scope, outcome, reason, fix } = row;
  return {
    artifact,
    scope,
    outcome: outcome === 'collected' ? 'partial' : outcome,
    reason: reason ?? outcome,
    ...(fix ? { fix } : {}),
  };
}

function gap(artifact: string, scope: Scope, reason: string): Gap {
  return { artifact, scope, outcome: 'skipped', reason };
}
