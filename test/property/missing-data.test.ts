import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyzers } from '../../analyzers/index.ts';
import { inputFolders } from '../../scripts/samples/generate.ts';
import { ROOT } from '../../scripts/units.ts';
import { artifactsOf } from '../../src/analyze/analyze.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { allArtifacts, createInputs } from '../../src/analyze/inputs.ts';
import { readInputs } from '../../src/analyze/read-inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import type { Store } from '../../src/analyze/store.ts';
import type { AnalyzerStatus, AnyAnalyzer } from '../../src/model/analyzer.ts';
import { resourcesId } from '../../src/model/artifact.ts';
import type { Finding } from '../../src/model/finding.ts';
import { SEVERITIES } from '../../src/model/message.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { withHalf, withHalfTheLogs, withoutArtifact, withoutNamespace } from '../support/reduced-store.ts';

/** What may become of a result when less is known. */
const ALLOWED: Readonly<Record<AnalyzerStatus, readonly AnalyzerStatus[]>> = {
  pass: ['pass', 'unknown'],
  fail: ['fail', 'unknown'],
  'not-applicable': ['not-applicable', 'unknown'],
  unknown: ['unknown'],
  error: [],
};

/** The record of the collection itself tells more when less was collected. */
const judged = analyzers.filter(({ meta }) => !meta.id.startsWith('collection/'));
const artifacts = artifactsOf(analyzers);
const readBy = new Map(judged.map((one) => [one, new Set(allArtifacts(one.needs).map(({ id }) => id))]));

interface Outcome {
  readonly status: AnalyzerStatus;
  readonly findings: readonly Finding[];
}

function outcomes(store: Store, units: readonly AnyAnalyzer[]): Map<string, Outcome> {
  const engine = { store, inputs: createInputs(store), owners: createOwners(store) };
  return new Map(
    units.map((unit) => {
      const { result, findings } = runAnalyzer(unit, engine);
      return [unit.meta.id, { status: result.status, findings }];
    }),
  );
}

function named({ messageId, severity, subject }: Finding): string {
  return `${severity} ${messageId} ${subjectKey(subject)}`;
}

/** Whether the object stood accused before, as badly: less data may only make the words less exact. */
function accusedBefore({ severity, subject }: Finding, before: readonly Finding[]): boolean {
  const key = subjectKey(subject);
  return before.some(
    (one) =>
      subjectKey(one.subject) === key && SEVERITIES.indexOf(one.severity) <= SEVERITIES.indexOf(severity),
  );
}

/** What a run with less data says that it must not. */
function violations(
  less: Store,
  base: ReadonlyMap<string, Outcome>,
  units: readonly AnyAnalyzer[],
): string[] {
  return [...outcomes(less, units)].flatMap(([id, { status, findings }]) => {
    const before = base.get(id) as Outcome;
    const accused = findings
      .filter((one) => !accusedBefore(one, before.findings))
      .map((one) => `${id}: new ${named(one)}`);
    const turned = ALLOWED[before.status].includes(status)
      ? []
      : [`${id}: ${before.status} became ${status}`];
    return [...accused, ...turned];
  });
}

const SAMPLES = join(ROOT, 'samples');

describe.each(readdirSync(SAMPLES))('with less of sample %s', (name) => {
  it('nothing new is found and nothing passes that was not seen', { timeout: 120_000 }, async () => {
    const { store } = await readInputs(inputFolders(join(SAMPLES, name)), artifacts);
    const base = outcomes(store, judged);
    const readers = (id: string) => judged.filter((one) => readBy.get(one)?.has(id));
    const present = new Set([...store.resources.keys(), ...store.documents.keys(), 'logs']);
    const namespaces = store.resources.get(resourcesId('', 'Namespace'))?.get(0) ?? [];

    const found: string[] = [];
    for (const id of present) {
      found.push(
        ...violations(withoutArtifact(store, id), base, readers(id)).map((one) => `without ${id}, ${one}`),
      );
      if (!store.resources.has(id)) continue;
      found.push(
        ...violations(withHalf(store, id), base, readers(id)).map((one) => `with half of ${id}, ${one}`),
      );
    }
    const half = violations(withHalfTheLogs(store), base, readers('logs'));
    found.push(...half.map((one) => `with half the logs, ${one}`));
    for (const { metadata } of namespaces) {
      const less = withoutNamespace(store, metadata.name, artifacts);
      found.push(
        ...violations(less, base, judged).map((one) => `without namespace ${metadata.name}, ${one}`),
      );
    }

    expect(found).toEqual([]);
  });
});
