import { LimitError } from '../model/errors.ts';
import { type ReadLimits, SMALL_JSON_BYTES } from './limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/**
 * Looks at a JSON text before it is parsed: what follows walks it by recursion, and a few megabytes of
 * brackets become gigabytes of values. Throws LimitError; what is not JSON passes.
 */
export function checkJsonBounds(bytes: Buffer, limits: ReadLimits): void {
  if (bytes.length <= SMALL_JSON_BYTES) return;
  const { maxJsonDepth, maxJsonValues } = limits;
  let depth = 0;
  let values = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    else if (byte === COMMA) values++;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      values++;
      if (++depth > maxJsonDepth)
        throw new LimitError('maxJsonDepth', `JSON nested deeper than ${maxJsonDepth} levels`);
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  if (values > maxJsonValues)
    throw new LimitError('maxJsonValues', `JSON of more than ${maxJsonValues} values`);
}

/** Whether a document can be JSON: its first visible byte opens an object or a list. */
export function looksLikeJson(bytes: Buffer): boolean {
  const first = /\S/.exec(bytes.toString('latin1', 0, 64))?.[0];
  return first === '{' || first === '[';
}

function endOfString(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) at++;
  }
  return bytes.length;
}
