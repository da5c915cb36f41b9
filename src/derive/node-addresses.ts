import { type EventItem, type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { eventIndex } from './event-index.ts';
import { parseIpRange, rangeSize } from './ip-range.ts';
import { hasEnded } from './pod-readiness.ts';
import { readSandboxError } from './sandbox-failure.ts';

/** A pod that waits for an address, with the event that says so. */
export interface WaitingPod {
  readonly pod: PodItem;
  readonly event: EventItem;
}

/** Pod addresses of one node. */
export interface NodeAddresses {
  readonly node: NodeItem;
  /** Addresses its range has for pods; undefined when the node was given none. */
  readonly capacity: number | undefined;
  /** Pods on it that have an address of the pod network. */
  readonly used: number;
  /** Pods on it that get none. */
  readonly waiting: readonly WaitingPod[];
}

/** Network address, broadcast address and the bridge or gateway of the node (host-local, Flannel, kubenet). */
const RESERVED = 3;

/** How the pod addresses of each node are used. */
export const nodeAddresses = defineDerived({
  id: 'node-addresses',
  title: 'Pod addresses by node',
  needs: { nodes: optional(nodes), pods: optional(pods), events: eventIndex },
  derive(inputs): readonly NodeAddresses[] {
    const used = new Map<string, number>();
    const waiting = new Map<string, WaitingPod[]>();
    for (const pod of inputs.pods.items) {
      const name = pod.spec?.nodeName;
      if (name === undefined || pod.spec?.hostNetwork || hasEnded(pod)) continue;
      if (pod.status?.podIP) {
        used.set(name, (used.get(name) ?? 0) + 1);
      } else if (!pod.metadata.deletionTimestamp) {
        const event = inputs.events.about(pod).find(isExhausted);
        if (event) getOrCreate(waiting, name, () => []).push({ pod, event });
      }
    }
    return inputs.nodes.items.map((node) => {
      const { name } = node.metadata;
      return {
        node,
        capacity: capacityOf(node),
        used: used.get(name) ?? 0,
        waiting: waiting.get(name) ?? [],
      };
    });
  },
});

function isExhausted({ reason, message = '' }: EventItem): boolean {
  return reason === 'FailedCreatePodSandBox' && readSandboxError(message).failure === 'addressesExhausted';
}

/** IPv4 addresses of the node's range that pods can get; an IPv6 range never runs out. */
function capacityOf({ spec }: NodeItem): number | undefined {
  const ranges = (spec?.podCIDRs ?? [spec?.podCIDR ?? '']).map(parseIpRange);
  const range = ranges.find((one) => one?.version === 4);
  return range && Math.max(0, Number(rangeSize(range)) - RESERVED);
}
