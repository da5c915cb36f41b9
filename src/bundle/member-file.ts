import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback, type InputType, type ZlibOptions } from 'node:zlib';
import type { MemberInfo } from './manifest.ts';

const gunzip: (data: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(gunzipCallback);

/** Our members hold at most 4 MiB; what an index claims beyond that is not believed. */
const MEMBER_MAX = 4 * 1024 * 1024;

/** Deflate grows what it cannot compress by far less than this. */
const COMPRESSED_MAX = MEMBER_MAX + 64 * 1024;

/** Reads and inflates one member; undefined when the file does not hold what the index says. */
export async function readMember(file: FileHandle, member: MemberInfo): Promise<Buffer | undefined> {
  if (member.length > COMPRESSED_MAX || member.size > MEMBER_MAX) return undefined;
  const bytes = await readAt(file, member.offset, member.length);
  if (bytes.length !== member.length) return undefined;
  try {
    const inflated = await gunzip(bytes, {
      maxOutputLength: Math.max(1, member.size),
      chunkSize: 256 * 1024,
    });
    return inflated.length === member.size ? inflated : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes of a file; fewer where it ends. */
export async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes.subarray(0, at);
}
