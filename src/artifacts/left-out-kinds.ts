import type { ApiResource } from '../model/kube.ts';

/**
 * Listable kinds that other collectors own, or whose list is no state of the cluster; by group and plural,
 * `*` for a whole group.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  '/events': 'read by kubernetes/events',
  'events.k8s.io/events': 'the same objects as the events of the core group',
  'coordination.k8s.io/leases': 'read by control-plane/leases',
  '/componentstatuses': 'deprecated; each GET makes the API server probe 127.0.0.1 of its own host',
  'metrics.k8s.io/*': 'read by kubernetes/resource-usage',
  'custom.metrics.k8s.io/*': 'momentary usage, not objects of the cluster',
  'external.metrics.k8s.io/*': 'momentary usage, not objects of the cluster',
  // Served as kinds that are copies of core objects by aggregated API servers of OpenShift.
  'project.openshift.io/projects': 'the same objects as namespaces',
};

/** Why the collector of all kinds leaves a listable kind out; undefined when it lists it. */
export function whyNotListed(resource: Pick<ApiResource, 'group' | 'plural'>): string | undefined {
  return LEFT_OUT[`${resource.group}/${resource.plural}`] ?? LEFT_OUT[`${resource.group}/*`];
}
