import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countNewlines } from '../../../src/scan/newlines.ts';

function oneByOne(bytes: Buffer, from: number, to: number): number {
  return bytes.subarray(from, to).filter((byte) => byte === 0x0a).length;
}

describe('countNewlines', () => {
  it('counts the breaks of lines of any length in any range', () => {
    const line = fc.nat(300).map((length) => Buffer.concat([Buffer.alloc(length, 'x'), Buffer.from('\n')]));
    const log = fc.array(line, { maxLength: 400, size: 'max' }).map((lines) => Buffer.concat(lines));
    fc.assert(
      fc.property(log, fc.nat(9), fc.nat(9), (bytes, skip, drop) => {
        const to = Math.max(skip, bytes.length - drop);

        expect(countNewlines(bytes, skip, to)).toBe(oneByOne(bytes, skip, to));
      }),
    );
  });

  it('counts line breaks only, whatever the other bytes, where lines are short', () => {
    // The first stride is dense, so that the next ones are counted word by word.
    const dense = Buffer.alloc(16 * 1024, '\n');
    const byte = fc.constantFrom(0x0a, 0x0a, 0x0b, 0x8a, 0x8b, 0x00, 0x80, 0xff, 0x09);
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 5000, size: 'max' }), fc.nat(3), (rest, skip) => {
        const bytes = Buffer.concat([dense, Buffer.from(rest)]);

        expect(countNewlines(bytes, skip, bytes.length)).toBe(oneByOne(bytes, skip, bytes.length));
      }),
      { examples: [[[0x0a, 0x0a], 1]] },
    );
  });

  it('counts a long run of line breaks', () => {
    const bytes = Buffer.alloc(100_003, '\n');

    expect(countNewlines(bytes, 1, bytes.length)).toBe(100_002);
  });
});
