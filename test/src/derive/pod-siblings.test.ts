import { describe, expect, it } from 'vitest';
import { pods } from '../../../src/artifacts/resources.ts';
import { podOwner, podSiblings } from '../../../src/derive/pod-siblings.ts';
import { ago, type Built, controlledBy, pod } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { readySibling, unreadyPod } from '../../support/probe-builders.ts';
import { failedPod } from '../../support/run-time-builders.ts';

const older = pod('web-77aa1-z', {
  metadata: { ...controlledBy('ReplicaSet', 'web-77aa1'), labels: { 'pod-template-hash': '77aa1' } },
});

function counts(...objects: Built[]) {
  const { siblings, pods: collection } = inputsFrom({ siblings: podSiblings, pods }, { objects });
  const first = collection.items[0]!;
  return { owner: siblings.ofOwner(first), revision: siblings.ofRevision(first) };
}

describe('the pods of an owner', () => {
  it('are counted over all revisions, and for each', () => {
    expect(counts(unreadyPod('web-5d4f9-a'), readySibling('web-5d4f9-b'), older)).toEqual({
      owner: { live: 3, ready: 2 },
      revision: { live: 2, ready: 1 },
    });
  });

  it('are not those that ended or are being deleted', () => {
    const leaving = readySibling('web-5d4f9-c');
    const metadata = { ...leaving.metadata, deletionTimestamp: ago(5) };

    expect(
      counts(unreadyPod('web-5d4f9-a'), failedPod('b', 'Evicted', ''), { ...leaving, metadata }).owner,
    ).toEqual({
      live: 1,
      ready: 0,
    });
  });

  it('are none when the only one has ended', () => {
    expect(counts(failedPod('a', 'Evicted', '')).owner).toEqual({ live: 0, ready: 0 });
  });
});

describe('the owner of a pod', () => {
  function owner(one: Built) {
    const { kind, name } = podOwner(inputsFrom({ pods }, { objects: [one] }).pods.items[0]!);
    return `${kind}/${name}`;
  }

  it('is the Deployment of its ReplicaSet, or its controller', () => {
    expect(owner(older)).toBe('Deployment/web');
    expect(owner(pod('db-0', { metadata: controlledBy('StatefulSet', 'db') }))).toBe('StatefulSet/db');
    expect(owner(pod('x', { metadata: controlledBy('ReplicaSet', 'lone') }))).toBe('ReplicaSet/lone');
  });

  it('is the pod itself when nobody or its node controls it', () => {
    expect(owner(pod('bare'))).toBe('Pod/bare');
    expect(owner(pod('etcd-cp-1', { metadata: controlledBy('Node', 'cp-1', 'v1') }))).toBe('Pod/etcd-cp-1');
  });
});
