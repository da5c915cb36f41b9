import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutMarker } from '../../../src/redact/cut.ts';
import { MAX_REST_LINES } from '../../../src/redact/key-rest.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';
import { MAX_LINE, OVERLAP } from '../../../src/redact/windows.ts';
import { KEY_END_LINE, keyLines } from './key-lines.ts';
import { textSoup } from './text-soup.ts';

/** The output for a text given in chunks of the sizes, over and over. */
function redactChunks(bytes: Buffer, sizes: readonly number[]): string {
  const redactor = createTextRedactor();
  const shown: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    // A copy, overwritten afterwards: chunks belong to the caller.
    const chunk = Buffer.from(bytes.subarray(at, at + size));
    shown.push(Buffer.from(redactor.push(chunk)));
    chunk.fill(0);
    at += size;
  }
  shown.push(Buffer.from(redactor.end()));
  return Buffer.concat(shown).toString('latin1');
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

const BODY = keyLines(3, 40);
/** Lines around the ends of keys, and runs of lines like those of keys of any length. */
const keyLog = fc
  .array(
    fc.oneof(
      {
        weight: 9,
        arbitrary: fc.constantFrom(
          ...BODY,
          `2026-01-15T10:00:00Z   ${BODY[0]}\r`,
          `${'AKIAIOSFODNN7EXAMPLE'.repeat(3)}`,
          KEY_END_LINE,
          `${BODY[1]}${KEY_END_LINE} password=x1`,
          '-----BEGIN RSA PRIVATE KEY-----',
          `${BODY.join('\\n')}\\n`,
          `"${BODY.join('\\n')}\\n${KEY_END_LINE}"`,
          '=njUN',
          'done',
          '',
          'password=x1',
          'name: DB_PASS',
          'an ordinary line of a log',
          cutMarker(9).trimEnd(),
          'lorem ipsum '.repeat(2000),
        ),
      },
      {
        weight: 1,
        arbitrary: fc
          .integer({ min: MAX_REST_LINES - 1, max: 2 * MAX_REST_LINES })
          .map((count) => keyLines(count, 40).join('\n')),
      },
    ),
    { maxLength: 30 },
  )
  .map((lines) => lines.join('\n'));

describe('createTextRedactor', () => {
  it('gives for any chunks what redactText gives for the whole, around keys that are cut', () => {
    const chunks = fc.array(fc.oneof(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 40_000 })), {
      minLength: 1,
      maxLength: 5,
    });

    fc.assert(
      fc.property(keyLog, chunks, (text, chunkSizes) => {
        const whole = redactText(text).text;
        expect(redactChunks(Buffer.from(text), chunkSizes)).toBe(whole);
        expect(redactChunks(Buffer.from(text), [text.length + 1])).toBe(whole);
        expect(whole.split('\n')).toHaveLength(text.split('\n').length);
        expect(redactText(whole).text).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives for any chunks what redactText gives for the whole', () => {
    fc.assert(
      fc.property(textSoup, sizes, (text, chunkSizes) => {
        const bytes = Buffer.from(text, 'latin1');
        expect(redactChunks(bytes, chunkSizes)).toBe(redactText(bytes.toString('latin1')).text);
      }),
      { numRuns: 20000 },
    );
  });

  it('counts for any chunks what redactText counts for the whole', () => {
    fc.assert(
      fc.property(textSoup, fc.integer({ min: 1, max: 30 }), (text, size) => {
        const bytes = Buffer.from(text, 'latin1');
        const redactor = createTextRedactor();
        for (let at = 0; at < bytes.length; at += size) redactor.push(bytes.subarray(at, at + size));
        redactor.end();
        expect([...redactor.redactions]).toEqual([...redactText(bytes.toString('latin1')).redactions]);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every line break where it was', () => {
    fc.assert(
      fc.property(textSoup, (text) => {
        const breaks = (value: string): number => value.split('\n').length;
        expect(breaks(redactText(text).text)).toBe(breaks(text));
      }),
      { numRuns: 300 },
    );
  });

  it('passes bytes without secrets through unchanged, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), sizes, (bytes, chunkSizes) => {
        const text = Buffer.from(bytes).toString('latin1');
        fc.pre(redactText(text).redactions.size === 0);
        expect(redactChunks(Buffer.from(bytes), chunkSizes)).toBe(text);
      }),
    );
  });

  it('returns clean whole lines without copying them', () => {
    const chunk = Buffer.from('an ordinary line\nanother one\n');

    const shown = createTextRedactor().push(chunk);

    expect(shown.buffer).toBe(chunk.buffer);
    expect(Buffer.from(shown).toString()).toBe('an ordinary line\nanother one\n');
  });

  it('finds secrets in a chunk that is searched in several parts', () => {
    const filler = `${'an ordinary line of a log '.repeat(5)}\n`.repeat(2000);

    const shown = redactChunks(
      Buffer.from(`${filler}password=p1\n${filler}http://u:p2@h/\n${filler}`),
      [10_000_000],
    );

    expect(shown).toBe(
      `${filler}password=[REDACTED:named-value]\n${filler}http://u:[REDACTED:url-credentials]@h/\n${filler}`,
    );
  });
});

describe('lines longer than a window', () => {
  const filler = (length: number): string => 'lorem ipsum '.repeat(Math.ceil(length / 12)).slice(0, length);

  it('lose secrets wherever a window ends, in bounded memory', () => {
    for (const shift of [-60, -20, -1, 0, 1, 20]) {
      for (const border of [MAX_LINE, MAX_LINE - OVERLAP]) {
        const line = `${filler(border + shift)} password=hunter2-hunter2 ${filler(MAX_LINE)}`;

        const shown = redactChunks(Buffer.from(`${line}\nnext\n`), [65_536]);

        expect(shown.includes('hunter2')).toBe(false);
        expect(shown.length).toBe(
          line.length + 6 - 'hunter2-hunter2'.length + '[REDACTED:named-value]'.length,
        );
      }
    }
  });

  it('give the same for any chunks', () => {
    const secret =
      'dial postgres://u:pw1@db/x "token":"a b c" -----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY----- ';
    const text = `short\n${`${filler(300_000)}${secret}`.repeat(9)}\npassword=x1\n`;
    const whole = redactText(text).text;

    for (const size of [1_000, 65_536, 1_048_577, 10_000_000]) {
      expect(redactChunks(Buffer.from(text), [size]) === whole).toBe(true);
    }
    expect(whole).not.toMatch(/pw1|a b c|MIIE|x1/);
  });

  it('lose a secret that is longer than the overlap, to its end', () => {
    const line = `${filler(900_000)} "password":"${'s3cr3t'.repeat(100_000)}","kept":1`;

    const shown = redactChunks(Buffer.from(line), [65_536]);

    expect(shown).not.toContain('s3cr3t');
    expect(shown.endsWith('","kept":1')).toBe(true);
  });

  it('hold back no more than a window', () => {
    const redactor = createTextRedactor();
    let given = 0;
    let most = 0;
    for (let turn = 0; turn < 200; turn++) {
      const chunk = Buffer.from(filler(65_536));
      given += chunk.length - redactor.push(chunk).length;
      most = Math.max(most, given);
    }

    expect(most).toBeLessThanOrEqual(MAX_LINE + 65_536);
  });
});
