import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { allArtifacts, createInputs } from '../../src/analyze/inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import { SEVERITIES } from '../../src/model/message.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { storeOf } from '../support/given.ts';
import { withHalf, withHalfTheLogs, withoutArtifact } from '../support/reduced-store.ts';
import * as scenes from '../support/virtual-environment-scenes.ts';

const judged = analyzers.filter(({ meta }) => meta.id.startsWith('virtual-environment/'));
const artifacts = [
  ...new Map(judged.flatMap((one) => allArtifacts(one.needs)).map((one) => [one.id, one])).values(),
];

interface Outcome {
  readonly status: string;
  /** The worst severity each object is accused with. */
  readonly accused: ReadonlyMap<string, number>;
}

function outcomes(store: Store): Map<string, Outcome> {
  const engine = { store, inputs: createInputs(store), owners: createOwners(store) };
  return new Map(
    judged.map((unit) => {
      const { result, findings } = runAnalyzer(unit, engine);
      const accused = new Map<string, number>();
      for (const { subject, severity } of findings) {
        const key = subjectKey(subject);
        accused.set(key, Math.min(accused.get(key) ?? SEVERITIES.length, SEVERITIES.indexOf(severity)));
      }
      return [unit.meta.id, { status: result.status, accused }];
    }),
  );
}

/** What is said with less data that was not said before, or is passed though it was not seen. */
function news(what: string, base: ReadonlyMap<string, Outcome>, less: Store): string[] {
  return [...outcomes(less)].flatMap(([id, { status, accused }]) => {
    const before = base.get(id) as Outcome;
    const added = [...accused]
      .filter(([key, severity]) => (before.accused.get(key) ?? SEVERITIES.length) > severity)
      .map(([key]) => `${what}, ${id}: accuses ${key}`);
    const turned = status === before.status || status === 'unknown';
    return turned ? added : [...added, `${what}, ${id}: ${before.status} became ${status}`];
  });
}

describe.each(Object.entries(scenes))('with less of %s', (_, scene) => {
  it('nothing new is found, and nothing passes that was not seen', () => {
    const store = storeOf(judged, scene());
    const base = outcomes(store);
    const found = artifacts.flatMap(({ id, type }) => {
      if (type === 'derived' || type === 'record') return [];
      const cut = type === 'resources' ? news(`half of ${id}`, base, withHalf(store, id)) : [];
      return [...news(`without ${id}`, base, withoutArtifact(store, id)), ...cut];
    });
    expect([...found, ...news('half of the logs', base, withHalfTheLogs(store))]).toEqual([]);
  });
});
