import type { NameChange } from './certificate-rewrite.ts';

/** Deepest nesting that is followed; certificates have some ten levels. */
const MAX_DEPTH = 32;

const CONSTRUCTED = 0x20;
const OCTET_STRING = 0x04;
/** iPAddress of GeneralName (RFC 5280 §4.2.1.6). */
const IP_ADDRESS = 0x87;
/** UTF8String, PrintableString, TeletexString, IA5String; rfc822Name, dNSName and uniformResourceIdentifier of GeneralName. */
const TEXTS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x14, 0x16, 0x81, 0x82, 0x86]);
const PRINTABLE = /^[\x20-\x7e]+$/;

/**
 * Replaces names and addresses in the strings of a DER structure; lengths are written anew. Gives the same bytes where
 * nothing was replaced, or where it is no DER.
 */
export function changeDer(der: Buffer, change: NameChange): Buffer {
  return changed(der, change, 0) ?? der;
}

/** The elements with their strings replaced; undefined: nothing was, or these are no elements. */
function changed(der: Buffer, change: NameChange, depth: number): Buffer | undefined {
  const parts: Buffer[] = [];
  let isChanged = false;
  for (let at = 0; at < der.length; ) {
    const element = elementAt(der, at);
    if (element === undefined || depth > MAX_DEPTH) return undefined;
    const { tag, start, end } = element;
    const value = der.subarray(start, end);
    const after = changedValue(tag, value, change, depth);
    isChanged ||= after !== undefined;
    parts.push(after === undefined ? der.subarray(at, end) : written(tag, after));
    at = end;
  }
  return isChanged ? Buffer.concat(parts) : undefined;
}

function changedValue(tag: number, value: Buffer, change: NameChange, depth: number): Buffer | undefined {
  if (TEXTS.has(tag)) return changedText(value, change);
  if (tag === IP_ADDRESS && (value.length === 4 || value.length === 16)) {
    const after = Buffer.from(change.address([...value]));
    return after.equals(value) ? undefined : after;
  }
  // The values of extensions are DER within a string of bytes.
  if ((tag & CONSTRUCTED) !== 0 || tag === OCTET_STRING) return changed(value, change, depth + 1);
  return undefined;
}

function changedText(value: Buffer, change: NameChange): Buffer | undefined {
  const before = value.toString('latin1');
  if (!PRINTABLE.test(before)) return undefined;
  const after = change.text(before);
  return after === before ? undefined : Buffer.from(after, 'latin1');
}

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

function elementAt(der: Buffer, at: number): Element | undefined {
  const tag = der[at] ?? 0;
  const first = der[at + 1];
  if (first === undefined || (tag & 0x1f) === 0x1f) return undefined;
  if (first < 0x80) return within(der, { tag, start: at + 2, end: at + 2 + first });
  const bytes = first & 0x7f;
  const start = at + 2 + bytes;
  if (bytes === 0 || bytes > 4 || start > der.length) return undefined;
  return within(der, { tag, start, end: start + der.readUIntBE(at + 2, bytes) });
}

function within(der: Buffer, element: Element): Element | undefined {
  return element.end <= der.length ? element : undefined;
}

function written(tag: number, value: Buffer): Buffer {
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, value]);
}
