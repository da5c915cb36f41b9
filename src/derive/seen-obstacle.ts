import type { NodeItem } from '../artifacts/resources.ts';
import { type ObjectRef, subjectOf } from '../model/subject.ts';
import { quantityText } from './quantity.ts';
import {
  type Candidate,
  isPassingTaint,
  lacksOf,
  mainObstacle,
  type Obstacle,
} from './scheduling-obstacles.ts';

type ObstacleOf<Kind> = Extract<Obstacle, { kind: Kind }>;
interface Extent {
  /** Nodes with the obstacle, of all that count for the pod. */
  readonly count: number;
  readonly total: number;
  /** The one that comes nearest to taking the pod. */
  readonly node: ObjectRef;
  /** All it lacks. */
  readonly lacks: readonly string[];
}
type Of<Kind extends string, Values> = { readonly message: Kind; readonly values: Values };

/** What the nodes themselves show to be in the way, the same for all pods of one shape. */
export type SeenObstacle = {
  /** The nodes with this obstacle, the nearest first. */
  readonly nodes: readonly NodeItem[];
  /** JSON Pointer to what shows the obstacle in a node. */
  readonly pointer: string;
} & (
  | Of<'resourceShort', Shortage & { free: string; lacks: readonly string[] }>
  | Of<'tooManyPods', { node: ObjectRef; limit: number }>
  | Of<'resourceTooLarge', Shortage & { allocatable: string }>
  | Of<'taintNotTolerated' | 'nodeUnwell', Extent & { taints: readonly string[] }>
  | Of<'labelNotMatched', Extent & { wanted: readonly string[] }>
  | Of<'cordoned', Extent & { nodes: readonly string[] }>
  | Of<'hostPortTaken', { port: string; holder: ObjectRef; node: ObjectRef; count: number; total: number }>
);

interface Shortage {
  readonly resource: string;
  readonly requested: string;
  readonly node: ObjectRef;
}

/** Names shown of cordoned nodes. */
const NAMES = 10;

/** Tells the main obstacle of the nearest nodes, of `total` that count for the pod; undefined without any. */
export function seenObstacle(near: readonly Candidate[], total: number): SeenObstacle | undefined {
  const [closest] = near;
  const main = closest && mainObstacle(closest);
  if (!closest || !main) return undefined;
  const same = near.filter((one) => mainObstacle(one)?.kind === main.kind);
  const nodes = same.map((one) => one.node);
  const extent = { count: same.length, total, node: subjectOf(closest.node), lacks: lacksOf(closest) };
  switch (main.kind) {
    case 'resource':
      return shortage(main.resource, same);
    case 'taint': {
      const found = same.flatMap((one) => one.obstacles);
      const taints = new Set(found.flatMap((one) => (one.kind === 'taint' ? [one.taint] : [])));
      const values = { ...extent, taints: [...taints].sort() };
      const message = isPassingTaint(main) ? 'nodeUnwell' : 'taintNotTolerated';
      return { message, values, nodes, pointer: '/spec/taints' };
    }
    case 'nodeAffinity': {
      const values = { ...extent, wanted: main.wanted };
      return { message: 'labelNotMatched', values, nodes: nodes.slice(0, 1), pointer: '/metadata/labels' };
    }
    case 'hostPort': {
      const { port, holder } = main;
      const values = { port, holder, node: extent.node, count: same.length, total };
      return { message: 'hostPortTaken', values, nodes: nodes.slice(0, 1), pointer: '/metadata' };
    }
    case 'cordoned': {
      const names = nodes.slice(0, NAMES).map((node) => node.metadata.name);
      return { message: 'cordoned', values: { ...extent, nodes: names }, nodes, pointer: '/spec' };
    }
  }
}

/** Names the roomiest node; where none is ever large enough, the one that offers most in all. */
function shortage(resource: string, same: readonly Candidate[]): SeenObstacle {
  const offers = same.flatMap((candidate) =>
    candidate.obstacles
      .filter((one): one is ObstacleOf<'resource'> => one.kind === 'resource' && one.resource === resource)
      .map((obstacle) => ({ candidate, obstacle })),
  );
  const never =
    offers.length === same.length &&
    offers.every(({ obstacle }) => obstacle.requested > obstacle.allocatable);
  const { candidate, obstacle } = offers.reduce((a, b) =>
    never && b.obstacle.allocatable > a.obstacle.allocatable ? b : a,
  );
  const { requested, free = 0, allocatable } = obstacle;
  const where = { nodes: [candidate.node], pointer: '/status/allocatable' };
  const node = subjectOf(candidate.node);
  if (resource === 'pods') return { message: 'tooManyPods', values: { node, limit: allocatable }, ...where };
  const values = { resource, requested: quantityText(resource, requested), node };
  if (never) {
    const offered = quantityText(resource, allocatable);
    return { message: 'resourceTooLarge', values: { ...values, allocatable: offered }, ...where };
  }
  const left = quantityText(resource, Math.max(0, free));
  const lacks = lacksOf(candidate);
  return { message: 'resourceShort', values: { ...values, free: left, lacks }, ...where };
}
