import { describe, expect, it } from 'vitest';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { isIncomplete } from '../../../src/collect/request.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeObject, fakeKube, refused } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const LINE = '2026-03-01T11:59:00.000000001Z hello\n';

interface Container {
  readonly name: string;
  readonly status?: Record<string, unknown>;
}

function pod(name: string, containers: Container[], more: Record<string, unknown> = {}): FakeObject {
  const statuses = containers.flatMap(({ name: container, status }) =>
    status === undefined ? [] : [{ name: container, restartCount: 0, ...status }],
  );
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name, uid: `uid-${name}` },
    spec: { nodeName: 'node-1', containers: containers.map((one) => ({ name: one.name })), ...more },
    status: { containerStatuses: statuses },
  };
}

const RUNNING = { state: { running: { startedAt: '2026-03-01T10:00:00Z' } } };
const TERMINATED = { terminated: { exitCode: 1 } };

describe('kubernetes/logs', () => {
  it('reads the log of a running container with kubelet timestamps', async () => {
    const kube = fakeKube({
      objects: [pod('web', [{ name: 'app', status: RUNNING }])],
      logs: { 'shop/web/app': LINE },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.entries.get('logs/shop/web/app.log')).toBe(LINE);
    expect(bundle.row('logs', 'container/shop/web/app')).toMatchObject({
      outcome: 'collected',
      scope: { uid: 'uid-web' },
    });
    const entry = bundle.manifest.entries.find(({ artifact }) => artifact === 'logs');
    expect(entry?.observedAt).toEqual(OBSERVED);
    expect(kube.requests).toContain('/api/v1/namespaces/shop/pods/web/log?container=app&timestamps=true');
  });

  it('reads the previous log too of a container that was restarted, and before the others', async () => {
    const objects = [
      pod('calm', [{ name: 'app', status: RUNNING }]),
      pod('crashing', [
        {
          name: 'app',
          status: {
            restartCount: 3,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: TERMINATED,
          },
        },
      ]),
    ];
    const kube = fakeKube({
      objects,
      logs: { 'shop/calm/app': LINE, 'shop/crashing/app': 'now\n', 'shop/crashing/app/previous': 'before\n' },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.entries.get('logs/shop/crashing/app.log')).toBe('now\n');
    expect(bundle.entries.get('logs/shop/crashing/app.previous.log')).toBe('before\n');
    expect(kube.requests.filter((path) => path.includes('/log?'))[0]).toContain('previous=true');
    expect(kube.requests.filter((path) => path.includes('/calm/'))).toHaveLength(1);
  });

  it('reads init and ephemeral containers', async () => {
    const object = pod('web', [], {
      initContainers: [{ name: 'setup' }],
      ephemeralContainers: [{ name: 'debugger' }],
    });
    const status = {
      initContainerStatuses: [{ name: 'setup', restartCount: 0, state: { terminated: { exitCode: 0 } } }],
      ephemeralContainerStatuses: [{ name: 'debugger', restartCount: 0, state: { running: {} } }],
    };
    const kube = fakeKube({
      objects: [{ ...object, status }],
      logs: { 'shop/web/setup': 'init\n', 'shop/web/debugger': 'debug\n' },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.entries.get('logs/shop/web/setup.log')).toBe('init\n');
    expect(bundle.entries.get('logs/shop/web/debugger.log')).toBe('debug\n');
  });

  it.each([
    [
      'waits',
      { name: 'app', status: { state: { waiting: { reason: 'ImagePullBackOff' } } } },
      'ImagePullBackOff',
    ],
    ['has no status', { name: 'app' }, 'no status'],
  ])('asks for no log of a container that %s and says why there is none', async (_, container, reason) => {
    const kube = fakeKube({ objects: [pod('web', [container])] });

    const bundle = await collectBundle(kube, [logs]);

    const row = bundle.row('logs', 'container/shop/web/app');
    expect(row).toMatchObject({ outcome: 'not-found' });
    expect(row?.reason).toContain(reason);
    expect(kube.requests.some((path) => path.includes('/log'))).toBe(false);
    expect(isIncomplete(bundle.result)).toBe(false);
  });

  it('counts a previous log that is gone as not found, not as a failure', async () => {
    const status = { ...RUNNING, restartCount: 1, lastState: TERMINATED };
    const kube = fakeKube({
      objects: [pod('web', [{ name: 'app', status }])],
      logs: { 'shop/web/app': LINE },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.row('logs', 'container/shop/web/app/previous')).toMatchObject({ outcome: 'not-found' });
    expect(bundle.result.collectors).toContainEqual(
      expect.objectContaining({ id: 'kubernetes/logs', outcome: 'collected' }),
    );
    expect(isIncomplete(bundle.result)).toBe(false);
  });

  it('goes on after a log that is refused, one that times out and one that breaks', async () => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('half\n');
      throw new KubeError('unavailable', 'the connection was reset');
    }
    const kube = fakeKube({
      objects: ['a', 'b', 'c', 'd'].map((name) => pod(name, [{ name: 'app', status: RUNNING }])),
      logs: { 'shop/c/app': breaking(), 'shop/d/app': LINE },
      failures: {
        '/api/v1/namespaces/shop/pods/a/log': new KubeError('forbidden', 'pods/log is forbidden (HTTP 403)', {
          rule: { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
        }),
        '/api/v1/namespaces/shop/pods/b/log': new KubeError('timeout', 'no answer in time'),
      },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.row('logs', 'container/shop/a/app')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule: { resources: ['pods/log'] }, namespace: 'shop' },
    });
    expect(bundle.row('logs', 'container/shop/b/app')?.outcome).toBe('timed-out');
    expect(bundle.row('logs', 'container/shop/c/app')).toMatchObject({
      outcome: 'partial',
      reason: 'the connection was reset; the log ends there',
    });
    expect(bundle.entries.get('logs/shop/c/app.log')).toBe('half\n');
    expect(bundle.row('logs', 'container/shop/d/app')?.outcome).toBe('collected');
    expect(isIncomplete(bundle.result)).toBe(true);
  });

  it('keeps head and tail of a log above the cap and says how to get the rest', async () => {
    const lines = Array.from({ length: 100 }, (_, index) => `line ${String(index).padStart(3, '0')}\n`);
    const kube = fakeKube({
      objects: [pod('web', [{ name: 'app', status: RUNNING }])],
      logs: { 'shop/web/app': lines.join('') },
    });

    const bundle = await collectBundle(kube, [logs], { options: { maxLogBytes: 180 } });

    const stored = bundle.entries.get('logs/shop/web/app.log')!.split('\n');
    expect(stored[0]).toBe('line 000');
    expect(stored.at(-2)).toBe('line 099');
    expect(stored.filter((line) => line.startsWith('[kubecase: '))).toEqual([
      '[kubecase: 720 bytes cut here; --max-log-size raises the limit]',
    ]);
    expect(bundle.row('logs', 'container/shop/web/app')).toMatchObject({
      outcome: 'truncated',
      fix: { flag: '--max-log-size' },
    });
    const entry = bundle.manifest.entries.find(({ artifact }) => artifact === 'logs');
    expect(entry?.truncation).toMatchObject({ headBytes: 45, tailBytes: 135, droppedBytes: 720 });
  });

  it('passes --tail and --since on, and tells that the log may hold more, which the user asked for', async () => {
    const kube = fakeKube({
      objects: [pod('web', [{ name: 'app', status: RUNNING }])],
      logs: { 'shop/web/app': LINE },
    });

    const bundle = await collectBundle(kube, [logs], { options: { tailLines: 5, sinceSeconds: 600 } });

    expect(kube.requests.at(-1)).toContain('sinceSeconds=600&tailLines=5');
    expect(bundle.row('logs', 'container/shop/web/app')).toMatchObject({
      outcome: 'truncated',
      fix: { flag: '--tail' },
    });
    expect(isIncomplete(bundle.result)).toBe(false);
  });

  it('takes the log of a container younger than --since as whole', async () => {
    const status = { state: { running: { startedAt: '2026-03-01T11:55:00Z' } } };
    const kube = fakeKube({
      objects: [pod('web', [{ name: 'app', status }])],
      logs: { 'shop/web/app': LINE },
    });

    const bundle = await collectBundle(kube, [logs], { options: { sinceSeconds: 600 } });

    expect(bundle.row('logs', 'container/shop/web/app')?.outcome).toBe('collected');
  });

  it('says that logs are unseen where pods could not be listed', async () => {
    const kube = fakeKube({
      objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }],
      failures: {
        '/api/v1/pods': refused('', 'pods'),
        '/api/v1/namespaces/shop/pods': refused('', 'pods'),
      },
    });

    const bundle = await collectBundle(kube, [logs]);

    expect(bundle.row('logs', 'namespace/shop')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule: { resources: ['pods'] } },
    });
    expect(bundle.row('logs', 'namespace/shop')?.reason).toContain('Pod objects were not seen');
    expect(bundle.row('resources:core/Pod', 'namespace/shop')).toBeUndefined();
  });
});
