import { describe, expect, it } from 'vitest';
import { events } from '../../../collectors/kubernetes/events.ts';
import { logs } from '../../../collectors/kubernetes/logs.ts';
import { resourceUsage } from '../../../collectors/kubernetes/resource-usage.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import type { ProgressEvent } from '../../../src/collect/progress.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { fakeKube } from '../../support/fake-kube.ts';

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } };

function pod(name: string) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'shop', name },
    spec: { nodeName: 'n1', containers: [{ name: 'app' }] },
    status: { containerStatuses: [{ name: 'app', restartCount: 0, ready: true, state: { running: {} } }] },
  };
}

const WAITING = {
  name: 'app',
  restartCount: 0,
  ready: false,
  state: { waiting: { reason: 'ImagePullBackOff' } },
};

describe('how a collector ended', () => {
  it('is not `collected` where the end of the collection cut it off', async () => {
    const kube = fakeKube({
      objects: [NAMESPACE, pod('web-1'), pod('web-2')],
      logs: { 'shop/web-1/app': 'whole\n', 'shop/web-2/app': 'never read\n' },
      onRequest: (path) => (path.includes('web-2/log') ? new Promise(() => {}) : undefined),
    });

    const { result } = await collectBundle(kube, [resources, logs], { limits: { seconds: 0.3 } });

    expect(result.collectors.find(({ id }) => id === 'kubernetes/logs')).toMatchObject({
      outcome: 'partial',
      reason: 'the time of `--timeout` (0.3 s) was over before everything was read',
    });
  });

  it('is not `not-found` where the end came before what there was', async () => {
    const waiting = { ...pod('web-1'), status: { containerStatuses: [WAITING] } };
    const kube = fakeKube({
      objects: [NAMESPACE, waiting, pod('web-2')],
      logs: { 'shop/web-2/app': 'never read\n' },
      onRequest: (path) => (path.includes('web-2/log') ? new Promise(() => {}) : undefined),
    });

    const { result } = await collectBundle(kube, [resources, logs], { limits: { seconds: 0.3 } });

    expect(result.collectors.find(({ id }) => id === 'kubernetes/logs')).toMatchObject({
      outcome: 'skipped',
      reason: 'the time of `--timeout` (0.3 s) was over before this was read',
    });
  });

  it('is `not-found` with a reason where the cluster has nothing it reads', async () => {
    const kube = fakeKube({ objects: [NAMESPACE] });

    const { result } = await collectBundle(kube, [resources, resourceUsage]);

    expect(result.collectors.find(({ id }) => id === 'kubernetes/resource-usage')).toMatchObject({
      outcome: 'not-found',
      reason: 'nothing it reads was found here',
    });
  });
});

describe('a namespace that was asked for', () => {
  async function told(namespaces: readonly string[]): Promise<ProgressEvent[]> {
    const seen: ProgressEvent[] = [];
    await collectBundle(fakeKube({ objects: [NAMESPACE, pod('web-1')] }), [resources, events], {
      options: { namespaces },
      onProgress: (event) => seen.push(event),
    });
    return seen.filter(({ type }) => type === 'absent-namespaces');
  }

  it('is named where it does not exist', async () => {
    expect(await told(['shop', 'shpo'])).toEqual([{ type: 'absent-namespaces', names: ['shpo'] }]);
  });

  it('is not spoken of where it does', async () => {
    expect(await told(['shop'])).toEqual([]);
  });
});
