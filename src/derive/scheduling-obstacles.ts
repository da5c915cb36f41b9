import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import type { NodeRoom } from './node-room.ts';
import { isKeptAway, unmatchedSelection } from './node-selection.ts';
import { podRequests } from './pod-requests.ts';
import type { ObstacleKind } from './scheduling-message.ts';

/** What keeps a pod from one node, as far as the objects tell. */
export type Obstacle =
  | {
      readonly kind: 'resource';
      readonly resource: string;
      readonly requested: number;
      readonly allocatable: number;
      /** Undefined when not all pods were seen. */
      readonly free: number | undefined;
    }
  | { readonly kind: 'taint'; readonly taint: string; readonly weight: number }
  | { readonly kind: 'nodeAffinity'; readonly wanted: readonly string[] }
  | { readonly kind: 'cordoned' };

/** A node with what keeps a pod from it. */
export interface Candidate {
  readonly node: NodeItem;
  readonly obstacles: readonly Obstacle[];
}

/** A cordon acts as this taint, whether or not the node controller has set it yet. */
const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
/** Set by the node controller while something is wrong with the node: it goes by itself. */
const CONDITION_TAINT = /^node\.kubernetes\.io\//;
const CONTROL_PLANE_TAINT = /^node-role\.kubernetes\.io\/(?:control-plane|master)$/;

/**
 * How far a node is from taking the pod: a passing state of the node is nearest, then a resource it has too
 * little of, then a taint or a label that was set on purpose; the control plane is meant for no one.
 */
const WEIGHTS = { passing: 1, resource: 2, taint: 3, nodeAffinity: 4, controlPlane: 8 } as const;

/** What keeps a pod from a node, of the kinds the scheduler names (all kinds when it names none). */
export function obstaclesOn(
  pod: PodItem,
  node: NodeItem,
  room: NodeRoom,
  kinds: ReadonlySet<ObstacleKind>,
): Candidate {
  const obstacles: Obstacle[] = [];
  const wanted = unmatchedSelection(pod, node);
  if (wanted.length > 0) obstacles.push({ kind: 'nodeAffinity', wanted });
  if (node.spec?.unschedulable && isKeptAway(pod, CORDON)) obstacles.push({ kind: 'cordoned' });
  for (const taint of node.spec?.taints ?? []) {
    const { key, value, effect } = taint;
    if (key === CORDON.key || !isKeptAway(pod, taint)) continue;
    const text = `${key}${value ? `=${value}` : ''}:${effect}`;
    obstacles.push({ kind: 'taint', taint: text, weight: weightOf(key) });
  }
  obstacles.push(...shortages(pod, node.metadata.name, room));
  return { node, obstacles: obstacles.filter(({ kind }) => kinds.size === 0 || kinds.has(kind)) };
}

function shortages(pod: PodItem, node: string, room: NodeRoom): Obstacle[] {
  const found: Obstacle[] = [];
  for (const [resource, requested] of podRequests(pod)) {
    const allocatable = room.allocatable(node, resource);
    const free = room.free(node, resource);
    if (requested > 0 && requested > (free ?? allocatable))
      found.push({ kind: 'resource', resource, requested, allocatable, free });
  }
  return found;
}

/** The candidates nearest to taking the pod, the one with most room first; none when some node has no obstacle. */
export function nearest(candidates: readonly Candidate[]): readonly Candidate[] {
  const costs = candidates.map((one) => one.obstacles.reduce((sum, obstacle) => sum + costOf(obstacle), 0));
  const lowest = costs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (lowest === 0) return [];
  return candidates.filter((_, index) => costs[index] === lowest).sort((a, b) => shortOf(a) - shortOf(b));
}

/** The obstacle of a candidate that matters most. */
export function mainObstacle({ obstacles }: Candidate): Obstacle | undefined {
  return obstacles.reduce<Obstacle | undefined>(
    (worst, one) => (worst && costOf(worst) >= costOf(one) ? worst : one),
    undefined,
  );
}

function costOf(obstacle: Obstacle): number {
  if (obstacle.kind === 'taint') return obstacle.weight;
  return obstacle.kind === 'cordoned' ? WEIGHTS.passing : WEIGHTS[obstacle.kind];
}

function weightOf(taintKey: string): number {
  if (CONTROL_PLANE_TAINT.test(taintKey)) return WEIGHTS.controlPlane;
  return CONDITION_TAINT.test(taintKey) ? WEIGHTS.passing : WEIGHTS.taint;
}

/** Share of the request that is missing, to find the roomiest of equals. */
function shortOf({ obstacles }: Candidate): number {
  let share = 0;
  for (const one of obstacles) {
    if (one.kind !== 'resource') continue;
    share += (one.requested - (one.free ?? one.allocatable)) / one.requested;
  }
  return share;
}
