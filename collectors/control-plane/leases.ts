import { DEFAULT_LEASE_SECONDS, LEADER_LEASES, LEADER_NAMESPACE } from '../../src/artifacts/leader-leases.ts';
import { leases as leaseObjects } from '../../src/artifacts/resources.ts';
import { optional } from '../../src/model/artifact.ts';
import { defineCollector } from '../../src/model/collector.ts';

const LEADERS: ReadonlySet<string> = new Set(LEADER_LEASES);

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
  needs: { leases: optional(leaseObjects) },
  lists(discovery) {
    const resource = discovery.find('coordination.k8s.io', 'Lease');
    return resource ? [{ resource, samples: 2, priority: 5 }] : [];
  },
  // A leader that looks gone is looked at again when its lease must have been renewed, were it alive.
  settle({ leases: collection }, { age }) {
    const waits = collection.items.map((lease) => {
      const {
        holderIdentity,
        leaseDurationSeconds: duration = DEFAULT_LEASE_SECONDS,
        renewTime,
      } = lease.spec ?? {};
      if (lease.metadata.namespace !== LEADER_NAMESPACE || !LEADERS.has(lease.metadata.name)) return 0;
      const seconds = age(renewTime, lease)?.seconds ?? 0;
      return holderIdentity && seconds > duration ? duration + 2 : 0;
    });
    return Math.max(0, ...waits);
  },
  rbac: () => [
    {
      rule: { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list'] },
      why: 'lists leases',
    },
  ],
});
