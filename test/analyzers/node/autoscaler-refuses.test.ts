import { autoscalerRefuses } from '../../../analyzers/node/autoscaler-refuses.ts';
import { events, pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, type Built, condition, event, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Pod/shop/big';
const pending = pod('big', {
  spec: { nodeName: undefined },
  status: {
    phase: 'Pending',
    conditions: [
      condition('PodScheduled', 'False', { reason: 'Unschedulable', lastTransitionTime: ago(900) }),
    ],
    containerStatuses: [],
  },
});

function said(reason: string, message: string, seconds = 60, about: Built = pending): Built {
  return event(about, {
    reason,
    message,
    lastTimestamp: ago(seconds),
    source: { component: 'cluster-autoscaler' },
  });
}

function statusMap(status: string): Built {
  return anyObject('v1', 'ConfigMap', 'cluster-autoscaler-status', 'kube-system', { data: { status } });
}

const FULL =
  "pod didn't trigger scale-up: 1 max node group size reached, 2 node(s) didn't match Pod's node affinity/selector";
const BACKING = "pod didn't trigger scale-up: 1 in backoff after failed scale-up";
const healthy = statusMap(
  'Cluster-autoscaler status at 2026-01-15 11:59:00 +0000 UTC:\nCluster-wide:\n  Health:      Healthy (ready=3)\n  ScaleUp:     NoActivity (ready=3)\n\nNodeGroups:\n  Name:        pool-a\n  Health:      Healthy (ready=3 cloudProviderTarget=3 (minSize=1, maxSize=3))\n  ScaleUp:     NoActivity (ready=3)\n',
);
const backingOff = statusMap(
  'time: 2026-01-15\nautoscalerStatus: Running\nclusterWide:\n  health:\n    status: Healthy\nnodeGroups:\n- name: pool-a\n  health:\n    status: Healthy\n    cloudProviderTarget: 3\n    maxSize: 9\n  scaleUp:\n    status: Backoff\n    backoffInfo:\n      errorCode: QUOTA_EXCEEDED\n      errorMessage: Quota CPUS exceeded\n',
);

testAnalyzer(autoscalerRefuses, {
  silent: [
    {
      name: 'no pod is pending',
      given: { objects: [pod('web'), said('NotTriggerScaleUp', FULL, 60, pod('web'))] },
    },
    {
      name: 'the pod has been scheduled since',
      given: { objects: [{ ...pod('big'), metadata: pending.metadata }, said('NotTriggerScaleUp', FULL)] },
    },
    {
      name: 'a node was asked for after the refusal',
      given: {
        objects: [
          pending,
          said('NotTriggerScaleUp', FULL, 600),
          said('TriggeredScaleUp', 'pod triggered scale-up: [{pool-a 3->4 (max: 9)}]', 30),
          said('FailedToScaleUpGroup', 'Scale-up failed for group pool-a: no capacity', 900, healthy),
        ],
      },
    },
    { name: 'pending without a word of an autoscaler', given: { objects: [pending, healthy] } },
    {
      name: 'unhealthy but nobody waits',
      given: { objects: [statusMap('Cluster-wide:\n  Health: Unhealthy (ready=0)\n')] },
    },
    {
      name: 'no group would fit: what the scheduler says is told already',
      given: {
        objects: [
          pending,
          said(
            'NotTriggerScaleUp',
            "pod didn't trigger scale-up (it wouldn't fit if a new node is added): 2 node(s) had untolerated taint {gpu: true}",
          ),
        ],
      },
      info: [
        {
          message: 'noGroupFits',
          subject: SUBJECT,
          values: { detail: '2 node(s) had untolerated taint {gpu: true}' },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'the group that would fit is at its maximum',
      given: { objects: [pending, said('NotTriggerScaleUp', FULL)] },
      expect: [
        {
          message: 'limitReached',
          subject: SUBJECT,
          severity: 'warning',
          since: ago(900),
          values: { limit: 'max node group size reached' },
        },
      ],
    },
    {
      name: 'in back-off, with the error of the cloud from the status',
      given: { objects: [pending, said('NotTriggerScaleUp', BACKING), backingOff] },
      expect: [
        { message: 'backingOff', subject: SUBJECT, values: { detail: 'pool-a: Quota CPUS exceeded' } },
      ],
    },
    {
      name: 'in back-off, without a status',
      given: { objects: [pending, said('NotTriggerScaleUp', BACKING)] },
      expect: [
        { message: 'backingOff', subject: SUBJECT, values: { detail: '1 in backoff after failed scale-up' } },
      ],
    },
    {
      name: 'the node asked for did not come',
      given: {
        objects: [
          pending,
          healthy,
          said('TriggeredScaleUp', 'pod triggered scale-up: [{pool-a 3->4 (max: 9)}]', 300),
          said(
            'FailedToScaleUpGroup',
            'Scale-up failed for group pool-a: InsufficientInstanceCapacity.',
            200,
            healthy,
          ),
        ],
      },
      expect: [
        {
          message: 'scaleUpFailed',
          subject: SUBJECT,
          values: { group: 'pool-a', detail: 'InsufficientInstanceCapacity' },
        },
      ],
    },
    {
      name: 'the cluster counts as unhealthy while a pod waits',
      given: {
        objects: [pending, statusMap('Cluster-wide:\n  Health:      Unhealthy (ready=1 unready=5)\n')],
      },
      expect: [
        {
          message: 'unhealthy',
          subject: 'ConfigMap/kube-system/cluster-autoscaler-status',
          values: { count: 1 },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods were not seen', given: { forbidden: [pods] }, reason: /Pod/ },
    {
      name: 'there is an autoscaler and events were not seen',
      given: { objects: [pending, healthy], forbidden: [events] },
      reason: /Event/,
    },
  ],
});
