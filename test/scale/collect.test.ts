import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireBinaries } from '../cluster/binaries.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { kubecase, PROGRAM, unpack } from '../cluster/kubecase.ts';
import { type Measured, measure } from '../cluster/measured.ts';
import { storePods } from './stored-pods.ts';

/** Pods from which on memory is to stay what it is, and pods in the end. */
const SOME = 10_000;
const MANY = 100_000;

/** etcd takes 2 GiB unless told otherwise; with 100 000 pods and what it keeps of each revision that is too near. */
const QUOTA = 8 * 1024 ** 3;

/** MiB aimed at; what is asserted leaves room for the garbage of a machine that has other things to do. */
const AIM = 200;
const OBJECTS_LIMIT = 2 * AIM;
const ROWS_LIMIT = 3 * AIM;

let dir: string;
let plane: ControlPlane;
const report: string[] = [];
const some: Record<string, Measured> = {};
const many: Record<string, Measured> = {};

/** Without logs, and with a row for each container that has none yet. */
const RUNS: Readonly<Record<string, readonly string[]>> = {
  objects: ['--skip', 'kubernetes/logs'],
  everything: [],
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubecase-scale-'));
  const binaries = await requireBinaries();
  const etcdFlags = [`--quota-backend-bytes=${QUOTA}`];
  plane = await startControlPlane({ dir, binaries, etcdFlags, storesOnly: true });
  await storePods(plane, 0, SOME);
  await collectAll(SOME, some);
  await storePods(plane, SOME, MANY);
  await collectAll(MANY, many);
}, 1_800_000);

afterAll(async () => {
  console.log(report.join('\n'));
  await plane?.stop();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
}, 60_000);

async function collectAll(pods: number, runs: Record<string, Measured>): Promise<void> {
  for (const [name, args] of Object.entries(RUNS)) {
    const command = [
      'collect',
      '--kubeconfig',
      plane.kubeconfig,
      '--output-file',
      fileOf(name, pods),
      ...args,
    ];
    const run = await measure(process.execPath, [PROGRAM, ...command], { cwd: dir });
    expect(run, run.stderr).toMatchObject({ code: 0 });
    runs[name] = run;
    const { seconds, peakMiB, sockets } = run;
    const figures = `${seconds.toFixed(1)} s, ${peakMiB.toFixed(0)} MiB, ${sockets.atOnce} connections at once`;
    report.push(`${String(pods).padStart(7)} pods, ${name.padEnd(10)} ${figures} (aim: ${AIM} MiB, 8)`);
  }
}

function fileOf(name: string, pods: number): string {
  return join(dir, `${name}-${pods}.tar.gz`);
}

describe(`${MANY} pods`, () => {
  it('are all in the bundle, and so is a row for the log of each', async () => {
    const file = fileOf('everything', MANY);

    expect(await kubecase(['verify', file], dir)).toMatchObject({ code: 0 });
    const { manifest } = await unpack(file, join(dir, 'unpacked'));
    const lists = manifest.entries.filter(({ artifact }) => artifact === 'resources:core/Pod');
    expect(lists.reduce((sum, { items = 0 }) => sum + items, 0)).toBe(MANY);
    const rows = manifest.coverage.filter(({ artifact }) => artifact === 'logs');
    expect(rows).toHaveLength(MANY);
    expect(new Set(rows.map(({ outcome }) => outcome))).toEqual(new Set(['not-found']));
  });

  it('are never held in memory as objects', () => {
    expect(many.objects?.peakMiB).toBeLessThan(OBJECTS_LIMIT);
    expect((many.objects?.peakMiB ?? 0) / (some.objects?.peakMiB ?? 1)).toBeLessThan(1.5);
  });

  it('cost little more for the rows of their logs', () => {
    expect(many.everything?.peakMiB).toBeLessThan(ROWS_LIMIT);
  });

  it('are read over eight connections', () => {
    for (const { sockets } of [...Object.values(some), ...Object.values(many)])
      expect(sockets.atOnce).toBeLessThanOrEqual(8);
  });
});
