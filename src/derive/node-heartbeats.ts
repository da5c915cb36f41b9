import { type LeaseItem, leases } from '../artifacts/resources.ts';
import { type Collection, defineDerived, samples } from '../model/artifact.ts';
import type { Lookup } from '../model/coverage.ts';
import { type Age, isOlder } from '../model/observation.ts';

/** Where kubelets renew the leases of their nodes. */
export const HEARTBEAT_NAMESPACE = 'kube-node-lease';
/** A kubelet's default: it renews every 10 s for 40 s (nodeLeaseDurationSeconds). */
export const HEARTBEAT_SECONDS = 40;
/** A renewal late by this much, beyond the duration of the lease, is no delay of the network any more. */
export const HEARTBEAT_SLACK_SECONDS = 20;

/** What the lease of a node says of its kubelet. */
export interface Heartbeat {
  /** As it was last seen. */
  readonly lease: LeaseItem;
  /** When it was last renewed, ISO 8601: by the API server's clock where it is recorded, else the kubelet's. */
  readonly renewed: string | undefined;
  readonly by: 'api-server' | 'kubelet';
  readonly age: Age | undefined;
  /** Seconds the lease is valid for. */
  readonly duration: number;
  /** Renewed between two looks of the collection. */
  readonly moved: boolean;
  /** Whether the kubelet is silent; undefined when the clocks do not decide. */
  readonly stale: boolean | undefined;
}

/** The heartbeats of nodes. */
export interface NodeHeartbeats {
  of(node: string): Lookup<Heartbeat>;
  /** Every lease of the namespace. */
  readonly all: readonly Heartbeat[];
}

/** Leases of nodes as signs of life, by the clock that can be trusted and over all looks. */
export const nodeHeartbeats = defineDerived({
  id: 'node-heartbeats',
  title: 'Heartbeats of nodes',
  needs: { leases: samples(leases) },
  derive({ leases: looks }, { age }): NodeHeartbeats {
    const first = looks[0] as Collection<LeaseItem>;
    const later = looks.slice(1).at(-1);
    const read = (lease: LeaseItem): Heartbeat => {
      const again = later?.lookup({ namespace: HEARTBEAT_NAMESPACE, name: lease.metadata.name });
      return heartbeatOf(lease, again?.state === 'present' ? again.item : undefined, age);
    };
    const own = first.items.filter((lease) => lease.metadata.namespace === HEARTBEAT_NAMESPACE);
    return {
      of(name) {
        const found = first.lookup({ namespace: HEARTBEAT_NAMESPACE, name });
        return found.state === 'present' ? { state: 'present', item: read(found.item) } : found;
      },
      all: own.map(read),
    };
  },
});

function heartbeatOf(
  first: LeaseItem,
  again: LeaseItem | undefined,
  ageOf: (time: string | undefined, item: object) => Age | undefined,
): Heartbeat {
  const lease = again ?? first;
  const moved = again !== undefined && again.spec?.renewTime !== first.spec?.renewTime;
  const written = writtenAt(lease);
  const renewed = written ?? lease.spec?.renewTime;
  const age = ageOf(renewed, lease);
  const duration = lease.spec?.leaseDurationSeconds ?? HEARTBEAT_SECONDS;
  return {
    lease,
    renewed,
    by: written === undefined ? 'kubelet' : 'api-server',
    age,
    duration,
    moved,
    stale: moved ? false : isOlder(age, duration + HEARTBEAT_SLACK_SECONDS),
  };
}

/** When the lease was last written by the API server's clock, which a wrong clock of the node does not touch. */
function writtenAt({ metadata }: LeaseItem): string | undefined {
  const times = (metadata.managedFields ?? []).flatMap(({ time }) => (time ? [time] : []));
  return times.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}
