import { describe, expect, it } from 'vitest';
import { observationsIn, quantileOf, sumOf } from '../../../src/derive/metric-samples.ts';

const histogram = (bounds: readonly (readonly [string, number])[], labels = {}) =>
  bounds.map(([le, value]) => ({ name: 'h_bucket', labels: { ...labels, le }, value }));

describe('quantileOf', () => {
  it('interpolates within the bucket', () => {
    const buckets = histogram([
      ['0.1', 0],
      ['0.2', 100],
      ['+Inf', 100],
    ]);

    expect(quantileOf(buckets, 0.5)).toBeCloseTo(0.15);
    expect(quantileOf(buckets, 0.99)).toBeCloseTo(0.199);
  });

  it('adds up the other labels', () => {
    const buckets = [
      ...histogram(
        [
          ['0.1', 10],
          ['+Inf', 10],
        ],
        { a: '1' },
      ),
      ...histogram(
        [
          ['0.1', 0],
          ['+Inf', 10],
        ],
        { a: '2' },
      ),
    ];

    expect(observationsIn(buckets)).toBe(20);
    expect(quantileOf(buckets, 0.5)).toBeCloseTo(0.1);
  });

  it('gives the highest finite bound for what lies above', () => {
    expect(
      quantileOf(
        histogram([
          ['1', 5],
          ['2', 6],
          ['+Inf', 100],
        ]),
        0.99,
      ),
    ).toBe(2);
  });

  it('says nothing of an empty histogram', () => {
    expect(quantileOf([], 0.99)).toBeUndefined();
    expect(
      quantileOf(
        histogram([
          ['1', 0],
          ['+Inf', 0],
        ]),
        0.99,
      ),
    ).toBeUndefined();
  });
});

describe('sumOf', () => {
  it('is zero for none', () => {
    expect(sumOf([])).toBe(0);
    expect(
      sumOf(
        histogram([
          ['1', 5],
          ['2', 6],
        ]),
      ),
    ).toBe(11);
  });
});
