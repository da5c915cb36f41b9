import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Entries up to this size stay in memory. */
export const SPOOL_MEMORY_BYTES = 2 * 1024 * 1024;

/** Bytes read back at a time. */
const READ_SIZE = 1024 * 1024;

/** A finished entry, ready to be appended with its exact size. */
export interface SpooledEntry {
  readonly size: number;
  readonly sha256: string;
  /** The bytes: a buffer, or a stream over the temporary file. To be asked for once. */
  content(): Buffer | Readable;
  /** Frees memory and file. */
  dispose(): Promise<void>;
}

/** Takes the redacted bytes of one entry until their number is known. */
export interface Spool {
  /** Bytes taken so far. */
  size(): number;
  /** Undefined when the bytes stay in memory; else to be awaited before the next write. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  end(): Promise<SpooledEntry>;
  /** Frees memory and file. */
  dispose(): Promise<void>;
}

let spools = 0;

/**
 * Opens a spool. Its temporary file lies beside the output, mode 0600, and has no name once it is open
 * (where the system allows that), so that no exit, not even a kill, leaves it behind.
 */
export function createSpool(besides: string, memoryBytes: number = SPOOL_MEMORY_BYTES): Spool {
  const hash = createHash('sha256');
  let parts: Uint8Array[] = [];
  let size = 0;
  /** Bytes in `parts`. */
  let held = 0;
  let file: FileHandle | undefined;
  let named: string | undefined;

  async function openFile(): Promise<FileHandle> {
    const path = `${besides}.${process.pid}-${spools++}.spool`;
    const opened = await open(path, 'wx+', 0o600);
    await unlink(path).catch(() => {
      named = path;
    });
    return opened;
  }

  async function spill(): Promise<void> {
    file ??= await openFile();
    const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    parts = [];
    held = 0;
    let at = 0;
    while (at < bytes.length) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
  }

  async function dispose(): Promise<void> {
    parts = [];
    const closing = file;
    file = undefined;
    await closing?.close().catch(() => {});
    if (named !== undefined) await unlink(named).catch(() => {});
    named = undefined;
  }

  return {
    size: () => size,
    write(bytes) {
      if (bytes.length === 0) return undefined;
      hash.update(bytes);
      parts.push(bytes);
      size += bytes.length;
      held += bytes.length;
      if (size <= memoryBytes) return undefined;
      return file === undefined || held >= READ_SIZE ? spill() : undefined;
    },
    async end() {
      if (file !== undefined && parts.length > 0) await spill();
      const fd = file?.fd;
      return {
        size,
        sha256: hash.digest('hex'),
        content: () =>
          fd === undefined
            ? Buffer.concat(parts)
            : createReadStream('', { fd, start: 0, autoClose: false, highWaterMark: READ_SIZE }),
        dispose,
      };
    },
    dispose,
  };
}
