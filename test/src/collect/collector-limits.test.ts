import { describe, expect, it } from 'vitest';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { collectorBudget, createBudget } from '../../../src/collect/limits.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import { isIncomplete } from '../../../src/collect/request.ts';
import { document } from '../../../src/model/artifact.ts';
import { defineCollector } from '../../../src/model/collector.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube, refused } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };
const note = document<object>({ id: 'note', title: 'Note', contentType: 'json', parse: () => ({}) });

function pod(name: string, status: object = { ready: true, state: { running: {} } }) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, ...status }] },
  };
}

/** A collector that takes for ever before it asks for anything. */
const slow = defineCollector({
  meta: { id: 'test/slow', title: 'Slow', description: '', produces: [note] },
  needs: {},
  rbac: () => [],
  collect: () => new Promise(() => {}),
});

/** A collector of one small document. */
const quick = defineCollector({
  meta: { id: 'test/quick', title: 'Quick', description: '', produces: [note], priority: 99 },
  needs: {},
  rbac: () => [],
  async collect({ bundle }) {
    await bundle.add(note, CLUSTER_SCOPE, async () => ({ body: Buffer.from('{}'), observedAt: OBSERVED }));
  },
});

async function* endless(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first line\n');
  await new Promise(() => {});
}

describe('a limit of time for each collector', () => {
  it('ends one that takes longer, names what it did not read, and lets the others finish', async () => {
    const kube = fakeKube({
      objects: [NAMESPACE, pod('web-1'), pod('web-2')],
      logs: { 'shop/web-1/app': endless(), 'shop/web-2/app': 'whole\n' },
    });

    const bundle = await collectBundle(kube, [resources, logs, quick], { limits: { collectorSeconds: 0.3 } });

    expect(bundle.manifest.complete).toBe(true);
    expect(bundle.row('logs', 'container/shop/web-1/app')).toMatchObject({
      outcome: 'partial',
      fix: { flag: '--collector-timeout' },
    });
    expect(bundle.row('logs', 'container/shop/web-2/app')).toMatchObject({ outcome: 'collected' });
    expect(bundle.row('note')).toMatchObject({ outcome: 'collected' });
    expect(bundle.row('logs')).toMatchObject({ outcome: 'timed-out' });
    expect(isIncomplete(bundle.result)).toBe(true);
  });

  it('says of one that never came to ask that everything of it is missing', async () => {
    const bundle = await collectBundle(fakeKube({ objects: [NAMESPACE] }), [slow], {
      limits: { collectorSeconds: 0.1 },
    });

    expect(bundle.row('note')).toMatchObject({
      outcome: 'timed-out',
      reason: 'the time of `--collector-timeout` (0.1 s) was over before everything was read',
      fix: { flag: '--collector-timeout' },
    });
    expect(bundle.result.collectors).toMatchObject([{ id: 'test/slow', outcome: 'timed-out' }]);
  });

  it('is not felt where there was time enough', async () => {
    const kube = fakeKube({ objects: [NAMESPACE, pod('web-1')], logs: { 'shop/web-1/app': 'a\n' } });

    const bundle = await collectBundle(kube, [resources, logs], { limits: { collectorSeconds: 60 } });

    expect(isIncomplete(bundle.result)).toBe(false);
  });
});

describe('a limit of size for each collector', () => {
  it('shortens and leaves out logs above it, says so for each, and does not touch the others', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `web-${index}`);
    const text = `${'x'.repeat(63)}\n`.repeat(500);
    const kube = fakeKube({
      objects: [NAMESPACE, ...names.map((name) => pod(name))],
      logs: Object.fromEntries(names.map((name) => [`shop/${name}/app`, text])),
    });

    const bundle = await collectBundle(kube, [resources, logs, quick], {
      limits: { collectorBytes: 200_000 },
    });

    const rows = bundle.result.rows.filter(({ artifact }) => artifact === 'logs');
    const stored = bundle.manifest.entries.filter(({ artifact }) => artifact === 'logs');
    expect(stored.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(240_000);
    expect(rows).toHaveLength(names.length);
    expect(rows.filter(({ outcome }) => outcome === 'collected').length).toBeLessThan(10);
    expect(
      rows.every(({ outcome, fix }) => outcome === 'collected' || fix?.flag === '--max-collector-size'),
    ).toBe(true);
    expect(bundle.row('note')).toMatchObject({ outcome: 'collected' });
    expect(bundle.row('resources:core/Pod')).toMatchObject({ outcome: 'collected' });
  });

  it('is what is left of the own share, or of the whole if that is less', () => {
    let taken = 0;
    const whole = createBudget(1_000_000, { size: () => 0, free: () => undefined }, 8);
    const budget = collectorBudget(whole, 100_000, () => taken, 8);

    expect(budget.left()).toBe(100_000);
    expect(budget.logCap(10_000_000)).toBe(12_500);
    taken = 100_000;
    expect(() => budget.check()).toThrow('as much as `--max-collector-size` (100000 bytes) allows');
    expect(() => budget.checkLog()).toThrow('--max-collector-size');
    expect(collectorBudget(whole, undefined, () => taken, 8)).toBe(whole);
  });
});

describe('what is read first when room is short', () => {
  it('keeps some for documents when logs have taken the rest', () => {
    let written = 0;
    const budget = createBudget(1_000_000, { size: () => written, free: () => undefined }, 8);
    written = 840_000;

    expect(() => budget.checkLog()).toThrow('--max-size');
    expect(() => budget.check()).not.toThrow();
  });

  it('reads logs of crashed instances, then of failing containers, then of their neighbours', async () => {
    const ended = (exitCode: number) => ({ ready: false, state: { terminated: { exitCode } } });
    const neighbours = {
      ...pod('ill'),
      spec: { nodeName: 'n1', containers: [{ name: 'app' }, { name: 'proxy' }] },
      status: {
        containerStatuses: [
          { name: 'app', restartCount: 0, ready: false, state: { running: {} } },
          { name: 'proxy', restartCount: 0, ready: true, state: { running: {} } },
        ],
      },
    };
    const kube = fakeKube({
      objects: [
        NAMESPACE,
        pod('a-fine'),
        pod('b-done', ended(0)),
        neighbours,
        pod('z-crashed', { ready: true, restartCount: 1, state: { running: {} } }),
        pod('z-failed', ended(1)),
      ],
      logs: {},
    });

    await collectBundle(kube, [resources, logs]);

    const asked = kube.requests
      .filter((path) => path.includes('/log?'))
      .map((path) => {
        const [, name] = /pods\/([^/]+)\/log/.exec(path) ?? [];
        const query = new URLSearchParams(path.split('?')[1]);
        return `${name}/${query.get('container')}${query.has('previous') ? '/previous' : ''}`;
      });
    expect(asked).toEqual([
      'z-crashed/app/previous',
      'ill/app',
      'z-failed/app',
      'ill/proxy',
      'a-fine/app',
      'b-done/app',
      'z-crashed/app',
    ]);
  });
});

describe('what is told of each collector', () => {
  it('is how much it gave, and what it missed and why', async () => {
    const events: ProgressEvent[] = [];
    const kube = fakeKube({
      objects: [NAMESPACE, pod('web-1'), pod('web-2')],
      logs: { 'shop/web-1/app': 'one\n' },
      failures: {
        '/api/v1/secrets': refused('', 'secrets'),
        '/api/v1/namespaces/shop/secrets': refused('', 'secrets'),
      },
    });

    await collectBundle(kube, [resources, logs, slow], {
      limits: { collectorSeconds: 0.2 },
      onProgress: (event) => events.push(event),
    });

    const told = events.filter((event) => event.type === 'collector');
    expect(told.map(({ id }) => id).sort()).toEqual(['kubernetes/logs', 'kubernetes/resources', 'test/slow']);
    const of = (id: string) => told.find((event) => event.id === id);
    expect(of('kubernetes/resources')).toMatchObject({
      outcome: 'partial',
      objects: 3,
      entries: 1,
      missed: [{ outcome: 'forbidden', reason: expect.stringContaining('secrets is forbidden') }, {}].slice(
        0,
        1,
      ),
    });
    expect(of('kubernetes/logs')).toMatchObject({ outcome: 'collected', entries: 1, bytes: 4, missed: [] });
    expect(of('test/slow')).toMatchObject({ outcome: 'timed-out', entries: 0, missed: [{ count: 1 }] });
    // Told when they end, not when everything has.
    const order = events.map((event) => (event.type === 'collector' ? event.id : event.type));
    expect(order.indexOf('kubernetes/logs')).toBeLessThan(order.lastIndexOf('phase'));
  });
});
