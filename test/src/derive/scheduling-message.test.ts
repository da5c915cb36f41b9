import { describe, expect, it } from 'vitest';
import { parseSchedulingMessage } from '../../../src/derive/scheduling-message.ts';

function kindOf(reason: string): string | undefined {
  return parseSchedulingMessage(`0/3 nodes are available: 3 ${reason}.`)?.reasons[0]?.kind;
}

describe('a scheduling message', () => {
  it('of Kubernetes 1.36 gives reasons with counts and leaves preemption aside', () => {
    const message =
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

    expect(parseSchedulingMessage(message)).toEqual({
      nodes: 3,
      reasons: [
        { kind: 'taint', text: 'node(s) had untolerated taint(s)', count: 1, names: [] },
        { kind: 'resource', text: 'Insufficient cpu', resource: 'cpu', count: 2, names: [] },
      ],
      preemption: 'unhelpful',
    });
  });

  it.each([
    ['claimMissing', '0/3 nodes are available: persistentvolumeclaim "nope" not found. not found'],
    ['claimUnbound', '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'],
    [
      'claimUnbound',
      '0/3 nodes are available: 3 pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    ],
    [
      'claimDeleted',
      '0/1 nodes are available: persistentvolumeclaim "data.a" is being deleted. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
    [
      'volumeGone',
      '0/1 nodes are available: persistentvolumeclaim "a" bound to non-existent persistentvolume "pv-1".',
    ],
  ])('that stops at a volume before any filter is one reason: %s', (kind, message) => {
    expect(parseSchedulingMessage(message)?.reasons.map((reason) => reason.kind)).toEqual([kind]);
  });

  it('names the claim it stops at', () => {
    const message = '0/1 nodes are available: persistentvolumeclaim "data.a" is being deleted.';

    expect(parseSchedulingMessage(message)?.reasons[0]?.names).toEqual(['data.a']);
  });

  it.each([
    ['forbidden', 'preemption: not eligible due to preemptionPolicy=Never.'],
    ['unhelpful', 'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.'],
    [
      'noVictims',
      'preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.',
    ],
    ['untold', ''],
  ])('tells that preemption is %s', (outcome, tail) => {
    const message = `0/2 nodes are available: 2 Insufficient cpu. ${tail}`;

    expect(parseSchedulingMessage(message)?.preemption).toBe(outcome);
  });

  it('without a reason has none, whatever plugins add', () => {
    const message = '0/2 nodes are available: still not schedulable, preemption: 0/2 nodes are available.';

    expect(parseSchedulingMessage(message)?.reasons).toEqual([]);
  });

  it('of 1.20 has no preemption and reasons that hold commas', () => {
    const message =
      "0/4 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate, 3 node(s) didn't match node selector.";

    expect(parseSchedulingMessage(message)?.reasons).toEqual([
      {
        kind: 'taint',
        text: "node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate",
        taint: { key: 'node-role.kubernetes.io/master', value: '' },
        count: 1,
        names: [],
      },
      { kind: 'nodeAffinity', text: "node(s) didn't match node selector", count: 3, names: [] },
    ]);
  });

  it('names taint and value from 1.25 to 1.33', () => {
    const message = '0/2 nodes are available: 2 node(s) had untolerated taint {dedicated: gpu}.';

    expect(parseSchedulingMessage(message)?.reasons[0]?.taint).toEqual({ key: 'dedicated', value: 'gpu' });
  });

  it.each([
    ['resource', 'Insufficient memory'],
    ['resource', 'Insufficient ephemeral-storage'],
    ['resource', 'Insufficient nvidia.com/gpu'],
    ['resource', 'Too many pods'],
    ['nodeAffinity', "node(s) didn't match Pod's node affinity/selector"],
    ['nodeAffinity', "node(s) didn't match Pod's node affinity"],
    ['podAffinity', "node(s) didn't match pod affinity rules"],
    ['podAntiAffinity', "node(s) didn't match pod anti-affinity rules"],
    ['othersAntiAffinity', "node(s) didn't satisfy existing pods anti-affinity rules"],
    ['podAffinity', "node(s) didn't match pod affinity/anti-affinity"],
    ['topologySpread', "node(s) didn't match pod topology spread constraints"],
    ['topologyLabel', "node(s) didn't match pod topology spread constraints (missing required label)"],
    ['hostPort', "node(s) didn't have free ports for the requested pod ports"],
    ['cordoned', 'node(s) were unschedulable'],
    ['cordoned', 'node(s) had untolerated taint {node.kubernetes.io/unschedulable: }'],
    ['other', "node(s) didn't match the requested node name"],
    ['noVolume', "node(s) didn't find available persistent volumes to bind"],
    ['volumeElsewhere', "node(s) didn't match PersistentVolume's node affinity"],
    ['volumeElsewhere', 'node(s) had volume node affinity conflict'],
    ['volumeElsewhere', 'node(s) had no available volume zone'],
    ['storageCapacity', 'node(s) did not have enough free storage'],
    ['volumeGone', 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)'],
    ['volumeLimit', 'node(s) exceed max volume count'],
    [
      'volumeInUse',
      'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    ],
    ['volumeInUse', 'node(s) had no available disk'],
    ['volume', 'node(s) had a volume they could not use'],
    ['device', 'cannot allocate all claims'],
    ['device', 'resourceclaim not available on the node'],
    ['device', 'request req-1: device class gpu.example.com does not exist'],
    ['other', 'node(s) are filtered out by the prefilter result of a plugin of ours'],
  ])('tells %s: %s', (kind, reason) => {
    expect(kindOf(reason)).toBe(kind);
  });

  it('of a cluster without nodes has none', () => {
    expect(parseSchedulingMessage('no nodes available to schedule pods')).toMatchObject({
      nodes: 0,
      reasons: [],
    });
  });

  it('is not any other text', () => {
    expect(parseSchedulingMessage('running PreBind plugin "VolumeBinding": timed out')).toBeUndefined();
  });
});
