import { expect } from 'vitest';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, condition, node, pod } from '../../support/builders.ts';
import type { AnalyzerCases } from '../../support/test-analyzer.ts';

export const subject = 'Pod/shop/web';
export const TAIL =
  ' no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

export function pending(
  reasons: string,
  spec: Record<string, unknown> = {},
  parts: Record<string, unknown> = {},
) {
  return waiting(`0/3 nodes are available: ${reasons}.${TAIL}`, spec, parts);
}

export function waiting(
  message: string,
  spec: Record<string, unknown> = {},
  parts: Record<string, unknown> = {},
) {
  const unschedulable = { reason: 'Unschedulable', message, lastTransitionTime: ago(900) };
  return without(spec, [condition('PodScheduled', 'False', { ...unschedulable, ...parts })]);
}

export function without(spec: Record<string, unknown>, conditions: readonly object[], metadata = {}): Built {
  return pod('web', {
    metadata,
    spec: { nodeName: undefined, ...spec },
    status: { phase: 'Pending', podIP: undefined, conditions, containerStatuses: [] },
  });
}

export function asking(requests: Record<string, string>): Record<string, unknown> {
  return { containers: [{ name: 'app', image: 'app:1', resources: { requests } }] };
}

export function worker(name: string, parts: Record<string, unknown> = {}): Built {
  return node(name, { metadata: { labels: { disk: 'hdd' } }, ...parts });
}

export function tainted(name: string, key: string, value?: string): Built {
  const taint = { key, effect: 'NoSchedule', ...(value === undefined ? {} : { value }) };
  return worker(name, { spec: { taints: [taint] } });
}

export function filler(nodeName: string, cpu: string): Built {
  return pod(`filler-${nodeName}`, { spec: { nodeName, ...asking({ cpu }) } });
}

export const controlPlane = tainted('cp-1', 'node-role.kubernetes.io/control-plane');
export const lowCpu = '1 node(s) had untolerated taint(s), 2 Insufficient cpu';

export function pinnedTo(name: string): Record<string, unknown> {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [name] }];
  const required = { nodeSelectorTerms: [{ matchFields }] };
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  };
}

/** Pods that need no node, or not yet. */
export const silent: AnalyzerCases['silent'] = [
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
  },
  {
    name: 'held back by a scheduling gate, its condition not yet written',
    given: {
      objects: [without({ schedulingGates: [{ name: 'g' }] }, [], { creationTimestamp: ago(900) })],
    },
  },
  {
    name: 'a pod created half a minute ago, not yet looked at',
    given: { objects: [without({}, [], { creationTimestamp: ago(30) })] },
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
];

/** Nodes that are too full or too small. */
export const shortages: AnalyzerCases['reports'] = [
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
          lacks: ['cpu 500m'],
          preemption: 'does not help',
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
      {
        message: 'tooManyPods',
        subject,
        values: { limit: 1, node: expect.objectContaining({ name: 'worker-1' }) },
      },
    ],
  },
];
