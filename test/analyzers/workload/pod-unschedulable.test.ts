import { describe, expect, it } from 'vitest';
import { podUnschedulable } from '../../../analyzers/workload/pod-unschedulable.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, event } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import {
  anti,
  asking,
  controlPlane,
  filler,
  lowCpu,
  pending,
  pinnedTo,
  shortages,
  silent,
  subject,
  tainted,
  waiting,
  without,
  worker,
} from './pod-unschedulable-cases.ts';

testAnalyzer(podUnschedulable, {
  silent,
  reports: [
    ...shortages,
    {
      name: 'a taint that Kubernetes 1.34 and later do not name, from the nodes',
      given: {
        objects: [
          pending('3 node(s) had untolerated taint(s)'),
          controlPlane,
          tainted('gpu-1', 'dedicated', 'gpu'),
          tainted('gpu-2', 'dedicated', 'gpu'),
        ],
      },
      expect: [
        {
          message: 'taintNotTolerated',
          subject,
          values: { taints: ['dedicated=gpu:NoSchedule'], count: 2, total: 3 },
        },
      ],
    },
    {
      name: 'a taint named by the scheduler, nodes refused',
      given: {
        objects: [pending('3 node(s) had untolerated taint {dedicated: gpu}')],
        forbidden: [nodes],
      },
      expect: [
        { message: 'taintNotTolerated', subject, values: { taints: ['dedicated=gpu'], count: 3, total: 3 } },
      ],
    },
    {
      name: 'a taint no one names',
      given: { objects: [pending('3 node(s) had untolerated taint(s)')], forbidden: [nodes] },
      expect: [{ message: 'taintNotTolerated', subject, values: { count: 3 } }],
    },
    {
      name: 'a node selector no node matches',
      given: {
        objects: [
          pending("1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector", {
            nodeSelector: { disk: 'ssd' },
          }),
          controlPlane,
          worker('worker-1'),
          worker('worker-2'),
        ],
      },
      expect: [{ message: 'labelNotMatched', subject, values: { wanted: ['disk=ssd'], count: 2, total: 3 } }],
    },
    {
      name: 'a node selector, nodes refused',
      given: {
        objects: [
          pending("3 node(s) didn't match Pod's node affinity/selector", { nodeSelector: { disk: 'ssd' } }),
        ],
        forbidden: [nodes],
      },
      expect: [{ message: 'labelNotMatched', subject, values: { wanted: ['disk=ssd'], count: 3 } }],
    },
    {
      name: 'cordoned nodes',
      given: {
        objects: [
          pending('1 node(s) had untolerated taint(s), 2 node(s) were unschedulable'),
          controlPlane,
          worker('worker-1', { spec: { unschedulable: true } }),
          worker('worker-2', {
            spec: {
              unschedulable: true,
              taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
            },
          }),
        ],
      },
      expect: [
        { message: 'cordoned', subject, values: { nodes: ['worker-1', 'worker-2'], count: 2, total: 3 } },
      ],
    },
    {
      name: 'anti-affinity: nothing on the nodes is in the way',
      given: {
        objects: [
          pending("3 node(s) didn't match pod anti-affinity rules", { affinity: anti }),
          worker('worker-1'),
        ],
      },
      expect: [
        {
          message: 'placementRules',
          subject,
          values: { detail: "node(s) didn't match pod anti-affinity rules" },
        },
      ],
    },
    {
      name: 'a host port in use',
      given: {
        objects: [
          pending("3 node(s) didn't have free ports for the requested pod ports", {
            containers: [{ name: 'app', image: 'app:1', ports: [{ containerPort: 80, hostPort: 8080 }] }],
          }),
        ],
      },
      expect: [{ message: 'hostPortTaken', subject, values: { detail: '8080/TCP' } }],
    },
    {
      name: 'a missing claim, with the words that trail it',
      given: {
        objects: [waiting('0/3 nodes are available: persistentvolumeclaim "nope" not found. not found')],
      },
      expect: [
        {
          message: 'volumeNotAvailable',
          subject,
          values: { detail: 'persistentvolumeclaim "nope" not found' },
        },
      ],
    },
    {
      name: 'an error of the scheduler',
      given: {
        objects: [
          waiting('running PreBind plugin "VolumeBinding": timed out', {}, { reason: 'SchedulerError' }),
        ],
      },
      expect: [
        {
          message: 'notSchedulable',
          subject,
          values: { detail: 'running PreBind plugin "VolumeBinding": timed out' },
        },
      ],
    },
    {
      name: 'an autoscaler has just ordered a node: a warning',
      given: {
        objects: [
          pending(lowCpu),
          event(pending(lowCpu), { reason: 'TriggeredScaleUp', message: 'pod triggered scale-up' }),
        ].map((one, index, all) =>
          index === 1
            ? { ...one, involvedObject: { ...(one.involvedObject as object), uid: all[0]?.metadata.uid } }
            : one,
        ),
      },
      expect: [{ message: 'resourceShortUnseen', subject, severity: 'warning' }],
    },
    {
      name: 'unschedulable for half a minute: a warning',
      given: { objects: [pending(lowCpu, {}, { lastTransitionTime: ago(30) })] },
      expect: [{ message: 'resourceShortUnseen', subject, severity: 'warning' }],
    },
    {
      name: 'a DaemonSet pod: only its own node counts',
      given: {
        objects: [
          pending("1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector", {
            ...asking({ cpu: '2' }),
            ...pinnedTo('worker-1'),
          }),
          worker('worker-1'),
          worker('worker-2'),
          filler('worker-1', '3'),
        ],
      },
      expect: [
        {
          message: 'resourceShort',
          subject,
          values: { free: '1', node: expect.objectContaining({ name: 'worker-1' }) },
        },
      ],
    },
    {
      name: 'never looked at',
      given: { objects: [without({}, [], { creationTimestamp: ago(300) })] },
      expect: [
        {
          message: 'notConsidered',
          subject,
          severity: 'critical',
          values: { age: 300, scheduler: 'default-scheduler' },
          since: ago(300),
        },
      ],
    },
    {
      name: 'a scheduler of another name that does not exist',
      given: {
        objects: [without({ schedulerName: 'gang-scheduler' }, [], { creationTimestamp: ago(300) })],
      },
      expect: [{ message: 'schedulerMissing', subject, values: { scheduler: 'gang-scheduler' } }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

describe('a pod that is not scheduled', () => {
  it('names the nodes it waits for, so that a node that is not ready explains it', () => {
    const { findings } = runOn(podUnschedulable, {
      objects: [
        pending(lowCpu, asking({ cpu: '2' })),
        controlPlane,
        tainted('worker-1', 'node.kubernetes.io/unreachable'),
        worker('worker-2'),
        filler('worker-2', '4'),
      ],
    });

    expect(findings.map((finding) => finding.messageId)).toEqual(['taintNotTolerated']);
    expect(findings[0]?.related).toEqual([expect.objectContaining({ kind: 'Node', name: 'worker-1' })]);
  });

  it('names the claims it waits for', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } }];
    const { findings } = runOn(podUnschedulable, {
      objects: [pending('3 pod has unbound immediate PersistentVolumeClaims', { volumes })],
    });

    expect(findings[0]?.related).toEqual([
      { group: '', kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-web-0' },
    ]);
  });
});
