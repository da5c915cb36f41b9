import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capLog, newLogCut } from '../../../src/collect/log-cap.ts';
import { cutMarker } from '../../../src/redact/cut.ts';
import { createTextRedactor } from '../../../src/redact/text.ts';
import { KEY_END_LINE, KEY_MARK, keyLines } from '../redact/key-lines.ts';

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

describe('a capped log behind the redactor', () => {
  const key = ['-----BEGIN RSA PRIVATE KEY-----', ...keyLines(30), KEY_END_LINE];
  const stamp = '2026-01-15T10:11:12.123456789Z ';
  const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

  async function shown(log: readonly string[], maxBytes: number): Promise<readonly string[]> {
    const redactor = createTextRedactor();
    const parts: Uint8Array[] = [];
    const body = [Buffer.from(log.map((line) => `${stamp}${line}\n`).join(''))];
    for await (const part of capLog(body, maxBytes, newLogCut())) parts.push(redactor.push(part));
    const text = Buffer.concat([...parts, redactor.end()]).toString();
    return text.split('\n').map((line) => line.replace(stamp, ''));
  }

  it('keeps the tail whole when the head was cut inside a key', async () => {
    const log = [...lines(3), ...key, ...lines(100)];

    const text = await shown(log, 4 * 1000);

    const cut = text.findIndex((line) => line.startsWith('[kubecase: '));
    expect(text.slice(0, cut)).toEqual([...lines(3), ...Array.from({ length: cut - 3 }, () => KEY_MARK)]);
    expect(cut).toBeGreaterThan(5);
    expect(`${text[cut]}\n`).toMatch(/^\[kubecase: \d+ bytes cut here; --max-log-size raises the limit\]\n$/);
    const tail = text.slice(cut + 1, -1);
    expect(tail.length).toBeGreaterThan(50);
    expect(tail).toEqual(log.slice(-tail.length));
  });

  it('loses the rest of a key that the tail was cut in, wherever', async () => {
    const log = [...lines(300), ...key, ...lines(3)];
    for (let kept = 1; kept < key.length; kept++) {
      const bytes = log.slice(-kept - 3).reduce((sum, line) => sum + stamp.length + line.length + 1, 0);

      const text = await shown(log, Math.ceil((bytes * 4) / 3) + 12);

      const tail = text.slice(text.findIndex((line) => line.startsWith('[kubecase: ')) + 1);
      const expected = kept === 1 ? KEY_END_LINE : KEY_MARK;
      expect(tail).toEqual([...Array.from({ length: kept }, () => expected), ...lines(3), '']);
    }
  });

  it('loses both parts of a key that was cut in the middle', async () => {
    const text = await shown([...lines(2), ...key, ...lines(2)], 2000);

    const secret = keyLines(30);
    expect(text.filter((line) => secret.includes(line))).toEqual([]);
    expect(text.filter((line) => !line.startsWith('[')).sort()).toEqual(
      ['', ...lines(2), ...lines(2)].sort(),
    );
    expect(text.filter((line) => line.startsWith('[kubecase: '))).toHaveLength(1);
  });
});
