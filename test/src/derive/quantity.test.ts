import { describe, expect, it } from 'vitest';
import { parseQuantity, quantityText } from '../../../src/derive/quantity.ts';

describe('a quantity', () => {
  it.each([
    ['2', 2],
    ['1500m', 1.5],
    ['.5', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['128974848', 128974848],
    ['129e6', 129e6],
    ['129M', 129e6],
    ['1E', 1e18],
    ['-1Ki', -1024],
  ])('%s is read', (text, amount) => {
    expect(parseQuantity(text)).toBeCloseTo(amount, 6);
  });

  it.each(['', 'many', '1 Gi', '1gi', undefined])('%j is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it.each([
    ['cpu', 2, '2'],
    ['cpu', 0.25, '250m'],
    ['memory', 1.5 * 2 ** 30, '1.5Gi'],
    ['memory', 512, '512'],
    ['memory', -(2 ** 21), '-2Mi'],
    ['pods', 110, '110'],
    ['nvidia.com/gpu', 1, '1'],
  ])('of %s %s is written %s', (resource, amount, text) => {
    expect(quantityText(resource, amount)).toBe(text);
  });
});
