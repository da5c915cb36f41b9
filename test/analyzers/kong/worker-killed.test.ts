import { workerKilled } from '../../../analyzers/kong/worker-killed.ts';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { type Built, pod } from '../../support/builders.ts';
import { kongLogOf } from '../../support/kong.ts';
import { chartPod, endedPod } from '../../support/kong-pods.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DP = 'kong-dp-kong-6d9c7b8f54-a';
const subject = `Pod/kong/${DP}`;
const KILLED = '2026/01/15 11:58:00 [alert] 1#0: worker process 1258 exited on signal 9';
const CRASHED = '2026/01/15 11:58:00 [alert] 1#0: worker process 1258 exited on signal 11 (core dumped)';
const ID = 'a'.repeat(64);
const LIMIT = { container: { resources: { limits: { memory: '512Mi' } } } };

const used = {
  artifact: kubeletStatsSummary,
  scope: { type: 'node', node: 'node-1' } as const,
  bytes: JSON.stringify({
    node: { nodeName: 'node-1' },
    pods: [
      {
        podRef: { name: DP, namespace: 'kong' },
        containers: [{ name: 'proxy', memory: { workingSetBytes: 500 * 2 ** 20 } }],
      },
    ],
  }),
};

function kernelLog(one: Built) {
  const cgroup = `/kubepods/burstable/pod${one.metadata.uid}/${ID}`;
  const text = `2026-01-15T11:58:00.000000Z oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=${cgroup},task_memcg=${cgroup},task=nginx,pid=77,uid=1000\n`;
  return { node: 'node-1', unit: 'kernel', text };
}

const known = chartPod(DP, { ...LIMIT, containerStatus: { containerID: `containerd://${ID}` } });

testAnalyzer(workerKilled, {
  silent: [
    { name: 'no Kong', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'workers that ended with 0',
      given: {
        objects: [chartPod(DP)],
        logs: [kongLogOf(DP, [60, '[notice] 1#0: worker process 1258 exited with code 0'])],
      },
    },
    {
      name: 'a pod that has ended',
      given: { objects: [endedPod(DP, 60), chartPod('other')], logs: [kongLogOf(DP, [60, KILLED])] },
    },
    {
      name: 'a kill two days ago',
      given: { objects: [chartPod(DP)], logs: [kongLogOf(DP, [200_000, KILLED])] },
    },
    {
      name: 'a line without a time',
      given: {
        objects: [chartPod(DP)],
        logs: [{ namespace: 'kong', pod: DP, container: 'proxy', text: `${KILLED}\n` }],
      },
    },
    {
      name: 'one kill this morning',
      given: { objects: [chartPod(DP)], logs: [kongLogOf(DP, [20_000, KILLED])] },
      info: [
        { message: 'killed', subject, severity: 'info', values: { memory: 'no limit, use not measured' } },
      ],
    },
  ],
  reports: [
    {
      name: 'killed within the hour, the container runs on; memory was measured',
      given: {
        objects: [chartPod(DP, LIMIT)],
        documents: [used],
        logs: [kongLogOf(DP, [9000, KILLED], [120, KILLED])],
      },
      expect: [
        {
          message: 'killed',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: { count: 2, memory: '500Mi in use of a limit of 512Mi, nearly all' },
        },
      ],
    },
    {
      name: 'the log of the kernel names the container',
      given: { objects: [known], logs: [kongLogOf(DP, [120, KILLED]), kernelLog(known)] },
      expect: [
        { message: 'killed', subject, confidence: 'certain', values: { memory: 'its limit of 512Mi' } },
      ],
    },
    {
      name: 'crashes of a node that is not ready',
      given: {
        objects: [chartPod(DP, { containerStatus: { ready: false } })],
        logs: [kongLogOf(DP, [120, CRASHED])],
      },
      expect: [
        {
          message: 'crashed',
          subject,
          severity: 'critical',
          values: { signal: '11', name: 'segmentation fault' },
        },
      ],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
