import { type ClusterIdentity, clusterIdentity } from '../derive/cluster-identity.ts';
import { factTables } from '../derive/fact-tables.ts';
import { type ObjectGraph, objectGraph } from '../derive/object-graph.ts';
import type { AnalyzerResult, AnyAnalyzer } from '../model/analyzer.ts';
import type { Artifact, Derived, FactTable } from '../model/artifact.ts';
import type { CheckRow, Finding } from '../model/finding.ts';
import { createOwners } from './identity.ts';
import { allArtifacts, createInputs, deriveContext, type InputBuilder } from './inputs.ts';
import { runAnalyzer } from './run-analyzer.ts';
import { soundValue } from './sound.ts';
import { createStore, type Store } from './store.ts';

/** What the analyzers made of a store: everything diagnosis and report need beside the store itself. */
export interface Analysis {
  readonly results: readonly AnalyzerResult[];
  readonly findings: readonly Finding[];
  readonly rows: readonly CheckRow[];
  readonly facts: readonly FactTable[];
  readonly graph: ObjectGraph;
  readonly identity: ClusterIdentity;
}

/** Derived values the engine computes for itself, whatever the analyzers need. */
const ENGINE_VALUES: readonly Derived[] = [objectGraph, clusterIdentity, ...factTables] as readonly Derived[];

/** Everything a run over these analyzers may read: what the reading pass has to keep. */
export function artifactsOf(analyzers: readonly AnyAnalyzer[]): Artifact[] {
  const needs = [
    ...analyzers.map((analyzer) => analyzer.needs),
    ...ENGINE_VALUES.map((value) => value.needs),
  ];
  return [...new Set(needs.flatMap((one) => allArtifacts(one)))];
}

/** Runs every analyzer over the store. Order of the results is that of the ids, so that reports are stable. */
export function analyzeStore(store: Store, analyzers: readonly AnyAnalyzer[]): Analysis {
  const inputs = createInputs(store);
  const owners = createOwners(store);
  const sorted = [...analyzers].sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1));
  const runs = sorted.map((analyzer) => runAnalyzer(analyzer, { store, inputs, owners }));
  return {
    results: runs.map((run) => run.result),
    findings: runs.flatMap((run) => run.findings),
    rows: runs.flatMap((run) => run.rows),
    facts: tablesOf(inputs),
    graph: orOfNothing(objectGraph as Derived, inputs) as ObjectGraph,
    identity: orOfNothing(clusterIdentity as Derived, inputs) as ClusterIdentity,
  };
}

/** A value of the engine itself. Objects of wrong shape end analyzers in `error`, but never the whole run. */
function orOfNothing(derived: Derived, inputs: InputBuilder): unknown {
  try {
    return inputs.derived(derived);
  } catch {
    return createInputs(createStore()).derived(derived);
  }
}

function tablesOf(inputs: InputBuilder): FactTable[] {
  return factTables.flatMap((derived) => {
    try {
      const table = derived.table?.(inputs.derived(derived), deriveContext);
      if (!table || table.rows.length === 0) return [];
      return [{ ...table, rows: table.rows.map((cells) => cells.map(soundValue)) }];
    } catch {
      return [];
    }
  });
}
