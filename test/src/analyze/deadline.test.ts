import { describe, expect, it } from 'vitest';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { runWithDeadline } from '../../../src/analyze/deadline.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { type AnyAnalyzer, defineAnalyzer } from '../../../src/model/analyzer.ts';
import { defineDerived } from '../../../src/model/artifact.ts';
import { storeOf } from '../../support/given.ts';

const QUIET = { seconds: 0.2, onStopped: () => undefined };

function endless(): never {
  for (;;);
}

function backtracking(): boolean {
  // Built here: the check of all expressions of the repository would refuse it.
  return new RegExp(['^(a', '+)+$'].join('')).test(`${'a'.repeat(60)}!`);
}

function unit(run: () => unknown) {
  return { run, stopped: (error: Error) => error.message };
}

function analyzer(id: string, analyze: () => void, needs: AnyAnalyzer['needs'] = { pods }): AnyAnalyzer {
  const meta = { id, title: 'T', description: 'T.', messages: {}, references: ['none'] };
  return defineAnalyzer({ meta, needs, analyze } as never) as AnyAnalyzer;
}

describe('a deadline', () => {
  it.each([
    ['an endless loop', endless],
    [
      'a loop that catches everything',
      () => {
        for (;;) {
          try {
            endless();
          } catch {}
        }
      },
    ],
    ['an expression that backtracks for ever', backtracking],
  ])('stops %s, and the others go on', (_name, run) => {
    const results = runWithDeadline([unit(() => 'before'), unit(run), unit(() => 'after')], QUIET);

    expect(results).toEqual(['before', 'did not end within 0.2 seconds', 'after']);
  });

  it('is for each unit alone: many that need a part of it end all', () => {
    const slow = () => {
      const end = performance.now() + 90;
      while (performance.now() < end);
      return 'ended';
    };

    expect(
      runWithDeadline(
        Array.from({ length: 6 }, () => unit(slow)),
        QUIET,
      ),
    ).toEqual(Array.from({ length: 6 }, () => 'ended'));
  });

  it('passes on what a unit throws', () => {
    const thrower = unit(() => {
      throw new TypeError('mine');
    });

    expect(() => runWithDeadline([thrower], QUIET)).toThrow('mine');
  });

  it('holds inside another one', () => {
    const inner = () => runWithDeadline([unit(endless), unit(() => 'x')], { ...QUIET, seconds: 0.1 }).join();

    expect(runWithDeadline([unit(inner)], { ...QUIET, seconds: 5 })).toEqual([
      'did not end within 0.1 seconds,x',
    ]);
  });
});

describe('an analysis', () => {
  it('gives an analyzer that does not end as error, and the results of the others', () => {
    const units = [
      analyzer('test/a-before', () => undefined),
      analyzer('test/b-endless', endless),
      analyzer('test/c-after', () => undefined),
    ];

    const { results } = analyzeStore(storeOf(units, {}), units, 0.2);

    expect(results.map(({ analyzerId, status, reason }) => [analyzerId, status === 'error', reason])).toEqual(
      [
        ['test/a-before', false, undefined],
        ['test/b-endless', true, 'did not end within 0.2 seconds'],
        ['test/c-after', false, undefined],
      ],
    );
  });

  it('waits once for a derived value that does not end: all who need it are errors', () => {
    const stuck = defineDerived({
      id: 'test/stuck',
      title: 'Stuck',
      needs: { pods },
      derive: endless,
    } as never);
    const units = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) =>
      analyzer(`test/${name}`, () => undefined, { stuck } as never),
    );
    const before = performance.now();

    const { results } = analyzeStore(storeOf(units, {}), units, 0.4);

    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['error']));
    expect(performance.now() - before).toBeLessThan(2 * 400 + 2000);
  });
});
