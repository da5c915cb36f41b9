import type { Item, Store } from '../../src/analyze/store.ts';
import { type Artifact, resourcesId } from '../../src/model/artifact.ts';
import type { CoverageRow, Outcome } from '../../src/model/coverage.ts';
import { CLUSTER_SCOPE, type Scope, scopeNamespace } from '../../src/model/scope.ts';

/** A copy of a store from which something can be taken; items and documents themselves are shared. */
function copyOf(store: Store): Store {
  return {
    ...store,
    resources: new Map([...store.resources].map(([id, samples]) => [id, new Map(samples)])),
    documents: new Map(store.documents),
    logs: [...store.logs],
    rows: [...store.rows],
  };
}

function row(artifact: string, scope: Scope, outcome: Outcome): CoverageRow {
  const reason = 'taken out by the test';
  return outcome === 'collected' ? { artifact, scope, outcome } : { artifact, scope, outcome, reason };
}

function replaceRows(store: Store, artifact: string, rows: readonly CoverageRow[]): void {
  const others = store.rows.filter((one) => one.artifact !== artifact);
  store.rows.splice(0, store.rows.length, ...others, ...rows);
}

/** The store as if the LIST of a kind, or a document, had been refused everywhere. */
export function withoutArtifact(store: Store, id: string): Store {
  const less = copyOf(store);
  less.resources.delete(id);
  less.documents.delete(id);
  if (id === 'logs') less.logs.length = 0;
  replaceRows(less, id, [row(id, CLUSTER_SCOPE, 'forbidden')]);
  return less;
}

/** The store as if the list of a kind had been cut after half of its items. */
export function withHalf(store: Store, id: string): Store {
  const less = copyOf(store);
  for (const [sample, items] of less.resources.get(id) ?? []) {
    less.resources.get(id)?.set(sample, items.slice(0, Math.floor(items.length / 2)));
  }
  replaceRows(less, id, [row(id, CLUSTER_SCOPE, 'truncated')]);
  return less;
}

/** The store as if every other log had been refused. */
export function withHalfTheLogs(store: Store): Store {
  const less = copyOf(store);
  const lost = less.logs.filter((_, index) => index % 2 === 0);
  less.logs.splice(0, less.logs.length, ...store.logs.filter((_, index) => index % 2 === 1));
  const kept = store.rows.filter((one) => one.artifact === 'logs');
  const paths = new Set(lost.map(({ scope }) => JSON.stringify(scope)));
  replaceRows(less, 'logs', [
    ...kept.filter((one) => !paths.has(JSON.stringify(one.scope))),
    ...lost.map(({ scope }) => row('logs', scope, 'forbidden')),
  ]);
  return less;
}

/** The store as if a user without rights in one namespace had collected it. */
export function withoutNamespace(store: Store, namespace: string, artifacts: readonly Artifact[]): Store {
  const less = copyOf(store);
  const names = (store.resources.get(resourcesId('', 'Namespace'))?.get(0) ?? []).map(nameOf);
  for (const artifact of artifacts) {
    if (artifact.type !== 'resources' || !artifact.namespaced) continue;
    const whole = store.rows.some(
      (one) => one.artifact === artifact.id && one.scope.type === 'cluster' && one.outcome === 'collected',
    );
    if (!whole) continue;
    for (const [sample, items] of less.resources.get(artifact.id) ?? []) {
      const rest = items.filter((item) => item.metadata.namespace !== namespace);
      less.resources.get(artifact.id)?.set(sample, rest);
    }
    const rows = names.map((name): CoverageRow => {
      const scope = { type: 'namespace', namespace: name } as const;
      return row(artifact.id, scope, name === namespace ? 'forbidden' : 'collected');
    });
    replaceRows(less, artifact.id, rows);
  }
  return withoutLogsOf(less, namespace);
}

function withoutLogsOf(store: Store, namespace: string): Store {
  const inside = (scope: Scope) => scopeNamespace(scope) === namespace;
  const rows = store.rows.filter((one) => one.artifact === 'logs');
  const logs = store.logs.filter(({ scope }) => !inside(scope));
  const less = { ...store, logs };
  replaceRows(
    less,
    'logs',
    rows.map((one) => (inside(one.scope) ? row('logs', one.scope, 'forbidden') : one)),
  );
  return less;
}

function nameOf(item: Item): string {
  return item.metadata.name;
}
