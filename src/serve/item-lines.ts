import { READ_LIMITS } from '../bundle/limits.ts';

const NEWLINE = 0x0a;
const COMMA = 0x2c;
/** End of the first line of a list with items. */
const LIST_OPEN = '"items":[';
/** End of the first line of an empty list, and the last line of any other. */
const LIST_CLOSE = ']}';

/** The first line of a list: everything but its items. */
export interface ListLine {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resourceVersion: string;
}

/** Items of one list of the bundle, in runs, each item the JSON text of one object. */
export async function* itemLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
  let line = 0;
  for await (const lines of wholeLines(chunks)) {
    const items = (line === 0 ? lines.slice(1) : lines).filter((text) => !isClose(text));
    if (line === 0) readListLine(lines[0] ?? Buffer.alloc(0));
    line += lines.length;
    if (items.length > 0) yield items.map(itemOf);
  }
}

/** Reads the first line of a list only. */
export async function listLine(chunks: AsyncIterable<Buffer>): Promise<ListLine> {
  for await (const lines of wholeLines(chunks)) return readListLine(lines[0] ?? Buffer.alloc(0));
  throw new Error('a list of the bundle is empty');
}

function readListLine(bytes: Buffer): ListLine {
  const text = bytes.toString().trimEnd();
  const whole = text.endsWith(LIST_OPEN) ? `${text}${LIST_CLOSE}` : text;
  const { apiVersion, kind, metadata } = JSON.parse(whole) as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string')
    throw new Error('a list of the bundle has no type');
  const { resourceVersion } = (metadata ?? {}) as { resourceVersion?: unknown };
  return { apiVersion, kind, resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '' };
}

/** Lines with their ends, in runs; the last one may have none. */
export async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      const rest = chunk.subarray(at, end + 1);
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      begunBytes = 0;
      at = end + 1;
    }
    if (at < chunk.length) {
      begun.push(chunk.subarray(at));
      begunBytes += chunk.length - at;
    }
    if (begunBytes > READ_LIMITS.maxItemBytes)
      throw new Error(`a line of the bundle is longer than ${READ_LIMITS.maxItemBytes} bytes`);
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [Buffer.concat(begun)];
}

function isClose(line: Buffer): boolean {
  return line.length <= LIST_CLOSE.length + 1 && line.toString('latin1').trimEnd() === LIST_CLOSE;
}

/** The text of an object, without what separates it from the next. */
function itemOf(line: Buffer): Buffer {
  const text = line.at(-1) === NEWLINE ? line.subarray(0, -1) : line;
  return text.at(-1) === COMMA ? text.subarray(0, -1) : text;
}
