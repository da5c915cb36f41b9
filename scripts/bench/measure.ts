import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A command to be measured as a whole process. */
export interface Contestant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Undefined: the tool is not on this machine. */
  readonly available: boolean;
}

/** What several runs took. */
export interface Figures {
  readonly name: string;
  /** Wall seconds of each run. */
  readonly seconds: readonly number[];
  /** Largest resident set of any run, MiB; undefined without GNU time. */
  readonly peak: number | undefined;
  /** Median of this contestant's wall time divided by the base's of the same round. */
  readonly ratio: number;
}

const TIME = '/usr/bin/time';

/** A command, looked up on PATH. */
export function contestant(name: string, command: string, args: readonly string[]): Contestant {
  const found = spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
  return { name, command, args, available: found };
}

/** Runs all contestants in turn, round by round, so that a slow moment hits all alike; the first is the base. */
export function race(contestants: readonly Contestant[], rounds: number): Figures[] {
  const present = contestants.filter((one) => one.available);
  const results = new Map(
    present.map((one) => [one.name, { seconds: [] as number[], peaks: [] as number[] }]),
  );
  for (let round = 0; round <= rounds; round++) {
    for (const one of present) {
      const { seconds, peak } = runOnce(one);
      if (round === 0) continue;
      results.get(one.name)?.seconds.push(seconds);
      if (peak !== undefined) results.get(one.name)?.peaks.push(peak);
    }
  }
  const base = results.get(present[0]?.name ?? '')?.seconds ?? [];
  return present.map(({ name }) => {
    const { seconds, peaks } = results.get(name) as { seconds: number[]; peaks: number[] };
    const ratio = median(seconds.map((one, round) => one / (base[round] as number)));
    return { name, seconds, peak: peaks.length > 0 ? Math.max(...peaks) : undefined, ratio };
  });
}

function runOnce({ name, command, args }: Contestant): { seconds: number; peak: number | undefined } {
  const timed = existsSync(TIME);
  const started = process.hrtime.bigint();
  const run = spawnSync(timed ? TIME : command, timed ? ['-f', '%M', command, ...args] : args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (run.status !== 0) throw new Error(`${name}: exit ${run.status}: ${run.stderr}`);
  const peak = timed ? Number(run.stderr.trim().split('\n').at(-1)) / 1024 : undefined;
  return { seconds, peak };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints figures as a table. */
export function printFigures(title: string, figures: readonly Figures[], note = ''): void {
  console.log(`\n${title}${note ? ` — ${note}` : ''}`);
  for (const { name, seconds, peak, ratio } of figures) {
    const memory = peak === undefined ? '' : `${peak.toFixed(0).padStart(6)} MiB`;
    console.log(
      `  ${name.padEnd(34)} ${median(seconds).toFixed(2).padStart(7)} s  ${ratio.toFixed(2).padStart(6)}x ${memory}`,
    );
  }
}
