import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The entry point, run from source: Node strips the types. */
export const MAIN: string = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

/** How one run of the command line ended. */
export interface CliResult {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run may be given beside its arguments. */
export interface CliOptions {
  readonly cwd?: string;
  /** Added to an environment without HOME, KUBECONFIG, NO_COLOR and CI. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Arguments of node itself, before the script. */
  readonly nodeArgs?: readonly string[];
  /** Program and arguments that start node. */
  readonly through?: readonly string[];
  /** A descriptor the child writes its stdout to; `stdout` of the result is then empty. */
  readonly stdoutFd?: number;
}

/** What starts a program (see `through`) that can write no file larger than this: a disk that fills up, without one. */
export function smallDisk(bytes: number): readonly string[] {
  return ['sh', '-c', `trap '' XFSZ; ulimit -f ${Math.ceil(bytes / 512)}; exec "$@"`, 'sh'];
}

/** A run that has not ended yet. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** Resolves when stderr holds the text; rejects when the process ends before. */
  stderrHas(text: string): Promise<void>;
}

/** Starts `kubecase` as a child process. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const [program, ...before] = [...(options.through ?? []), process.execPath];
  const spawnOptions: SpawnOptions = {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, ...options.env },
    stdio: ['pipe', options.stdoutFd ?? 'pipe', 'pipe'],
  };
  const child = spawn(program!, [...before, ...(options.nodeArgs ?? []), MAIN, ...args], spawnOptions);
  const text = { stdout: '', stderr: '' };
  let waiting: (() => void)[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const look of waiting) look();
    });
  }
  // A child that refuses its arguments closes its input before everything is written.
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.stdin);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return {
    child,
    ended,
    async stderrHas(wanted) {
      const seen = new Promise<void>((resolve) => {
        const look = () => text.stderr.includes(wanted) && resolve();
        waiting = [...waiting, look];
        look();
      });
      const tooLate = ended.then(({ code, stderr }) => {
        throw new Error(`ended with ${code} before "${wanted}":\n${stderr}`);
      });
      await Promise.race([seen, tooLate]);
    },
  };
}

/** Runs `kubecase` as a child process to its end. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** Asserts what every mistake of the user ends like: one clear line, at most one hint, no stack, no result. */
export function expectUserError(result: CliResult, code: number, words: RegExp): void {
  const lines = result.stderr.trimEnd().split('\n');
  expect(result.stderr).toMatch(words);
  expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout: '' });
  expect(lines.length, result.stderr).toBeLessThanOrEqual(3);
  expectNoStack(result);
}

/** Asserts that no stack trace was printed. */
export function expectNoStack({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): void {
  expect(stderr).not.toMatch(/^ {2,}at /m);
  expect(stderr).not.toMatch(/node:internal|Node\.js v\d/);
  expect(stdout).not.toMatch(/^ {2,}at .*\.ts:\d+/m);
}
