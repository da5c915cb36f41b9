import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/units.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { allArtifacts, createInputs } from '../../src/analyze/inputs.ts';
import { type AnalyzerRun, runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import type { AnyAnalyzer } from '../../src/model/analyzer.ts';
import { SEVERITIES } from '../../src/model/message.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { node } from '../support/builders.ts';
import { storeOf } from '../support/given.ts';
import { unreadyNode } from '../support/node-builders.ts';
import { NODE_NAMES, nodeScenario } from '../support/node-scenario.ts';
import { withHalf, withHalfTheLogs, withoutArtifact } from '../support/reduced-store.ts';

const ready = NODE_NAMES.map((name) => node(name));
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
const noRuntime = unreadyNode('False', 'KubeletNotReady', 'container runtime is down');
const noNetwork = unreadyNode('False', 'KubeletNotReady', 'cni plugin not initialized', { name: 'worker-3' });

/** Leases in time, one stale, all stale, one of a clock ahead. */
const BEATS = [[4], [400], [400, 400, 400], [4, -50]];
const SCENARIOS = [
  ['every node ready', ready],
  ['one node silent', [silent, ...ready.slice(1)]],
  ['two nodes not ready', [noRuntime, ready[1] as object, noNetwork]],
].flatMap(([name, objects]) =>
  BEATS.map((beats) => [`${name}, leases of ${beats.join(', ')} s`, objects as object[], beats] as const),
);

let units: readonly AnyAnalyzer[] = [];

beforeAll(async () => {
  const folder = join(ROOT, 'analyzers/node');
  const modules = await Promise.all(
    readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => import(join(folder, file)) as Promise<Record<string, AnyAnalyzer>>),
  );
  units = modules.flatMap((module) => Object.values(module)).filter((one) => one.meta !== undefined);
});

function runsOf(store: Store): Map<string, AnalyzerRun> {
  const engine = { store, inputs: createInputs(store), owners: createOwners(store) };
  return new Map(units.map((unit) => [unit.meta.id, runAnalyzer(unit, engine)]));
}

function reductions(store: Store): [string, string, Store][] {
  const kinds = [...store.resources.keys()];
  const ids = [...kinds, ...store.documents.keys(), 'logs'];
  return [
    ...ids.map((id): [string, string, Store] => [id, `without ${id}`, withoutArtifact(store, id)]),
    ...kinds.map((id): [string, string, Store] => [id, `with half of ${id}`, withHalf(store, id)]),
    ['logs', 'with half of the logs', withHalfTheLogs(store)],
  ];
}

/** What less data makes an analyzer say that it must not: something new, something worse, or that all is well. */
function violations(before: AnalyzerRun, after: AnalyzerRun): string[] {
  const accused = after.findings.filter(
    ({ subject, severity }) =>
      !before.findings.some(
        (one) =>
          subjectKey(one.subject) === subjectKey(subject) &&
          SEVERITIES.indexOf(one.severity) <= SEVERITIES.indexOf(severity),
      ),
  );
  const turned = after.result.status !== before.result.status && after.result.status !== 'unknown';
  return [
    ...accused.map((one) => `new ${one.severity} ${one.messageId} ${subjectKey(one.subject)}`),
    ...(turned ? [`${before.result.status} became ${after.result.status}`] : []),
  ];
}

describe.each(SCENARIOS)('node files with %s', (_, objects, beats) => {
  it('accuse nobody when less of them or of the cluster is seen', { timeout: 60_000 }, () => {
    const store = storeOf(units, nodeScenario(objects, beats));
    const base = runsOf(store);

    const found = reductions(store).flatMap(([id, what, less]) =>
      [...runsOf(less)].flatMap(([unit, after]) => {
        const reads = units.find((one) => one.meta.id === unit)?.needs ?? {};
        if (!allArtifacts(reads).some((artifact) => artifact.id === id)) return [];
        const said = violations(base.get(unit) as AnalyzerRun, after);
        return said.map((one) => `${what}, ${unit}: ${one}`);
      }),
    );

    expect(found).toEqual([]);
  });
});
