import { schedulingGated } from '../../../analyzers/workload/scheduling-gated.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, condition, controlledBy, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function gated(name: string, gates: readonly string[], metadata: object = {}) {
  return pod(name, {
    metadata: { ...metadata },
    spec: { nodeName: undefined, schedulingGates: gates.map((gate) => ({ name: gate })) },
    status: {
      phase: 'Pending',
      conditions: [condition('PodScheduled', 'False', { reason: 'SchedulingGated' })],
      containerStatuses: [],
    },
  });
}

const ofJob = controlledBy('Job', 'train', 'batch/v1');

testAnalyzer(schedulingGated, {
  silent: [
    { name: 'a pod that runs', given: { objects: [pod('web')] } },
    { name: 'a pod whose gates are gone', given: { objects: [gated('web', [])] } },
    {
      name: 'a gated pod that is being deleted',
      given: { objects: [gated('web', ['example.com/a'], { deletionTimestamp: ago(5) })] },
    },
    {
      name: 'pods of a queue, told once for their owner',
      given: {
        objects: [
          gated('train-1', ['kueue.x-k8s.io/admission'], { ...ofJob, creationTimestamp: ago(900) }),
          gated('train-2', ['kueue.x-k8s.io/admission'], ofJob),
        ],
      },
      info: [
        {
          message: 'waitsInQueue',
          subject: 'Job/shop/train',
          severity: 'info',
          since: ago(86_400),
          values: { count: 2, gates: ['kueue.x-k8s.io/admission'] },
        },
      ],
    },
    {
      name: 'a pod another controller holds back',
      given: { objects: [gated('web', ['b.example/x', 'a.example/y'])] },
      info: [
        { message: 'heldBack', subject: 'Pod/shop/web', values: { gates: ['a.example/y', 'b.example/x'] } },
      ],
    },
  ],
  reports: [],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
