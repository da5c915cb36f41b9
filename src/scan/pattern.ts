/** What the scanner searches for; a declared log signal with the id the caller knows it by. */
export interface ScanPattern {
  readonly id: string;
  /** Literals looked for in raw bytes, case-sensitive, UTF-8, 8 to 1024 bytes each, without a line break. */
  readonly any: readonly string[];
  /** Confirms a line that holds one of the literals; without the flags `g` and `y`. */
  readonly re?: RegExp;
}

/** Shorter literals would cut the matcher's jumps: measured half the speed with four of them. */
export const LITERAL_MIN_BYTES = 8;
/** Pieces of a long line overlap by more than this, so no literal is lost between two of them. */
export const LITERAL_MAX_BYTES = 1024;

/** The different literals of a set of patterns, and which patterns each belongs to. */
export interface LiteralSet {
  readonly literals: readonly Buffer[];
  /** Indexes into the patterns, by literal. */
  readonly owners: readonly Int32Array[];
  /** The literals of each pattern, as declared. */
  readonly byPattern: readonly (readonly Buffer[])[];
}

/** Gathers and checks the literals; throws an Error that names the pattern and what is wrong with it. */
export function literalSet(patterns: readonly ScanPattern[]): LiteralSet {
  const ids = new Set<string>();
  const owners = new Map<string, Set<number>>();
  for (const [index, pattern] of patterns.entries()) {
    if (ids.has(pattern.id)) throw new Error(`log pattern ${pattern.id}: declared twice`);
    ids.add(pattern.id);
    checkPattern(pattern);
    for (const literal of pattern.any) {
      const known = owners.get(literal);
      if (known) known.add(index);
      else owners.set(literal, new Set([index]));
    }
  }
  return {
    literals: [...owners.keys()].map((literal) => Buffer.from(literal, 'utf8')),
    owners: [...owners.values()].map((indexes) => Int32Array.from(indexes)),
    byPattern: patterns.map((pattern) => pattern.any.map((literal) => Buffer.from(literal, 'utf8'))),
  };
}

function checkPattern(pattern: ScanPattern): void {
  const say = (what: string) => new Error(`log pattern ${pattern.id}: ${what}`);
  if (pattern.any.length === 0) throw say('needs at least one literal');
  for (const literal of pattern.any) {
    const quoted = JSON.stringify(literal);
    const bytes = Buffer.byteLength(literal, 'utf8');
    if (!literal.isWellFormed()) throw say(`literal ${quoted} is not well-formed Unicode`);
    if (bytes < LITERAL_MIN_BYTES) {
      throw say(`literal ${quoted} has ${bytes} bytes, at least ${LITERAL_MIN_BYTES} are needed`);
    }
    if (bytes > LITERAL_MAX_BYTES) {
      throw say(`literal of ${bytes} bytes, at most ${LITERAL_MAX_BYTES} are allowed`);
    }
    if (literal.includes('\n'))
      throw say(`literal ${quoted} holds a line break, lines are judged one by one`);
  }
  if (pattern.re?.global || pattern.re?.sticky) {
    throw say(`expression ${pattern.re} has the flag g or y, which carries state from line to line`);
  }
}
