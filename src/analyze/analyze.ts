import { type ClusterIdentity, clusterIdentity } from '../derive/cluster-identity.ts';
import { factTables } from '../derive/fact-tables.ts';
import { type ObjectGraph, objectGraph } from '../derive/object-graph.ts';
import type { AnalyzerResult, AnyAnalyzer } from '../model/analyzer.ts';
import type { Artifact, Derived, FactTable } from '../model/artifact.ts';
import type { CheckRow, Finding } from '../model/finding.ts';
import { runWithDeadline } from './deadline.ts';
import { createOwners } from './identity.ts';
import { allArtifacts, createInputs, deriveContext, type InputBuilder } from './inputs.ts';
import { runAnalyzer, stoppedRun } from './run-analyzer.ts';
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

/** Seconds an analyzer or derived value may take; the slowest needs some of them for 100 000 pods. */
export const DEADLINE_SECONDS = 60;

/**
 * Runs every analyzer over the store. Order of the results is that of the ids, so that reports are stable.
 * What does not end within the deadline is an `error`, and the others go on.
 */
export function analyzeStore(
  store: Store,
  analyzers: readonly AnyAnalyzer[],
  deadlineSeconds = DEADLINE_SECONDS,
): Analysis {
  const inputs = createInputs(store);
  const owners = createOwners(store);
  const sorted = [...analyzers].sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1));
  const guard = { seconds: deadlineSeconds, onStopped: inputs.stopped };
  const runs = runWithDeadline(
    sorted.map((analyzer) => ({
      run: () => runAnalyzer(analyzer, { store, inputs, owners }),
      stopped: (error: Error) => stoppedRun(analyzer, error),
    })),
    guard,
  );
  const value = (derived: Derived) => ({
    run: () => orOfNothing(derived, inputs),
    stopped: () => inputsOfNothing().derived(derived),
  });
  const [graph, identity] = runWithDeadline(
    [value(objectGraph as Derived), value(clusterIdentity as Derived)],
    guard,
  );
  const facts = runWithDeadline(
    factTables.map((derived) => ({ run: () => tableOf(derived, inputs), stopped: () => [] })),
    guard,
  );
  return {
    results: runs.map((run) => run.result),
    findings: runs.flatMap((run) => run.findings),
    rows: runs.flatMap((run) => run.rows),
    facts: facts.flat(),
    graph: graph as ObjectGraph,
    identity: identity as ClusterIdentity,
  };
}

/** A value of the engine itself. Objects of wrong shape end analyzers in `error`, but never the whole run. */
function orOfNothing(derived: Derived, inputs: InputBuilder): unknown {
  try {
    return inputs.derived(derived);
  } catch {
    return inputsOfNothing().derived(derived);
  }
}

function inputsOfNothing(): InputBuilder {
  return createInputs(createStore());
}

function tableOf(derived: (typeof factTables)[number], inputs: InputBuilder): FactTable[] {
  try {
    const table = derived.table?.(inputs.derived(derived as Derived), deriveContext);
    if (!table || table.rows.length === 0) return [];
    return [{ ...table, rows: table.rows.map((cells) => cells.map(soundValue)) }];
  } catch {
    return [];
  }
}
