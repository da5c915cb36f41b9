import { shutdownTooShort } from '../../../analyzers/kong/shutdown-too-short.ts';
import { nodeKubeletConfig } from '../../../src/artifacts/node-kubelet-config.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, type Built, deployment, pod } from '../../support/builders.ts';
import { chartPod, databasePlane, evictedPod } from '../../support/kong-pods.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Deployment/kong/kong-dp-kong';
const DP = 'kong-dp-kong-6d9c7b8f54-a';

function hook(...command: string[]) {
  return { lifecycle: { preStop: { exec: { command } } } };
}

function killed(seconds: number, reason = 'Error') {
  return { restartCount: 1, lastState: { terminated: { exitCode: 137, reason, finishedAt: ago(seconds) } } };
}

function rollout(strategy: object, replicas = 3): Built {
  return deployment('kong-dp-kong', { metadata: { namespace: 'kong' }, spec: { replicas, strategy } });
}

function kubelet(text: string) {
  return { artifact: nodeKubeletConfig, scope: { type: 'node', node: 'node-1' } as const, bytes: text };
}

const LONG = { container: hook('kong', 'quit', '--wait=30') };

testAnalyzer(shutdownTooShort, {
  silent: [
    { name: 'the chart as it is', given: { objects: [chartPod(DP)] } },
    { name: 'no Kong', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'a hook that sleeps',
      given: {
        objects: [chartPod(DP, { container: { lifecycle: { preStop: { sleep: { seconds: 10 } } } } })],
      },
    },
    {
      name: 'a control plane without a hook serves no traffic',
      given: { objects: [databasePlane('kong-cp-0', { container: { lifecycle: undefined } })] },
    },
    {
      name: 'the default rollout, and one that takes a third',
      given: {
        objects: [
          chartPod(DP),
          rollout({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } }),
        ],
      },
    },
    {
      name: 'nothing runs that could be taken away',
      given: { objects: [chartPod(DP), rollout({ type: 'Recreate' }, 0)] },
    },
    {
      name: 'a node that gives more than is needed',
      given: {
        objects: [chartPod(DP)],
        documents: [kubelet('shutdownGracePeriod: 1m0s\nshutdownGracePeriodCriticalPods: 20s\n')],
      },
    },
    {
      name: 'a wait as long as the grace period is a hint, though an evicted pod was killed',
      given: {
        objects: [
          chartPod(DP, LONG),
          evictedPod('kong-dp-kong-6d9c7b8f54-x', 60, { containerStatus: killed(60) }),
        ],
      },
      info: [
        { message: 'graceTooShort', subject, severity: 'info', values: { needed: 40, grace: 30, seen: '' } },
      ],
    },
    {
      name: 'no hook at all, and a hook that does not wait',
      given: {
        objects: [
          chartPod(DP, { container: { lifecycle: undefined } }),
          chartPod('other-0', {
            container: hook('/bin/sh', '-c', 'kong quit'),
            metadata: { ownerReferences: [], labels: {} },
          }),
        ],
      },
      info: [
        { message: 'noDrain', subject, values: { hook: 'no preStop hook' } },
        { message: 'noDrain', subject: 'Pod/kong/other-0' },
      ],
    },
    {
      name: 'a shutdown of the node that leaves less',
      given: {
        objects: [chartPod(DP)],
        documents: [kubelet('shutdownGracePeriod: 30s\nshutdownGracePeriodCriticalPods: 15s\n')],
      },
      info: [{ message: 'nodeGivesLess', subject, values: { needed: 25, grace: 15 } }],
    },
    {
      name: 'rollouts that take all pods away at once',
      given: {
        objects: [
          chartPod(DP),
          rollout({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } }),
        ],
      },
      info: [{ message: 'allAtOnce', subject, values: { replicas: 3, strategy: '`maxUnavailable: 100%`' } }],
    },
    {
      name: 'Recreate',
      given: { objects: [chartPod(DP), rollout({ type: 'Recreate' })] },
      info: [{ message: 'allAtOnce', subject, values: { strategy: '`strategy: Recreate`' } }],
    },
  ],
  reports: [
    {
      name: 'too short, and one was killed at the end of it',
      given: { objects: [chartPod(DP, { ...LONG, containerStatus: killed(3600) })] },
      expect: [{ message: 'graceTooShort', subject, severity: 'warning' }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
