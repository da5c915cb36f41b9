import { KubeError } from '../model/kube.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The end of the text before an array that is the value of a key `items`; a quote after a backslash is part of a longer key. */
const ITEMS_KEY = /(?<!\\)"items"\s*:\s*$/;

/** How far back from an array its key is looked for; more white space than this no server writes. */
const KEY_REACH = 256;

/** All of a list but its items. */
export interface ListEnvelope {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: unknown;
}

/** Cuts the text of a list into the texts of its items, chunk by chunk, without parsing any of them. */
export interface ItemSplitter {
  /** Feeds bytes and returns the items that are now whole; they may be views into the chunk. */
  push(chunk: Buffer): Buffer[];
  /** What came before the items; undefined until the items have begun. */
  head(): ListEnvelope | undefined;
  /** Ends the text. Throws KubeError `bad-reply` when it is not one whole JSON object with `items`. */
  end(): ListEnvelope;
}

/** Bounds on what a splitter holds: 32 MiB for an item (etcd takes 1.5 MiB unless told otherwise), 16 MiB for the rest. */
export interface SplitLimits {
  readonly maxItemBytes?: number;
  readonly maxEnvelopeBytes?: number;
}

/** A splitter for one response. Strings and nesting are followed; nothing else about JSON is checked here. */
export function createItemSplitter(limits: SplitLimits = {}): ItemSplitter {
  const item = createGatherer(limits.maxItemBytes ?? 32 * 1024 * 1024, 'an item of the list');
  const envelope = createGatherer(limits.maxEnvelopeBytes ?? 16 * 1024 * 1024, 'the list around its items');
  let depth = 0;
  let inString = false;
  let escaped = false;
  let inItems = false;
  let found = false;
  let start: ListEnvelope | undefined;

  function push(chunk: Buffer): Buffer[] {
    const items: Buffer[] = [];
    const length = chunk.length;
    let from = 0;
    for (let i = 0; i < length; i++) {
      if (inString) {
        i = stringEnd(chunk, i);
        continue;
      }
      const byte = chunk[i];
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_BRACE) depth++;
      else if (byte === OPEN_BRACKET) {
        depth++;
        if (depth !== 2 || inItems) continue;
        envelope.add(chunk.subarray(from, i + 1));
        from = i + 1;
        inItems = ITEMS_KEY.test(envelope.tail(KEY_REACH).slice(0, -1));
        if (inItems) begin();
      } else if (byte === COMMA) {
        if (!inItems || depth !== 2) continue;
        take(items, chunk.subarray(from, i));
        from = i + 1;
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        depth--;
        if (!inItems || depth !== 1) continue;
        take(items, chunk.subarray(from, i));
        from = i;
        inItems = false;
      }
    }
    (inItems ? item : envelope).add(chunk.subarray(from));
    return items;
  }

  /** Index of the quote that ends the string, or the length of the chunk; most bytes of a list are in strings. */
  function stringEnd(chunk: Buffer, from: number): number {
    let i = escaped ? from + 1 : from;
    escaped = false;
    while (i < chunk.length && chunk[i] !== QUOTE) i += chunk[i] === BACKSLASH ? 2 : 1;
    if (i < chunk.length) inString = false;
    else escaped = i > chunk.length;
    return i;
  }

  function begin(): void {
    found = true;
    start = parseEnvelope(`${envelope.text()}]}`);
  }

  function take(items: Buffer[], last: Buffer): void {
    item.add(last);
    const whole = trim(item.take());
    if (whole.length > 0) items.push(whole);
  }

  function end(): ListEnvelope {
    const parsed = parseEnvelope(envelope.text());
    if (!parsed || depth !== 0 || inString) throw badList('is cut off or is not JSON');
    if (!found && !('items' in parsed)) throw badList('has no items');
    return parsed;
  }

  return { push, head: () => start, end };
}

interface Gatherer {
  add(piece: Buffer): void;
  text(): string;
  /** The last bytes as text, at least `length` of them if there are so many. */
  tail(length: number): string;
  take(): Buffer;
}

function createGatherer(maxBytes: number, what: string): Gatherer {
  let pieces: Buffer[] = [];
  let size = 0;
  function whole(): Buffer {
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  }
  return {
    add(piece) {
      if (piece.length === 0) return;
      size += piece.length;
      if (size > maxBytes) throw new KubeError('bad-reply', `${what} is larger than ${maxBytes} bytes`);
      pieces.push(piece);
    },
    text: () => whole().toString('utf8'),
    tail(length) {
      const last: Buffer[] = [];
      let got = 0;
      for (let i = pieces.length - 1; i >= 0 && got < length; i--) {
        const piece = pieces[i] as Buffer;
        const end = piece.subarray(-length);
        got += end.length;
        last.unshift(end);
      }
      return Buffer.concat(last).toString('latin1');
    },
    take() {
      const bytes = whole();
      pieces = [];
      size = 0;
      return bytes;
    },
  };
}

function parseEnvelope(text: string): ListEnvelope | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function badList(what: string): KubeError {
  return new KubeError('bad-reply', `the answer to a list request ${what}`);
}

function trim(bytes: Buffer): Buffer {
  let from = 0;
  let to = bytes.length;
  while (from < to && isSpace(bytes[from] as number)) from++;
  while (to > from && isSpace(bytes[to - 1] as number)) to--;
  return bytes.subarray(from, to);
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
