import { describe, expect, it } from 'vitest';
import type { ReadProblem } from '../../../src/bundle/entry-sink.ts';
import { isNewestFirst, newestFirstSink } from '../../../src/layouts/newest-first.ts';

function at(time: string, text = 'text'): string {
  return `${time} n1 kubelet[7]: ${text}\n`;
}

/** What a sink is given, piece by piece of `step` bytes. */
function turned(text: string, { step = 7, complete = true, max = 1000 } = {}) {
  const given: string[] = [];
  const problems: ReadProblem[] = [];
  let ended: boolean | undefined;
  const sink = newestFirstSink(
    'kubelet.log',
    {
      chunk: (bytes) => void given.push(bytes.toString()),
      end: (whole) => {
        ended = whole;
      },
    },
    (problem) => void problems.push(problem),
    max,
  );
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += step) sink.chunk(bytes.subarray(from, from + step));
  sink.end(complete);
  return { text: given.join(''), complete: ended, problems };
}

describe('a journal', () => {
  it.each([
    ['later, earlier', [at('Mar 01 12:00:00.500000'), at('Mar 01 12:00:00.400000')], true],
    ['earlier, later', [at('Mar 01 12:00:00.400000'), at('Mar 01 12:00:00.500000')], false],
    ['once', [at('Mar  1 12:00:00')], true],
    ['up and down', [at('Mar 02 12:00:00'), at('Mar 01 12:00:00'), at('Mar 03 12:00:00')], false],
    ['over a new year, later first', [at('Jan 01 00:00:01'), at('Dec 31 23:59:59')], true],
    ['over a new year, earlier first', [at('Dec 31 23:59:59'), at('Jan 01 00:00:01')], false],
    ['from one month to the one before', [at('Apr 01 00:00:01'), at('Mar 31 23:59:59')], true],
    ['below a mark', ['-- Boot 0123 --\n', at('Mar 02 12:00:00'), at('Mar 01 12:00:00')], true],
    ['in no line', ['I0301 12:00:00.1 7 kubelet.go:1] text\n', 'Foo 01 12:00:00 text\n'], false],
  ])('that gives the time %s', (_name, lines, expected) => {
    expect(isNewestFirst(Buffer.from(lines.join('')))).toBe(expected);
  });
});

describe('a log with its newest lines first', () => {
  it('is given in the order of time, the lines of one entry in theirs', () => {
    const text = 'third\nsecond\n   more\n\teven more\nfirst\n';

    expect(turned(text)).toEqual({
      text: 'first\nsecond\n   more\n\teven more\nthird\n',
      complete: true,
      problems: [],
    });
  });

  it.each([
    ['', ''],
    ['a', 'a\n'],
    ['\n', '\n'],
    ['b\n\na', 'a\n\nb\n'],
    ['  x\ny\n', 'y\n  x\n'],
  ])('%j becomes %j', (text, expected) => {
    expect(turned(text).text).toBe(expected);
  });

  it('that is cut loses the line it is cut in, and is said to be cut', () => {
    expect(turned('third\nsecond\nfir', { complete: false })).toEqual({
      text: 'second\nthird\n',
      complete: false,
      problems: [],
    });
  });

  it('that is too long keeps its newest lines', () => {
    const { text, complete, problems } = turned('third\nsecond\nfirst\n', { max: 15 });

    expect({ text, complete }).toEqual({ text: 'second\nthird\n', complete: false });
    expect(problems.map(({ message }) => message)).toEqual([
      'kubelet.log: only its newest 15 bytes are read',
    ]);
  });

  it('of many lines keeps every one of them', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`);

    const { text } = turned(lines.toReversed().join(''), { step: 4096, max: 1_000_000 });

    expect(text).toBe(lines.join(''));
  });
});
