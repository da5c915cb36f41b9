import { finishedPodsPileUp } from '../../../analyzers/workload/finished-pods-pile-up.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, controlledBy, pod } from '../../support/builders.ts';
import { evictedPod } from '../../support/kong-pods.ts';
import { failedPod } from '../../support/run-time-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function pile(count: number, reason = 'Evicted', parts: Record<string, unknown> = {}): Built[] {
  return Array.from({ length: count }, (_, index) =>
    failedPod(`${reason.toLowerCase()}-${index}`, reason, '', parts),
  );
}

function ended(seconds: number): Record<string, unknown> {
  return { status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }] } };
}

const done = { phase: 'Succeeded', conditions: [] };
const subject = 'Deployment/shop/web';

testAnalyzer(finishedPodsPileUp, {
  silent: [
    { name: 'nineteen of one owner', given: { objects: pile(19) } },
    {
      name: 'Kong pods, which kong/completed-pods-pile-up tells apart',
      given: {
        objects: Array.from({ length: 30 }, (_, index) => evictedPod(`kong-dp-kong-6d9c7b8f54-${index}`, 60)),
      },
    },
    {
      name: 'pods of Jobs and of workflows, however many',
      given: {
        objects: Array.from({ length: 120 }, (_, index) =>
          pod(`job-${index}`, {
            metadata:
              index % 2 === 0
                ? controlledBy('Job', 'night', 'batch/v1')
                : controlledBy('Workflow', 'w', 'argoproj.io/v1alpha1'),
            status: done,
          }),
        ),
      },
    },
    {
      name: 'twenty old ones are a line, no fault',
      given: { objects: pile(20, 'Evicted', ended(90_000)) },
      info: [
        { message: 'ofWorkload', subject, severity: 'info', values: { count: 20, causes: ['Evicted: 20'] } },
      ],
    },
  ],
  reports: [
    {
      name: 'they still come',
      given: { objects: [...pile(18, 'NodeShutdown', ended(90_000)), ...pile(5, 'Evicted', ended(300))] },
      expect: [
        {
          message: 'ofWorkload',
          subject,
          severity: 'warning',
          values: { count: 23, causes: ['NodeShutdown: 18', 'Evicted: 5'] },
        },
      ],
    },
    {
      name: 'a hundred of a namespace that belong to nobody',
      given: {
        objects: Array.from({ length: 100 }, (_, index) =>
          pod(`debug-${index}`, { status: { ...done, startTime: ago(90_000) } }),
        ),
      },
      expect: [
        {
          message: 'inNamespace',
          subject: 'Namespace/shop',
          severity: 'info',
          values: { namespace: 'shop', count: 100, causes: ['Completed: 100'] },
        },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
