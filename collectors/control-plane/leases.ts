import { leases as leaseObjects } from '../../src/artifacts/resources.ts';
import { defineCollector } from '../../src/model/collector.ts';

/**
 * Leases at the start and at the end: whether one was renewed in between tells a dead holder from one with
 * a wrong clock. Stored as the server sends them: `managedFields[].time` is the server's own stamp.
 */
export const leases = defineCollector({
  meta: {
    id: 'control-plane/leases',
    title: 'Leases',
    description: 'Lists the leases of all namespaces at the start and at the end of the collection.',
    produces: [leaseObjects],
    priority: 5,
  },
  needs: {},
  lists(discovery) {
    const resource = discovery.find('coordination.k8s.io', 'Lease');
    return resource ? [{ resource, samples: 2, priority: 5 }] : [];
  },
  rbac: () => [
    {
      rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list'] },
      why: 'lists leases',
    },
  ],
});
