import { describe, expect, it } from 'vitest';
import {
  overlappingPairs,
  parseIpRange,
  parseIpRanges,
  rangeContains,
  rangeSize,
  rangesOverlap,
} from '../../../src/derive/ip-range.ts';

function range(text: string) {
  const parsed = parseIpRange(text);
  if (!parsed) throw new Error(`${text} is no range`);
  return parsed;
}

describe('a range is read', () => {
  it.each([
    ['10.96.0.0/12', 4, 0x0a600000n, 0x0a6fffffn],
    ['10.96.0.10', 4, 0x0a60000an, 0x0a60000an],
    ['10.96.7.9/24', 4, 0x0a600700n, 0x0a6007ffn],
    ['0.0.0.0/0', 4, 0n, 0xffffffffn],
    ['::1', 6, 1n, 1n],
    ['fd00::/120', 6, 0xfd00n << 112n, (0xfd00n << 112n) + 255n],
    ['::ffff:10.0.0.1', 6, 0xffff0a000001n, 0xffff0a000001n],
    ['1:2:3:4:5:6:7:8/128', 6, 0x00010002000300040005000600070008n, 0x00010002000300040005000600070008n],
  ])('from %s', (text, version, first, last) => {
    expect(parseIpRange(text)).toEqual({ text, version, first, last });
  });

  it.each([
    '',
    'db',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.0/33',
    '1:2:3',
    '1::2::3',
    'fd00::/129',
    '1:2:3:4:5:6:7:8:9',
    '::10.0.0.300',
    'fd00::12345',
  ])('but not from "%s"', (text) => {
    expect(parseIpRange(text)).toBeUndefined();
  });

  it('from a list of a dual-stack cluster, what is no range left out', () => {
    expect(parseIpRanges('10.244.0.0/16, fd00::/48,x').map((one) => one.text)).toEqual([
      '10.244.0.0/16',
      'fd00::/48',
    ]);
  });
});

describe('two ranges', () => {
  it.each([
    ['10.0.0.0/8', '10.96.0.0/12', true],
    ['10.0.0.0/24', '10.0.1.0/24', false],
    ['10.0.0.255', '10.0.0.0/24', true],
    ['fd00::/48', 'fd00:0:0:1::/64', true],
    ['::/0', '0.0.0.0/0', false],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(rangesOverlap(range(a), range(b))).toBe(expected);
    expect(rangesOverlap(range(b), range(a))).toBe(expected);
  });

  it('contain each other one way only', () => {
    expect(rangeContains(range('10.0.0.0/8'), range('10.1.2.3'))).toBe(true);
    expect(rangeContains(range('10.1.2.3'), range('10.0.0.0/8'))).toBe(false);
  });

  it('have a size', () => {
    expect(rangeSize(range('10.0.0.0/24'))).toBe(256n);
    expect(rangeSize(range('fd00::/64'))).toBe(1n << 64n);
  });
});

it('pairs that overlap are found without comparing each with each', () => {
  const texts = ['10.0.2.0/24', 'fd00::/64', '10.0.0.0/23', '10.0.1.7', '10.0.2.9', 'fd00::5', '10.9.0.0/16'];

  expect(overlappingPairs(texts, range)).toEqual([
    ['10.0.0.0/23', '10.0.1.7'],
    ['10.0.2.0/24', '10.0.2.9'],
    ['fd00::/64', 'fd00::5'],
  ]);
});
