import type { ApiResource, Discovery } from '../../src/model/kube.ts';

function resource(group: string, kind: string, plural: string, more: Partial<ApiResource> = {}): ApiResource {
  return {
    group,
    version: 'v1',
    versions: ['v1'],
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ['get', 'list', 'watch'],
    subresources: [],
    ...more,
  };
}

const RESOURCES: readonly ApiResource[] = [
  resource('', 'ConfigMap', 'configmaps'),
  resource('', 'Event', 'events'),
  resource('', 'Namespace', 'namespaces', { namespaced: false }),
  resource('', 'Node', 'nodes', { namespaced: false }),
  resource('', 'Pod', 'pods', { subresources: ['log', 'portforward', 'status'] }),
  resource('', 'Secret', 'secrets'),
  resource('', 'Service', 'services'),
  resource('apps', 'Deployment', 'deployments', { subresources: ['scale', 'status'] }),
  resource('authorization.k8s.io', 'SubjectAccessReview', 'subjectaccessreviews', { verbs: ['create'] }),
  resource('coordination.k8s.io', 'Lease', 'leases'),
  resource('events.k8s.io', 'Event', 'events'),
  resource('example.org', 'Widget', 'widgets', { version: 'v1beta1', versions: ['v1beta1'] }),
];

/** What a small server with a custom resource and a kind that cannot be listed serves. */
export const sampleDiscovery: Discovery = {
  resources: RESOURCES,
  failures: [],
  observedAt: { time: '2026-01-01T00:00:00Z', source: 'server-date', errorSeconds: 1 },
  find: (group, kind) => RESOURCES.find((one) => one.group === group && one.kind === kind),
};
