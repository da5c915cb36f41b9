import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, wrapLines } from '../../../src/report/wrap-lines.ts';

describe('wrapLines', () => {
  it('breaks between words', () => {
    expect(wrapLines('one two three', 8)).toEqual(['one two', 'three']);
  });

  it('breaks a long name after its separators', () => {
    expect(wrapLines('in resources/core/pods/payments.json now', 18)).toEqual([
      'in',
      'resources/core/',
      'pods/payments.json',
      'now',
    ]);
  });

  it('counts wide characters as two columns and combining marks as none', () => {
    expect([columnsOf('数据面'), columnsOf('e\u0301'), columnsOf('ab')]).toEqual([6, 1, 2]);
  });

  it('never makes a line wider than asked, and loses nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrapLines(text, width);

        expect(lines.every((line) => columnsOf(line) <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
