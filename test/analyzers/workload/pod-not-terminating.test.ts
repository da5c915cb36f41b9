import { expect, it } from 'vitest';
import { podNotTerminating } from '../../../analyzers/workload/pod-not-terminating.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import {
  ago,
  type Built,
  condition,
  containerStatus,
  controlledBy,
  event,
  node,
  pod,
} from '../../support/builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/web';
const ENDED = {
  containerStatuses: [containerStatus('app', { ready: false, state: { terminated: { exitCode: 0 } } })],
};

function deleted(seconds: number, metadata: object = {}, status: object = ENDED): Built {
  return pod('web', {
    metadata: { deletionTimestamp: ago(seconds), deletionGracePeriodSeconds: 30, ...metadata },
    status: { ...status },
  });
}

const running = deleted(900, {}, {});
const down = node('node-1', { status: { conditions: [condition('Ready', 'Unknown')] } });

testAnalyzer(podNotTerminating, {
  silent: [
    { name: 'a pod nobody deleted', given: { objects: [pod('web')] } },
    { name: 'two minutes after its grace period', given: { objects: [deleted(120)] } },
    {
      name: 'still within a long grace period',
      given: { objects: [deleted(-3000, { deletionGracePeriodSeconds: 3600 })] },
    },
  ],
  reports: [
    {
      name: 'a node that is not ready',
      given: { objects: [running, down] },
      expect: [
        { message: 'nodeNotReady', subject, severity: 'warning', values: { age: 900 }, since: ago(900) },
      ],
    },
    {
      name: 'critical for the only pod of a StatefulSet',
      given: { objects: [deleted(900, controlledBy('StatefulSet', 'web')), down] },
      expect: [{ message: 'nodeNotReady', subject, severity: 'critical' }],
    },
    {
      name: 'finalizers on a pod whose containers have ended',
      given: { objects: [deleted(900, { finalizers: ['example.com/release'] }), node('node-1')] },
      expect: [{ message: 'finalizersRemain', subject, values: { finalizers: ['example.com/release'] } }],
    },
    {
      name: 'containers the kubelet cannot end',
      given: {
        objects: [
          running,
          event(running, {
            reason: 'FailedKillPod',
            message: 'error killing pod: context deadline exceeded',
          }),
        ],
      },
      expect: [{ message: 'containersRun', subject, values: { containers: ['app'] } }],
    },
    {
      name: 'ended, held by nothing, and still there',
      given: { objects: [deleted(900), node('node-1')] },
      expect: [{ message: 'notRemoved', subject, confidence: 'likely' }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});

it('quotes what the log of the kubelet says of the pod, not of another', () => {
  const text = [
    'E0115 11:50:00.1 1 pod_workers.go:1298] "Error syncing pod, skipping" err="failed to \\"KillContainer\\" for \\"app\\" with KillContainerError: x" pod="shop/web" podUID="1"',
    'E0115 11:50:01.1 1 pod_workers.go:1298] "Error syncing pod, skipping" err="with KillContainerError: x" pod="shop/web-2" podUID="2"',
  ].join('\n');
  const { findings } = runOn(podNotTerminating, {
    objects: [running],
    logs: [{ node: 'node-1', unit: 'kubelet', text: `${text}\n` }],
  });
  const logs = findings[0]?.evidence.filter((one) => one.type === 'log');

  expect(logs).toMatchObject([{ line: 1, count: 2 }]);
});
