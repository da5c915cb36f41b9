import type { Stats } from 'node:fs';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type EntryData, TarArchive } from 'archiver';
import type { PackedMember } from './copy-members.ts';
import type { MemberInfo } from './manifest.ts';
import { createMemberSink, type EntryPosition } from './member-sink.ts';

/** Mode of every entry: what is unpacked is for its owner only. */
const ENTRY_MODE = 0o600;

/** The tar stream and its gzip members. */
export interface Archive {
  readonly members: readonly MemberInfo[];
  /** Appends one finished entry and resolves when its last byte has passed into a member. */
  append(entry: ArchiveEntry): Promise<EntryPosition>;
  /** Adds members that are packed already, as they are, and resolves with the index of each. */
  insert(members: AsyncIterable<PackedMember>): Promise<readonly number[]>;
  /** Ends the current member and writes everything; returns the length of the file so far. */
  settle(): Promise<number>;
  /** Writes the end of the tar. */
  finish(): Promise<void>;
  /** Ends without a tar end. */
  abort(): void;
}

/** An entry with its exact size. */
export interface ArchiveEntry {
  readonly path: string;
  readonly size: number;
  readonly modified: Date;
  readonly content: Buffer | Readable;
}

/**
 * Opens an archive over a write function. `onFailure` is called once, for whatever stops the whole archive;
 * pending appends reject with the same error.
 */
export function openArchive(
  write: (bytes: Buffer) => Promise<void>,
  onFailure: (error: unknown) => void,
): Archive {
  let waiter: { resolve(position: EntryPosition): void; reject(error: unknown): void } | undefined;
  let failure: { readonly error: unknown } | undefined;
  const archiver = new TarArchive({ gzip: false });
  const sink = createMemberSink(write, (position) => {
    const waiting = waiter;
    waiter = undefined;
    waiting?.resolve(position);
  });

  function fail(error: unknown): void {
    if (failure !== undefined) return;
    failure = { error };
    waiter?.reject(error);
    waiter = undefined;
    // Left to the garbage collector: abort() throws (its tar stream has no unpipe), and destroy() ends the
    // process, since the entry stream inside gets an error that nobody can listen to.
    archiver.unpipe(sink.stream);
    onFailure(error);
  }

  archiver.on('error', fail);
  sink.stream.on('error', fail);
  archiver.pipe(sink.stream);
  let tail: Promise<unknown> = Promise.resolve();

  function appendNow(entry: ArchiveEntry): Promise<EntryPosition> {
    return new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure.error);
        return;
      }
      waiter = { resolve, reject };
      const { content } = entry;
      const data: EntryData = { name: entry.path, date: entry.modified, mode: ENTRY_MODE };
      if (!Buffer.isBuffer(content)) {
        // Without the size archiver would collect the stream in memory.
        data.stats = { size: entry.size, mode: ENTRY_MODE, mtime: entry.modified } as Stats;
        content.on('error', fail);
      }
      archiver.append(content, data);
    });
  }

  async function insertNow(members: AsyncIterable<PackedMember>): Promise<number[]> {
    const indexes: number[] = [];
    for await (const { bytes, size } of members) {
      if (failure !== undefined) throw failure.error;
      indexes.push(await sink.insert(bytes, size));
    }
    return indexes;
  }

  return {
    members: sink.members,
    append(entry) {
      const appended = tail.then(() => appendNow(entry));
      tail = appended.catch(() => {});
      return appended;
    },
    insert(members) {
      const inserted = tail.then(() => insertNow(members));
      tail = inserted.catch(() => {});
      return inserted;
    },
    async settle() {
      await tail;
      return sink.settle();
    },
    async finish() {
      await tail;
      if (failure !== undefined) throw failure.error;
      const done = finished(sink.stream);
      await Promise.all([archiver.finalize(), done]);
    },
    abort() {
      fail(new Error('the bundle was given up'));
      sink.stream.destroy();
    },
  };
}
