import { allArtifacts } from '../../src/analyze/inputs.ts';
import { createLogScan } from '../../src/analyze/log-scan.ts';
import { selectTrees } from '../../src/analyze/read-inputs.ts';
import { addItem, createStore, type Item, type Store } from '../../src/analyze/store.ts';
import { logPath } from '../../src/bundle/entry-path.ts';
import type { AnyAnalyzer } from '../../src/model/analyzer.ts';
import { type Artifact, type DocumentArtifact, resourcesId } from '../../src/model/artifact.ts';
import type { CoverageRow } from '../../src/model/coverage.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { reduceBySelect, type SelectNode } from '../../src/model/json.ts';
import type { Observation } from '../../src/model/observation.ts';
import { ORIGIN } from '../../src/model/origin.ts';
import { CLUSTER_SCOPE, type LogScope, type Scope } from '../../src/model/scope.ts';
import { groupOf } from '../../src/model/subject.ts';

/** When every given thing is observed unless a case says otherwise. */
export const OBSERVED = '2026-01-15T12:00:00Z';

/** The log of a container. */
export interface GivenLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly previous?: boolean;
  readonly text: string;
}

/** The log of a node's unit. */
export interface GivenUnitLog {
  readonly node: string;
  readonly unit: string;
  readonly text: string;
}

/** What a bundle holds in one case of an analyzer's test. Whatever is not named is collected and empty. */
export interface Given {
  /** Whole Kubernetes objects with apiVersion and kind; reduced as the engine does. */
  readonly objects?: readonly object[];
  /** Objects of the second sample of their kinds. */
  readonly secondSample?: readonly object[];
  /** ISO time of observation; default {@link OBSERVED}. */
  readonly observed?: string;
  readonly secondObserved?: string;
  /** Error of the clock in seconds; default 1. */
  readonly errorSeconds?: number;
  readonly documents?: readonly {
    readonly artifact: DocumentArtifact;
    readonly scope?: Scope;
    readonly bytes: string;
    /** ISO time when it was read; default that of the case. */
    readonly observed?: string;
  }[];
  readonly logs?: readonly (GivenLog | GivenUnitLog)[];
  /** Artifacts that were refused: no items, a `forbidden` row. */
  readonly forbidden?: readonly { readonly id: string }[];
  /** Rows beside the ones made from the above; a row replaces the default row of its artifact. */
  readonly rows?: readonly CoverageRow[];
  readonly complete?: boolean;
  readonly incompleteReason?: string;
  readonly collectors?: readonly { readonly id: string; readonly outcome: string }[];
  readonly layouts?: readonly string[];
}

/** A store as the engine would fill it from a bundle that holds what is given. */
export function storeOf(analyzers: readonly AnyAnalyzer[], given: Given): Store {
  const store = createStore();
  store.layouts.push(...(given.layouts ?? ['kubecase']));
  store.complete = given.complete ?? true;
  if (given.incompleteReason !== undefined) store.incompleteReason = given.incompleteReason;
  store.collectors.push(...(given.collectors ?? []));
  const artifacts = analyzers.flatMap((analyzer) => allArtifacts(analyzer.needs));
  const trees = selectTrees(artifacts);
  const observation = (time: string): Observation => ({
    time,
    source: 'server-date',
    errorSeconds: given.errorSeconds ?? 1,
  });
  const first = observation(given.observed ?? OBSERVED);
  addObjects(store, trees, given.objects ?? [], 0, first);
  addObjects(
    store,
    trees,
    given.secondSample ?? [],
    1,
    observation(given.secondObserved ?? given.observed ?? OBSERVED),
  );
  for (const { artifact, scope = CLUSTER_SCOPE, bytes, observed } of given.documents ?? []) {
    const value = artifact.parse(new TextEncoder().encode(bytes));
    const read = observed === undefined ? first : observation(observed);
    const origin = { path: `${artifact.id}/document.json`, line: 1, pointer: '', scope, observation: read };
    getOrCreate(store.documents, artifact.id, () => []).push(deepFreeze({ value, scope, [ORIGIN]: origin }));
  }
  const logScan = createLogScan(artifacts);
  for (const log of given.logs ?? []) {
    const scope = logScope(log);
    const scan = logScan.section(logPath(scope, 0), scope, first);
    scan.push(new TextEncoder().encode(log.text));
    store.logs.push(scan.end());
  }
  store.rows.push(...rowsOf(artifacts, given));
  return store;
}

function logScope(log: GivenLog | GivenUnitLog): LogScope {
  if ('node' in log) return { type: 'unit', node: log.node, unit: log.unit };
  const { namespace, pod, container, previous = false } = log;
  return { type: 'container', namespace, pod, container, previous };
}

function addObjects(
  store: Store,
  trees: ReadonlyMap<string, SelectNode>,
  objects: readonly object[],
  sample: number,
  observation: Observation,
): void {
  objects.forEach((object, index) => {
    const { apiVersion, kind } = object as Item;
    const id = resourcesId(groupOf(apiVersion), kind);
    const tree = trees.get(id);
    if (!tree)
      throw new Error(`the analyzer under test does not read ${id}: remove the object or add the need`);
    const path = `resources/${id.slice('resources:'.length)}.json`;
    const origin = { path, line: index + 2, pointer: `/items/${index}`, scope: CLUSTER_SCOPE, observation };
    const item = { ...(reduceBySelect(structuredClone(object), tree) as Item), [ORIGIN]: origin };
    addItem(store, id, sample, deepFreeze(item));
    getOrCreate(store.entries, id, () => [path]);
  });
}

function rowsOf(artifacts: readonly Artifact[], given: Given): CoverageRow[] {
  const rows: CoverageRow[] = [...(given.rows ?? [])];
  const named = new Set(rows.map((row) => row.artifact));
  const forbidden = new Set((given.forbidden ?? []).map((artifact) => artifact.id));
  for (const id of new Set(
    artifacts.filter((one) => one.type !== 'derived' && one.type !== 'record').map((one) => one.id),
  )) {
    if (named.has(id)) continue;
    rows.push(
      forbidden.has(id)
        ? { artifact: id, scope: CLUSTER_SCOPE, outcome: 'forbidden', reason: `not allowed to read ${id}` }
        : { artifact: id, scope: CLUSTER_SCOPE, outcome: 'collected' },
    );
  }
  return rows;
}

/** Freezes all the way down, so that an analyzer that changes its inputs fails its test. */
export function deepFreeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value;
  for (const child of Object.values(value)) deepFreeze(child);
  return Object.freeze(value);
}
