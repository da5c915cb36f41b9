/** What is wrong with a pattern, for the person who wrote it. */
export class PatternError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatternError';
  }
}

/** What is known of a pattern that is safe to run. */
export interface CheckedPattern {
  /** Longest text it can match, in characters. */
  readonly longest: number;
  /** A text every match holds; empty when there is none of four characters. */
  readonly literal: string;
}

/** Longest pattern, in characters. */
const MAX_SOURCE = 500;
/** Longest match. */
const MAX_LENGTH = 2048;
/** Ways to match at one position: the product of the widths of all repetitions. */
const MAX_WAYS = 10_000;
/** A literal shorter than this tells lines apart too badly. */
const LITERAL = 4;

interface Part {
  readonly shortest: number;
  readonly longest: number;
  readonly ways: number;
  /** Whether it matches texts of different lengths or has alternatives: it must not be repeated. */
  readonly varies: boolean;
  /** Characters, when it is exactly one literal character. */
  readonly character?: string;
  /** Longest text that every match holds. */
  readonly literal: string;
}

/**
 * Reads a regular expression and proves that it cannot run away: every repetition has an upper limit, nothing that
 * varies is repeated, and there are few ways to match. Throws PatternError for anything else.
 */
export function checkPattern(source: string): CheckedPattern {
  if (source === '') throw new PatternError('is empty');
  if (source.length > MAX_SOURCE) throw new PatternError(`is longer than ${MAX_SOURCE} characters`);
  if (/[^\x20-\x7e]/.test(source)) throw new PatternError('holds other characters than those of ASCII');
  try {
    new RegExp(source);
  } catch {
    throw new PatternError('is not a regular expression');
  }
  const reader = createReader(source);
  const whole = reader.alternatives();
  if (!reader.ended()) throw new PatternError('has a parenthesis too many');
  if (whole.shortest === 0) throw new PatternError('matches the empty text');
  if (whole.longest > MAX_LENGTH) throw new PatternError(`can match more than ${MAX_LENGTH} characters`);
  if (whole.ways > MAX_WAYS)
    throw new PatternError('has too many ways to match; give its repetitions lower limits');
  return { longest: whole.longest, literal: whole.literal.length >= LITERAL ? whole.literal : '' };
}

function createReader(source: string) {
  let at = 0;

  function alternatives(): Part {
    const parts = [sequence()];
    while (source[at] === '|') {
      at++;
      parts.push(sequence());
    }
    if (parts.length === 1) return parts[0]!;
    return {
      shortest: Math.min(...parts.map(({ shortest }) => shortest)),
      longest: Math.max(...parts.map(({ longest }) => longest)),
      ways: parts.reduce((sum, { ways }) => sum + ways, 0),
      varies: true,
      literal: '',
    };
  }

  function sequence(): Part {
    const parts: Part[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(atom()));
    return {
      shortest: parts.reduce((sum, { shortest }) => sum + shortest, 0),
      longest: parts.reduce((sum, { longest }) => sum + longest, 0),
      ways: parts.reduce((product, { ways }) => Math.min(product * ways, Number.MAX_SAFE_INTEGER), 1),
      varies: parts.some(({ varies }) => varies),
      literal: longestRun(parts),
    };
  }

  function atom(): Part {
    const character = source[at++]!;
    if (character === '(') return group();
    if (character === '[') return characterClass();
    if (character === '\\') return escaped();
    if (character === '^' || character === '$') return nothing();
    if ('*+?{'.includes(character)) throw new PatternError(`has "${character}" without anything before it`);
    return character === '.' ? one() : one(character);
  }

  function group(): Part {
    if (source.startsWith('?:', at)) at += 2;
    else if (source[at] === '?') throw new PatternError('has a lookaround or a named group; use (?:…)');
    const part = alternatives();
    at++;
    return part;
  }

  function characterClass(): Part {
    for (; source[at] !== ']'; at++) if (source[at] === '\\') at++;
    at++;
    return one();
  }

  function escaped(): Part {
    const character = source[at++]!;
    if (/[1-9k]/.test(character)) throw new PatternError('refers back to a group');
    if (/[bB]/.test(character)) return nothing();
    if (/[dDwWsStrnfv]/.test(character)) return one();
    if (/[a-zA-Z0-9]/.test(character))
      throw new PatternError(`has the escape \\${character}, which is not taken`);
    return one(character);
  }

  function repeated(part: Part): Part {
    const [from, to] = limits();
    if (from === 1 && to === 1) return part;
    if (part.varies && to > 1)
      throw new PatternError('repeats something that varies itself, which can take for ever');
    return {
      shortest: part.shortest * from,
      longest: part.longest * to,
      ways: part.ways * (to - from + 1),
      varies: from !== to || part.varies,
      literal: from > 0 ? part.literal : '',
    };
  }

  function limits(): readonly [number, number] {
    const found = /^(?:[*+?]|\{(\d{1,6})(,?)(\d{0,6})\})\??/.exec(source.slice(at));
    if (!found) return [1, 1];
    at += found[0].length;
    const sign = found[0][0]!;
    if (sign === '?') return [0, 1];
    const least = Number(found[1] ?? (sign === '+' ? 1 : 0));
    if (sign !== '{' || (found[2] === ',' && found[3] === ''))
      throw new PatternError(`repeats without an upper limit; write {${least},64}`);
    const most = found[2] === ',' ? Number(found[3]) : least;
    return [least, most];
  }

  return { alternatives, ended: () => at === source.length };
}

function one(character?: string): Part {
  return { shortest: 1, longest: 1, ways: 1, varies: false, character, literal: character ?? '' };
}

function nothing(): Part {
  return { shortest: 0, longest: 0, ways: 1, varies: false, literal: '' };
}

function longestRun(parts: readonly Part[]): string {
  let best = '';
  let run = '';
  for (const { character, literal, longest } of parts) {
    if (longest === 0) continue;
    run = character === undefined ? '' : run + character;
    for (const text of [run, literal]) if (text.length > best.length) best = text;
  }
  return best;
}
