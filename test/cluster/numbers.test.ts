import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditFlags, readAudit } from './audited.ts';
import { type Binaries, requireBinaries } from './binaries.ts';
import { START_MS } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { PROGRAM } from './kubecase.ts';
import { type Measured, measure, median } from './measured.ts';
import { createProxiedAccount, startProxied } from './proxied.ts';
import { createSimulatedPods, simulatedLogs } from './simulated-pods.ts';

const LOAD = { pods: 1000, lines: 300 };
const ROUNDS = 3;
const COLLECTOR = 'numbers-collector';
const LINK = { bytesPerSecond: 2_000_000, latencyMs: 50 };

/*
 * Each ratio is of two runs one after the other, and of these the median, so that a slow machine slows both. What is
 * aimed at is printed beside it; what is asserted lies so far above that only a mistake gets there.
 */
let dir: string;
let binaries: Binaries;
let plane: ControlPlane;
let kubeconfig: string;
const report: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kubecase-numbers-'));
  binaries = await requireBinaries();
  const kwok = [await simulatedLogs(dir, LOAD.lines)];
  plane = await startControlPlane({ dir, binaries, kwok, apiServerFlags: await auditFlags(dir) });
  await createProxiedAccount(plane);
  await createSimulatedPods(plane, LOAD);
  kubeconfig = await plane.userKubeconfig({ name: COLLECTOR, groups: ['system:masters'] });
}, START_MS);

afterAll(async () => {
  console.log(
    [`${LOAD.pods} pods of ${LOAD.lines} log lines, medians of ${ROUNDS} rounds`, ...report].join('\n'),
  );
  await plane?.stop();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
}, 60_000);

function tell(what: string, figures: string, aim: string): void {
  report.push(`  ${what.padEnd(44)} ${figures}  (aim: ${aim})`);
}

async function run(command: string, ...args: string[]): Promise<Measured> {
  const ended = await measure(command, args, { cwd: dir, env: { KUBECONFIG: plane.kubeconfig } });
  expect(ended, args.join(' ')).toMatchObject({ code: 0 });
  return ended;
}

/** Seconds on the clock, and of a processor: on a busy machine only the second says what a program costs. */
function wall(runs: readonly Measured[]): string {
  const seconds = median(runs.map((one) => one.seconds)).toFixed(1);
  return `${seconds} s (CPU ${median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1)} s)`;
}

function collect(config: string, name: string, ...args: string[]): Promise<Measured> {
  const file = join(dir, `${name}.tar.gz`);
  return run(
    process.execPath,
    ...[PROGRAM, 'collect', '--kubeconfig', config, '--output-file', file, ...args],
  );
}

/** Paths of what the collector has read so far, port-forwards aside. */
async function pathsRead(): Promise<string[]> {
  const requests = await readAudit(dir, COLLECTOR);
  return requests
    .filter(({ verb, objectRef }) => /^(get|list)$/.test(verb) && objectRef?.subresource !== 'portforward')
    .map(({ requestURI }) => requestURI);
}

describe('a collection of many pods', () => {
  const ours: Measured[] = [];
  const raw: Measured[] = [];
  const dumps: Measured[] = [];

  beforeAll(async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const before = (await pathsRead()).length;
      ours.push(await collect(kubeconfig, `whole-${round}`));
      const paths = join(dir, 'paths');
      await writeFile(paths, (await pathsRead()).slice(before).join('\n'));
      raw.push(
        await run(process.execPath, join(import.meta.dirname, 'raw-fetch.ts'), plane.kubeconfig, paths),
      );
      const output = join(dir, 'dump');
      await mkdir(output, { recursive: true });
      dumps.push(await run(binaries.kubectl, 'cluster-info', 'dump', '-A', `--output-directory=${output}`));
      await rm(output, { recursive: true });
    }
  }, 900_000);

  function compare(what: string, others: readonly Measured[], aim: string): number {
    const ratio = median(ours.map(({ seconds }, round) => seconds / (others[round]?.seconds ?? 0)));
    tell(`collect against ${what}`, `${wall(ours)} / ${wall(others)} = ${ratio.toFixed(2)}x`, aim);
    return ratio;
  }

  it('takes not much longer than reading the same URLs and dropping what comes', () => {
    expect(compare('the same URLs fetched raw', raw, '≤ 1.3x')).toBeLessThan(8);
  });

  it('takes less time than `kubectl cluster-info dump`', () => {
    expect(compare('kubectl cluster-info dump -A', dumps, '≤ 0.35x')).toBeLessThan(4);
  });

  it('has every log', async () => {
    const { size } = await stat(join(dir, 'whole-0.tar.gz'));
    const logs = (await pathsRead()).filter((path) => path.includes('/log?'));
    const peak = Math.max(...ours.map(({ peakMiB }) => peakMiB));
    tell('bundle, memory', `${(size / 1024 / 1024).toFixed(1)} MiB, ${peak.toFixed(0)} MiB`, 'small');

    expect(logs.length).toBe(LOAD.pods * ROUNDS);
  });

  it('keeps to eight connections', () => {
    const atOnce = Math.max(...ours.map(({ sockets }) => sockets.atOnce));
    tell('connections at once', String(atOnce), '≤ 8');

    expect(atOnce).toBeLessThanOrEqual(8);
  });
});

describe('lists', () => {
  it('take less time than the typed lists of client-node', async () => {
    const race = async (who: string): Promise<{ seconds: number; objects: number }> => {
      const script = join(import.meta.dirname, 'list-race.ts');
      return JSON.parse((await run(process.execPath, script, who, plane.kubeconfig)).stdout);
    };
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const own = await race('own');
      const typed = await race('typed');
      expect(Math.abs(own.objects - typed.objects)).toBeLessThan(100);
      ratios.push(own.seconds / typed.seconds);
    }
    tell("LISTs against client-node's typed lists", `${median(ratios).toFixed(2)}x`, '≤ 0.5x');

    expect(median(ratios)).toBeLessThan(2.5);
  }, 300_000);
});

describe('a slow link', () => {
  it('is made full use of', async () => {
    const proxy = await startProxied(plane, { link: LINK });
    try {
      const { seconds } = await collect(proxy.kubeconfigFile, 'slow');
      const alone = proxy.bytes() / LINK.bytesPerSecond;
      const figures = `${seconds.toFixed(1)} s / ${alone.toFixed(1)} s = ${(seconds / alone).toFixed(2)}x`;
      tell('collect over 2 MB/s and 50 ms, against its bytes', figures, '≤ 1.2x');

      expect(seconds / alone).toBeLessThan(4);
    } finally {
      await proxy.close();
    }
  }, 600_000);
});
