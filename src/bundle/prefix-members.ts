import type { FileHandle } from 'node:fs/promises';
import { crc32, inflateRawSync, type Zlib } from 'node:zlib';
import type { MemberInfo } from './manifest.ts';
import { readAt } from './member-file.ts';

/** Our members hold at most 4 MiB; deflate grows what it cannot compress by far less than the rest. */
const MEMBER_MAX = 4 * 1024 * 1024;
const PACKED_MAX = MEMBER_MAX + 64 * 1024;

/** Magic, deflate, no flags: the header of each member of ours but the footer, which has an extra field. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0]);
const HEADER_BYTES = 10;
/** CRC-32 and length. */
const TRAILER_BYTES = 8;

/** One gzip member of a file with what it holds. */
export interface ReadMember extends MemberInfo {
  readonly plain: Buffer;
}

/** The whole gzip members a file of ours begins with, in order; ends at the first that is cut or is none. */
export async function* prefixMembers(handle: FileHandle): AsyncGenerator<ReadMember, void> {
  for (let offset = 0; ; ) {
    const member = readMember(await readAt(handle, offset, PACKED_MAX), offset);
    if (member === undefined) return;
    yield member;
    offset += member.length;
  }
}

function readMember(bytes: Buffer, offset: number): ReadMember | undefined {
  if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return undefined;
  const inflated = inflate(bytes.subarray(HEADER_BYTES));
  if (inflated === undefined) return undefined;
  const { plain, packed } = inflated;
  const trailer = HEADER_BYTES + packed;
  if (trailer + TRAILER_BYTES > bytes.length || plain.length === 0) return undefined;
  if (bytes.readUInt32LE(trailer) !== crc32(plain) || bytes.readUInt32LE(trailer + 4) !== plain.length)
    return undefined;
  return { offset, length: trailer + TRAILER_BYTES, size: plain.length, plain };
}

/** Inflates one stream, whatever follows it; `packed` is its length. */
function inflate(bytes: Buffer): { readonly plain: Buffer; readonly packed: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: MEMBER_MAX,
      chunkSize: 1024 * 1024,
    }) as unknown as { readonly buffer: Buffer; readonly engine: Zlib };
    return { plain: buffer, packed: engine.bytesWritten };
  } catch {
    return undefined;
  }
}
