import { describe, expect, it } from 'vitest';
import { components } from '../../../collectors/control-plane/components.ts';
import { componentHealth } from '../../../src/artifacts/component-health.ts';
import { type Built, pod } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

const HEALTHY = '[+]ping ok\n[+]leaderElection ok\nhealthz check passed\n';

function component(name: string, command: readonly string[] = []): Built {
  return pod(`${name}-cp-1`, {
    metadata: { namespace: 'kube-system', labels: { component: name, tier: 'control-plane' } },
    spec: { containers: [{ name, command: [name, ...command] }] },
  });
}

const MANAGER = 'kube-controller-manager';
const SCHEDULER = 'kube-scheduler';
const healthOf = (name: string) => `documents/component-health/_object/Pod/kube-system/${name}-cp-1.json`;

describe('control-plane/components', () => {
  it('asks each component on its own port, and shows a certificate for the metrics only', async () => {
    const kube = fakeKube({
      objects: [component(MANAGER), component(SCHEDULER)],
      podReplies: {
        [`kube-system/${MANAGER}-cp-1:10257/healthz`]: HEALTHY,
        [`kube-system/${MANAGER}-cp-1:10257/metrics`]: 'workqueue_depth{name="job"} 3\n',
        [`kube-system/${SCHEDULER}-cp-1:10259/healthz`]: 'ok',
        [`kube-system/${SCHEDULER}-cp-1:10259/metrics`]: { status: 403, body: 'forbidden' },
      },
    });

    const bundle = await collectBundle(kube, [components]);

    const health = componentHealth.parse(Buffer.from(bundle.entries.get(healthOf(MANAGER)) ?? ''));
    expect(health).toMatchObject({
      component: MANAGER,
      replies: [{ path: '/healthz', ok: true, checks: [{ name: 'ping' }, { name: 'leaderElection' }] }],
    });
    expect(kube.podRequests.filter(({ identify }) => identify).map(({ path }) => path)).toEqual([
      '/metrics',
      '/metrics',
    ]);
    expect(new Set(kube.podRequests.map(({ scheme }) => scheme))).toEqual(new Set(['https']));
    expect(bundle.result.rows).toContainEqual(
      expect.objectContaining({
        artifact: 'component-metrics',
        outcome: 'error',
        reason: expect.stringContaining('HTTP 403'),
      }),
    );
  });

  it('takes the port from the flags', async () => {
    const kube = fakeKube({ objects: [component(SCHEDULER, ['--secure-port=20259'])] });

    await collectBundle(kube, [components]);

    expect(new Set(kube.podRequests.map(({ port }) => port))).toEqual(new Set([20259]));
  });

  it('says that nothing runs as a pod, and asks nobody elsewhere', async () => {
    const stranger = pod('fake', {
      metadata: { namespace: 'shop', labels: { component: SCHEDULER } },
      spec: { containers: [{ name: SCHEDULER }] },
    });
    const kube = fakeKube({ objects: [stranger] });

    const bundle = await collectBundle(kube, [components]);

    expect(kube.podRequests).toEqual([]);
    expect(bundle.result.rows).toContainEqual(
      expect.objectContaining({ artifact: 'component-health', outcome: 'not-found' }),
    );
  });
});
