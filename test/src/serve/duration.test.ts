import { describe, expect, it } from 'vitest';
import { ageText, shortDuration } from '../../../src/serve/duration.ts';

describe('ages', () => {
  // The forms of HumanDuration in apimachinery, at the borders between them.
  it.each([
    [-5, '<invalid>'],
    [-1, '0s'],
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [599, '9m59s'],
    [600, '10m'],
    [179 * 60, '179m'],
    [3 * 3600, '3h'],
    [7 * 3600 + 120, '7h2m'],
    [8 * 3600 + 120, '8h'],
    [47 * 3600, '47h'],
    [2 * 86_400, '2d'],
    [7 * 86_400 + 3600, '7d1h'],
    [8 * 86_400 + 3600, '8d'],
    [729 * 86_400, '729d'],
    [2 * 365 * 86_400, '2y'],
    [3 * 365 * 86_400 + 86_400, '3y1d'],
    [9 * 365 * 86_400, '9y'],
    [Number.NaN, '<invalid>'],
  ])('%d s reads %s', (seconds, text) => {
    expect(shortDuration(seconds)).toBe(text);
  });

  it('are unknown without a time', () => {
    expect(ageText(null, 0)).toBe('<unknown>');
    expect(ageText('2026-03-01T11:59:00Z', Date.parse('2026-03-01T12:00:00Z'))).toBe('60s');
  });
});
