import { apiDiscovery } from '../../src/artifacts/api-discovery.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { whyNotListed } from '../../src/artifacts/left-out-kinds.ts';
import { defineCollector } from '../../src/model/collector.ts';
import type { ApiResource, Discovery } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** What changes or disappears fastest is listed first. */
const PRIORITY: Readonly<Record<string, number>> = {
  '/pods': 10,
  '/nodes': 10,
  'apps/replicasets': 20,
  '/configmaps': 60,
  '/secrets': 60,
};

/** Every listable kind the server has, custom resources included. */
export const resources = defineCollector({
  meta: {
    id: 'kubernetes/resources',
    title: 'Kubernetes objects',
    description:
      'Lists every kind the API server serves, custom resources included. Of Secrets only metadata and public certificates are stored.',
    produces: [apiDiscovery],
    producesAllKinds: true,
    priority: 10,
  },
  needs: {},
  lists(discovery) {
    return listable(discovery).map((resource) => ({
      resource,
      priority: PRIORITY[`${resource.group}/${resource.plural}`] ?? 50,
    }));
  },
  rbac(discovery) {
    return listable(discovery).map(({ group, plural }) => ({
      rule: { apiGroups: [group], resources: [plural], verbs: ['list'] },
      why:
        group === '' && plural === 'secrets'
          ? 'lists secrets, of which only metadata and public certificates are written'
          : `lists ${plural}`,
    }));
  },
  async collect({ bundle, discovery }) {
    const { resources, failures, observedAt } = discovery;
    await bundle.add(apiDiscovery, CLUSTER_SCOPE, async () => ({
      body: jsonBytes({ resources, failures }),
      observedAt,
    }));
  },
});

function listable(discovery: Discovery): readonly ApiResource[] {
  return discovery.resources.filter(
    (resource) => resource.verbs.includes('list') && whyNotListed(resource) === undefined,
  );
}
