import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import type { ObjectRef } from '../model/subject.ts';
import { hostPorts, type NodeRoom } from './node-room.ts';
import { isKeptAway, unmatchedSelection } from './node-selection.ts';
import { podRequests } from './pod-requests.ts';
import { quantityText } from './quantity.ts';
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
  | { readonly kind: 'hostPort'; readonly port: string; readonly holder: ObjectRef }
  | { readonly kind: 'cordoned' };

/** A node with what keeps a pod from it. */
export interface Candidate {
  readonly node: NodeItem;
  readonly obstacles: readonly Obstacle[];
}

/** The kinds of obstacles that the objects show; all others are known from the scheduler's words only. */
export const SHOWN_BY_NODES: readonly ObstacleKind[] = [
  'resource',
  'taint',
  'nodeAffinity',
  'cordoned',
  'hostPort',
];

/** A cordon acts as this taint, whether or not the node controller has set it yet. */
const CORDON = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const;
/** Set by the node controller while something is wrong with the node: it goes by itself. */
const CONDITION_TAINT = /^node\.(?:cloudprovider\.)?kubernetes\.io\//;
const CONTROL_PLANE_TAINT = /^node-role\.kubernetes\.io\/(?:control-plane|master)$/;

/**
 * How far a node is from taking the pod: a passing state of the node is nearest, then what other pods hold,
 * then a taint or a label that was set on purpose; the control plane is meant for no one.
 */
const WEIGHTS = { cordoned: 1, passing: 1, resource: 2, hostPort: 2, taint: 3, nodeAffinity: 4 } as const;
const CONTROL_PLANE_WEIGHT = 8;

/** What keeps a pod from every node of a class: labels, cordon, taints; of the kinds the scheduler names. */
export function classObstacles(
  pod: PodItem,
  node: NodeItem,
  kinds: ReadonlySet<ObstacleKind>,
): readonly Obstacle[] {
  const obstacles: Obstacle[] = [];
  const wanted = unmatchedSelection(pod, node);
  if (wanted.length > 0) obstacles.push({ kind: 'nodeAffinity', wanted });
  if (node.spec?.unschedulable && isKeptAway(pod, CORDON)) obstacles.push({ kind: 'cordoned' });
  for (const taint of node.spec?.taints ?? []) {
    const { key, value, effect } = taint;
    if (key === CORDON.key || !isKeptAway(pod, taint)) continue;
    const text = `${key}${value ? `=${value}` : ''}:${effect}`;
    obstacles.push({ kind: 'taint', taint: text, weight: taintWeight(key) });
  }
  return obstacles.filter(({ kind }) => named(kinds, kind));
}

/** What a pod asks for of each node; worked out once per shape of pods. */
export interface Demand {
  readonly requests: readonly (readonly [resource: string, amount: number])[];
  readonly ports: readonly string[];
}

/** The demand of a pod, without what the scheduler does not complain of. */
export function demandOf(pod: PodItem, kinds: ReadonlySet<ObstacleKind>): Demand {
  return {
    requests: named(kinds, 'resource') ? [...podRequests(pod)].filter(([, amount]) => amount > 0) : [],
    ports: named(kinds, 'hostPort') ? hostPorts(pod) : [],
  };
}

/** What one node lacks of a demand. */
export function shortages({ requests, ports }: Demand, node: string, room: NodeRoom): Obstacle[] {
  const found: Obstacle[] = [];
  for (const [resource, requested] of requests) {
    const free = room.free(node, resource);
    const allocatable = room.allocatable(node, resource);
    if (requested > (free ?? allocatable))
      found.push({ kind: 'resource', resource, requested, allocatable, free });
  }
  for (const port of ports) {
    const holder = room.portHolder(node, port);
    if (holder) found.push({ kind: 'hostPort', port, holder });
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

/** Whether an obstacle is a taint that the node controller takes away when the node is well again. */
export function isPassingTaint(obstacle: Obstacle): boolean {
  return obstacle.kind === 'taint' && obstacle.weight === WEIGHTS.passing;
}

/** What would have to be given for the node to take the pod, one entry an obstacle. */
export function lacksOf({ obstacles }: Candidate): string[] {
  return obstacles.flatMap((one) => {
    switch (one.kind) {
      case 'resource':
        return [
          `${one.resource} ${quantityText(one.resource, one.requested - (one.free ?? one.allocatable))}`,
        ];
      case 'taint':
        return [`toleration of ${one.taint}`];
      case 'nodeAffinity':
        return one.wanted.map((wanted) => `label ${wanted}`);
      case 'hostPort':
        return [`host port ${one.port}`];
      default:
        return ['an end of its cordon'];
    }
  });
}

function named(kinds: ReadonlySet<ObstacleKind>, kind: ObstacleKind): boolean {
  return kinds.size === 0 || kinds.has(kind);
}

function costOf(obstacle: Obstacle): number {
  return obstacle.kind === 'taint' ? obstacle.weight : WEIGHTS[obstacle.kind];
}

/** How hard it is to overcome a taint of this key. */
export function taintWeight(key: string): number {
  if (CONTROL_PLANE_TAINT.test(key)) return CONTROL_PLANE_WEIGHT;
  return CONDITION_TAINT.test(key) ? WEIGHTS.passing : WEIGHTS.taint;
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
