import { dataPlaneUnhealthy } from '../../../analyzers/kong/data-plane-unhealthy.ts';
import { kubeletCadvisor } from '../../../src/artifacts/kubelet-cadvisor.ts';
import { kubeletStatsSummary } from '../../../src/artifacts/kubelet-stats-summary.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, event, pod } from '../../support/builders.ts';
import { controlPlane, dataPlane, notAsked, registry, row } from '../../support/kong.ts';
import { type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/kong/kong-dp-0';
const NODE = { type: 'node', node: 'node-1' } as const;
const MIB = 1024 ** 2;

function limited() {
  const plain = dataPlane();
  const spec = plain.spec as { containers: object[] };
  const resources = { limits: { memory: '512Mi', cpu: '500m' } };
  return { ...plain, spec: { ...spec, containers: [{ ...spec.containers[0], resources }] } };
}

function summary(rssBytes: number, workingSetBytes = rssBytes) {
  const container = { name: 'proxy', memory: { rssBytes, workingSetBytes } };
  return {
    artifact: kubeletStatsSummary,
    scope: NODE,
    bytes: JSON.stringify({
      node: { nodeName: 'node-1' },
      pods: [{ podRef: { namespace: 'kong', name: 'kong-dp-0' }, containers: [container] }],
    }),
  };
}

function cadvisor(throttled: number) {
  const labels = '{container="proxy",namespace="kong",pod="kong-dp-0"}';
  return {
    artifact: kubeletCadvisor,
    scope: NODE,
    bytes: `container_cpu_cfs_periods_total${labels} 10000\ncontainer_cpu_cfs_throttled_periods_total${labels} ${throttled}\n`,
  };
}

function given(...documents: NonNullable<Given['documents']>): Given {
  return {
    objects: [limited(), controlPlane()],
    documents: [registry([row('kong-dp-0', 12)]), ...documents],
  };
}

function restarted(lastState: object, parts: object = {}) {
  return dataPlane('kong-dp-0', {
    status: { containerStatuses: [containerStatus('proxy', { restartCount: 3, lastState, ...parts })] },
  });
}

const unready = dataPlane('kong-dp-0', { container: { ready: false } });
const list = [registry([row('kong-dp-0', 12)])];

testAnalyzer(dataPlaneUnhealthy, {
  silent: [
    { name: 'well within its limits', given: given(summary(200 * MIB), cadvisor(100)) },
    {
      name: 'the pages of its database fill the working set',
      given: given(summary(200 * MIB, 511 * MIB), cadvisor(100)),
    },
    {
      name: 'restarted yesterday',
      given: {
        objects: [restarted({ terminated: { exitCode: 0, finishedAt: ago(86_400) } }), controlPlane()],
        documents: list,
      },
    },
    {
      name: 'a warning of a pod that is well',
      given: {
        objects: [
          dataPlane(),
          controlPlane(),
          event(dataPlane(), {
            reason: 'Unhealthy',
            message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
          }),
        ],
        documents: list,
      },
    },
    {
      name: 'the hook that nginx ends before',
      given: {
        objects: [
          unready,
          controlPlane(),
          event(unready, { reason: 'FailedPreStopHook', message: 'PreStopHook failed' }),
        ],
        documents: list,
      },
    },
    { name: 'no data plane', given: { objects: [pod('web')] }, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'memory of its own near the limit',
      given: given(summary(480 * MIB), cadvisor(100)),
      expect: [
        {
          message: 'memoryNearLimit',
          subject,
          severity: 'warning',
          values: { used: 480 * MIB, limit: 512 * MIB },
        },
      ],
    },
    {
      name: 'stopped by its CPU limit',
      given: given(summary(100 * MIB), cadvisor(4000)),
      expect: [{ message: 'throttled', subject, severity: 'info', values: { percent: 40 } }],
    },
    {
      name: 'killed for memory ten minutes ago',
      given: {
        objects: [
          restarted({ terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(600) } }),
          controlPlane(),
        ],
        documents: list,
      },
      expect: [
        { message: 'restarted', subject, values: { why: 'it reached its memory limit', restarts: 3 } },
      ],
    },
    {
      name: 'restarted by its liveness probe',
      given: {
        objects: [
          restarted({ terminated: { exitCode: 0, startedAt: ago(1200), finishedAt: ago(600) } }),
          controlPlane(),
          event(dataPlane(), {
            reason: 'Killing',
            message: 'Container proxy failed liveness probe, will be restarted',
            lastTimestamp: ago(610),
            involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'kong', name: 'kong-dp-0' },
          }),
        ],
        documents: list,
      },
      expect: [{ message: 'restarted', subject, values: { why: 'its liveness probe failed' } }],
    },
    {
      name: 'not ready, with a warning',
      given: {
        objects: [
          unready,
          controlPlane(),
          event(unready, { reason: 'FailedMount', message: 'MountVolume.SetUp failed for volume "x"' }),
        ],
        documents: list,
      },
      expect: [{ message: 'warned', subject, values: { reason: 'FailedMount' } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods], rows: [notAsked()] }, reason: /not allowed/ },
  ],
});
