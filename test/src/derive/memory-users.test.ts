import { describe, expect, it } from 'vitest';
import { memoryUsers } from '../../../src/derive/memory-users.ts';
import { anyObject, node, pod } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

function used(name: string, ...memory: readonly string[]) {
  const containers = memory.map((one, index) => ({ name: `c${index}`, usage: { cpu: '1m', memory: one } }));
  return anyObject('metrics.k8s.io/v1beta1', 'PodMetrics', name, 'shop', { containers });
}

const on = (name: string, nodeName: string) => pod(name, { spec: { nodeName } });

describe('memoryUsers', () => {
  it('names the three pods of a node that use most, all their containers together', () => {
    const users = derivedFrom(memoryUsers, {
      objects: [
        ...[node('n1'), node('n2')],
        ...[on('a', 'n1'), on('b', 'n1'), on('c', 'n1'), on('d', 'n1'), on('elsewhere', 'n2')],
        ...[used('a', '1Gi'), used('b', '900Mi', '900Mi'), used('c', '20Mi'), used('d', '500000Ki')],
        used('elsewhere', '64Gi'),
        used('gone', '99Gi'),
      ],
    });

    expect(users.on('/Node//n1').map(({ item, bytes }) => [item.metadata.name, bytes])).toEqual([
      ['b', 1800 * 2 ** 20],
      ['a', 2 ** 30],
      ['d', 500_000 * 2 ** 10],
    ]);
  });

  it('knows nobody where usage was not measured', () => {
    const users = derivedFrom(memoryUsers, { objects: [node('n1'), on('a', 'n1'), used('a')] });

    expect(users.on('/Node//n1')).toEqual([]);
  });
});
