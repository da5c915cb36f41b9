import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { binaries } from './binaries.ts';

const NAMES = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubectl',
  'kwok',
  'old-kubectl',
] as const;

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubecase-binaries-'));
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'));
  vi.stubEnv('KUBEBUILDER_ASSETS', undefined);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true, force: true });
});

describe('binaries', () => {
  it('says in one line that Go is missing when nothing is built', async () => {
    vi.stubEnv('PATH', join(dir, 'empty'));

    const found = await binaries();

    expect(found).toEqual({
      unavailable: expect.stringMatching(/^Go is not installed; .*KUBEBUILDER_ASSETS.*$/),
    });
  });

  it('exits with 69 and that line when run as the preparation of the suite', async () => {
    const script = join(import.meta.dirname, 'prepare.ts');
    const env = { PATH: join(dir, 'empty'), XDG_CACHE_HOME: join(dir, 'cache') };

    const result = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
      execFile(process.execPath, [script], { env }, (error, _stdout, stderr) =>
        resolve({ code: error?.code, stderr }),
      );
    });

    expect(result.code).toBe(69);
    expect(result.stderr).toMatch(/^test:cluster cannot run: Go is not installed/m);
  });

  it('takes everything from the folder of KUBEBUILDER_ASSETS, without Go', async () => {
    const assets = join(dir, 'assets');
    await programs(assets, NAMES);
    await mkdir(join(assets, 'kwok-module'));
    vi.stubEnv('KUBEBUILDER_ASSETS', assets);
    vi.stubEnv('PATH', join(dir, 'empty'));

    const found = await binaries();

    expect(found).toEqual({
      etcd: join(assets, 'etcd'),
      kubeApiserver: join(assets, 'kube-apiserver'),
      kubeControllerManager: join(assets, 'kube-controller-manager'),
      kubeScheduler: join(assets, 'kube-scheduler'),
      kubectl: join(assets, 'kubectl'),
      oldKubectl: join(assets, 'old-kubectl'),
      kwok: join(assets, 'kwok'),
      kwokModuleDir: join(assets, 'kwok-module'),
    });
  });

  it('builds what that folder lacks, and says so when it cannot', async () => {
    const assets = join(dir, 'assets');
    await programs(assets, ['etcd', 'kube-apiserver', 'kubectl']);
    vi.stubEnv('KUBEBUILDER_ASSETS', assets);
    vi.stubEnv('PATH', join(dir, 'empty'));

    const found = await binaries();

    expect(found).toHaveProperty('unavailable', expect.stringContaining('Go is not installed'));
  });
});

async function programs(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    await writeFile(join(folder, name), '#!/bin/sh\n');
    await chmod(join(folder, name), 0o755);
  }
}
