import { expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { allArtifacts, createInputs } from '../../src/analyze/inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import { SEVERITIES } from '../../src/model/message.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { storeOf } from '../support/given.ts';
import { grownStore } from '../support/grown-store.ts';
import { istioFaults } from '../support/istio-faults.ts';
import { withHalf, withoutArtifact } from '../support/reduced-store.ts';

/** The analyzers of what people configure: the others of this domain go by logs and replies of proxies. */
const NAMES = [
  'filter-order-uncertain',
  'gateway-bypasses-rules',
  'gateway-conflict',
  'gateway-unserved',
  'host-routed-twice',
  'mutual-tls-mismatch',
  'pod-ports-conflict',
  'policy-matches-nothing',
  'protocol-ambiguous',
  'reference-missing',
  'route-unreachable',
  'service-entry-conflict',
  'sidecar-scope-conflict',
  'subset-without-pods',
  'tls-not-verified',
];
const units = analyzers.filter(({ meta }) => NAMES.some((name) => meta.id === `istio/${name}`));
const store = storeOf(units, { objects: istioFaults() });

function findingsOf(given: Store): string[] {
  const engine = { store: given, inputs: createInputs(given), owners: createOwners(given) };
  return units.flatMap((unit) =>
    runAnalyzer(unit, engine).findings.map(
      ({ analyzerId, subject, severity }) =>
        `${analyzerId} ${subjectKey(subject)} ${SEVERITIES.indexOf(severity)}`,
    ),
  );
}

/** A finding about the same object was made before and weighed as much or more. */
function wasAccused(finding: string, before: readonly string[]): boolean {
  const cut = finding.lastIndexOf(' ') + 1;
  return before.some(
    (one) => one.startsWith(finding.slice(0, cut)) && Number(one.slice(cut)) <= Number(finding.slice(cut)),
  );
}

function readsOf(times: number): Map<string, number> {
  const counter = { reads: 0 };
  const grown = grownStore(store, times, counter);
  return new Map(
    units.map((unit) => {
      const engine = { store: grown, inputs: createInputs(grown), owners: createOwners(grown) };
      counter.reads = 0;
      runAnalyzer(unit, engine);
      return [unit.meta.id, counter.reads];
    }),
  );
}

it('every analyzer of the configuration has something to say', () => {
  const told = new Set(findingsOf(store).map((finding) => finding.split(' ')[0]));

  expect([...told].sort()).toEqual(NAMES.map((name) => `istio/${name}`).sort());
});

it('with less data nothing new is found', () => {
  const before = findingsOf(store);
  const kinds = new Set(units.flatMap((unit) => allArtifacts(unit.needs)).map(({ id }) => id));

  const found = [...kinds].flatMap((id) =>
    [withoutArtifact(store, id), withHalf(store, id)].flatMap((less) =>
      findingsOf(less)
        .filter((finding) => !wasAccused(finding, before))
        .map((finding) => `with less of ${id}: ${finding}`),
    ),
  );
  expect(found).toEqual([]);
});

it('ten times the objects cost little more than ten times the reads', () => {
  const [one, ten, hundred] = [1, 10, 100].map(readsOf);
  const steep = (less?: Map<string, number>, more?: Map<string, number>) =>
    [...(more ?? [])].filter(([id, reads]) => reads > 13 * (less?.get(id) ?? 0) + 2000);

  expect(steep(one, ten)).toEqual([]);
  expect(steep(ten, hundred)).toEqual([]);
});
