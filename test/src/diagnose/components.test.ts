import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { components } from '../../../src/diagnose/components.ts';

type Edges = readonly (readonly [string, string])[];

function leaders(nodes: readonly string[], edges: Edges): Record<string, string> {
  return Object.fromEntries(components(nodes, adjacency(edges)));
}

function adjacency(edges: Edges): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [from, to] of edges) map.set(from, [...(map.get(from) ?? []), to]);
  return map;
}

function reaches(edges: ReadonlyMap<string, readonly string[]>, from: string): Set<string> {
  const seen = new Set([from]);
  for (const node of seen) for (const next of edges.get(node) ?? []) seen.add(next);
  return seen;
}

describe('components', () => {
  it('are single nodes where there is no circle', () => {
    expect(
      leaders(
        ['a', 'b', 'c'],
        [
          ['a', 'b'],
          ['b', 'c'],
          ['a', 'c'],
        ],
      ),
    ).toEqual({ a: 'a', b: 'b', c: 'c' });
  });

  it('are led by the first of their nodes in the order given', () => {
    const edges: Edges = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'a'],
      ['c', 'd'],
    ];

    expect(leaders(['a', 'b', 'c', 'd'], edges)).toEqual({ a: 'a', b: 'a', c: 'a', d: 'd' });
    expect(leaders(['d', 'c', 'b', 'a'], edges)).toEqual({ a: 'c', b: 'c', c: 'c', d: 'd' });
  });

  it('keep two circles apart that touch in one direction', () => {
    const edges: Edges = [
      ['a', 'b'],
      ['b', 'a'],
      ['b', 'c'],
      ['c', 'd'],
      ['d', 'c'],
    ];

    expect(leaders(['a', 'b', 'c', 'd'], edges)).toEqual({ a: 'a', b: 'a', c: 'c', d: 'c' });
  });

  it('join exactly the nodes that reach each other', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e', 'f'];
    const node = fc.constantFrom(...nodes);

    fc.assert(
      fc.property(fc.array(fc.tuple(node, node), { maxLength: 14 }), (edges) => {
        const found = components(nodes, adjacency(edges));
        const map = adjacency(edges);
        for (const one of nodes) {
          for (const other of nodes) {
            const mutual = reaches(map, one).has(other) && reaches(map, other).has(one);
            expect(found.get(one) === found.get(other)).toBe(mutual);
          }
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('of a chain of a hundred thousand nodes neither overflow the stack nor take forever', () => {
    const nodes = Array.from({ length: 100_000 }, (_, index) => `n${index}`);
    const chain = new Map(nodes.slice(1).map((node, index) => [nodes[index] as string, [node]]));

    expect(components(nodes, chain).get('n99999')).toBe('n99999');
  });
});
