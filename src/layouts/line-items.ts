import type { EntrySink } from '../bundle/entry-sink.ts';
import { createCapture } from './capture.ts';
import type { ItemVisitor, ListHead } from './item-visitor.ts';

const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;

/** End of the first line of a list with items. */
const LIST_OPEN = '"items":[';

/** The last line of a list with items. */
const LIST_CLOSE = ']}';

/**
 * Splits the lists our writer makes, one item per line, by searching line ends only. A first line that is
 * not the head of such a list is handed to `other` with everything after it.
 */
export function createLineItems(
  visitor: ItemVisitor,
  maxItemBytes: number,
  other: () => EntrySink,
): EntrySink {
  const capture = createCapture(maxItemBytes);
  const problems: string[] = [];
  let overLimit: string | undefined;
  let state: 'head' | 'items' | 'done' | 'broken' = 'head';
  let fallback: EntrySink | undefined;
  let head: ListHead = {};
  let line = 1;
  let items = 0;

  function readHead(bytes: Buffer): boolean {
    const parsed = parseHead(bytes);
    if (parsed === undefined) return false;
    head = parsed;
    state = 'items';
    return true;
  }

  function readItem(bytes: Buffer | undefined): void {
    if (bytes === undefined) {
      overLimit ??= `line ${line}: an object above ${maxItemBytes} bytes was left out`;
      problems.push(overLimit);
      items++;
      return;
    }
    const length = bytes.at(-1) === COMMA ? bytes.length - 1 : bytes.length;
    if (bytes[0] === OPEN_BRACE && bytes[length - 1] === CLOSE_BRACE) {
      visitor.item(bytes.subarray(0, length), { line, pointer: `/items/${items}` }, head);
      items++;
    } else if (bytes.toString('latin1') === LIST_CLOSE) state = 'done';
    else {
      problems.push(`line ${line}: is not an object of a list with one item per line`);
      state = 'broken';
    }
  }

  function startOver(bytes: Buffer | undefined, rest: Buffer): void {
    fallback = other();
    if (bytes !== undefined) fallback.chunk(bytes);
    fallback.chunk(rest);
  }

  function chunk(bytes: Buffer): void {
    if (fallback !== undefined) {
      fallback.chunk(bytes);
      return;
    }
    let at = 0;
    while (at < bytes.length && (state === 'head' || state === 'items')) {
      if (!capture.active()) capture.start(at);
      const end = bytes.indexOf(NEWLINE, at);
      if (end < 0) break;
      const content = capture.take(bytes, end);
      if (state === 'items') readItem(content);
      else if (content === undefined || !readHead(content)) {
        startOver(content, bytes.subarray(end));
        return;
      }
      line++;
      at = end + 1;
    }
    capture.carry(bytes);
  }

  return {
    chunk,
    end(complete) {
      if (fallback === undefined && state === 'head' && capture.active())
        startOver(capture.take(Buffer.alloc(0), 0), Buffer.alloc(0));
      if (fallback !== undefined) {
        fallback.end(complete);
        return;
      }
      const sound = complete && state === 'done' && problems.length === 0;
      visitor.end({ items, list: true, complete: sound, head, problems, overLimit });
    },
  };
}

function parseHead(bytes: Buffer): ListHead | undefined {
  const text = bytes.toString();
  if (!text.endsWith(LIST_OPEN)) return undefined;
  try {
    const { apiVersion, kind } = JSON.parse(`${text}${LIST_CLOSE}`) as Record<string, unknown>;
    if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    return { apiVersion, kind };
  } catch {
    return undefined;
  }
}
