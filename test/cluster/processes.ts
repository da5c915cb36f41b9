import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What is run, with what, and where its output goes: `<dir>/<name>.log`. */
export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
}

/** A program that runs until it is stopped. */
export interface Daemon {
  readonly program: Program;
  /** File with its stdout and stderr. */
  readonly log: string;
  /** Rejects when the program ends before it was stopped. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
}

// The shell keeps a reader on our pipe: when this process dies, however it dies, the pipe closes and
// the program is killed, so that no server outlives a crashed or killed test run.
const GUARD = [
  'exec 3<&0',
  '"$@" </dev/null 3<&- & child=$!',
  '(cat <&3; kill -9 $child) >/dev/null 2>&1 & guard=$!',
  'wait $child; code=$?',
  'kill -9 $guard; exit $code',
].join('\n');

/** Starts a program. */
export async function startDaemon(program: Program): Promise<Daemon> {
  const log = join(program.dir, `${program.name}.log`);
  const file = await open(log, 'w');
  const child = spawn('sh', ['-c', GUARD, 'sh', program.command, ...program.args], {
    cwd: program.dir,
    stdio: ['pipe', file.fd, file.fd],
  });
  await file.close();
  // A program that has already ended leaves a broken pipe, which is no news.
  child.stdin?.on('error', () => {});
  const ended = exit(child);
  let stopping = false;
  const failed = ended.then(async (code): Promise<never> => {
    if (stopping) return await new Promise<never>(() => {});
    throw new Error(`${program.name} ended with code ${code}: ${await tail(log)}`);
  });
  failed.catch(() => {});
  return {
    program,
    log,
    failed,
    stop: async () => {
      stopping = true;
      child.stdin?.end();
      await ended;
    },
  };
}

/** Waits until `ready` returns true, asking again every 100 ms, or throws what kept it from that. */
export async function waitFor(
  what: string,
  ready: () => Promise<boolean>,
  options: { readonly seconds?: number; readonly daemons?: readonly Daemon[] } = {},
): Promise<void> {
  const seconds = options.seconds ?? 60;
  const deadline = Date.now() + seconds * 1000;
  const failures = (options.daemons ?? []).map((daemon) => daemon.failed);
  // Failures first: of several settled promises the first in the list wins.
  while (!(await Promise.race([...failures, ready()]))) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Different TCP ports nobody listens on; another process may still take one before it is used. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function exit(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'));
  });
}

async function tail(log: string): Promise<string> {
  return (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-3).join(' | ');
}
