import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type AttackPattern, check, type Diagnostics } from 'recheck';
import { describe, expect, it } from 'vitest';
import { runWithDeadline } from '../../src/analyze/deadline.ts';
import { PIECE_BYTES } from '../../src/scan/region.ts';
import { type Expression, literalsOf, sourceFiles } from '../security/expressions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['src', 'analyzers', 'collectors'];
const CONSTRUCTED = fileURLToPath(new URL('../security/constructed.ts', import.meta.url));

/** Checks at once: one for each core of a small machine. */
const AT_ONCE = 2;

/** Milliseconds for the proof of one expression; the automaton of a large one needs more and is given up. */
const PROOF_MS = 1000;

/** Milliseconds of attacks upon an expression that was not proven; those that succeed do so at once. */
const ATTACK_MS = 600;

/** Every built-in expression once, literals and those made when a module is loaded. */
function expressions(): Expression[] {
  const made = JSON.parse(
    execFileSync(process.execPath, [CONSTRUCTED], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
  ) as Expression[];
  const literals = FOLDERS.flatMap((folder) =>
    sourceFiles(ROOT, folder).flatMap((path) => literalsOf(ROOT, path)),
  );
  return [...new Map([...literals, ...made].map((one) => [`/${one.source}/${one.flags}`, one])).values()];
}

/** Flags that change nothing of the matching and that the checker does not know. */
function flagsOf({ flags }: Expression): string {
  return flags.replace(/[dv]/g, '');
}

/** Counted repeats as endless ones: no less ambiguous, and small for an automaton. */
function relaxed(source: string): string {
  return source.replace(/\{(\d+),(\d+)\}/g, (whole, from: string, to: string) =>
    Number(to) > 16 ? `{${Math.min(4, Number(from))},}` : whole,
  );
}

/** An attack that grows faster than the square of the text; undefined when none was found. */
function isAttack(found: Diagnostics): boolean {
  if (found.status !== 'vulnerable') return false;
  const { complexity } = found;
  return complexity.type === 'exponential' || (complexity.type === 'polynomial' && complexity.degree > 2);
}

/** A repeat of one character that is this short at most multiplies the time by a constant. */
const SHORT = 8;

/**
 * Whether an expression stays below the square of its text without further proof: each repeat is of one character,
 * and one of them is tried from every place of a text, or two from its beginning only.
 */
function isSimple({ source, flags }: Expression): boolean {
  const bare = source.replace(/\\./gs, 'x').replace(/\[[^\]]*\]/g, 'x');
  if (/\)(?:[*+]|\{\d+,)/.test(bare)) return false;
  const short = [...bare.matchAll(/\{\d+,(\d+)\}/g)].filter(([, to]) => Number(to) <= SHORT).length;
  const repeats = (bare.match(/[*+]|\{\d+,\d*\}/g) ?? []).length - short;
  const isAnchored = bare.startsWith('^') && !bare.includes('|') && !flags.includes('m');
  return short <= 3 && repeats <= (isAnchored ? 2 : 1);
}

/** Whether an attack as long as a piece of a log line ends within some seconds. */
function endsInTime(one: Expression, { pumps, suffix }: AttackPattern): boolean {
  const size = PIECE_BYTES / Math.max(1, pumps.length);
  const text = pumps
    .map(({ prefix, pump }) => prefix + pump.repeat(Math.ceil(size / Math.max(1, pump.length))))
    .join('');
  const run = () => new RegExp(one.source, one.flags).test(text + suffix) || true;
  const [ended] = runWithDeadline([{ run, stopped: () => false }], {
    seconds: 3,
    onStopped: () => undefined,
  });
  return ended ?? false;
}

/** By automaton, which proves; else by attacks of all kinds upon the expression as it stands. */
async function attackOn(one: Expression): Promise<string | undefined> {
  const flags = flagsOf(one);
  const proof = await check(relaxed(one.source), flags, { checker: 'automaton', timeout: PROOF_MS });
  if (proof.status === 'safe' || (proof.status === 'vulnerable' && !isAttack(proof))) return undefined;
  const tried = await check(one.source, flags, { checker: 'fuzz', timeout: ATTACK_MS });
  if (!isAttack(tried) || tried.status !== 'vulnerable') return undefined;
  // Counted repeats make the fuzzer see powers where there are none: the attack is tried at full length.
  if (tried.complexity.type === 'polynomial' && endsInTime(one, tried.attack)) return undefined;
  return `${one.place} /${one.source}/ is ${tried.complexity.summary}: ${tried.attack.pattern}`;
}

async function attacksOn(all: readonly Expression[]): Promise<string[]> {
  const waiting = [...all];
  const attacks: string[] = [];
  async function work(): Promise<void> {
    for (let one = waiting.pop(); one; one = waiting.pop()) {
      const attack = await attackOn(one);
      if (attack !== undefined) attacks.push(attack);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return attacks.sort();
}

describe('built-in expressions', () => {
  it('are told from the attacks the check is for', async () => {
    const bad = (source: string): Expression => ({ source, flags: '', place: 'test' });

    expect(await attacksOn([bad(['^(a', '+)+$'].join('')), bad(['^(a|', 'a)*$'].join(''))])).toHaveLength(2);
    expect(await attacksOn([bad('^a+b$')])).toEqual([]);
  });

  it('never backtrack more than the square of their text', { timeout: 900_000 }, async () => {
    const all = expressions();

    expect(all.length).toBeGreaterThan(800);
    expect(await attacksOn(all.filter((one) => !isSimple(one)))).toEqual([]);
  });
});
