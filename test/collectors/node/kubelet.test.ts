import { describe, expect, it } from 'vitest';
import { kubelet } from '../../../collectors/node/kubelet.ts';
import { kubeletCadvisor } from '../../../src/artifacts/kubelet-cadvisor.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { anyObject } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube } from '../../support/fake-kube.ts';

const RESOURCES = [...COMMON_KINDS, apiResource('', 'Node', 'nodes', { namespaced: false })];
const SUMMARY = '{"node":{"nodeName":"node-1"},"pods":[]}';
const CADVISOR = [
  'container_cpu_cfs_periods_total{container="app",namespace="shop",pod="web",id="/a"} 100',
  'container_cpu_cfs_throttled_periods_total{container="app",namespace="shop",pod="web",id="/a"} 40',
  '',
].join('\n');
const optIns = ['--node-proxy'];

function node(name: string, ready: 'True' | 'Unknown' = 'True') {
  return anyObject('v1', 'Node', name, null, { status: { conditions: [{ type: 'Ready', status: ready }] } });
}

function proxied(name: string) {
  const base = `/api/v1/nodes/${name}/proxy`;
  return {
    [`${base}/stats/summary`]: SUMMARY,
    [`${base}/configz`]: '{"kubeletconfig":{"failSwapOn":true}}',
    [`${base}/metrics/cadvisor`]: CADVISOR,
  };
}

describe('node/kubelet', () => {
  it('does not run unless asked to', async () => {
    const kube = fakeKube({ resources: RESOURCES, objects: [node('node-1')], replies: proxied('node-1') });

    const bundle = await collectBundle(kube, [kubelet]);

    expect(kube.requests.filter((path) => path.includes('/proxy'))).toEqual([]);
    expect(bundle.result.collectors).toContainEqual(
      expect.objectContaining({ id: 'node/kubelet', outcome: 'skipped' }),
    );
  });

  it('reads usage, configuration and counters of each node', async () => {
    const kube = fakeKube({ resources: RESOURCES, objects: [node('node-1')], replies: proxied('node-1') });

    const bundle = await collectBundle(kube, [kubelet], { optIns });

    expect(bundle.json('documents/kubelet-stats-summary/_node/node-1.json')).toMatchObject({
      node: { nodeName: 'node-1' },
    });
    const text = bundle.entries.get('documents/kubelet-cadvisor/_node/node-1.txt') ?? '';
    expect(kubeletCadvisor.parse(Buffer.from(text)).containers).toMatchObject([
      { pod: 'web', periods: 100, throttledPeriods: 40 },
    ]);
  });

  it('asks nodes that are not ready first, and goes on when one does not answer', async () => {
    const late = new KubeError('timeout', 'no answer within 15 s');
    const kube = fakeKube({
      resources: RESOURCES,
      objects: [node('fine'), node('ill', 'Unknown')],
      replies: proxied('fine'),
      failures: { '/api/v1/nodes/ill/proxy/stats/summary': late },
    });

    const bundle = await collectBundle(kube, [kubelet], { optIns });

    expect(kube.requests.find((path) => path.includes('/proxy'))).toContain('/nodes/ill/');
    expect(bundle.row('kubelet-stats-summary', 'node/ill')).toMatchObject({ outcome: 'timed-out' });
    expect(bundle.row('kubelet-stats-summary', 'node/fine')).toMatchObject({ outcome: 'collected' });
  });

  it('reads the container metrics of two hundred nodes and says so of the rest', async () => {
    const names = Array.from({ length: 202 }, (_, index) => `node-${index}`);
    const kube = fakeKube({
      resources: RESOURCES,
      objects: names.map((name) => node(name)),
      replies: Object.assign({}, ...names.map(proxied)),
    });

    const bundle = await collectBundle(kube, [kubelet], { optIns });

    const rows = bundle.result.rows.filter(({ artifact }) => artifact === 'kubelet-cadvisor');
    expect(rows.filter(({ outcome }) => outcome === 'collected')).toHaveLength(200);
    expect(rows.filter(({ outcome }) => outcome === 'truncated')).toHaveLength(2);
  });
});
