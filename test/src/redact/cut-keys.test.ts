import { describe, expect, it } from 'vitest';
import { cutMarker } from '../../../src/redact/cut.ts';
import { redactDocument } from '../../../src/redact/document.ts';
import { MAX_REST_LINES } from '../../../src/redact/key-rest.ts';
import { createTextRedactor, redactText } from '../../../src/redact/text.ts';
import { KEY_END_LINE, KEY_MARK, keyLines } from './key-lines.ts';

const REST = keyLines(9);
const marks = (count: number, prefix = ''): string => `${prefix}${KEY_MARK}\n`.repeat(count);

describe('a text that begins inside a private key', () => {
  const CUTS: Readonly<Record<string, readonly string[]>> = {
    'lines of 64': REST,
    'lines of 76': keyLines(5, 76),
    'lines of 40': keyLines(5, 40),
    'a last line that is a whole one': keyLines(4).slice(0, 3),
    'one whole line': keyLines(2).slice(0, 1),
    'the last line only': REST.slice(-1),
    'an OpenPGP checksum below': [...REST, '=njUN'],
    'the checksum only': ['=njUN'],
    'all of it on one line': [REST.join('')],
    'escaped line breaks': [`${REST.join('\\n')}\\n`],
    'escaped twice': [`${REST.join('\\\\r\\\\n')}\\\\r\\\\n`],
  };
  for (const [name, lines] of Object.entries(CUTS)) {
    it(`loses the rest of the key: ${name}`, () => {
      const { text, redactions } = redactText(`${[...lines, KEY_END_LINE, 'ready'].join('\n')}\n`);

      expect(text).toBe(`${marks(lines.length + 1)}ready\n`);
      expect([...redactions]).toEqual([['private-key', 1]]);
    });
  }

  it('keeps timestamps, indentation and carriage returns', () => {
    const prefix = '2026-01-15T10:00:00.123456789Z   ';

    const { text } = redactText([...REST, KEY_END_LINE, 'x'].map((line) => `${prefix}${line}\r\n`).join(''));

    expect(text).toBe(`${`${prefix}${KEY_MARK}\r\n`.repeat(REST.length + 1)}${prefix}x\r\n`);
  });

  it('loses the rest of the key in a log file of a node', () => {
    const prefix = '2026-01-15T10:00:00.1Z stdout F ';

    const { text } = redactText([...REST, KEY_END_LINE].map((line) => `${prefix}${line}\n`).join(''));

    expect(text).toBe(marks(REST.length + 1, prefix));
  });

  it('loses a rest that stands before the end on one line, up to the quote', () => {
    const { text } = redactText(`${REST.join('\\n')}\\n${KEY_END_LINE}\\n","user":"bob"}`);

    expect(text).toBe(`${KEY_MARK}\\n","user":"bob"}`);
  });

  it('loses a short rest before the end on the same line', () => {
    expect(redactText(`2026-01-15T10:00:00Z 3Qk=\\n${KEY_END_LINE}\\n"`).text).toBe(
      `2026-01-15T10:00:00Z ${KEY_MARK}\\n"`,
    );
  });

  it('loses what is secret behind the end', () => {
    expect(redactText(`${REST.join('\n')}\n${KEY_END_LINE} password=hunter2\n`).text).toBe(
      `${marks(REST.length)}${KEY_MARK} password=[REDACTED:named-value]\n`,
    );
  });

  it('loses the rest of one key and the whole of the next', () => {
    const next = `-----BEGIN PRIVATE KEY-----\n${REST.join('\n')}\n-----END PRIVATE KEY-----\n`;

    const { text, redactions } = redactText(`${REST.join('\n')}\n${KEY_END_LINE}\n${next}done\n`);

    expect(text).toBe(`${marks(2 * REST.length + 3)}done\n`);
    expect([...redactions]).toEqual([['private-key', 2]]);
  });

  it('loses the rest of a key in a document of text', () => {
    const { bytes } = redactDocument(Buffer.from(`${REST.join('\n')}\n${KEY_END_LINE}\n`), 'text');

    expect(bytes.toString()).toBe(marks(REST.length + 1));
  });
});

describe('lines like those of a key', () => {
  it('go when several stand together, whatever is before and behind them', () => {
    for (const next of ['not ready', '', `no ${KEY_END_LINE}`, '{"log":"x\\n"}']) {
      const { text } = redactText(`start\n${REST.join('\n')}\n${next}\n${REST.join('\n')}`);
      expect(text).toBe(`start\n${marks(REST.length)}${next}\n${marks(REST.length).slice(0, -1)}`);
    }
  });

  it('go when the text ends behind them, with and without a line break', () => {
    for (const log of [REST.join('\n'), `${REST.join('\n')}\n`, `x\r\n${REST.join('\r\n')}\r\n`]) {
      const { text } = redactText(log);
      for (const line of REST) expect(text).not.toContain(line);
      expect(text.split('\n')).toHaveLength(log.split('\n').length);
    }
  });

  it('go when they stand in a file of Docker, with the objects around them kept', () => {
    const docker = (line: string) => `{"log":"${line}\\n","stream":"stdout","time":"2026-01-15T10:00:00Z"}`;

    for (const last of ['ready or not', KEY_END_LINE]) {
      const { text } = redactText([...REST, last, 'done'].map(docker).join('\n'));
      const shown = last === KEY_END_LINE ? KEY_MARK : last;
      expect(text).toBe([...REST.map(() => KEY_MARK), shown, 'done'].map(docker).join('\n'));
    }
  });

  it('stay when they are those of a certificate, cut or not', () => {
    const [begin, end] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
    for (const lines of [
      [begin, ...REST, end, 'x'],
      [begin, ...REST],
      [...REST, end, 'x'],
    ]) {
      expect(redactText(lines.join('\n')).text).toBe(lines.join('\n'));
    }
  });

  it('stay when there is only one of them', () => {
    const log = `start\n${REST[0]}\nnot ready\n`;

    expect(redactText(log).text).toBe(log);
  });

  it('lose other secrets when they stay', () => {
    const line = `AKIAIOSFODNN7EXAMPLE/${REST[0]}`.slice(0, 64);

    expect(redactText(`${line}\nx AKIA\n`).text).toContain('[REDACTED:cloud-token]');
  });

  it('stay before a line that ends no key but a word is on the line above', () => {
    expect(redactText(`a\ndone\n${KEY_END_LINE}\n`).text).toBe(`a\ndone\n${KEY_END_LINE}\n`);
  });

  it('are hidden when they are more than any key has, as nobody knows what they are', () => {
    const dump = keyLines(MAX_REST_LINES + 40).slice(0, -1);

    const { text, redactions } = redactText(`a\n${dump.join('\n')}\nb\n`);

    expect(text).toBe(`a\n${marks(dump.length)}b\n`);
    expect([...redactions]).toEqual([['private-key', 1]]);
  });

  it('are hidden to the end of a key that is longer than any', () => {
    const rest = keyLines(MAX_REST_LINES * 2);

    const { text, redactions } = redactText(`${rest.join('\n')}\n${KEY_END_LINE}\nb\n`);

    expect(text).toBe(`${marks(rest.length + 1)}b\n`);
    expect([...redactions]).toEqual([['private-key', 1]]);
  });

  it('stay in any number when they are digests', () => {
    const digests = `${'0123456789abcdef'.repeat(4)}\n`.repeat(MAX_REST_LINES * 2);

    expect(redactText(digests).text).toBe(digests);
  });

  it('stay in any number in a document when they are public', () => {
    const lines = keyLines(MAX_REST_LINES * 2).map((line) => `  ${line}\n`);
    const text = `-----BEGIN PKCS7-----\n${lines.join('')}-----END PKCS7-----\n# password=x1\n`;

    expect(redactDocument(Buffer.from(text), 'text').bytes.toString()).toBe(
      text.replace('=x1', '=[REDACTED:named-value]'),
    );
  });
});

describe('the line that stands where a log was cut', () => {
  const begin = '-----BEGIN RSA PRIVATE KEY-----';

  it('ends the key that the head was cut in, and is kept', () => {
    const { text } = redactText(`${begin}\n${REST.join('\n')}\n${cutMarker(99)}one\ntwo\nthree\n`);

    expect(text).toBe(`${marks(REST.length + 1)}${cutMarker(99)}one\ntwo\nthree\n`);
  });

  it('is followed by the rest of a key that the tail was cut in, be it one short line', () => {
    for (const rest of [REST, REST.slice(-1)]) {
      const log = `a\n${cutMarker(99)}${rest.join('\n')}\n${KEY_END_LINE}\nb\n`;
      expect(redactText(log).text).toBe(`a\n${cutMarker(99)}${marks(rest.length + 1)}b\n`);
    }
  });

  it('stands between two parts of one key', () => {
    const log = `a\n${begin}\n${REST.join('\n')}\n${cutMarker(99)}${REST.join('\n')}\n${KEY_END_LINE}\nb\n`;

    expect(redactText(log).text).toBe(
      `a\n${marks(REST.length + 1)}${cutMarker(99)}${marks(REST.length + 1)}b\n`,
    );
  });

  it('ends a YAML block below a telling name', () => {
    const log = `  password: |\n    line1\n${cutMarker(99)}    an indented line\n`;

    expect(redactText(log).text).toBe(log.replace('line1', '[REDACTED:named-value]'));
  });
});

describe('a stream', () => {
  it('holds back the lines that may be a key, and shows them as soon as they are none', () => {
    const redactor = createTextRedactor();
    const push = (text: string): string => Buffer.from(redactor.push(Buffer.from(text))).toString();

    expect(push(`first\n${REST[0]}\n`)).toBe('first\n');
    expect(push('next')).toBe('');
    expect(push(' line\n')).toBe(`${REST[0]}\nnext line\n`);
    expect(push(`${REST[0]}\n`)).toBe('');
    expect(Buffer.from(redactor.end()).toString()).toBe(`${REST[0]}\n`);
  });

  it('holds back no more lines than a key may have', () => {
    const redactor = createTextRedactor();
    redactor.push(
      Buffer.from(
        `${keyLines(MAX_REST_LINES + 1)
          .slice(0, -1)
          .join('\n')}\n`,
      ),
    );

    const shown = redactor.push(Buffer.from(`${REST[0]}\n`));

    expect(Buffer.from(shown).toString()).toBe(marks(MAX_REST_LINES + 1));
  });

  it('shows what it holds before a line that is too long to be held', () => {
    const redactor = createTextRedactor();
    const long = 'lorem ipsum '.repeat(100_000);

    const shown = [
      redactor.push(Buffer.from(`x\n${REST[0]}\n`)),
      redactor.push(Buffer.from(`${long}\n${KEY_END_LINE}\n`)),
      redactor.end(),
    ];

    expect(Buffer.concat(shown).toString() === `x\n${REST[0]}\n${long}\n${KEY_END_LINE}\n`).toBe(true);
  });
});
