import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { apiServer } from '../../../collectors/control-plane/api-server.ts';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { verifyBundle } from '../../../src/bundle/verify.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import { isIncomplete } from '../../../src/collect/request.ts';
import { defineCollector, LOGS_ARTIFACT } from '../../../src/model/collector.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { type CollectedBundle, collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';
import {
  CLUSTER,
  COLLECTORS,
  contents,
  outcomes,
  pod,
  RESET,
  resumed,
} from '../../support/resumed-collection.ts';

/** A log that gives its beginning and then whatever is done. */
async function* begun(then: () => Promise<void> | void): AsyncGenerator<Uint8Array> {
  yield Buffer.from('on');
  await then();
}

const hanging = () => new Promise<void>(() => {});

interface Interruption {
  readonly at: string;
  run(): Promise<CollectedBundle>;
}

const INTERRUPTIONS: readonly Interruption[] = [
  ...['/version', '/apis', '/api/v1/pods', '/api/v1/secrets', '/api/v1/namespaces/shop/pods/web-2/log'].map(
    (path): Interruption => ({
      at: `SIGTERM at ${path}`,
      async run() {
        const interrupt = new AbortController();
        const onRequest = (asked: string) => {
          if (asked.split('?')[0] === path) interrupt.abort();
        };
        return collectBundle(fakeKube({ ...CLUSTER, onRequest }), COLLECTORS, { signal: interrupt.signal });
      },
    }),
  ),
  {
    at: 'the deadline, inside a log',
    run: () =>
      collectBundle(
        fakeKube({ ...CLUSTER, logs: { ...CLUSTER.logs, 'shop/web-1/app': begun(hanging) } }),
        COLLECTORS,
        { limits: { seconds: 0.3 } },
      ),
  },
  {
    at: 'a reset inside a log',
    run: () =>
      collectBundle(
        fakeKube({
          ...CLUSTER,
          logs: {
            ...CLUSTER.logs,
            'shop/web-1/app': begun(() => {
              throw RESET;
            }),
          },
        }),
        COLLECTORS,
      ),
  },
  {
    at: 'a reset inside a list',
    run: () => collectBundle(fakeKube({ ...CLUSTER, brokenLists: { '/api/v1/pods': RESET } }), COLLECTORS),
  },
  {
    at: 'a list that was not answered',
    run: () => collectBundle(fakeKube({ ...CLUSTER, failures: { '/api/v1/configmaps': RESET } }), COLLECTORS),
  },
];

describe('a collection that goes on with an earlier one', () => {
  it.each(INTERRUPTIONS)('gives what one run gives, after $at', async ({ run }) => {
    const whole = await collectBundle(fakeKube(CLUSTER), COLLECTORS);
    const before = await run();
    expect(isIncomplete(before.result)).toBe(true);

    const after = await resumed(before, fakeKube(CLUSTER));

    expect(contents(after)).toEqual(contents(whole));
    expect(outcomes(after)).toEqual(outcomes(whole));
    expect(isIncomplete(after.result)).toBe(false);
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('reads nothing again that was read to its end', async () => {
    const before = await collectBundle(
      fakeKube({ ...CLUSTER, failures: { '/api/v1/namespaces/shop/pods/web-2/log': RESET } }),
      COLLECTORS,
    );
    const kube = fakeKube(CLUSTER);

    await resumed(before, kube);

    const asked = kube.requests.map((path) => path.split('?')[0]);
    expect(asked).toEqual([
      '/version',
      '/apis',
      // Which cluster it is.
      '/api/v1/namespaces',
      '/api/v1/namespaces/shop/pods/web-2/log',
    ]);
  });

  it('can be gone on with in turn, and names both', async () => {
    const first = await collectBundle(
      fakeKube({
        ...CLUSTER,
        failures: { '/api/v1/configmaps': RESET, '/api/v1/namespaces/shop/pods/web-1/log': RESET },
      }),
      COLLECTORS,
    );
    const second = await resumed(
      first,
      fakeKube({ ...CLUSTER, failures: { '/api/v1/namespaces/shop/pods/web-1/log': RESET } }),
    );
    expect(isIncomplete(second.result)).toBe(true);

    const third = await resumed(second, fakeKube(CLUSTER));

    const whole = await collectBundle(fakeKube(CLUSTER), COLLECTORS);
    expect(contents(third)).toEqual(contents(whole));
    expect(third.json('metadata.json')).toMatchObject({
      options: { resumed: ['2026-03-01T12:00:00.000Z', '2026-03-01T12:00:00.000Z'] },
    });
    expect((await verifyBundle(third.result.file)).problems).toEqual([]);
  });

  it('interrupted before it read anything, still holds what the first one had', async () => {
    const before = await collectBundle(
      fakeKube({ ...CLUSTER, failures: { '/api/v1/configmaps': RESET } }),
      COLLECTORS,
    );

    const after = await resumed(before, fakeKube(CLUSTER), { signal: AbortSignal.abort() });

    expect(after.manifest.complete).toBe(false);
    expect(contents(after)).toEqual(contents(before));
  });

  it('keeps what it cannot read any more, and says so', async () => {
    const before = await collectBundle(
      fakeKube({
        ...CLUSTER,
        logs: {
          ...CLUSTER.logs,
          'shop/web-1/app': begun(() => {
            throw RESET;
          }),
        },
        brokenLists: { '/api/v1/configmaps': RESET },
      }),
      COLLECTORS,
    );
    const gone = fakeKube({
      ...CLUSTER,
      logs: {},
      failures: { '/api/v1/configmaps': RESET },
    });

    const after = await resumed(before, gone);

    expect(after.entries.get('logs/shop/web-1/app.log')).toBe('on');
    expect(after.row('logs', 'container/shop/web-1/app')).toMatchObject({
      outcome: 'partial',
      reason: expect.stringMatching(/the log ends there; kept from the bundle that was resumed/),
    });
    expect(after.json('resources/core/configmaps/shop.json')).toMatchObject({ items: [{}, {}] });
    expect(after.row('resources:core/ConfigMap')).toMatchObject({ outcome: 'partial' });
    expect(isIncomplete(after.result)).toBe(true);
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('of an API server that is gone meanwhile keeps everything, but says that it is gone', async () => {
    const before = await collectBundle(fakeKube({ ...CLUSTER, failures: { '/api/v1/configmaps': RESET } }), [
      ...COLLECTORS,
      apiServer,
    ]);
    const reachability = 'documents/api-server-reachability/_cluster.json';
    expect(before.json(reachability)).toMatchObject({ http: { ok: true } });
    const refusal = new KubeError('refused', 'cluster.test:6443: connection refused (ECONNREFUSED)');

    const after = await resumed(before, fakeKube({ ...CLUSTER, failures: { '/version': refusal } }));

    expect(after.json(reachability)).toMatchObject({ http: { ok: false } });
    expect([...after.entries.keys()]).toEqual(expect.arrayContaining([...before.entries.keys()]));
    expect(after.entries.get('logs/shop/web-1/app.log')).toBe('one\n');
    expect(after.result).toMatchObject({ complete: false, reachable: false });
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('keeps of a bundle without a record what cannot be read any more, and that only', async () => {
    const before = await collectBundle(fakeKube(CLUSTER), COLLECTORS);
    truncateSync(before.result.file, before.result.size - 60);
    const { 'shop/web-1/app': _gone, ...others } = CLUSTER.logs!;

    const after = await resumed(
      before,
      fakeKube({ ...CLUSTER, logs: { ...others, 'shop/web-2/app': 'new\n' } }),
    );

    expect(after.entries.get('logs/shop/web-1/app.log')).toBe('one\n');
    expect(after.entries.get('logs/shop/web-2/app.log')).toBe('new\n');
    expect(after.row('logs', 'container/shop/web-1/app')).toMatchObject({
      outcome: 'partial',
      reason: expect.stringMatching(/left no record.*; kept from the bundle that was resumed/),
    });
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('keeps the times at which things were read', async () => {
    const early = { time: '2026-02-01T08:00:00.000Z', source: 'server-date', errorSeconds: 1 } as const;
    const slow = defineCollector({
      ...logs,
      async collect({ bundle }) {
        const scope = { type: 'container', namespace: 'shop', pod: 'web-1', container: 'app' } as const;
        await bundle.add(LOGS_ARTIFACT, scope, async () => ({
          body: Buffer.from('one\n'),
          observedAt: early,
        }));
        await bundle.add(LOGS_ARTIFACT, { ...scope, pod: 'web-2' }, () => Promise.reject(RESET));
      },
    });
    const before = await collectBundle(fakeKube(CLUSTER), [slow, resources]);

    const after = await resumed(before, fakeKube(CLUSTER));

    const times = Object.fromEntries(
      after.manifest.entries.map(({ path, observedAt }) => [path, observedAt]),
    );
    expect(times['logs/shop/web-1/app.log']).toEqual(early);
    expect(times['logs/shop/web-2/app.log']?.time).toBe('2026-03-01T12:00:00.000Z');
  });

  it('reads the log of a pod again that only has the name of the one before', async () => {
    const replaced = CLUSTER.objects!.map((object) =>
      object.metadata.name === 'web-1' ? pod('web-1', 'uid-new') : object,
    );
    const before = await collectBundle(
      fakeKube({ ...CLUSTER, brokenLists: { '/api/v1/pods': RESET } }),
      COLLECTORS,
    );
    const now = { ...CLUSTER, objects: replaced, logs: { ...CLUSTER.logs, 'shop/web-1/app': 'new\n' } };

    const after = await resumed(before, fakeKube(now));

    expect(
      after.entries.get('logs/shop/web-1/app.1.log') ?? after.entries.get('logs/shop/web-1/app.log'),
    ).toBe('new\n');
    expect((await verifyBundle(after.result.file)).problems).toEqual([]);
  });

  it('tells what it took over', async () => {
    const before = await collectBundle(
      fakeKube({ ...CLUSTER, failures: { '/api/v1/configmaps': RESET } }),
      COLLECTORS,
    );
    const events: ProgressEvent[] = [];

    await resumed(before, fakeKube(CLUSTER), { onProgress: (event) => events.push(event) });

    const told = events.find(({ type }) => type === 'resumed');
    const stored = before.manifest.entries.length - 1;
    expect(told).toMatchObject({ from: '2026-03-01T12:00:00.000Z', entries: stored });
    expect((told as { bytes: number }).bytes).toBeGreaterThan(100);
  });
});
