import { describe, expect, it } from 'vitest';
import { nodes } from '../../../src/artifacts/resources.ts';
import { type DaemonSetItem, daemonGaps, foundationOf } from '../../../src/derive/daemon-gaps.ts';
import { controlledBy, node, pod } from '../../support/builders.ts';
import { daemonSet, notReady } from '../../support/controller-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const set = daemonSet('agent') as unknown as DaemonSetItem;

function named(name: string, containers: object[] = []): DaemonSetItem {
  return daemonSet(name, { spec: { template: { spec: { containers } } } }) as unknown as DaemonSetItem;
}

describe('daemonGaps', () => {
  it('leaves out nodes about to be removed, and ended pods', () => {
    const removed = node('node-1', {
      spec: { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] },
    });
    const owned = (name: string, nodeName: string, phase = 'Running') =>
      pod(name, {
        metadata: controlledBy('DaemonSet', 'agent'),
        spec: { nodeName },
        status: notReady(900, { phase }),
      });
    const objects = [
      removed,
      node('node-2'),
      owned('a', 'node-1'),
      owned('b', 'node-2'),
      owned('c', 'node-2', 'Failed'),
    ];
    const gaps = derivedFrom(daemonGaps, { objects });

    expect(gaps.notReady(set).map(({ pod: one }) => one.metadata.name)).toEqual(['b']);
  });

  it('finds nodes without a pod although they carry a taint every DaemonSet tolerates', () => {
    const pressed = node('node-1', {
      spec: { taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }] },
    });
    const gaps = derivedFrom(daemonGaps, { objects: [pressed] });

    expect(gaps.without(set)?.map((one) => one.metadata.name)).toEqual(['node-1']);
  });

  it('does not know when nodes were not seen', () => {
    expect(derivedFrom(daemonGaps, { forbidden: [nodes] }).without(set)).toBeUndefined();
  });
});

describe('foundationOf', () => {
  it('knows network agents by name and storage drivers by their registrar', () => {
    expect(foundationOf(named('kube-proxy'))).toBe('network');
    expect(foundationOf(named('rke2-canal'))).toBe('network');
    expect(
      foundationOf(named('csi', [{ name: 'reg', image: 'sig-storage/csi-node-driver-registrar:2' }])),
    ).toBe('storage');
    expect(foundationOf(named('fluent-bit'))).toBeUndefined();
    expect(foundationOf(named('proxy-audit'))).toBeUndefined();
  });
});
