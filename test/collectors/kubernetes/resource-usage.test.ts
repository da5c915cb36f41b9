import { describe, expect, it } from 'vitest';
import { resourceUsage } from '../../../collectors/kubernetes/resource-usage.ts';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { whyNotListed } from '../../../src/artifacts/left-out-kinds.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, type FakeObject, fakeKube } from '../../support/fake-kube.ts';

const V1BETA1 = { version: 'v1beta1', versions: ['v1beta1'] };
const KINDS = [
  ...COMMON_KINDS,
  apiResource('metrics.k8s.io', 'NodeMetrics', 'nodes', { ...V1BETA1, namespaced: false }),
  apiResource('metrics.k8s.io', 'PodMetrics', 'pods', V1BETA1),
];
const OBJECTS: FakeObject[] = [
  {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name: 'n1' },
    timestamp: '2026-03-01T11:59:50Z',
    window: '20.05s',
    usage: { cpu: '812m', memory: '6100Mi' },
  },
  {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: { namespace: 'shop', name: 'web-0' },
    containers: [{ name: 'web', usage: { cpu: '1m', memory: '71Mi' } }],
  },
];

describe('kubernetes/resource-usage', () => {
  it('lists the usage of nodes and pods once, beside the collector of all kinds', async () => {
    const kube = fakeKube({ resources: KINDS, objects: OBJECTS });

    const bundle = await collectBundle(kube, [resources, resourceUsage]);

    expect(bundle.json('resources/metrics.k8s.io/nodes/_cluster.json')).toMatchObject({
      items: [{ metadata: { name: 'n1' }, usage: { cpu: '812m', memory: '6100Mi' } }],
    });
    expect(bundle.json('resources/metrics.k8s.io/pods/shop.json')).toMatchObject({
      items: [{ containers: [{ name: 'web', usage: { memory: '71Mi' } }] }],
    });
    expect(kube.requests.filter((path) => path.includes('metrics.k8s.io'))).toHaveLength(2);
  });

  it('asks for nothing where the group is not served', async () => {
    const kube = fakeKube({ resources: COMMON_KINDS });

    const bundle = await collectBundle(kube, [resourceUsage]);

    expect(kube.requests.some((path) => path.includes('metrics'))).toBe(false);
    expect(bundle.manifest.coverage.filter(({ outcome }) => outcome === 'error')).toEqual([]);
  });

  it('is the reason the collector of all kinds gives when it is left out', async () => {
    const bundle = await collectBundle(fakeKube({ resources: KINDS, objects: OBJECTS }), [resources]);

    expect(whyNotListed({ group: 'metrics.k8s.io', plural: 'pods' })).toBe(
      'read by kubernetes/resource-usage',
    );
    expect(bundle.row('resources:metrics.k8s.io/PodMetrics')).toMatchObject({
      outcome: 'skipped',
      reason: 'read by kubernetes/resource-usage',
    });
  });
});
