import { createHash, type Hash } from 'node:crypto';
import { BLOCK, paddingOf, parsePax, parseTarHeader } from './tar-header.ts';

/** A whole entry of an archive that ends early. */
export interface PrefixEntry {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
  /** Where its first header begins, and where the next entry would: bytes of the uncompressed archive. */
  readonly from: number;
  readonly to: number;
  /** Its first bytes. */
  readonly head: Buffer;
  /** Of its header, seconds since 1970. */
  readonly mtime: number;
}

/** Takes an uncompressed tar of ours piece by piece. */
export interface PrefixWalk {
  push(bytes: Buffer): void;
  /** Entries that came whole, with their padding. */
  readonly entries: readonly PrefixEntry[];
}

/** Bytes kept of each entry: the first line of a list, or all of metadata.json. */
const HEAD_BYTES = 64 * 1024;

/** A pax header holds a path and little else. */
const PAX_MAX = 64 * 1024;

interface OpenEntry {
  readonly path: string;
  readonly size: number;
  readonly pax: boolean;
  readonly mtime: number;
  left: number;
  padding: number;
}

/** Follows headers, bodies and padding; stops at the first block that is no header. */
export function createPrefixWalk(): PrefixWalk {
  const entries: PrefixEntry[] = [];
  let at = 0;
  let from = 0;
  let header: Buffer = Buffer.alloc(0);
  let long: string | undefined;
  let open: OpenEntry | undefined;
  let head: Buffer[] = [];
  let held = 0;
  let hash: Hash = createHash('sha256');
  let stopped = false;

  function begin(): void {
    const parsed = parseTarHeader(header);
    header = Buffer.alloc(0);
    const isPax = parsed?.type === 'x';
    if (!parsed || (!isPax && parsed.type !== '0') || (isPax && parsed.size > PAX_MAX)) {
      stopped = true;
      return;
    }
    const path = isPax ? '' : (long ?? parsed.path);
    const { size, mtime } = parsed;
    open = { path, size, mtime, pax: isPax, left: size, padding: paddingOf(size) };
    head = [];
    held = 0;
    hash = createHash('sha256');
    endIfDone();
  }

  function endIfDone(): void {
    if (open === undefined || open.left > 0 || open.padding > 0) return;
    const { path, size, pax, mtime } = open;
    const bytes = Buffer.concat(head);
    open = undefined;
    if (pax) {
      long = parsePax(bytes).get('path');
      return;
    }
    entries.push({ path, size, sha256: hash.digest('hex'), from, to: at, head: bytes, mtime });
    long = undefined;
    from = at;
  }

  /** Takes part of a body; the bytes are a view that may be reused. */
  function body(bytes: Buffer): void {
    hash.update(bytes);
    if (held >= HEAD_BYTES) return;
    const kept = Buffer.from(bytes.subarray(0, HEAD_BYTES - held));
    head.push(kept);
    held += kept.length;
  }

  function take(bytes: Buffer): number {
    if (open === undefined) {
      const part = bytes.subarray(0, BLOCK - header.length);
      header = Buffer.concat([header, part]);
      at += part.length;
      if (header.length === BLOCK) begin();
      return part.length;
    }
    const isBody = open.left > 0;
    const length = Math.min(bytes.length, isBody ? open.left : open.padding);
    at += length;
    if (isBody) {
      open.left -= length;
      body(bytes.subarray(0, length));
    } else open.padding -= length;
    endIfDone();
    return length;
  }

  return {
    entries,
    push(bytes) {
      for (let done = 0; done < bytes.length && !stopped; ) done += take(bytes.subarray(done));
    },
  };
}
