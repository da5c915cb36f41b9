import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../../src/artifacts/prometheus-text.ts';

const read = (lines: readonly string[], kept: readonly string[]) =>
  parsePrometheusText(new TextEncoder().encode(lines.join('\n')), new Set(kept));

describe('parsePrometheusText', () => {
  it('keeps the named metrics with labels and values, and finds them by name', () => {
    const metrics = read(
      ['# TYPE a counter', 'a{x="1",y="q\\"\\n"} 3 1700000000000', 'b 1e3', 'a{} 4', 'c 5', 'not a sample'],
      ['a', 'b'],
    );

    expect(metrics.samples).toEqual([
      { name: 'a', labels: { x: '1', y: 'q"\n' }, value: 3 },
      { name: 'b', labels: {}, value: 1000 },
      { name: 'a', labels: {}, value: 4 },
    ]);
    expect(metrics.named('a').map(({ value }) => value)).toEqual([3, 4]);
    expect(metrics.named('c')).toEqual([]);
  });

  it('reads infinities', () => {
    const metrics = read(['a +Inf', 'a -Inf'], ['a']);

    expect(metrics.samples.map(({ value }) => value)).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
  });

  it('passes over a name that only begins with a kept one', () => {
    expect(read(['a_total 1'], ['a']).samples).toEqual([]);
  });
});
