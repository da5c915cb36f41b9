import type { EntryGate } from './entry-gate.ts';
import { BLOCK, paddingOf, parsePax, parseTarHeader, readText, type TarHeader } from './tar-header.ts';
import { BROKEN_HEADER, ENDED_EARLY, type TarSource } from './tar-source.ts';

/** Pax headers and GNU long names above this are taken for damage; tar's Parser has the same limit. */
const MAX_META = 1024 * 1024;

const META_TYPES = new Set(['x', 'g', 'L', 'K']);
const FILE_TYPES = new Set(['0', '7']);
const LINK_TYPES = new Set(['1', '2']);

/**
 * Reads our own tar by hand, 512 bytes at a time: measured as fast as inflating alone. Knows ustar, pax,
 * GNU long names and base-256 sizes; stops at the first block that is no header.
 */
export function createTarWalk(gate: EntryGate): TarSource {
  let header = Buffer.alloc(BLOCK);
  let headerSize = 0;
  let body = 0;
  let padding = 0;
  let open = false;
  let meta: { type: string; parts: Buffer[] } | undefined;
  let next: { path?: string; link?: string; size?: number } = {};
  let zeros = 0;
  let ended = false;
  let broken: string | undefined;

  function readMeta(type: string, bytes: Buffer): void {
    if (type === 'L') next.path = readText(bytes, 0, bytes.length);
    if (type === 'K') next.link = readText(bytes, 0, bytes.length);
    if (type !== 'x') return;
    const pax = parsePax(bytes);
    const size = Number(pax.get('size') ?? Number.NaN);
    next = {
      path: pax.get('path') ?? next.path,
      link: pax.get('linkpath') ?? next.link,
      size: Number.isSafeInteger(size) && size >= 0 ? size : undefined,
    };
  }

  function openEntry(parsed: TarHeader): void {
    const isLink = LINK_TYPES.has(parsed.type);
    const size = isLink || parsed.type === '5' ? 0 : (next.size ?? parsed.size);
    const path = next.path ?? parsed.path;
    const link = isLink ? hardLinkAsRelative(parsed.type, path, next.link ?? parsed.link) : undefined;
    next = {};
    body = size;
    padding = paddingOf(size);
    open = FILE_TYPES.has(parsed.type) || isLink;
    if (open) gate.open({ path, size, link, modified: new Date(parsed.mtime * 1000) });
  }

  function readHeader(): void {
    const parsed = parseTarHeader(header);
    header = Buffer.alloc(BLOCK);
    headerSize = 0;
    if (parsed === undefined) {
      broken = BROKEN_HEADER;
      return;
    }
    if (parsed === null) {
      zeros++;
      ended = zeros === 2;
      return;
    }
    zeros = 0;
    if (META_TYPES.has(parsed.type)) {
      if (parsed.size > MAX_META) broken = BROKEN_HEADER;
      meta = { type: parsed.type, parts: [] };
      body = parsed.size;
      padding = paddingOf(parsed.size);
    } else openEntry(parsed);
    if (body === 0) endBody();
  }

  function endBody(): void {
    if (meta) {
      readMeta(meta.type, Buffer.concat(meta.parts));
      meta = undefined;
    } else if (open) {
      open = false;
      gate.close();
    }
  }

  function takeBody(bytes: Buffer): void {
    body -= bytes.length;
    if (meta) meta.parts.push(Buffer.from(bytes));
    else if (open) gate.chunk(bytes);
    if (body === 0) endBody();
  }

  function takeHeader(bytes: Buffer): number {
    const take = Math.min(BLOCK - headerSize, bytes.length);
    bytes.copy(header, headerSize, 0, take);
    headerSize += take;
    if (headerSize === BLOCK) readHeader();
    return take;
  }

  function write(chunk: Buffer): boolean {
    let at = 0;
    while (at < chunk.length) {
      if (ended || broken !== undefined || gate.stopped() !== undefined) return false;
      const left = chunk.length - at;
      if (body > 0) {
        const take = Math.min(body, left);
        takeBody(chunk.subarray(at, at + take));
        at += take;
      } else if (padding > 0) {
        const take = Math.min(padding, left);
        padding -= take;
        at += take;
      } else at += takeHeader(chunk.subarray(at));
    }
    return !ended && broken === undefined;
  }

  return {
    write,
    end() {
      if (open) gate.close(false);
      if (broken !== undefined || ended) return broken;
      return ENDED_EARLY;
    },
  };
}

/** A hard link names its target from the root of the archive; seen from its folder it climbs there first. */
function hardLinkAsRelative(type: string, path: string, target: string): string {
  if (type === '2') return target;
  const depth = path.split('/').filter((segment) => segment !== '' && segment !== '.').length - 1;
  return '../'.repeat(Math.max(0, depth)) + target;
}
