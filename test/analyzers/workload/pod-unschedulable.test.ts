import { describe, expect, it } from 'vitest';
import { podUnschedulable } from '../../../analyzers/workload/pod-unschedulable.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, event } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import {
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
import { places, storage, unconsidered } from './pod-unschedulable-places.ts';

/** A pod with one event about it. */
function withEvent(about: Built, reason: string): Built[] {
  const message = `0/3 nodes are available: ${lowCpu}.`;
  return [about, event(about, { reason, message })];
}

function nominated(): object {
  return { ...(pending(lowCpu).status as object), nominatedNodeName: 'worker-1' };
}

testAnalyzer(podUnschedulable, {
  silent,
  reports: [
    ...shortages,
    ...places,
    ...storage,
    ...unconsidered,
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
          values: {
            taints: ['dedicated=gpu:NoSchedule'],
            count: 2,
            total: 3,
            lacks: ['toleration of dedicated=gpu:NoSchedule'],
          },
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
        { message: 'taintUnseen', subject, values: { taints: ['dedicated=gpu'], count: 3, total: 3 } },
      ],
    },
    {
      name: 'a taint no one names',
      given: { objects: [pending('3 node(s) had untolerated taint(s)')], forbidden: [nodes] },
      expect: [{ message: 'taintUnseen', subject, values: { count: 3 } }],
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
      expect: [{ message: 'labelUnseen', subject, values: { wanted: ['disk=ssd'], count: 3 } }],
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
      name: 'cordoned nodes, nodes refused',
      given: { objects: [pending('3 node(s) were unschedulable')], forbidden: [nodes] },
      expect: [{ message: 'cordonedUnseen', subject, values: { count: 3, total: 3 } }],
    },
    {
      name: 'a node that is not well, as the taint of the node controller says',
      given: {
        objects: [
          pending('1 node(s) had untolerated taint(s)'),
          tainted('worker-1', 'node.kubernetes.io/not-ready'),
        ],
      },
      expect: [
        { message: 'nodeUnwell', subject, values: { taints: ['node.kubernetes.io/not-ready:NoSchedule'] } },
      ],
    },
    {
      name: 'the node that lacks least, with all it lacks',
      given: {
        objects: [
          pending(
            "2 node(s) had untolerated taint(s), 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity/selector",
            {
              ...asking({ cpu: '3' }),
              nodeSelector: { disk: 'ssd' },
            },
          ),
          tainted('far', 'dedicated'),
          worker('near', {
            metadata: { labels: { disk: 'ssd' } },
            spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
          }),
          filler('near', '2'),
        ],
      },
      expect: [
        {
          message: 'taintNotTolerated',
          subject,
          values: {
            node: expect.objectContaining({ name: 'near' }),
            lacks: ['toleration of dedicated:NoSchedule', 'cpu 1'],
          },
        },
      ],
    },
    {
      name: 'no condition, but an event of the scheduler',
      given: { objects: withEvent(without({}, [], { creationTimestamp: ago(300) }), 'FailedScheduling') },
      expect: [{ message: 'resourceShortUnseen', subject, values: { resource: 'cpu' }, since: ago(300) }],
    },
    {
      name: 'other pods are being evicted for it: a warning',
      given: { objects: [{ ...pending(lowCpu), status: nominated() }] },
      expect: [{ message: 'resourceShortUnseen', subject, severity: 'warning' }],
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
          message: 'schedulerError',
          subject,
          values: { detail: 'running PreBind plugin "VolumeBinding": timed out' },
        },
      ],
    },
    {
      name: 'a cluster without nodes',
      given: { objects: [waiting('no nodes available to schedule pods')] },
      expect: [
        { message: 'notSchedulable', subject, values: { detail: 'no nodes available to schedule pods' } },
      ],
    },
    {
      name: 'an autoscaler has just ordered a node: a warning',
      given: { objects: withEvent(pending(lowCpu), 'TriggeredScaleUp') },
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
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'not looked at for four minutes, by a clock known to five',
      given: { objects: [without({}, [], { creationTimestamp: ago(240) })], errorSeconds: 300 },
      reason: /the clock of the bundle/,
    },
  ],
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

    expect(findings.map((finding) => finding.messageId)).toEqual(['nodeUnwell']);
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
