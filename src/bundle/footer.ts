import { openInput } from './input.ts';
import type { Manifest } from './manifest.ts';
import { readAt } from './member-file.ts';

/** Subfield id of our footer in the gzip extra field (RFC 1952 §2.3.1.1), as others have registered theirs. */
const SUBFIELD = 'KC';

/** Payload of the subfield: two unsigned 64-bit little-endian numbers. */
const PAYLOAD = 16;

/** Bytes of the footer: header 10, XLEN 2, subfield 4 + 16, empty deflate stream 2, CRC and size 8. */
export const FOOTER_BYTES = 10 + 2 + 4 + PAYLOAD + 2 + 8;

/** Where the manifest is. */
export interface Footer {
  /** Offset in the file of the gzip member the tar header of manifest.json begins in (at its first byte). */
  readonly offset: number;
  /** Bytes of manifest.json. */
  readonly size: number;
}

/** The footer as an empty gzip member, which every gzip reader passes over. */
export function encodeFooter(footer: Footer): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  // Magic, deflate, FEXTRA, no time, no extra flags, unknown operating system.
  Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255]).copy(bytes);
  bytes.writeUInt16LE(4 + PAYLOAD, 10);
  bytes.write(SUBFIELD, 12, 'latin1');
  bytes.writeUInt16LE(PAYLOAD, 14);
  bytes.writeBigUInt64LE(BigInt(footer.offset), 16);
  bytes.writeBigUInt64LE(BigInt(footer.size), 24);
  // One final, empty block with fixed codes; CRC-32 and length of nothing are zero.
  bytes[32] = 3;
  return bytes;
}

/** Reads the last {@link FOOTER_BYTES} of a file; undefined when they are not a footer or point nowhere. */
export function decodeFooter(bytes: Buffer, fileSize: number): Footer | undefined {
  if (bytes.length !== FOOTER_BYTES) return undefined;
  const offset = bytes.readBigUInt64LE(16);
  const size = bytes.readBigUInt64LE(24);
  if (offset >= BigInt(fileSize) || size > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const footer = { offset: Number(offset), size: Number(size) };
  return encodeFooter(footer).equals(bytes) ? footer : undefined;
}

/** Reads the footer of a file; undefined when it has none. Throws UserError when the file cannot be opened. */
export async function readFooter(file: string): Promise<Footer | undefined> {
  const handle = await openInput(file);
  try {
    const { size } = await handle.stat();
    if (size < FOOTER_BYTES) return undefined;
    const bytes = Buffer.alloc(FOOTER_BYTES);
    await handle.read(bytes, 0, FOOTER_BYTES, size - FOOTER_BYTES);
    return decodeFooter(bytes, size);
  } finally {
    await handle.close();
  }
}

/**
 * Whether a file without a footer was written with one, and is therefore cut: a gzip member still begins where
 * the manifest puts its own. Bundles that were packed again by another tool have neither, and are whole.
 */
export async function hasLostFooter(file: string, { members }: Manifest): Promise<boolean> {
  const last = members.at(-1);
  if (last === undefined || (await readFooter(file)) !== undefined) return false;
  const handle = await openInput(file);
  try {
    const start = await readAt(handle, last.offset + last.length, 4);
    return start.equals(Buffer.from([0x1f, 0x8b, 8, 0]));
  } finally {
    await handle.close();
  }
}
