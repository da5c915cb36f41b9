import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatSubject,
  formatTime,
  formatValue,
} from '../../../src/report/format-value.ts';

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [0.25, '250 ms'],
    [59, '59 s'],
    [60, '1 min'],
    [125, '2 min 5 s'],
    [660, '11 min'],
    [21_600, '6 h'],
    [9_000, '2 h 30 min'],
    [47 * 3600, '47 h'],
    [48 * 3600, '2 d'],
    [3 * 86_400 + 4 * 3600, '3 d 4 h'],
    [3650 * 86_400, '3,650 d'],
    [-90, '-1 min 30 s'],
  ])('says %d seconds as %s', (seconds, said) => {
    expect(formatDuration(seconds)).toBe(said);
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [12 * 1024 * 1024, '12 MiB'],
    [1024 ** 4 * 3.25, '3.3 TiB'],
  ])('says %d bytes as %s', (bytes, said) => {
    expect(formatBytes(bytes)).toBe(said);
  });
});

describe('formatCount', () => {
  it.each([
    [999, '999'],
    [1000, '1,000'],
    [1234567.5, '1,234,567.5'],
    [-1000, '-1,000'],
  ])('groups the digits of %d', (count, said) => {
    expect(formatCount(count)).toBe(said);
  });
});

describe('formatTime', () => {
  it('prints a moment in UTC, whatever zone it was written in', () => {
    expect(formatTime('2026-01-02T05:04:05.678+02:00')).toBe('2026-01-02 03:04:05 UTC');
  });

  it('shows text that is no time as it stands, made visible', () => {
    expect(formatTime('soon\x07')).toBe('soon\\x07');
  });
});

describe('formatSubject', () => {
  it('names kind, namespace and name', () => {
    expect(formatSubject({ group: '', kind: 'Pod', namespace: 'a', name: 'b' })).toBe('Pod a/b');
  });

  it('names what is outside the cluster', () => {
    expect(formatSubject({ external: 'registry', name: 'registry.example' })).toBe(
      'registry registry.example',
    );
  });
});

describe('formatValue', () => {
  it('joins a list as a sentence does', () => {
    expect(formatValue('text', ['a', 'b', 'c'])).toBe('a, b and c');
  });

  it('says how many elements of a long list are left out', () => {
    const list = Array.from({ length: 40 }, (_, index) => `n${index}`);

    expect(formatValue('text', list)).toMatch(/^n0, .*n11 and 28 more$/);
  });

  it('says that a long text is cut', () => {
    expect(formatValue('text', 'x'.repeat(1400))).toBe(`${'x'.repeat(400)}… (cut, 1,000 more characters)`);
  });

  it('reads a number by its tag', () => {
    expect([formatValue('bytes', 2048), formatValue('duration', 61), formatValue('count', 2048)]).toEqual([
      '2 KiB',
      '1 min 1 s',
      '2,048',
    ]);
  });

  it('leaves 64-bit ids and quantities as they are written', () => {
    expect([formatValue('id64', '9007199254740993'), formatValue('quantity', '100Mi')]).toEqual([
      '9007199254740993',
      '100Mi',
    ]);
  });
});
