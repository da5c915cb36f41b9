import { leases } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Value } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';

/** Leases of leaders; the heartbeats of nodes are left to the node table. */
export const leaseFacts = defineDerived({
  id: 'lease-facts',
  title: 'Leases',
  needs: { leases: optional(leases) },
  derive({ leases: collection }, { age }): readonly (readonly Value[])[] {
    return collection.items
      .filter((lease) => lease.metadata.namespace !== 'kube-node-lease')
      .map((lease) => [
        subjectOf(lease),
        lease.spec?.holderIdentity ?? null,
        lease.spec?.leaseDurationSeconds ?? null,
        lease.spec?.renewTime ?? null,
        age(lease.spec?.renewTime, lease)?.seconds ?? null,
        lease.spec?.leaseTransitions ?? null,
      ]);
  },
  table: (rows) => ({
    id: 'leases',
    title: 'Leases',
    columns: [
      { id: 'lease', title: 'Lease', tag: 'object' },
      { id: 'holder', title: 'Holder', tag: 'text' },
      { id: 'duration', title: 'Valid for', tag: 'duration' },
      { id: 'renewed', title: 'Renewed', tag: 'time' },
      { id: 'age', title: 'Age', tag: 'duration' },
      { id: 'transitions', title: 'Transitions', tag: 'count' },
    ],
    rows,
  }),
});
