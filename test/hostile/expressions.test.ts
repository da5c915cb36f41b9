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

/** Milliseconds for one method of checking; the automaton of a large expression needs some of them. */
const PATIENCE = 3000;

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

/**
 * Whether an expression has at most one repeat: tried from every place of a text, and each time to its end at
 * most, it stays below the square of it without further proof.
 */
function isSimple({ source }: Expression): boolean {
  const bare = source.replace(/\\./gs, 'x').replace(/\[[^\]]*\]/g, 'x');
  const repeats = bare.match(/[*+]|\{\d+,\d*\}/g) ?? [];
  return repeats.length <= 1;
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
  const proof = await check(relaxed(one.source), flags, { checker: 'automaton', timeout: PATIENCE });
  if (proof.status === 'safe' || (proof.status === 'vulnerable' && !isAttack(proof))) return undefined;
  const tried = await check(one.source, flags, { checker: 'fuzz', timeout: PATIENCE });
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

  it('never backtrack more than the square of their text', { timeout: 2_400_000 }, async () => {
    const all = expressions();

    expect(all.length).toBeGreaterThan(800);
    expect(await attacksOn(all.filter((one) => !isSimple(one)))).toEqual([]);
  });
});
