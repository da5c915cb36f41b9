import { describe, expect, it } from 'vitest';
import { claimPending } from '../../../analyzers/storage/claim-pending.ts';
import { csiDriverMissing } from '../../../analyzers/storage/csi-driver-missing.ts';
import { volumeNodeAffinityUnsatisfiable } from '../../../analyzers/storage/volume-node-affinity-unsatisfiable.ts';
import { volumeNotAttached } from '../../../analyzers/storage/volume-not-attached.ts';
import { podUnschedulable } from '../../../analyzers/workload/pod-unschedulable.ts';
import { volumeMountFailed } from '../../../analyzers/workload/volume-mount-failed.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { ago, type Built, condition, event, node, pod } from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import {
  attachment,
  claim,
  csiNode,
  mounting,
  pendingClaim,
  user,
  volume,
  waitingUser,
} from '../../support/storage-builders.ts';

const ANALYZERS = [
  claimPending,
  csiDriverMissing,
  volumeNodeAffinityUnsatisfiable,
  volumeNotAttached,
  podUnschedulable,
  volumeMountFailed,
];

/** Causes as `message > messages of the symptoms`. */
function causesOf(given: Given): string[] {
  const { findings, graph, results } = analyzeStore(storeOf(ANALYZERS, given), ANALYZERS);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id as string, meta.messages]));
  const messageOf = new Map(findings.map((one) => [one.id, one.messageId]));
  return diagnose(findings, graph, catalog, results).map(({ messageId, symptoms }) =>
    [messageId, ...symptoms.map((id) => messageOf.get(id))].join(' > '),
  );
}

function unscheduled(reason: string): Built {
  const message = `0/1 nodes are available: ${reason}.`;
  return pod('web', {
    spec: { nodeName: undefined, ...mounting('data') },
    status: {
      phase: 'Pending',
      conditions: [
        condition('PodScheduled', 'False', {
          reason: 'Unschedulable',
          message,
          lastTransitionTime: ago(900),
        }),
      ],
      containerStatuses: [],
    },
  });
}

describe('a pod that waits for its volume', () => {
  it('is a symptom of its claim without a class', () => {
    const objects = [
      pendingClaim('data'),
      unscheduled('pod has unbound immediate PersistentVolumeClaims'),
      node('node-1'),
    ];

    expect(causesOf({ objects })).toEqual(['classMissing > claimUnbound']);
  });

  it('is a symptom of a volume tied to a node that is gone', () => {
    const nodeSelectorTerms = [
      { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['gone'] }] },
    ];
    const tied = volume('pv-data', 'data', { spec: { nodeAffinity: { required: { nodeSelectorTerms } } } });
    const objects = [
      claim('data'),
      tied,
      node('node-1'),
      unscheduled('1 node(s) had volume node affinity conflict'),
    ];

    expect(causesOf({ objects })).toEqual(['nodeGone > volumeElsewhere']);
  });

  it('is a symptom of the volume that another node holds', () => {
    const waiting = waitingUser('web-new', ['data']);
    const message = 'Multi-Attach error for volume "pv-data" Volume is already used by pod(s) web-old';
    const objects = [
      claim('data'),
      volume('pv-data', 'data'),
      node('node-1'),
      node('node-2'),
      attachment('pv-data', 'node-2'),
      csiNode('node-1'),
      csiNode('node-2'),
      user('web-old', ['data'], { nodeName: 'node-2' }),
      waiting,
      event(waiting, { reason: 'FailedAttachVolume', message }),
    ];

    expect(causesOf({ objects })).toEqual(['heldByRunningPod > attachedElsewhere']);
  });
});
