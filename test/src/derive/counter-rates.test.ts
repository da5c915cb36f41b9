import { describe, expect, it } from 'vitest';
import { type Metrics, parsePrometheusText } from '../../../src/artifacts/prometheus-text.ts';
import {
  citeGrowth,
  counterLooks,
  looksOf,
  sinceStart,
  tellingLook,
} from '../../../src/derive/counter-rates.ts';
import type { DocumentItem } from '../../../src/model/artifact.ts';
import type { Scope } from '../../../src/model/scope.ts';

const KEPT = new Set(['requests_total', 'latency_bucket', 'inflight', 'process_start_time_seconds']);
const NODE: Scope = { type: 'node', node: 'a' };

/** Looks at one process, each with the second it was taken at. */
function looksAt(...looks: readonly (readonly [second: number, lines: readonly string[], scope?: Scope])[]) {
  const times = new Map<object, number>();
  const items = looks.map(([second, lines, scope = NODE]): DocumentItem<Metrics> => {
    const item = { value: parsePrometheusText(new TextEncoder().encode(lines.join('\n')), KEPT), scope };
    times.set(item, second);
    return item;
  });
  const observed = (item: object) => {
    const second = times.get(item);
    if (second === undefined) return undefined;
    const time = new Date(second * 1000).toISOString();
    return { time, source: 'server-date', errorSeconds: 1 } as const;
  };
  return { items, context: { observed } };
}

function codesOf(metrics: Metrics, name: string): (number | string)[] {
  return metrics.named(name).map(({ value, labels }) => labels.code ?? value);
}

describe('counterLooks', () => {
  it('tells what counters grew by between the first and the last look, and gauges as they are', () => {
    const { items, context } = looksAt(
      [30, ['requests_total 150', 'latency_bucket{le="1"} 20', 'inflight 3']],
      [0, ['requests_total 100', 'latency_bucket{le="1"} 15', 'inflight 9']],
      [10, ['requests_total 120', 'latency_bucket{le="1"} 16', 'inflight 7']],
    );

    const [look, ...others] = counterLooks(items, context);

    expect(others).toEqual([]);
    expect(look?.item).toBe(items[0]);
    expect(look?.since).toEqual({ first: items[1], seconds: 30 });
    expect(look?.metrics.named('requests_total')[0]?.value).toBe(50);
    expect(look?.metrics.named('latency_bucket')[0]?.value).toBe(5);
    expect(look?.metrics.named('inflight')[0]?.value).toBe(3);
    expect(sinceStart(look!).metrics.named('requests_total')[0]?.value).toBe(150);
  });

  it('tells one look since the start', () => {
    const { items, context } = looksAt([0, ['requests_total 100']]);

    expect(counterLooks(items, context)).toEqual([{ item: items[0], metrics: items[0]?.value }]);
  });

  it.each([
    ['fell', ['requests_total 100'], ['requests_total 20']],
    [
      'are those of a process that was started since',
      ['process_start_time_seconds 1000', 'requests_total 100'],
      ['process_start_time_seconds 1020', 'requests_total 120'],
    ],
  ])('tells counters that %s since the start', (_what, before, after) => {
    const { items, context } = looksAt([0, before], [30, after]);

    const [look] = counterLooks(items, context);

    expect(look?.since).toBeUndefined();
    expect(look?.metrics).toBe(items[1]?.value);
  });

  it('counts labels that are new from nothing', () => {
    const { items, context } = looksAt(
      [0, ['requests_total{code="200"} 100']],
      [30, ['requests_total{code="200"} 100', 'requests_total{code="500"} 7']],
    );

    const [look] = counterLooks(items, context);

    expect(look?.metrics.named('requests_total').map(({ value }) => value)).toEqual([0, 7]);
    expect(codesOf(look!.metrics, 'requests_total')).toEqual(['200', '500']);
  });

  it('keeps scopes apart, and looks of the same second are one look', () => {
    const other: Scope = { type: 'node', node: 'b' };
    const { items, context } = looksAt(
      [0, ['requests_total 1']],
      [0, ['requests_total 2'], other],
      [0, ['requests_total 5'], other],
    );

    const looks = looksOf(items, context);

    expect(looks.map(({ last }) => last.scope)).toEqual([NODE, other]);
    expect(looks.every(({ first }) => first === undefined)).toBe(true);
  });
});

describe('tellingLook', () => {
  const buckets = (count: number) => [`latency_bucket{le="+Inf"} ${count}`];

  it.each([
    ['between the looks, where it grew enough', 1000, 1100, true],
    ['since the start, where it did not', 1000, 1099, false],
  ])('judges a histogram %s', (_what, before, after, isBetween) => {
    const { items, context } = looksAt([0, buckets(before)], [30, buckets(after)]);

    const look = tellingLook(counterLooks(items, context)[0]!, 'latency_bucket');

    expect(look?.since !== undefined).toBe(isBetween);
  });

  it('judges none of too few observations', () => {
    const { items, context } = looksAt([0, buckets(20)], [30, buckets(99)]);

    expect(tellingLook(counterLooks(items, context)[0]!, 'latency_bucket')).toBeUndefined();
  });
});

describe('citeGrowth', () => {
  it('cites both looks, or the only one', () => {
    const { items, context } = looksAt([0, ['requests_total 1']], [30, ['inflight 1', 'requests_total 9']]);
    const at = (item: object, pointer?: string) => `${items.indexOf(item as never)}${pointer}` as never;

    const [look] = counterLooks(items, context);

    expect(citeGrowth({ at }, look!, 'requests_total')).toEqual(['1/samples/1', '0/samples/0']);
    expect(citeGrowth({ at }, sinceStart(look!), 'requests_total')).toEqual(['1/samples/1']);
  });
});
