import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts, startDaemon, waitFor } from './processes.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubecase-processes-'));
});

afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function writtenPid(log: string): Promise<number> {
  let pid = 0;
  await waitFor('the process id in the log', async () => {
    pid = Number((await readFile(log, 'utf8').catch(() => '')).trim());
    return pid > 0;
  });
  return pid;
}

// The program replaces the shell that printed the process id.
const SLEEPER = ['-c', 'echo $$; exec sleep 300'];

describe('startDaemon', () => {
  it('ends the program when it is stopped', async () => {
    const daemon = await startDaemon({ name: 'sleeper', command: 'sh', args: SLEEPER, dir });
    const pid = await writtenPid(daemon.log);

    await daemon.stop();

    expect(isAlive(pid)).toBe(false);
  });

  it('ends the program when the process that started it is killed', async () => {
    const module = join(import.meta.dirname, 'processes.ts');
    const script = `const { startDaemon } = await import(${JSON.stringify(module)});
      await startDaemon({ name: 'sleeper', command: 'sh', args: ${JSON.stringify(SLEEPER)}, dir: ${JSON.stringify(dir)} });
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const pid = await writtenPid(join(dir, 'sleeper.log'));

    await killed(parent);

    await waitFor('the end of the program', async () => !isAlive(pid), { seconds: 10 });
  });

  it('fails a wait with the last lines of a program that ended by itself', async () => {
    const args = ['-c', 'echo cannot bind >&2; exit 4'];
    const daemon = await startDaemon({ name: 'broken', command: 'sh', args, dir });

    const waiting = waitFor('nothing', async () => false, { daemons: [daemon], seconds: 10 });

    await expect(waiting).rejects.toThrow('broken ended with code 4: cannot bind');
    await daemon.stop();
  });
});

describe('freePorts', () => {
  it('returns different ports', async () => {
    const ports = await freePorts(4);

    expect(new Set(ports).size).toBe(4);
    expect(ports.every((port) => port > 0)).toBe(true);
  });
});

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}
