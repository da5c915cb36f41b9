import { describe, expect, it } from 'vitest';
import { resources } from '../../../collectors/kubernetes/resources.ts';
import { apiDiscovery } from '../../../src/artifacts/api-discovery.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { apiResource, COMMON_KINDS, fakeKube } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/fake-reply.ts';

const KINDS = [
  ...COMMON_KINDS,
  apiResource('', 'ComponentStatus', 'componentstatuses', { namespaced: false }),
  apiResource('', 'Binding', 'bindings', { verbs: ['create'] }),
  apiResource('events.k8s.io', 'Event', 'events'),
  apiResource('example.test', 'Widget', 'widgets'),
  apiResource('metrics.k8s.io', 'PodMetrics', 'pods'),
];
const DISCOVERY = {
  resources: KINDS,
  failures: [],
  observedAt: OBSERVED,
  find: () => undefined,
};

describe('kubernetes/resources', () => {
  it('lists every listable kind but those other collectors own and those that are no objects of their own', () => {
    const planned = resources
      .lists?.(DISCOVERY)
      .map(({ resource }) => `${resource.group}/${resource.plural}`);

    expect(planned).toEqual(['/configmaps', '/namespaces', '/pods', '/secrets', 'example.test/widgets']);
  });

  it('asks for one right for each kind it lists', () => {
    const rules = resources.rbac(DISCOVERY).map(({ rule }) => rule);

    expect(rules).toContainEqual({ apiGroups: ['example.test'], resources: ['widgets'], verbs: ['list'] });
    expect(rules).toHaveLength(5);
  });

  it('stores what the server serves, so that a kind that does not exist can be told from one not looked at', async () => {
    const discoveryFailures = [{ groupVersion: 'things.test/v1', reason: 'service unavailable' }];

    const bundle = await collectBundle(fakeKube({ resources: KINDS, discoveryFailures }), [resources]);

    const stored = apiDiscovery.parse(
      Buffer.from(bundle.entries.get('documents/api-discovery/_cluster.json') ?? ''),
    );
    expect(stored.resources).toEqual(KINDS);
    expect(stored.failures).toEqual(discoveryFailures);
  });
});
