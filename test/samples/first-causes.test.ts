import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GoldenReport } from '../../scripts/samples/golden.ts';
import { SCENARIOS } from '../../scripts/samples/scenarios.ts';
import { ROOT } from '../../scripts/units.ts';
import type { Subject } from '../../src/model/subject.ts';
import { firstCauses } from './first-causes.ts';

/** Samples in which nothing is broken: `samples.test.ts` says what they must not tell. */
const SOUND = ['busy-but-healthy', 'healthy', 'mesh-healthy'];
const ROWS = await firstCauses();

function reportOf(sample: string): GoldenReport {
  return JSON.parse(readFileSync(join(ROOT, 'samples', sample, 'expected/report.json'), 'utf8'));
}

function told({
  analyzerId,
  messageId,
}: {
  readonly analyzerId: string;
  readonly messageId: string;
}): string {
  return `${analyzerId}#${messageId}`;
}

function placeOf(subject: Subject): string {
  if ('external' in subject) return `${subject.external}//${subject.name}`;
  return `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
}

it('every fault sample has its first cause in the table, once', () => {
  const faults = [...SCENARIOS.keys()].filter((name) => !SOUND.includes(name));

  expect(ROWS.map(({ sample }) => sample).sort()).toEqual(faults.sort());
});

describe.each(ROWS)('sample $sample', ({ sample, cause, subject, symptoms, others = [] }) => {
  const { diagnosis, findings } = reportOf(sample);

  it('names the injected fault first, on the object it lies in', () => {
    const [first] = diagnosis.causes;

    expect(first && told(first)).toBe(cause);
    expect(first?.subjects.map(placeOf)).toContain(subject);
  });

  it('names no other cause than those that are true as well', () => {
    const further = diagnosis.causes.slice(1).map(told);

    expect(new Set(further)).toEqual(new Set(others));
  });

  it('puts what follows from it below it', () => {
    const below = findings.filter(({ id }) => diagnosis.causes[0]?.symptoms.includes(id)).map(told);

    expect(below).toEqual(expect.arrayContaining([...symptoms]));
  });
});
