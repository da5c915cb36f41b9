import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { gzip as gzipCallback, type InputType, type ZlibOptions } from 'node:zlib';
import type { MemberInfo } from './manifest.ts';
import { BLOCK, paddingOf, parseTarHeader } from './tar-header.ts';

const gzip: (data: InputType, options: ZlibOptions) => Promise<Buffer> = promisify(gzipCallback);

const MIB = 1024 * 1024;

/** A member ends at the first entry border or newline after this many bytes … */
const MEMBER_TARGET = MIB;

/** … and here at the latest. */
const MEMBER_MAX = 4 * MIB;

/** Compressions under way at once; libuv's pool has four threads by default. */
const IN_FLIGHT = 4;

/** 512 KiB of output at a time was measured faster than the default of 16 KiB. */
const GZIP: ZlibOptions = { level: 6, chunkSize: 512 * 1024 };

const NEWLINE = 0x0a;

/** Where a tar header (its pax header, when it has one) begins. */
export interface EntryPosition {
  readonly member: number;
  readonly offset: number;
}

/** The uncompressed tar goes in, gzip members come out in order. */
export interface MemberSink {
  readonly stream: Writable;
  readonly members: readonly MemberInfo[];
  /** Ends the current member and waits until everything is written; returns the length of the file so far. */
  settle(): Promise<number>;
  /** Ends the current member and adds one that is packed already; returns its index. Only between entries. */
  insert(bytes: Buffer, size: number): Promise<number>;
}

/**
 * Walks the tar stream written to it and cuts gzip members, compressed asynchronously and written in order.
 * `onEntry` is called when an entry with its padding has passed.
 */
export function createMemberSink(
  write: (bytes: Buffer) => Promise<void>,
  onEntry: (position: EntryPosition) => void,
): MemberSink {
  const queue = createMemberQueue(write);
  const walk = createCutWalk(queue.cut, onEntry);
  const stream = new Writable({
    highWaterMark: MIB,
    write(chunk: Buffer, _encoding, done) {
      walk.push(chunk);
      queue.ready().then(() => done(), done);
    },
    final(done) {
      walk.cut();
      queue.drained().then(() => done(), done);
    },
  });
  return {
    stream,
    members: queue.members,
    async settle() {
      walk.cut();
      await queue.drained();
      return queue.position();
    },
    async insert(bytes, size) {
      walk.cut();
      const index = queue.members.length;
      walk.pass();
      queue.put(bytes, size);
      await queue.drained();
      return index;
    },
  };
}

/** Compresses members side by side and writes them one after another. */
function createMemberQueue(write: (bytes: Buffer) => Promise<void>) {
  const members: MemberInfo[] = [];
  let position = 0;
  let waiting = 0;
  let tail: Promise<void> = Promise.resolve();
  let wake: (() => void) | undefined;
  let failure: unknown;

  async function finishMember(packed: Promise<Buffer>, index: number, size: number): Promise<void> {
    const bytes = await packed;
    await write(bytes);
    members[index] = { offset: position, length: bytes.length, size };
    position += bytes.length;
  }

  async function pack(bytes: Buffer): Promise<Buffer> {
    const packed = await gzip(bytes, GZIP);
    // The operating system byte of the gzip header: the same file from every machine.
    packed[9] = 255;
    return packed;
  }

  function add(packed: Promise<Buffer>, size: number): void {
    const index = members.length;
    members.push({ offset: position, length: 0, size });
    // A rejection is reported by `tail`, in order.
    packed.catch(() => {});
    waiting++;
    tail = tail
      .then(() => (failure === undefined ? finishMember(packed, index, size) : undefined))
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => {
        waiting--;
        wake?.();
      });
  }

  async function ready(): Promise<void> {
    while (waiting >= IN_FLIGHT && failure === undefined) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== undefined) throw failure;
  }

  async function drained(): Promise<void> {
    await tail;
    if (failure !== undefined) throw failure;
  }

  return {
    members,
    cut: (bytes: Buffer) => add(pack(bytes), bytes.length),
    put: (bytes: Buffer, size: number) => add(Promise.resolve(bytes), size),
    ready,
    drained,
    position: () => position,
  };
}

/** Follows headers, bodies and padding, and decides where a member ends. */
function createCutWalk(emit: (bytes: Buffer) => void, onEntry: (position: EntryPosition) => void) {
  let pending: Buffer[] = [];
  let pendingSize = 0;
  let cuts = 0;
  let header: Buffer[] = [];
  let headerSize = 0;
  let body = 0;
  let padding = 0;
  let start: EntryPosition | undefined;
  let isMeta = false;

  function cut(): void {
    if (pendingSize === 0) return;
    emit(pending.length === 1 ? pending[0]! : Buffer.concat(pending, pendingSize));
    pending = [];
    pendingSize = 0;
    cuts++;
  }

  function keep(bytes: Buffer): void {
    if (bytes.length === 0) return;
    pending.push(bytes);
    pendingSize += bytes.length;
  }

  function keepBody(bytes: Buffer): void {
    let rest = bytes;
    while (rest.length > 0) {
      if (pendingSize < MEMBER_TARGET) {
        const room = Math.min(rest.length, MEMBER_TARGET - pendingSize);
        keep(rest.subarray(0, room));
        rest = rest.subarray(room);
        continue;
      }
      const window = rest.subarray(0, MEMBER_MAX - pendingSize);
      const newline = window.indexOf(NEWLINE);
      const take = newline < 0 ? window.length : newline + 1;
      keep(rest.subarray(0, take));
      if (newline >= 0 || pendingSize >= MEMBER_MAX) cut();
      rest = rest.subarray(take);
    }
  }

  function endPart(): void {
    if (body > 0 || padding > 0 || start === undefined || isMeta) return;
    onEntry(start);
    start = undefined;
  }

  function readHeader(): void {
    const parsed = parseTarHeader(header.length === 1 ? header[0]! : Buffer.concat(header));
    header = [];
    headerSize = 0;
    if (!parsed) {
      start = undefined;
      return;
    }
    isMeta = parsed.type === 'x' || parsed.type === 'g' || parsed.type === 'L' || parsed.type === 'K';
    body = parsed.size;
    padding = paddingOf(parsed.size);
    endPart();
  }

  function pushHeader(bytes: Buffer): number {
    if (headerSize === 0 && start === undefined) {
      if (pendingSize >= MEMBER_TARGET) cut();
      start = { member: cuts, offset: pendingSize };
    }
    const take = Math.min(BLOCK - headerSize, bytes.length);
    const part = bytes.subarray(0, take);
    header.push(part);
    headerSize += take;
    keep(part);
    if (headerSize === BLOCK) readHeader();
    return take;
  }

  function push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      let take: number;
      if (body > 0) {
        take = Math.min(body, rest.length);
        body -= take;
        keepBody(rest.subarray(0, take));
        endPart();
      } else if (padding > 0) {
        take = Math.min(padding, rest.length);
        padding -= take;
        keep(rest.subarray(0, take));
        endPart();
      } else {
        take = pushHeader(rest);
      }
      rest = rest.subarray(take);
    }
  }

  /** A member that did not come through here. */
  function pass(): void {
    cuts++;
  }

  return { push, cut, pass };
}
