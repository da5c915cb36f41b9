import { describe, expect, it } from 'vitest';
import type { ConfidenceLevel } from '../../src/model/message.ts';
import { ago, condition } from './builders.ts';
import { OBSERVED } from './given.ts';
import { broken, kongLogOf } from './kong.ts';
import { causesOf, DATA_PLANES, type HybridParts, hybrid } from './kong-hybrid.ts';

/** A fault in the hybrid cluster, and what the whole engine has to make of it. */
export interface KongScenario {
  readonly name: string;
  readonly parts: HybridParts;
  /** `analyzer#message` of the only cause. */
  readonly cause: string;
  /** How many objects it is about. */
  readonly subjects?: number;
  /** What stands below it, all of it. */
  readonly symptoms?: readonly string[];
  /** How sure it is with the lists of the control planes, and without them; `certain` unless said. */
  readonly confidence?: readonly [asked: ConfidenceLevel, notAsked: ConfidenceLevel];
  /** What stands below it where no control plane was asked; the same unless said. */
  readonly symptomsNotAsked?: readonly string[];
}

/** Declares both tests of a scenario: with the lists of the control planes, and with objects and logs only. */
export function tells(scenario: KongScenario): void {
  const { name, parts, cause, subjects = 1, symptoms = [], confidence = ['certain', 'certain'] } = scenario;
  describe(name, () => {
    it('is the one cause', () => {
      expect(causesOf(hybrid(parts))).toEqual([
        { told: cause, subjects, confidence: confidence[0], symptoms: [...symptoms].sort() },
      ]);
    });
    it('is the one cause by objects and logs alone', () => {
      const below = scenario.symptomsNotAsked ?? symptoms;

      expect(causesOf(hybrid({ ...parts, asked: false }))).toEqual([
        { told: cause, subjects, confidence: confidence[1], symptoms: [...below].sort() },
      ]);
    });
  });
}

/** Index and name of the data plane that is ill where only one is. */
export const ILL = DATA_PLANES.length - 1;
export const ILL_NAME = DATA_PLANES[ILL] as string;
/** A configuration before the current one. */
export const OLD_HASH = '5e6f708192a3b4c5d6e7f8091a2b3c4d';

/** A change of one data plane only. */
export function onlyIll<T extends object>(change: T): (index: number) => T | Record<string, never> {
  return (index) => (index === ILL ? change : {});
}

/** A container that has run for so many seconds and is not ready. */
export function unready(seconds = 900) {
  const lastTransitionTime = ago(seconds);
  return {
    containerStatus: { ready: false, state: { running: { startedAt: ago(seconds) } } },
    status: { conditions: [condition('Ready', 'False', { lastTransitionTime })] },
  };
}

/** Changes of a row last heard of so many seconds ago. */
export function silent(seconds: number) {
  return { last_seen: Date.parse(OBSERVED) / 1000 - seconds, ttl: 1_209_600 - seconds };
}

/** The log of a data plane that tries again and again. */
export function failing(error: string, pod: string = ILL_NAME) {
  const started = [3590, '2026/01/15 11:00:10 [notice] 1#0: start worker processes'] as const;
  return kongLogOf(pod, started, [30, broken(error, pod)], [8, broken(error, pod)]);
}
