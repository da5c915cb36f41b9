import type { EntrySink } from '../bundle/entry-sink.ts';
import { createCapture } from './capture.ts';
import type { ItemVisitor, ListHead } from './item-visitor.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** White space of JSON, and the byte order mark some editors put in front. */
const BETWEEN_VALUES = new Set([0x20, 0x09, 0x0d, NEWLINE, 0xef, 0xbb, 0xbf]);

/** A key or type field longer than this is of no interest. */
const MAX_STRING = 1024;

/** Where the scanner is: between values, in a top-level object, between the elements of a list, in an element. */
type Mode = 'seek' | 'object' | 'items' | 'item';

/**
 * Splits JSON into objects by counting brackets, without parsing: a List (compact or pretty-printed), a bare
 * array, a single object, or several of these one after another. Holds one item at a time.
 */
export function createJsonItems(visitor: ItemVisitor, maxItemBytes: number): EntrySink {
  const capture = createCapture(maxItemBytes);
  const string = createCapture(MAX_STRING);
  const problems: string[] = [];
  let overLimit: string | undefined;
  let mode: Mode = 'seek';
  let depth = 0;
  let inString = false;
  let escaped = false;
  let line = 1;
  let itemLine = 1;
  let base = '';
  let itemDepth = 0;
  let index = 0;
  let items = 0;
  let isList = false;
  let sawItemsKey = false;
  let expectsKey = false;
  let key = '';
  let head: ListHead = {};
  let garbage = false;

  function openTop(byte: number, at: number): void {
    if (byte === OPEN_BRACKET) {
      enterItems('', 1);
      return;
    }
    mode = 'object';
    head = {};
    expectsKey = true;
    sawItemsKey = false;
    itemLine = line;
    capture.start(at);
  }

  function enterItems(pointer: string, level: number): void {
    mode = 'items';
    isList = true;
    base = pointer;
    itemDepth = level;
    index = 0;
    capture.drop();
  }

  function open(byte: number, at: number): void {
    const isItemsList =
      byte === OPEN_BRACKET && mode === 'object' && depth === 1 && key === 'items' && capture.active();
    depth++;
    if (depth === 1) openTop(byte, at);
    else if (isItemsList && (head.kind === undefined || head.kind.endsWith('List'))) enterItems('/items', 2);
    else if (mode === 'items' && depth === itemDepth + 1 && byte === OPEN_BRACE) {
      mode = 'item';
      itemLine = line;
      capture.start(at);
    }
  }

  function emit(chunk: Buffer, end: number, pointer: string): void {
    const bytes = capture.take(chunk, end);
    if (bytes === undefined) {
      overLimit ??= `line ${itemLine}: an object above ${maxItemBytes} bytes was left out`;
      problems.push(overLimit);
      return;
    }
    items++;
    visitor.item(bytes, { line: itemLine, pointer }, head);
  }

  function close(chunk: Buffer, at: number): void {
    depth--;
    if (mode === 'item' && depth === itemDepth) {
      mode = 'items';
      emit(chunk, at + 1, `${base}/${index}`);
    } else if (mode === 'items' && depth === itemDepth - 1) {
      mode = depth === 0 ? 'seek' : 'object';
    } else if (mode === 'object' && depth === 0) {
      mode = 'seek';
      if (!capture.active()) return;
      if (sawItemsKey && head.kind?.endsWith('List')) {
        isList = true;
        capture.drop();
      } else {
        const own = head;
        head = {};
        emit(chunk, at + 1, '');
        head = own;
      }
    }
  }

  function endString(chunk: Buffer, at: number): void {
    const bytes = string.take(chunk, at + 1);
    if (mode !== 'object' || depth !== 1 || bytes === undefined) return;
    const value = unquote(bytes);
    if (expectsKey) {
      key = value;
      sawItemsKey ||= key === 'items';
    } else if (key === 'kind') head = { ...head, kind: value };
    else if (key === 'apiVersion') head = { ...head, apiVersion: value };
  }

  function structural(byte: number, chunk: Buffer, at: number): void {
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) open(byte, at);
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth > 0) close(chunk, at);
      else garbage = true;
    } else if (byte === COMMA) {
      if (mode === 'object' && depth === 1) expectsKey = true;
      else if (mode === 'items' && depth === itemDepth) index++;
    } else if (byte === COLON) {
      if (mode === 'object' && depth === 1) expectsKey = false;
    } else if (mode === 'seek' && !BETWEEN_VALUES.has(byte)) garbage = true;
  }

  function startString(at: number): void {
    inString = true;
    if (mode === 'object' && depth === 1) string.start(at);
    else if (mode === 'seek') garbage = true;
  }

  /** The inside of an item, by far most of a file: only strings, brackets and lines count, in local variables. */
  function skipInItem(bytes: Buffer, from: number): number {
    let at = from;
    let level = depth;
    let lines = line;
    const outer = itemDepth;
    const end = bytes.length;
    for (; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        at = endOfString(bytes, at + 1);
        if (at < 0) break;
      } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) level++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        if (level - 1 === outer) break;
        level--;
      } else if (byte === NEWLINE) lines++;
    }
    depth = level;
    line = lines;
    if (at >= 0) return at;
    inString = true;
    escaped = endsEscaped(bytes);
    return end;
  }

  /** What is no list by now and above the limit is read no further: its end may be gigabytes away. */
  function giveUp(): void {
    garbage = true;
    overLimit ??= `line ${itemLine}: an object above ${maxItemBytes} bytes was left out`;
    problems.push(overLimit);
  }

  function chunk(bytes: Buffer): void {
    if (garbage) return;
    for (let at = 0; at < bytes.length && !garbage; at++) {
      if (mode === 'item' && !inString) {
        at = skipInItem(bytes, at);
        if (at >= bytes.length) break;
      }
      const byte = bytes[at]!;
      if (byte === NEWLINE) line++;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (string.active()) endString(bytes, at);
        }
      } else if (byte === QUOTE) startString(at);
      else if (byte <= COMMA || byte >= COLON) structural(byte, bytes, at);
    }
    capture.carry(bytes);
    string.carry(bytes);
    if (mode === 'object' && capture.isOver()) giveUp();
  }

  return {
    chunk,
    end(complete) {
      if (garbage && overLimit === undefined) problems.push(`line ${line}: is not JSON`);
      const closed = complete && !garbage && mode === 'seek';
      const sound = closed && problems.length === 0;
      visitor.end({ items, list: isList, complete: sound, head, problems, overLimit });
    },
  };
}

/** Index of the quote that ends a string, searched from inside it; -1 when the bytes end before. */
function endOfString(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return -1;
}

/** Whether bytes that end inside a string end with a backslash that escapes what comes next. */
function endsEscaped(bytes: Buffer): boolean {
  let at = bytes.length;
  while (at > 0 && bytes[at - 1] === BACKSLASH) at--;
  return (bytes.length - at) % 2 === 1;
}

function unquote(bytes: Buffer): string {
  try {
    return JSON.parse(bytes.toString()) as string;
  } catch {
    return '';
  }
}
