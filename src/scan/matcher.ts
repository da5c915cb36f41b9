import { blockFrequency, blockHash, chooseWindows, HASH_SIZE } from './literal-window.ts';
import { literalSet, type ScanPattern } from './pattern.ts';

/** A range being searched, and the literals found in it: start index and literal, in the order met. */
export interface Candidates {
  from: number;
  to: number;
  at: Int32Array;
  literal: Int32Array;
  length: number;
}

/**
 * All patterns compiled into one Wu–Manber matcher over blocks of three bytes. Immutable but for scratch
 * lists; one per thread, shared by any number of sections.
 */
export interface Matcher {
  readonly patterns: readonly ScanPattern[];
  /** Pattern indexes by literal. */
  readonly owners: readonly Int32Array[];
  /** The literals of each pattern, as declared. */
  readonly literals: readonly (readonly Buffer[])[];
  readonly windowSize: number;
  readonly shift: Uint8Array;
  /** By block hash: 1 + index of the first entry whose window ends with the block; 0 for none. */
  readonly bucket: Uint16Array;
  /** Entries, grouped by bucket: literal, index of the window's last byte in it; -1 ends a group. */
  readonly entryLiteral: Int32Array;
  readonly entryEnd: Int32Array;
  /** All literals one after another, and where each begins (one more than literals). */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  /** Carry buffers of ended sections: thousands of logs would otherwise make the collector walk the heap. */
  readonly spare: Buffer[];
  /** Reused by every scan: the two halves of a region, and the pieces of a long line. */
  readonly scratch: { readonly front: Candidates; readonly back: Candidates; readonly piece: Candidates };
}

/** How to compile. */
export interface MatcherOptions {
  /** A MiB or so of what will be scanned; makes the scan faster, never changes its result. */
  readonly sample?: Uint8Array;
}

/** More literals than this would not fit the bucket table. */
const LITERALS_MAX = 30_000;

/** Compiles patterns; throws an Error naming the pattern when a literal or expression is not usable. */
export function compileMatcher(patterns: readonly ScanPattern[], options: MatcherOptions = {}): Matcher {
  const { literals, owners, byPattern } = literalSet(patterns);
  if (literals.length > LITERALS_MAX) {
    throw new Error(`${literals.length} log literals, at most ${LITERALS_MAX} fit one matcher`);
  }
  const windows = chooseWindows(literals, blockFrequency(options.sample));
  const starts = new Int32Array(literals.length + 1);
  for (const [index, literal] of literals.entries()) starts[index + 1] = starts[index]! + literal.length;
  return {
    patterns,
    owners,
    literals: byPattern,
    windowSize: windows.size,
    shift: windows.shift,
    ...buckets(literals, windows.starts, windows.size),
    bytes: Buffer.concat(literals),
    starts,
    spare: [],
    scratch: { front: candidates(), back: candidates(), piece: candidates() },
  };
}

function buckets(literals: readonly Uint8Array[], windowStarts: Int32Array, size: number) {
  const groups = new Map<number, number[]>();
  for (const [index, literal] of literals.entries()) {
    const end = windowStarts[index]! + size - 1;
    const hash = blockHash(literal[end - 2]!, literal[end - 1]!, literal[end]!);
    const group = groups.get(hash);
    if (group) group.push(index);
    else groups.set(hash, [index]);
  }
  const bucket = new Uint16Array(HASH_SIZE);
  const entryLiteral: number[] = [];
  const entryEnd: number[] = [];
  for (const [hash, group] of groups) {
    bucket[hash] = entryLiteral.length + 1;
    for (const index of group) {
      entryLiteral.push(index);
      entryEnd.push(windowStarts[index]! + size - 1);
    }
    entryLiteral.push(-1);
    entryEnd.push(-1);
  }
  return { bucket, entryLiteral: Int32Array.from(entryLiteral), entryEnd: Int32Array.from(entryEnd) };
}

function candidates(): Candidates {
  return { from: 0, to: 0, at: new Int32Array(256), literal: new Int32Array(256), length: 0 };
}
