import { spawn } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';

/** What a program took. */
export interface Measured {
  readonly code: number;
  /** From its start to its end. */
  readonly seconds: number;
  /** Of all its threads, to a tenth of a second: how busy the machine is does not show in it. */
  readonly cpuSeconds: number;
  /** Largest resident set seen, MiB; asked for ten times a second where there is a /proc. */
  readonly peakMiB: number;
  /** Sockets to other machines or ports it held at once, and all it opened, as far as they were seen. */
  readonly sockets: { readonly atOnce: number; readonly inAll: number };
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const LOOK_MS = 100;
const STATE_ESTABLISHED = '01';
/** Ticks of a second in /proc, whatever the kernel's own are (`getconf CLK_TCK`). */
const TICKS = 100;

/** Runs a program to its end, with nothing of the caller's environment but PATH, and looks at it meanwhile. */
export async function measure(
  command: string,
  args: readonly string[],
  { cwd, env }: RunOptions,
): Promise<Measured> {
  const began = performance.now();
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  let peakMiB = 0;
  let cpuSeconds = 0;
  let atOnce = 0;
  const seen = new Set<string>();
  const look = setInterval(async () => {
    const { pid = 0 } = child;
    peakMiB = Math.max(peakMiB, await residentMiB(pid));
    cpuSeconds = Math.max(cpuSeconds, await cpuOf(pid));
    const open = await connectionsOf(pid);
    atOnce = Math.max(atOnce, open.length);
    for (const one of open) seen.add(one);
  }, LOOK_MS);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve(status ?? -1));
    });
    const seconds = (performance.now() - began) / 1000;
    const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString('utf8');
    const sockets = { atOnce, inAll: seen.size };
    return { code, seconds, cpuSeconds, peakMiB, sockets, stdout: text(out), stderr: text(err) };
  } finally {
    clearInterval(look);
  }
}

/** 0 when the process has ended, or on a system without /proc. */
async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}

/** User and system time of all threads (proc(5)); 0 when the process has ended. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold spaces; utime and stime are the 12th and 13th field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

/** Inodes of the established TCP connections of a process (proc(5)). */
async function connectionsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  const own = new Set(targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === STATE_ESTABLISHED && own.has(columns[9]))
    .map((columns) => columns[9] as string);
}

/** The middle of an odd number of values. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
