import { Parser, type ReadEntry } from 'tar';
import type { EntryGate } from './entry-gate.ts';
import { BLOCK } from './tar-header.ts';
import { BROKEN_HEADER, ENDED_EARLY, type TarSource } from './tar-source.ts';

const FILE_TYPES = new Set(['File', 'OldFile', 'ContiguousFile']);
const LINK_TYPES = new Set(['SymbolicLink', 'Link']);

/**
 * Reads foreign tar, packed by gzip or not, with the parser of the `tar` package. What the parser forgives is
 * not forgiven here: it ends a cut entry as if whole (the gate compares with the announced size), and skips
 * blocks that are no header (nothing after the first is read).
 */
export function createTarParserSource(gate: EntryGate, packed: 'gzip' | 'tar' = 'tar'): TarSource {
  let ended = false;
  let broken: string | undefined;
  let finished = false;
  const parser = new Parser({
    // What is gzip it sees by itself; how much may come out of it is for the gate and its caller to say.
    gzip: false,
    zstd: false,
    brotli: false,
    maxDecompressionRatio: Number.POSITIVE_INFINITY,
    strict: false,
    filter: () => !ended && broken === undefined && gate.stopped() === undefined,
    onReadEntry,
    onwarn(code: string) {
      if (code === 'TAR_ENTRY_INVALID' || code === 'TAR_ABORT') broken ??= BROKEN_HEADER;
    },
  });
  parser.on('eof', () => {
    ended = true;
  });

  // Only inflating ends the parser for good.
  parser.on('error', (error: unknown) => {
    broken ??= `the archive is damaged (${(error as Error).message})`;
  });

  function onReadEntry(entry: ReadEntry): void {
    const isLink = LINK_TYPES.has(entry.type);
    if (!isLink && !FILE_TYPES.has(entry.type)) {
      entry.resume();
      return;
    }
    gate.open({
      path: entry.path,
      size: isLink ? 0 : entry.size,
      modified: entry.mtime,
      link: isLink ? relativeLink(entry) : undefined,
    });
    entry.on('data', (bytes: Buffer) => {
      if (!isLink && gate.stopped() === undefined) gate.chunk(bytes);
    });
    entry.on('end', () => gate.close(true));
    entry.resume();
  }

  // The parser keeps what is left of a chunk after its last whole block, and chunks do not outlive the call.
  const take = (bytes: Buffer): boolean => parser.write(bytes);
  const blocks = packed === 'gzip' ? smallPieces(take) : wholeBlocks(take);

  return {
    write(chunk) {
      if (ended || broken !== undefined || gate.stopped() !== undefined) return false;
      blocks.write(chunk);
      return !ended && broken === undefined;
    },
    end() {
      if (!finished) {
        finished = true;
        blocks.end();
        parser.end();
      }
      return broken ?? (ended ? undefined : ENDED_EARLY);
    },
  };
}

/** Cuts a stream at block borders, holding back a copy of an unfinished block. */
function wholeBlocks(take: (blocks: Buffer) => void): { write(chunk: Buffer): void; end(): void } {
  const held = Buffer.alloc(BLOCK);
  let size = 0;
  function fill(chunk: Buffer): number {
    const taken = chunk.copy(held, size);
    size += taken;
    if (size < BLOCK) return taken;
    take(Buffer.from(held));
    size = 0;
    return taken;
  }
  return {
    write(chunk) {
      const from = size > 0 ? fill(chunk) : 0;
      const to = chunk.length - ((chunk.length - from) % BLOCK);
      if (to > from) take(chunk.subarray(from, to));
      if (to < chunk.length) size = chunk.copy(held, 0, to);
    },
    end() {
      if (size > 0) take(held.subarray(0, size));
    },
  };
}

/** Compressed bytes inflated at a time, all that comes out of them in memory: 16 MiB at most. */
const PIECE = 16 * 1024;

/** Cuts gzip into copied pieces; the parser inflates each before its call returns. */
function smallPieces(take: (piece: Buffer) => void): { write(chunk: Buffer): void; end(): void } {
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length; at += PIECE) take(Buffer.from(chunk.subarray(at, at + PIECE)));
    },
    end() {},
  };
}

/** Hard links name their target from the root of the archive, symbolic links from their folder. */
function relativeLink(entry: ReadEntry): string {
  const target = entry.linkpath ?? '';
  if (entry.type === 'SymbolicLink') return target;
  const depth = entry.path.split('/').filter((segment) => segment !== '' && segment !== '.').length - 1;
  return '../'.repeat(Math.max(0, depth)) + target;
}
