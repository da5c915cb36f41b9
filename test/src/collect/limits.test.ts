import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { createBudget } from '../../../src/collect/limits.ts';
import { isIncomplete } from '../../../src/collect/request.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

function pod(name: string, status: object) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, ...status }] },
  };
}

const RUNNING = { ready: true, state: { running: {} } };
const CRASHED = {
  ready: false,
  restartCount: 3,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 1 } },
};

/** Lines nothing compresses. */
function logOf(bytes: number): string {
  return `${randomBytes(bytes / 2)
    .toString('hex')
    .replace(/.{64}/g, '$&\n')}\n`;
}

describe('a collection with a time limit', () => {
  it('is closed when the time is over; what is missing says so and names the flag', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('first line\n');
      await new Promise(() => {});
    }
    const kube = fakeKube({
      objects: [NAMESPACE, pod('web-1', RUNNING), pod('web-2', RUNNING)],
      logs: { 'shop/web-1/app': endless(), 'shop/web-2/app': 'whole\n' },
    });

    const bundle = await collectBundle(kube, [resources, logs], { limits: { seconds: 0.3 } });

    expect(bundle.manifest).toMatchObject({
      complete: false,
      incompleteReason: 'the time of `--timeout` (0.3 s) was over',
    });
    expect(bundle.row('logs', 'container/shop/web-1/app')).toMatchObject({
      outcome: 'partial',
      reason: 'the time of `--timeout` (0.3 s) was over before this was read; the log ends there',
      fix: { flag: '--timeout' },
    });
    expect(bundle.row('logs', 'container/shop/web-2/app')).toMatchObject({ outcome: 'collected' });
    expect(isIncomplete(bundle.result)).toBe(true);
  });

  it('names what was not even begun', async () => {
    const kube = fakeKube({
      objects: [NAMESPACE],
      onRequest: (path) =>
        path === '/api/v1/secrets' ? new Promise((resolve) => setTimeout(resolve, 600)) : undefined,
    });

    const bundle = await collectBundle(kube, [resources], { limits: { seconds: 0.3 } });

    expect(bundle.row('resources:core/Secret')).toMatchObject({
      outcome: 'skipped',
      reason: 'the time of `--timeout` (0.3 s) was over before this was read',
      fix: { flag: '--timeout' },
    });
  });

  it('is whole when there was time enough', async () => {
    const bundle = await collectBundle(fakeKube({ objects: [NAMESPACE] }), [resources], {
      limits: { seconds: 60 },
    });

    expect(bundle.manifest.complete).toBe(true);
  });
});

describe('a collection with a size limit', () => {
  const LIMIT = 400 * 1024;

  it('keeps kinds and the logs of what failed, and shortens and leaves out the others', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index}`);
    const texts = Object.fromEntries(names.map((name) => [`shop/${name}/app`, logOf(60_000)]));
    const kube = fakeKube({
      objects: [NAMESPACE, ...names.map((name) => pod(name, RUNNING)), pod('zz-crash', CRASHED)],
      logs: { ...texts, 'shop/zz-crash/app': 'last words\n', 'shop/zz-crash/app/previous': logOf(30_000) },
    });

    const bundle = await collectBundle(kube, [resources, logs], { limits: { bytes: LIMIT } });

    expect(bundle.result.size).toBeLessThanOrEqual(LIMIT);
    expect(bundle.result.size).toBeGreaterThan(LIMIT / 4);
    expect(bundle.row('resources:core/Pod')).toMatchObject({ outcome: 'collected' });
    const previous = 'container/shop/zz-crash/app/previous';
    expect(bundle.row('logs', previous)).toMatchObject({ outcome: 'collected' });
    const rows = bundle.result.rows.filter(
      ({ artifact, scope }) => artifact === 'logs' && !scopeKey(scope).includes('zz-crash'),
    );
    expect(rows).toHaveLength(names.length);
    expect(rows.every(({ outcome, fix }) => outcome !== 'truncated' || fix?.flag === '--max-size')).toBe(
      true,
    );
    const left = rows.filter(({ reason }) => reason?.startsWith('the bundle is as large as'));
    const shortened = rows.filter(({ reason }) => reason?.includes('between head and tail'));
    expect(left.length).toBeGreaterThan(5);
    expect(shortened.length).toBeGreaterThan(2);
    expect(isIncomplete(bundle.result)).toBe(true);
  });

  it('ends a list that does not fit, and says how far it got', async () => {
    const value = randomBytes(3000).toString('hex');
    const maps = Array.from({ length: 200 }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'shop', name: `map-${index}` },
      data: { value },
    }));
    const kube = fakeKube({ objects: [NAMESPACE, ...maps], pageSize: 10 });

    const bundle = await collectBundle(kube, [resources], { limits: { bytes: 200 * 1024 } });

    expect(bundle.row('resources:core/Namespace')).toMatchObject({ outcome: 'collected' });
    const rows = bundle.result.rows.filter(({ artifact }) => artifact === 'resources:core/ConfigMap');
    expect(rows[0]).toMatchObject({ fix: { flag: '--max-size' } });
    expect(['partial', 'truncated']).toContain(rows[0]?.outcome);
  });

  it('is whole below the limit', async () => {
    const kube = fakeKube({ objects: [NAMESPACE, pod('web-1', RUNNING)], logs: { 'shop/web-1/app': 'a\n' } });

    const bundle = await collectBundle(kube, [resources, logs], { limits: { bytes: 1024 * 1024 } });

    expect(isIncomplete(bundle.result)).toBe(false);
  });
});

describe('a collection onto a disk that fills up', () => {
  it('ends with a valid bundle whose rows name the disk', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index}`);
    const texts = Object.fromEntries(names.map((name) => [`shop/${name}/app`, logOf(60_000)]));
    const kube = fakeKube({
      objects: [NAMESPACE, ...names.map((name) => pod(name, RUNNING))],
      logs: texts,
    });
    const disk = 1024 * 1024 + 400 * 1024;

    const bundle = await collectBundle(kube, [resources, logs], {
      wrapWriter: (writer) => ({ ...writer, free: () => disk - writer.size() }),
    });

    expect(bundle.manifest.complete).toBe(true);
    expect(bundle.result.size).toBeLessThan(400 * 1024);
    expect(bundle.row('resources:core/Pod')).toMatchObject({ outcome: 'collected' });
    const left = bundle.result.rows.filter(
      ({ reason }) => reason === 'the disk of the bundle is almost full',
    );
    expect(left.length).toBeGreaterThan(5);
    expect(left.every(({ fix }) => fix?.flag === '--output-file')).toBe(true);
    expect(isIncomplete(bundle.result)).toBe(true);
  });
});

describe('createBudget', () => {
  it('shares what is left among the logs read side by side, but leaves each a few lines', () => {
    let written = 0;
    const room = { size: () => written, free: () => undefined };
    const budget = createBudget(1_000_000, room, 8);

    expect(budget.logCap(10_000_000)).toBe(106_250);
    expect(budget.logCap(1000)).toBe(1000);
    written = 890_000;
    expect(budget.logCap(10_000_000)).toBe(4096);
    expect(() => budget.check()).toThrow('as large as `--max-size` (1000000 bytes) allows');
  });

  it('has no end without a limit', () => {
    const budget = createBudget(undefined, { size: () => 1e12, free: () => undefined }, 8);

    expect(() => budget.check()).not.toThrow();
    expect(budget.logCap(42)).toBe(42);
  });
});
