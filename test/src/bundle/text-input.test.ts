import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readEntries } from '../../../src/bundle/reader.ts';
import { isText } from '../../../src/bundle/text-input.ts';
import { keepAll, temporaryFolder } from './bundle-fixture.ts';
import { tarEntry } from './tar-bytes.ts';

describe('an input that is one text', () => {
  it.each([
    ['lines', 'STAGE [a]\nTASK [b]\n', true],
    ['JSON in one line', '{"kind":"Pod"}', true],
    ['lines with a mark of their order, tabs and colours', '\uFEFFa:\t\u001b[1mb\u001b[0m\r\n', true],
    ['one word', 'hello', false],
    ['a private key or an encrypted file', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n', false],
    ['bytes', Buffer.from([0x80, 0x0a, 0xff, 0x20]), false],
    ['a tar', tarEntry('a\n.txt', 'a\nb\n'), false],
  ])('is told from what is none: %s', (_name, bytes, text) => {
    expect(isText(Buffer.from(bytes as string))).toBe(text);
  });

  it('may end within a character', () => {
    expect(isText(Buffer.from('über\nä').subarray(0, -1))).toBe(true);
  });

  it('is an entry of its name, whole, and shown as it is read', async () => {
    const text = 'line\n'.repeat(400_000);
    const file = join(temporaryFolder(), 'run.txt');
    writeFileSync(file, text);
    const { handler, entries } = keepAll();
    let tapped = 0;

    const summary = await readEntries(file, handler, {
      text: true,
      tap: (bytes) => {
        tapped += bytes.length;
      },
    });

    expect(entries).toMatchObject([{ header: { path: 'run.txt', alone: true }, text, complete: true }]);
    expect(tapped).toBe(text.length);
    expect(summary).toMatchObject({ entries: 1, problems: [], truncated: undefined });
  });

  it('from standard input has the ending its beginning calls for', async () => {
    for (const [text, path] of [
      ['{"a":\n1}', 'stdin.json'],
      ['a: 1\n', 'stdin.yaml'],
    ] as const) {
      const { handler, entries } = keepAll();
      await readEntries('-', handler, { text: true, stdin: Readable.from([Buffer.from(text)]) });
      expect(entries).toMatchObject([{ header: { path }, text, complete: true }]);
    }
  });
});
