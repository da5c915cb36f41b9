/** What is read of a certificate's DER form because Node's X509Certificate does not tell it. */
export interface DerFacts {
  /** X.509 version: 3, or 1 for certificates without extensions. */
  readonly version: number;
  /** Object identifier of the signature algorithm, dotted. */
  readonly signatureOid: string;
  /** Lower-case hexadecimal key identifiers (RFC 5280 §4.2.1.1 and §4.2.1.2). */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
}

interface Element {
  readonly tag: number;
  /** Bounds of the content. */
  readonly start: number;
  readonly end: number;
}

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
const OCTET_STRING = 0x04;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** `keyIdentifier [0] IMPLICIT` of AuthorityKeyIdentifier. */
const KEY_IDENTIFIER = 0x80;
const SUBJECT_KEY_ID = '2.5.29.14';
const AUTHORITY_KEY_ID = '2.5.29.35';

/** Reads the parts of a DER certificate (RFC 5280 §4.1); undefined when it has another shape. */
export function readDer(bytes: Uint8Array): DerFacts | undefined {
  const certificate = elementAt(bytes, 0);
  const [body, algorithm] = childrenOf(bytes, certificate);
  const oid = childrenOf(bytes, algorithm)[0];
  if (body?.tag !== SEQUENCE || oid?.tag !== OBJECT_IDENTIFIER) return undefined;
  const parts = childrenOf(bytes, body);
  const version = parts.find((one) => one.tag === VERSION);
  const number = version && childrenOf(bytes, version)[0];
  const extensions = extensionsOf(
    bytes,
    parts.find((one) => one.tag === EXTENSIONS),
  );
  const subjectKey = elementAt(bytes, extensions.get(SUBJECT_KEY_ID)?.start);
  const authorityKey = childrenOf(bytes, elementAt(bytes, extensions.get(AUTHORITY_KEY_ID)?.start)).find(
    (one) => one.tag === KEY_IDENTIFIER,
  );
  return {
    version: number ? (bytes[number.start] ?? 0) + 1 : 1,
    signatureOid: oidOf(bytes, oid),
    ...(subjectKey ? { subjectKeyId: hexOf(bytes, subjectKey) } : {}),
    ...(authorityKey ? { authorityKeyId: hexOf(bytes, authorityKey) } : {}),
  };
}

/** The OCTET STRING of each extension by its object identifier. */
function extensionsOf(bytes: Uint8Array, element: Element | undefined): Map<string, Element> {
  const found = new Map<string, Element>();
  for (const extension of childrenOf(bytes, childrenOf(bytes, element)[0])) {
    const [oid, ...rest] = childrenOf(bytes, extension);
    const value = rest.find((one) => one.tag === OCTET_STRING);
    if (oid?.tag === OBJECT_IDENTIFIER && value) found.set(oidOf(bytes, oid), value);
  }
  return found;
}

/** The element that begins at an offset; undefined when it does not fit into the bytes. */
function elementAt(bytes: Uint8Array, offset: number | undefined): Element | undefined {
  if (offset === undefined) return undefined;
  const tag = bytes[offset];
  const first = bytes[offset + 1];
  if (tag === undefined || first === undefined) return undefined;
  let start = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4) return undefined;
    length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + (bytes[start + index] ?? 0);
    start += count;
  }
  return start + length > bytes.length ? undefined : { tag, start, end: start + length };
}

function childrenOf(bytes: Uint8Array, parent: Element | undefined): Element[] {
  const children: Element[] = [];
  let offset = parent?.start ?? 0;
  while (parent && offset < parent.end) {
    const child = elementAt(bytes, offset);
    if (!child || child.end > parent.end) break;
    children.push(child);
    offset = child.end;
  }
  return children;
}

function oidOf(bytes: Uint8Array, { start, end }: Element): string {
  const first = bytes[start] ?? 0;
  const numbers = [Math.min(Math.floor(first / 40), 2)];
  numbers.push(first - 40 * (numbers[0] as number));
  let number = 0;
  for (let index = start + 1; index < end; index++) {
    const byte = bytes[index] as number;
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  return numbers.join('.');
}

function hexOf(bytes: Uint8Array, { start, end }: Element): string {
  return Buffer.from(bytes.subarray(start, end)).toString('hex');
}
