import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EntryGate } from './entry-gate.ts';
import type { ReadSummary } from './entry-sink.ts';
import type { PackedSource } from './unpacking.ts';

/** Text from standard input is held in memory, since its size is to be known first. */
const STDIN_MAX = 64 * 1024 * 1024;

/** Whether an input that is no archive looks like text: of several lines, or JSON. */
export function isText(first: Buffer): boolean {
  const text = first.toString('utf8');
  // Tab, line ends and escape are text; the last character may be cut.
  const control = first.some(
    (byte) => byte === 0x7f || (byte < 0x20 && ![0x09, 0x0a, 0x0d, 0x1b].includes(byte)),
  );
  const broken = text.slice(0, -1).includes('\uFFFD');
  return !control && !broken && !text.startsWith('-----BEGIN ') && /\n|^\uFEFF?\s*[[{]/.test(text);
}

/** Reads an input that is one text as an entry of its name, which is marked to be all there is. */
export async function readText(
  input: string,
  { stream, first, tap }: Pick<PackedSource, 'stream' | 'first'> & Pick<Partial<PackedSource>, 'tap'>,
  gate: EntryGate,
): Promise<ReadSummary> {
  async function* chunks(): AsyncGenerator<Buffer> {
    tap?.(first.bytes);
    yield first.bytes;
    if (first.ended) return;
    for await (const chunk of stream) {
      tap?.(chunk as Buffer);
      yield chunk as Buffer;
    }
  }
  if (input === '-') return readHeld(chunks(), gate);
  const { size, mtime } = await stat(input);
  gate.open({ path: basename(input), size, modified: mtime, alone: true });
  for await (const chunk of chunks()) {
    if (gate.stopped() !== undefined) break;
    gate.chunk(chunk);
  }
  gate.close();
  return summaryOf(gate);
}

async function readHeld(chunks: AsyncIterable<Buffer>, gate: EntryGate): Promise<ReadSummary> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    parts.push(Buffer.from(chunk));
    if (size <= STDIN_MAX) continue;
    gate.stop('maxEntryBytes', `text of more than ${STDIN_MAX} bytes on standard input; give it as a file`);
    break;
  }
  const bytes = Buffer.concat(parts);
  const format = /^\uFEFF?\s*[[{]/.test(bytes.subarray(0, 100).toString('utf8')) ? 'json' : 'yaml';
  gate.open({ path: `stdin.${format}`, size: bytes.length, alone: true });
  gate.chunk(bytes);
  gate.close();
  return summaryOf(gate);
}

function summaryOf(gate: EntryGate): ReadSummary {
  const stopped = gate.stopped();
  return gate.summary(stopped === undefined ? undefined : { at: 0, reason: stopped });
}
