import { type EventItem, type NodeItem, nodes, type PodItem, pods } from '../artifacts/resources.ts';
import { type DeriveContext, defineDerived, optional, samples } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { containersOf } from './containers.ts';
import { type EventIndex, eventIndex, eventTime } from './event-index.ts';
import { hasEnded } from './pod-readiness.ts';

/** Ends this near to one another are of one cause. */
const TOGETHER_MS = 300_000;
/** Of the containers that were there, so many ended then. */
const SHARE = 0.8;
/** Fewer containers may have ended together by chance. */
const CONTAINERS = 5;

/** A node that was started anew, and what that did to its containers. */
export interface NodeReboot {
  readonly node: NodeItem;
  /** ISO 8601, to minutes; undefined when only the changed boot id tells. */
  readonly at: string | undefined;
  /** What tells of it. */
  readonly told: 'boot-id' | 'event' | 'containers';
  /** Containers of its pods that ended then, of those that had been there. */
  readonly ended: number;
  readonly before: number;
  readonly event?: EventItem;
  /** A few of the pods whose containers ended then. */
  readonly pods: readonly PodItem[];
}

/** Reboots of nodes, which explain restarts and ends that are no fault of a container. */
export interface NodeReboots {
  /** All nodes that were looked at. */
  readonly nodes: readonly NodeItem[];
  readonly reboots: readonly NodeReboot[];
  /** The reboot that ended a container at this time (ISO 8601) on this node. */
  explaining(nodeName: string | undefined, finishedAt: string | null | undefined): NodeReboot | undefined;
}

/** The last reboot of each node: from a changed boot id, the kubelet's event, or containers that ended all at once. */
export const nodeReboots = defineDerived({
  id: 'node-reboots',
  title: 'Reboots of nodes',
  needs: { nodes: samples(nodes), pods: optional(pods), events: eventIndex },
  derive({ nodes: looks, pods: collection, events }, context): NodeReboots {
    const placed = new Map<string, PodItem[]>();
    for (const pod of collection.items) {
      const name = pod.spec?.nodeName;
      if (name !== undefined && !hasEnded(pod)) getOrCreate(placed, name, () => []).push(pod);
    }
    const later = new Map(
      looks.slice(1).flatMap(({ items }) => items.map((node) => [node.metadata.name, node] as const)),
    );
    const reboots = new Map<string, NodeReboot>();
    for (const node of looks[0]?.items ?? []) {
      const second = later.get(node.metadata.name);
      const reboot = rebootOf({ node, second, pods: placed.get(node.metadata.name) ?? [] }, events, context);
      if (reboot) reboots.set(node.metadata.name, reboot);
    }
    return {
      nodes: looks[0]?.items ?? [],
      reboots: [...reboots.values()],
      explaining(nodeName, finishedAt) {
        const reboot = nodeName === undefined ? undefined : reboots.get(nodeName);
        return reboot && isTogether(finishedAt, reboot.at) ? reboot : undefined;
      },
    };
  },
});

interface Placed {
  readonly node: NodeItem;
  /** The node as a later look saw it. */
  readonly second: NodeItem | undefined;
  readonly pods: readonly PodItem[];
}

function rebootOf(placed: Placed, events: EventIndex, context: DeriveContext): NodeReboot | undefined {
  const { node, second, pods: here } = placed;
  const ends = here.flatMap(endsOf);
  const event = events.about(node).find((one) => one.reason === 'Rebooted');
  const first = node.status?.nodeInfo?.bootID;
  const then = second?.status?.nodeInfo?.bootID;
  const changed = first !== undefined && then !== undefined && first !== then;
  if (event || changed) {
    const at = event ? eventTime(event) : context.observed(second ?? node)?.time;
    const told = event ? ({ told: 'event', event } as const) : ({ told: 'boot-id' } as const);
    return { node, at, ...told, ...countAt(ends, at) };
  }
  const at = commonTime(ends);
  const counts = countAt(ends, at);
  if (counts.before < CONTAINERS || counts.ended < SHARE * counts.before) return undefined;
  return { node, at, told: 'containers', ...counts };
}

/** One container: when its pod was started and when its last run ended. */
interface End {
  readonly pod: PodItem;
  readonly started: number;
  readonly finishedAt: string | undefined;
}

function endsOf(pod: PodItem): End[] {
  return containersOf(pod)
    .filter((one) => !one.init || one.sidecar)
    .map(({ status }) => ({
      pod,
      started: Date.parse(pod.status?.startTime ?? pod.metadata.creationTimestamp ?? ''),
      finishedAt: (status.lastState?.terminated ?? status.state?.terminated)?.finishedAt,
    }));
}

/** The time around which most containers ended: their median. */
function commonTime(ends: readonly End[]): string | undefined {
  const times = ends.map((end) => end.finishedAt).filter((time) => time !== undefined && time !== null);
  return times.sort()[Math.floor(times.length / 2)];
}

/** How many of the containers that were there at a time ended then. */
function countAt(
  ends: readonly End[],
  at: string | undefined,
): Pick<NodeReboot, 'ended' | 'before' | 'pods'> {
  const there = ends.filter((end) => end.started < Date.parse(at ?? ''));
  const ended = there.filter((end) => isTogether(end.finishedAt, at));
  return {
    before: there.length,
    ended: ended.length,
    pods: [...new Set(ended.map((end) => end.pod))].slice(0, 3),
  };
}

function isTogether(a: string | null | undefined, b: string | undefined): boolean {
  return Math.abs(Date.parse(a ?? '') - Date.parse(b ?? '')) <= TOGETHER_MS;
}
