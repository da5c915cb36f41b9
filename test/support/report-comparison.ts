import { expect } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { subjectKey } from '../../src/model/subject.ts';

/** Who says something of what. The message is not compared: with less to go by, a less precise one is right. */
function accusations({ findings }: Report): Set<string> {
  const own = findings.filter(({ analyzerId }) => !analyzerId.startsWith('collection/'));
  return new Set(own.map(({ analyzerId, subject }) => `${analyzerId} ${subjectKey(subject)}`));
}

/**
 * Asserts what must hold for a report of less than another one saw: no new accusation, no better status. What
 * is about the collection itself is left out.
 */
export function expectLess(less: Report, full: Report): void {
  const known = accusations(full);
  expect([...accusations(less)].filter((accusation) => !known.has(accusation))).toEqual([]);
  const before = new Map(full.results.map(({ analyzerId, status }) => [analyzerId, status]));
  for (const { analyzerId, status, reason } of less.results) {
    if (analyzerId.startsWith('collection/') || status === before.get(analyzerId)) continue;
    expect(status, `${analyzerId} was ${before.get(analyzerId)}: ${reason ?? ''}`).toBe('unknown');
  }
}
