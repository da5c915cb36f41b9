import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { type NodeClass, nodeClasses } from './node-classes.ts';
import { hostPorts, type NodeRoom } from './node-room.ts';
import { pinnedNode, selectsByName } from './node-selection.ts';
import { podRequests } from './pod-requests.ts';
import {
  type ObstacleKind,
  type PreemptionOutcome,
  parseSchedulingMessage,
  type SchedulingMessage,
  type SchedulingReason,
} from './scheduling-message.ts';
import {
  type Candidate,
  classObstacles,
  demandOf,
  nearest,
  SHOWN_BY_NODES,
  shortages,
} from './scheduling-obstacles.ts';
import { type SeenObstacle, seenObstacle } from './seen-obstacle.ts';
import { type ToldObstacle, toldObstacle } from './told-obstacle.ts';

type Obstacles = SeenObstacle | (ToldObstacle & { readonly nodes: readonly []; readonly pointer: '' });
type ForPod<T> = T extends { readonly message: infer M; readonly values: infer V }
  ? Omit<T, 'values'> & { readonly values: V & { readonly pod: ObjectRef } & Extra<M> }
  : never;
/** Only of a shortage it matters whether other pods could be evicted. */
type Extra<M> = M extends 'resourceShort' ? { readonly preemption: string } : unknown;

/** What keeps a pod from being scheduled: the one obstacle that is nearest to being overcome. */
export type PodObstacle = ForPod<Obstacles>;

/** How the tail of the message says that evicting other pods does not help. */
const PREEMPTION: Readonly<Record<PreemptionOutcome, string>> = {
  forbidden: 'is ruled out by its preemptionPolicy Never',
  noVictims: 'finds no pod of lower priority to evict',
  unhelpful: 'does not help',
  untold: 'is not spoken of',
};

/** The nodes and the pods that wait for one. */
export interface Surroundings {
  readonly nodes: Collection<NodeItem>;
  readonly room: NodeRoom;
  readonly waiting: readonly PodItem[];
}

/**
 * Reads the message of a PodScheduled condition and looks at the nodes: the scheduler says which kinds of
 * obstacles there are, the nodes say where and by how much. Pods of one shape (requests, selector, affinity,
 * tolerations) are looked at once: the cost is shapes times nodes, whatever the number of pods.
 */
export function obstacleFinder({
  nodes,
  room,
  waiting,
}: Surroundings): (pod: PodItem, message: string) => PodObstacle {
  const seen = new Map<string, SeenObstacle | null>();
  const byName = new Map(nodes.items.map((node) => [node.metadata.name, node]));
  const classes = nodes.coverage.complete ? nodeClasses(nodes.items, waiting) : [];

  function look(pod: PodItem, pinned: string | undefined, kinds: ReadonlySet<ObstacleKind>) {
    const candidates = candidatesFor(pod, kinds, {
      room,
      classes: pinned === undefined ? classes : alone(byName.get(pinned)),
    });
    return seenObstacle(nearest(candidates), candidates.length) ?? null;
  }

  function obstacleOf(pod: PodItem, message: string, parsed: SchedulingMessage | undefined): Obstacles {
    const pinned = pinnedNode(pod);
    const reasons = reasonsFor(parsed?.reasons ?? [], pinned);
    if (!parsed || !isFilled(reasons))
      return { message: 'notSchedulable', values: { detail: sentence(message) }, ...NOWHERE };
    const kinds = new Set(reasons.map((one) => one.kind));
    const found = nodes.coverage.complete
      ? getOrCreate(seen, shapeOf(pod, kinds), () => look(pod, pinned, kinds))
      : null;
    if (found) return found;
    const foreign = reasons.filter((one) => !SHOWN_BY_NODES.includes(one.kind));
    const left = nodes.coverage.complete && isFilled(foreign) ? foreign : reasons;
    return { ...toldObstacle(pod, left, { ...parsed, reasons }), ...NOWHERE };
  }

  return (pod, message) => {
    const parsed = parseSchedulingMessage(message);
    const obstacle = obstacleOf(pod, message, parsed);
    const extra =
      obstacle.message === 'resourceShort' ? { preemption: PREEMPTION[parsed?.preemption ?? 'untold'] } : {};
    return { ...obstacle, values: { ...obstacle.values, pod: subjectOf(pod), ...extra } } as PodObstacle;
  };
}

const NOWHERE = { nodes: [], pointer: '' } as const;

function isFilled<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}

/** Of a pod meant for one node, every other node says that its affinity does not match. */
function reasonsFor(
  all: readonly SchedulingReason[],
  pinned: string | undefined,
): readonly SchedulingReason[] {
  const own = all.filter((one) => pinned === undefined || one.kind !== 'nodeAffinity');
  return own.length > 0 ? own : all;
}

function alone(node: NodeItem | undefined): NodeClass[] {
  return node ? [[node]] : [];
}

function candidatesFor(
  pod: PodItem,
  kinds: ReadonlySet<ObstacleKind>,
  { room, classes }: { readonly room: NodeRoom; readonly classes: readonly NodeClass[] },
): Candidate[] {
  const demand = demandOf(pod, kinds);
  const byName = selectsByName(pod);
  return classes.flatMap((members) => {
    const shared = byName ? [] : classObstacles(pod, members[0], kinds);
    return members.map((node) => ({
      node,
      obstacles: [
        ...(byName ? classObstacles(pod, node, kinds) : shared),
        ...shortages(demand, node.metadata.name, room),
      ],
    }));
  });
}

/** Equal for pods that meet the same obstacles on every node. */
function shapeOf(pod: PodItem, kinds: ReadonlySet<ObstacleKind>): string {
  const { nodeSelector, affinity, tolerations } = pod.spec ?? {};
  const node = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return JSON.stringify([
    nodeSelector,
    node,
    tolerations,
    [...podRequests(pod)],
    hostPorts(pod),
    [...kinds].sort(),
  ]);
}

/** The message up to its first full stop. */
function sentence(message: string): string {
  return message.split(/\.(?:\s|$)/, 1)[0]?.trim() || 'the scheduler does not say why';
}
