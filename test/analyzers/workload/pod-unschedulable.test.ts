import { describe, expect, it } from 'vitest';
import { podUnschedulable } from '../../../analyzers/workload/pod-unschedulable.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, condition, event, node, pod } from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/web';
const TAIL =
  ' no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

function pending(reasons: string, spec: Record<string, unknown> = {}, parts: Record<string, unknown> = {}) {
  return waiting(`0/3 nodes are available: ${reasons}.${TAIL}`, spec, parts);
}

function waiting(message: string, spec: Record<string, unknown> = {}, parts: Record<string, unknown> = {}) {
  const unschedulable = { reason: 'Unschedulable', message, lastTransitionTime: ago(900) };
  return without(spec, [condition('PodScheduled', 'False', { ...unschedulable, ...parts })]);
}

function without(spec: Record<string, unknown>, conditions: readonly object[], metadata = {}): Built {
  return pod('web', {
    metadata,
    spec: { nodeName: undefined, ...spec },
    status: { phase: 'Pending', podIP: undefined, conditions, containerStatuses: [] },
  });
}

function asking(requests: Record<string, string>): Record<string, unknown> {
  return { containers: [{ name: 'app', image: 'app:1', resources: { requests } }] };
}

function worker(name: string, parts: Record<string, unknown> = {}): Built {
  return node(name, { metadata: { labels: { disk: 'hdd' } }, ...parts });
}

function tainted(name: string, key: string, value?: string): Built {
  const taint = { key, effect: 'NoSchedule', ...(value === undefined ? {} : { value }) };
  return worker(name, { spec: { taints: [taint] } });
}

function filler(nodeName: string, cpu: string): Built {
  return pod(`filler-${nodeName}`, { spec: { nodeName, ...asking({ cpu }) } });
}

const controlPlane = tainted('cp-1', 'node-role.kubernetes.io/control-plane');
const anti = { podAntiAffinity: {} };
const lowCpu = '1 node(s) had untolerated taint(s), 2 Insufficient cpu';

function pinnedTo(name: string): Record<string, unknown> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [name] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  };
}

testAnalyzer(podUnschedulable, {
  silent: [
    { name: 'a running pod', given: { objects: [pod('web')] } },
    {
      name: 'a pod with a node that has not started yet',
      given: { objects: [pod('web', { status: { phase: 'Pending', conditions: [] } })] },
    },
    {
      name: 'held back by a scheduling gate',
      given: {
        objects: [
          without({ schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] }, [
            condition('PodScheduled', 'False', {
              reason: 'SchedulingGated',
              message: 'Scheduling is blocked due to non-empty scheduling gates',
            }),
          ]),
        ],
      },
      info: [
        { message: 'gated', subject, severity: 'info', values: { gates: ['kueue.x-k8s.io/admission'] } },
      ],
    },
    {
      name: 'a pod created half a minute ago, not yet looked at',
      given: { objects: [without({}, [], { creationTimestamp: ago(30) })] },
    },
    {
      name: 'not looked at for four minutes, by a clock known to five',
      given: { objects: [without({}, [], { creationTimestamp: ago(240) })], errorSeconds: 300 },
    },
    {
      name: 'a pod that is being deleted',
      given: { objects: [without({}, [], { deletionTimestamp: ago(5) })] },
    },
    {
      name: 'a pod that failed before it had a node',
      given: {
        objects: [{ ...without({}, []), status: { phase: 'Failed', reason: 'Preempting' } }],
      },
    },
  ],
  reports: [
    {
      name: 'too little CPU left, with the gap of the roomiest node',
      given: {
        objects: [
          pending(lowCpu, asking({ cpu: '1500m' })),
          controlPlane,
          worker('worker-1'),
          worker('worker-2'),
          filler('worker-1', '3900m'),
          filler('worker-2', '3'),
        ],
      },
      expect: [
        {
          message: 'resourceShort',
          subject,
          severity: 'critical',
          values: {
            resource: 'cpu',
            requested: '1500m',
            free: '1',
            node: expect.objectContaining({ kind: 'Node', name: 'worker-2' }),
          },
          since: ago(900),
        },
      ],
    },
    {
      name: 'pods of other namespaces were refused: the room of nodes is not known',
      given: {
        objects: [pending(lowCpu, asking({ cpu: '1500m' })), worker('worker-1')],
        rows: [
          { artifact: pods.id, scope: { type: 'namespace', namespace: 'shop' }, outcome: 'collected' },
          {
            artifact: pods.id,
            scope: { type: 'namespace', namespace: 'other' },
            outcome: 'forbidden',
            reason: 'not allowed',
          },
        ],
      },
      expect: [{ message: 'resourceShortUnseen', subject, values: { resource: 'cpu', count: 2, total: 3 } }],
    },
    {
      name: 'nodes were refused: the taint of the control plane is not the obstacle',
      given: {
        objects: [
          pending(
            '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient memory',
          ),
        ],
        forbidden: [nodes],
      },
      expect: [{ message: 'resourceShortUnseen', subject, values: { resource: 'memory', count: 2 } }],
    },
    {
      name: 'a request no node can ever meet',
      given: {
        objects: [
          pending('3 Insufficient cpu', asking({ cpu: '64' })),
          worker('worker-1', { status: { allocatable: { cpu: '8', pods: '110' } } }),
          worker('worker-2', { status: { allocatable: { cpu: '16', pods: '110' } } }),
        ],
      },
      expect: [
        {
          message: 'resourceTooLarge',
          subject,
          values: {
            requested: '64',
            allocatable: '16',
            node: expect.objectContaining({ name: 'worker-2' }),
          },
        },
      ],
    },
    {
      name: 'as many pods as the node may hold',
      given: {
        objects: [
          pending('1 Too many pods'),
          worker('worker-1', { status: { allocatable: { cpu: '8', pods: '1' } } }),
          filler('worker-1', '1m'),
        ],
      },
      expect: [
        { message: 'resourceShort', subject, values: { resource: 'pods', requested: '1', free: '0' } },
      ],
    },
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
