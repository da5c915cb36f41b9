import { describe, expect, it } from 'vitest';
import { analyzers } from '../../../analyzers/index.ts';
import { collectors } from '../../../collectors/index.ts';
import { analyzeInputs } from '../../../src/analysis.ts';
import { connect } from '../../../src/kube/connect.ts';
import type { Report } from '../../../src/model/report.ts';
import { autoscaler } from '../../support/autoscaler-builders.ts';
import {
  ago,
  anyObject,
  type Built,
  condition,
  endpointSlice,
  event,
  lease,
  node,
  pod,
  service,
} from '../../support/builders.ts';
import { type CollectedBundle, collectBundle } from '../../support/collect-bundle.ts';
import { componentLog, repeated, staticPod } from '../../support/control-plane-builders.ts';
import type { FakeObject } from '../../support/fake-kube.ts';
import { OBSERVED } from '../../support/given.ts';
import { ingress } from '../../support/network-builders.ts';
import { startOldCluster } from '../../support/old-cluster.ts';

/** What judges one of the kinds that moved between versions, with the message and the subject here. */
const EXPECTED: Readonly<Record<string, string>> = {
  'policy: a budget that lets no pod go from a cordoned node':
    'workload/disruption-budget-blocks-drain drainBlocked PodDisruptionBudget/shop/web',
  'batch: a CronJob that does not run': 'workload/cron-job-not-running missed CronJob/shop/nightly',
  'autoscaling: an autoscaler without metrics':
    'workload/autoscaling-failed metricsApiUnavailable HorizontalPodAutoscaler/shop/web',
  'discovery: a Service whose endpoints are on one node of two':
    'network/local-traffic-policy-unserved externalUnserved Service/shop/local',
  'discovery: a Service without endpoints':
    'network/service-without-endpoints noPodMatches Service/shop/empty',
  'networking: an Ingress to a Service that is not there':
    'network/route-broken backendMissing Ingress/shop/shop',
  'coordination: a leader that is gone':
    'control-plane/leader-lease-stale schedulerGone Lease/kube-system/kube-scheduler',
  'events: what the scheduler said of a pod': 'workload/pod-unschedulable resourceShortUnseen Pod/shop/giant',
  'logs: streams between etcd members that break':
    'etcd/peer-network-slow streamsBreak Pod/kube-system/etcd-cp-1',
};

/** Findings about the version itself. */
const ABOUT_VERSION = /^(?:kubernetes\/(?:deprecated-api-used|version-unsupported)|collection\/)/;

const NOT_SERVED =
  'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

function nodeOf(name: string, minor: number, spec = {}): Built {
  const nodeInfo = { kubeletVersion: `v1.${minor}.15`, kubeProxyVersion: `v1.${minor}.15` };
  return node(name, {
    spec,
    status: { conditions: [condition('Ready', 'True', { reason: 'KubeletReady' })], nodeInfo },
  });
}

function faults(minor: number): Built[] {
  const giant = pod('giant', {
    spec: { nodeName: undefined },
    status: {
      phase: 'Pending',
      conditions: [
        condition('PodScheduled', 'False', {
          reason: 'Unschedulable',
          message: '0/2 nodes are available: 2 Insufficient cpu.',
        }),
      ],
      containerStatuses: [],
    },
  });
  const web = { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'a' } };
  const failing = condition('ScalingActive', 'False', {
    reason: 'FailedGetResourceMetric',
    message: NOT_SERVED,
  });
  return [
    ...['kube-system', 'shop'].map((name) => anyObject('v1', 'Namespace', name, null)),
    nodeOf('a', minor, { unschedulable: true }),
    nodeOf('b', minor),
    staticPod('etcd', 'cp-1'),
    pod('web-1', web),
    giant,
    event(giant, {
      reason: 'FailedScheduling',
      message: '0/2 nodes are available: 2 Insufficient cpu.',
      source: { component: 'default-scheduler' },
    }),
    anyObject('policy/v1', 'PodDisruptionBudget', 'web', 'shop', {
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
      status: { disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1, desiredHealthy: 1 },
    }),
    anyObject('policy/v1beta1', 'PodSecurityPolicy', 'restricted', null, { spec: { privileged: false } }),
    anyObject('batch/v1', 'CronJob', 'nightly', 'shop', {
      metadata: { creationTimestamp: ago(90 * 86_400) },
      spec: { schedule: '0 * * * *', concurrencyPolicy: 'Allow', jobTemplate: {} },
      status: { lastScheduleTime: ago(5 * 3600), lastSuccessfulTime: ago(5 * 3600) },
    }),
    autoscaler('web', { status: { conditions: [failing] } }),
    service('local', { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } }),
    endpointSlice('local', [], {
      endpoints: [{ addresses: ['10.1.0.7'], conditions: { ready: true }, nodeName: 'a' }],
    }),
    service('empty'),
    endpointSlice('empty', []),
    ingress('shop', { name: 'absent', port: { number: 80 } }),
    lease('kube-scheduler', { spec: { renewTime: `${ago(5000).slice(0, -1)}.000000Z` } }),
    lease('kube-controller-manager'),
  ];
}

/** etcd writes JSON since 3.5, which kubeadm brings since 1.22. */
function etcdLog(minor: number): string {
  const line =
    minor < 22
      ? '2026-01-15 11:59:00.000000 W | rafthttp: lost the TCP streaming connection with peer 9d355f4e8ce901cf (stream MsgApp v2 reader)'
      : '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/stream.go:421","msg":"lost TCP streaming connection with remote peer","remote-peer-id":"9d355f4e8ce901cf","error":"EOF"}';
  return componentLog('etcd', 'cp-1', repeated(20, 60, line)).text;
}

const collected = new Map<
  number,
  Promise<{ bundle: CollectedBundle; report: Report; asked: readonly string[] }>
>();

function collectedFrom(minor: number): ReturnType<typeof collectAndAnalyze> {
  const before = collected.get(minor) ?? collectAndAnalyze(minor);
  collected.set(minor, before);
  return before;
}

async function collectAndAnalyze(minor: number) {
  const server = await startOldCluster({
    minor,
    now: OBSERVED,
    objects: faults(minor) as unknown as FakeObject[],
    logs: { 'kube-system/etcd-cp-1/etcd': etcdLog(minor) },
  });
  const signal = new AbortController().signal;
  const kube = await connect({ kubeconfig: server.kubeconfig(), signal, env: {} });
  const bundle = await collectBundle(kube, collectors, { options: { portForward: false } });
  await server.close();
  const report = await analyzeInputs([bundle.result.file], { analyzers, collectors });
  return { bundle, report, asked: server.requests };
}

function told({ findings }: Report): string[] {
  return findings
    .filter(({ analyzerId }) => !ABOUT_VERSION.test(analyzerId))
    .map(({ analyzerId, messageId, subject }) => {
      const name =
        'external' in subject
          ? subject.external
          : `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
      return `${analyzerId} ${messageId} ${name.replace('//', '/')}`;
    })
    .sort();
}

describe.each([20, 21, 22, 23, 24, 25, 26])('a cluster of Kubernetes 1.%d', (minor) => {
  it.each(Object.entries(EXPECTED))('%s', async (_, finding) => {
    const { report } = await collectedFrom(minor);

    expect(told(report)).toContain(finding);
  });

  it('is judged as a current one is', async () => {
    const [old, current] = [await collectedFrom(minor), await collectedFrom(36)];

    expect(told(old.report)).toEqual(told(current.report));
  });

  it('is asked only for what it serves', async () => {
    const { bundle, asked } = await collectedFrom(minor);

    const lists = bundle.manifest.coverage.filter(({ artifact }) => artifact.startsWith('resources:'));
    expect(lists.filter(({ outcome }) => ['error', 'partial'].includes(outcome))).toEqual([]);
    const autoscalers = asked.filter((request) => request.includes('horizontalpodautoscalers?'));
    expect(autoscalers).toHaveLength(1);
    expect(autoscalers[0]).toContain(minor < 23 ? '/autoscaling/v2beta2/' : '/autoscaling/v2/');
    const policies = bundle.manifest.entries.filter(
      ({ artifact }) => artifact === 'resources:policy/PodSecurityPolicy',
    );
    expect(policies).toHaveLength(minor < 25 ? 1 : 0);
  });
});
