import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capLog, cutMarker, newLogCut } from '../../../src/collect/log-cap.ts';

async function capped(chunks: readonly string[], maxBytes: number) {
  const cut = newLogCut();
  const parts: Uint8Array[] = [];
  for await (const part of capLog(
    chunks.map((chunk) => Buffer.from(chunk)),
    maxBytes,
    cut,
  )) {
    parts.push(part);
  }
  return { text: Buffer.concat(parts).toString(), cut };
}

describe('capLog', () => {
  it('passes a log of exactly the limit on as it is', async () => {
    const { text, cut } = await capped(['abc\n', 'def\n'], 8);

    expect(text).toBe('abc\ndef\n');
    expect(cut.droppedBytes).toBe(0);
  });

  it('cuts a line that is longer than everything kept', async () => {
    const { text, cut } = await capped(['a'.repeat(100)], 20);

    expect(text).toBe(`${'a'.repeat(5)}\n${cutMarker(80)}${'a'.repeat(15)}`);
    expect(cut).toEqual({ headBytes: 5, tailBytes: 15, droppedBytes: 80 });
  });

  it('gives the tail read so far before it throws what the source threw', async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('one\ntwo\n');
      throw new Error('reset');
    }
    const parts: Buffer[] = [];

    const reading = (async () => {
      for await (const part of capLog(breaking(), 100, newLogCut())) parts.push(Buffer.from(part));
    })();

    await expect(reading).rejects.toThrow('reset');
    expect(Buffer.concat(parts).toString()).toBe('one\ntwo\n');
  });

  it('keeps a prefix and a suffix of whole lines and counts every byte, however the log is cut into chunks', async () => {
    const line = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'ä') });
    const arguments_ = [
      fc.array(line, { maxLength: 60 }),
      fc.integer({ min: 8, max: 200 }),
      fc.nat(20),
    ] as const;

    await fc.assert(
      fc.asyncProperty(...arguments_, async (lines, maxBytes, step) => {
        const log = Buffer.from(lines.map((one) => `${one}\n`).join(''));
        const chunks: Buffer[] = [];
        for (let at = 0; at < log.length; at += step + 1) chunks.push(log.subarray(at, at + step + 1));
        const cut = newLogCut();
        const parts: Uint8Array[] = [];
        for await (const part of capLog(chunks, maxBytes, cut)) parts.push(part);
        const out = Buffer.concat(parts);

        expect(cut.headBytes + cut.tailBytes + cut.droppedBytes).toBe(log.length);
        expect(cut.headBytes + cut.tailBytes).toBeLessThanOrEqual(maxBytes);
        expect(cut.droppedBytes > 0).toBe(log.length > maxBytes);
        if (cut.droppedBytes === 0) expect(out.equals(log)).toBe(true);
        expect(out.subarray(0, cut.headBytes).equals(log.subarray(0, cut.headBytes))).toBe(true);
        const tail = log.subarray(log.length - cut.tailBytes);
        expect(out.subarray(out.length - cut.tailBytes).equals(tail)).toBe(true);
      }),
    );
  });
});
