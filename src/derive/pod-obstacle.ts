import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import type { NodeRoom } from './node-room.ts';
import { pinnedNode, unmatchedSelection } from './node-selection.ts';
import { podRequests } from './pod-requests.ts';
import { quantityText } from './quantity.ts';
import { type ObstacleKind, parseSchedulingMessage, type SchedulingReason } from './scheduling-message.ts';
import { type Candidate, mainObstacle, nearest, type Obstacle, obstaclesOn } from './scheduling-obstacles.ts';

type ResourceObstacle = Extract<Obstacle, { kind: 'resource' }>;
type Of<Kind extends string, Values> = {
  readonly message: Kind;
  readonly values: { readonly pod: ObjectRef } & Values;
};
interface Extent {
  /** Nodes with the obstacle, of all that count for the pod. */
  readonly count: number;
  readonly total: number;
}

/** What keeps a pod from being scheduled: the one obstacle that is nearest to being overcome. */
export type PodObstacle = {
  /** The nodes with this obstacle, the nearest first; empty when the nodes were not seen. */
  readonly nodes: readonly NodeItem[];
  /** JSON Pointer to what shows the obstacle in a node. */
  readonly pointer: string;
} & (
  | Of<'resourceShort', { resource: string; requested: string; node: ObjectRef; free: string }>
  | Of<'resourceTooLarge', { resource: string; requested: string; node: ObjectRef; allocatable: string }>
  | Of<'resourceShortUnseen', Extent & { resource: string }>
  | Of<'taintNotTolerated', Extent & { taints: readonly string[] }>
  | Of<'labelNotMatched', Extent & { wanted: readonly string[] }>
  | Of<'cordoned', Extent & { nodes: readonly string[] }>
  | Of<'placementRules' | 'hostPortTaken' | 'volumeNotAvailable' | 'notSchedulable', { detail: string }>
);

const MODELLED: readonly ObstacleKind[] = ['resource', 'taint', 'nodeAffinity', 'cordoned'];
/** Names shown of cordoned nodes. */
const NAMES = 10;

/**
 * Reads the message of a PodScheduled condition and looks at the nodes: the scheduler says which kinds of
 * obstacles there are, the nodes say where and by how much. Pods of one template are looked at once.
 */
export function obstacleFinder(
  nodes: Collection<NodeItem>,
  room: NodeRoom,
): (pod: PodItem, message: string) => PodObstacle {
  const known = new Map<string, readonly Candidate[]>();
  return (pod, message) => {
    const parsed = parseSchedulingMessage(message);
    if (!parsed || parsed.reasons.length === 0) return told(pod, 'notSchedulable', sentence(message));
    const pinned = pinnedNode(pod);
    // Of a pod meant for one node, every other node says that its affinity does not match.
    const own = parsed.reasons.filter((one) => pinned === undefined || one.kind !== 'nodeAffinity');
    const reasons = own.length > 0 ? own : parsed.reasons;
    const kinds = new Set(reasons.map((one) => one.kind));
    const looked = nodes.coverage.complete
      ? nodes.items.filter((node) => pinned === undefined || node.metadata.name === pinned)
      : [];
    const { nodeSelector, affinity, tolerations } = pod.spec ?? {};
    const template = [nodeSelector, affinity, tolerations, [...podRequests(pod)], [...kinds]];
    const near = getOrCreate(known, JSON.stringify(template), () =>
      nearest(looked.map((node) => obstaclesOn(pod, node, room, kinds))),
    );
    const main = near[0] && mainObstacle(near[0]);
    if (main) return seenObstacle(pod, main, near, looked.length);
    const foreign = reasons.filter((one) => !MODELLED.includes(one.kind));
    return toldObstacle(pod, looked.length > 0 && foreign.length > 0 ? foreign : reasons, parsed.nodes);
  };
}

function seenObstacle(pod: PodItem, main: Obstacle, near: readonly Candidate[], total: number): PodObstacle {
  const same = near.filter((one) => mainObstacle(one)?.kind === main.kind);
  const nodes = same.map((one) => one.node);
  const extent = { pod: subjectOf(pod), count: same.length, total };
  switch (main.kind) {
    case 'resource':
      return shortage(pod, main.resource, same);
    case 'taint': {
      const found = same.flatMap((one) => one.obstacles);
      const taints = new Set(found.flatMap((one) => (one.kind === 'taint' ? [one.taint] : [])));
      const values = { ...extent, taints: [...taints].sort() };
      return { message: 'taintNotTolerated', values, nodes, pointer: '/spec/taints' };
    }
    case 'nodeAffinity': {
      const values = { ...extent, wanted: main.wanted };
      return { message: 'labelNotMatched', values, nodes: nodes.slice(0, 1), pointer: '/metadata/labels' };
    }
    case 'cordoned': {
      const values = { ...extent, nodes: nodes.slice(0, NAMES).map((node) => node.metadata.name) };
      return { message: 'cordoned', values, nodes, pointer: '/spec' };
    }
  }
}

/** Names the roomiest node; where none is ever large enough, the one that offers most in all. */
function shortage(pod: PodItem, resource: string, same: readonly Candidate[]): PodObstacle {
  const offers = same.flatMap(({ node, obstacles }) =>
    obstacles
      .filter((one): one is ResourceObstacle => one.kind === 'resource' && one.resource === resource)
      .map((obstacle) => ({ node, obstacle })),
  );
  const never =
    offers.length === same.length &&
    offers.every(({ obstacle }) => obstacle.requested > obstacle.allocatable);
  const { node, obstacle } = offers.reduce((a, b) =>
    never && b.obstacle.allocatable > a.obstacle.allocatable ? b : a,
  );
  const { requested, free = 0, allocatable } = obstacle;
  const where = { nodes: [node], pointer: '/status/allocatable' };
  const values = {
    pod: subjectOf(pod),
    resource,
    requested: quantityText(resource, requested),
    node: subjectOf(node),
  };
  if (never) {
    const offered = quantityText(resource, allocatable);
    return { message: 'resourceTooLarge', values: { ...values, allocatable: offered }, ...where };
  }
  const left = quantityText(resource, Math.max(0, free));
  return { message: 'resourceShort', values: { ...values, free: left }, ...where };
}

/** From the scheduler's words alone: its nodes were not seen, or have no obstacle of the kinds looked at. */
function toldObstacle(pod: PodItem, reasons: readonly SchedulingReason[], total: number): PodObstacle {
  const [first] = [...reasons].sort(
    (a, b) => weightOf(a) - weightOf(b) || (b.count ?? total) - (a.count ?? total),
  ) as [SchedulingReason];
  const alike = reasons.filter((one) => one.kind === first.kind && weightOf(one) === weightOf(first));
  const sum = alike.reduce((count, one) => count + (one.count ?? total), 0);
  const extent = { pod: subjectOf(pod), count: Math.min(sum, total), total };
  const detail = alike.map((one) => one.text).join('; ');
  switch (first.kind) {
    case 'resource': {
      const values = { ...extent, count: first.count ?? total, resource: first.resource ?? '' };
      return { message: 'resourceShortUnseen', values, ...NOWHERE };
    }
    case 'taint':
      return {
        message: 'taintNotTolerated',
        values: { ...extent, taints: alike.map(taintText) },
        ...NOWHERE,
      };
    case 'nodeAffinity':
      return { message: 'labelNotMatched', values: { ...extent, wanted: askedFor(pod) }, ...NOWHERE };
    case 'cordoned':
      return { message: 'cordoned', values: { ...extent, nodes: ['not named'] }, ...NOWHERE };
    case 'podAffinity':
    case 'topologySpread':
      return told(pod, 'placementRules', detail);
    case 'hostPort':
      return told(pod, 'hostPortTaken', hostPortsOf(pod) || detail);
    case 'volume':
      return told(pod, 'volumeNotAvailable', detail);
    default:
      return told(pod, 'notSchedulable', detail);
  }
}

const NOWHERE = { nodes: [], pointer: '' } as const;

function told(
  pod: PodItem,
  message: 'placementRules' | 'hostPortTaken' | 'volumeNotAvailable' | 'notSchedulable',
  detail: string,
): PodObstacle {
  return { message, values: { pod: subjectOf(pod), detail }, ...NOWHERE };
}

/** Without nodes to look at: how soon a reason may be overcome, as in scheduling-obstacles. */
function weightOf({ kind, taint }: SchedulingReason): number {
  if (taint && /^node-role\.kubernetes\.io\//.test(taint.key)) return 8;
  const weights: Partial<Record<ObstacleKind, number>> = { cordoned: 1, taint: 3, nodeAffinity: 4 };
  return weights[kind] ?? 2;
}

function taintText({ taint }: SchedulingReason): string {
  if (!taint) return 'this version of the scheduler does not say which';
  return taint.value === '' ? taint.key : `${taint.key}=${taint.value}`;
}

function askedFor(pod: PodItem): string[] {
  const bare = { apiVersion: 'v1', kind: 'Node', metadata: { name: '' } } as NodeItem;
  return unmatchedSelection(pod, bare);
}

function hostPortsOf(pod: PodItem): string {
  const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []);
  return ports
    .filter((one) => one.hostPort)
    .map((one) => `${one.hostPort}/${one.protocol ?? 'TCP'}`)
    .join(', ');
}

/** The message up to its first full stop. */
function sentence(message: string): string {
  return message.split(/\.(?:\s|$)/, 1)[0]?.trim() || 'the scheduler does not say why';
}
