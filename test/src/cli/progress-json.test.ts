import { describe, expect, it } from 'vitest';
import { createJsonProgress } from '../../../src/cli/progress-json.ts';
import { createTimeLeft } from '../../../src/cli/time-left.ts';

function written() {
  const lines: string[] = [];
  const stream = {
    write: (text: string) => {
      lines.push(text);
      return true;
    },
  };
  return { lines, stream };
}

describe('createJsonProgress', () => {
  it('writes one object per line, with the time, scopes as keys and what is left', () => {
    let time = Date.UTC(2026, 2, 1, 12);
    const { lines, stream } = written();
    const progress = createJsonProgress(stream, 600, () => time);
    const scope = { type: 'container', namespace: 'shop', pod: 'web-1', container: 'app' } as const;

    progress.onEvent({ type: 'phase', phase: 'lists' });
    progress.onEvent({ type: 'entry', artifact: 'logs', scope, bytes: 12 });
    time += 20_000;
    const row = { artifact: 'logs', scope, outcome: 'collected' } as const;
    progress.onEvent({ type: 'row', row, done: 20, expected: 50 });

    expect(lines.every((line) => line.endsWith('\n'))).toBe(true);
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { time: '2026-03-01T12:00:00.000Z', type: 'phase', phase: 'lists' },
      {
        time: '2026-03-01T12:00:00.000Z',
        type: 'entry',
        artifact: 'logs',
        scope: 'container/shop/web-1/app',
        bytes: 12,
      },
      {
        time: '2026-03-01T12:00:20.000Z',
        type: 'row',
        row: { artifact: 'logs', scope: 'container/shop/web-1/app', outcome: 'collected' },
        done: 20,
        expected: 50,
        secondsLeft: 30,
      },
    ]);
  });

  it('never writes a value it was told to hide', () => {
    const { lines, stream } = written();
    const progress = createJsonProgress(stream, undefined);
    progress.hide(['correct-horse-battery']);

    progress.onEvent({ type: 'unreachable', reason: 'no answer: "correct-horse-battery" refused' });

    expect(lines.join('')).not.toContain('correct-horse');
    expect(() => JSON.parse(lines[0]!)).not.toThrow();
  });
});

describe('createTimeLeft', () => {
  it('says nothing before it can, and never more than the time limit leaves', () => {
    let time = 0;
    const left = createTimeLeft(undefined, () => time);
    const limited = createTimeLeft(30, () => time);
    time = 10_000;

    expect(left({ done: 2, expected: 100 })).toBeUndefined();
    expect(left({ done: 50, expected: 100 })).toBe(10);
    expect(limited({ done: 2, expected: 100 })).toBe(20);
    expect(limited({ done: 10, expected: 100 })).toBe(20);
    time = 40_000;
    expect(limited({ done: 10, expected: 100 })).toBe(0);
  });
});
