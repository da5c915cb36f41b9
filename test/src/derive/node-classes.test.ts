import { describe, expect, it } from 'vitest';
import type { NodeItem, PodItem } from '../../../src/artifacts/resources.ts';
import { nodeClasses } from '../../../src/derive/node-classes.ts';
import { node, pod } from '../../support/builders.ts';

function named(name: string, zone: string, spec: Record<string, unknown> = {}): NodeItem {
  return node(name, { metadata: { labels: { zone, host: name } }, spec }) as unknown as NodeItem;
}

function classes(nodes: readonly NodeItem[], spec: Record<string, unknown>): string[][] {
  const waiting = [pod('web', { spec }) as unknown as PodItem];
  return nodeClasses(nodes, waiting).map((members) => members.map((one) => one.metadata.name));
}

const nodes = [named('a', 'z1'), named('b', 'z1'), named('c', 'z2')];

describe('nodes are of one class', () => {
  it('when no pod asks for what tells them apart', () => {
    expect(classes(nodes, {})).toEqual([['a', 'b', 'c']]);
    expect(classes(nodes, { nodeSelector: { zone: 'z1' } })).toEqual([['a', 'b'], ['c']]);
    expect(classes(nodes, { nodeSelector: { host: 'a' } })).toEqual([['a'], ['b'], ['c']]);
  });

  it('only with equal taints and cordons', () => {
    const taints = [{ key: 'dedicated', effect: 'NoSchedule' }];
    const mixed = [named('a', 'z1', { taints }), named('b', 'z1', { unschedulable: true }), named('c', 'z1')];

    expect(classes(mixed, {})).toEqual([['a'], ['b'], ['c']]);
  });
});
