import type { NodeItem, PodItem } from '../artifacts/resources.ts';
import { selectionKeys } from './node-selection.ts';

/** Nodes alike to every pod that waits: equal taints, cordon, and labels any of the pods asks for. Never empty. */
export type NodeClass = readonly [NodeItem, ...NodeItem[]];

/** Parts nodes into classes, so that labels and taints are compared once a class instead of once a node. */
export function nodeClasses(nodes: readonly NodeItem[], waiting: readonly PodItem[]): NodeClass[] {
  const keys = [...new Set(waiting.flatMap(selectionKeys))];
  const classes = new Map<string, [NodeItem, ...NodeItem[]]>();
  for (const node of nodes) {
    const { taints = [], unschedulable } = node.spec ?? {};
    const labels = node.metadata.labels ?? {};
    const named = taints.map(({ key, value, effect }) => [key, value, effect]);
    const alike = JSON.stringify([named, unschedulable, keys.map((key) => labels[key] ?? null)]);
    const known = classes.get(alike);
    if (known) known.push(node);
    else classes.set(alike, [node]);
  }
  return [...classes.values()];
}
