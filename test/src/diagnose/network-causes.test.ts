import { describe, expect, it } from 'vitest';
import { leaderLeaseStale } from '../../../analyzers/control-plane/leader-lease-stale.ts';
import { dnsUnhealthy } from '../../../analyzers/network/dns-unhealthy.ts';
import { networkPluginUnhealthy } from '../../../analyzers/network/network-plugin-unhealthy.ts';
import { policyBlocksTraffic } from '../../../analyzers/network/policy-blocks-traffic.ts';
import { serviceNameUnknown } from '../../../analyzers/network/service-name-unknown.ts';
import { servicePortUnserved } from '../../../analyzers/network/service-port-unserved.ts';
import { serviceWithoutEndpoints } from '../../../analyzers/network/service-without-endpoints.ts';
import { notReady } from '../../../analyzers/node/not-ready.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { dependencyFailing } from '../../../analyzers/workload/dependency-failing.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import {
  ago,
  condition,
  containerStatus,
  controlledBy,
  deployment,
  endpointSlice,
  lease,
  node,
  pod,
  service,
} from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';
import {
  agentPod,
  agentSet,
  dnsPod,
  dnsService,
  logLine,
  networkPolicy,
} from '../../support/network-builders.ts';

const ANALYZERS = [
  leaderLeaseStale,
  dnsUnhealthy,
  networkPluginUnhealthy,
  policyBlocksTraffic,
  serviceNameUnknown,
  servicePortUnserved,
  serviceWithoutEndpoints,
  notReady,
  crashLoop,
  dependencyFailing,
];
const CALICO = { 'k8s-app': 'calico-node' };
const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } };

/** Causes as `message subjects > messages of the symptoms`. */
function causesOf(given: Given): string[] {
  const { findings, graph, results } = analyzeStore(storeOf(ANALYZERS, given), ANALYZERS);
  const catalog = new Map(ANALYZERS.map(({ meta }) => [meta.id as string, meta.messages]));
  const messageOf = new Map(findings.map((one) => [one.id, one.messageId]));
  return diagnose(findings, graph, catalog, results).map((cause) => {
    const symptoms = cause.symptoms.map((id) => messageOf.get(id)).sort();
    return `${cause.messageId} of ${cause.subjects.length}${symptoms.length > 0 ? ` > ${symptoms.join(' ')}` : ''}`;
  });
}

function crashed(container: string, seconds = 900) {
  const ended = { reason: 'Error', exitCode: 1, startedAt: ago(130), finishedAt: ago(120) };
  return {
    conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })],
    containerStatuses: [
      containerStatus(container, {
        ready: false,
        restartCount: 9,
        state: BACK_OFF,
        lastState: { terminated: ended },
      }),
    ],
  };
}

const app = pod('api-1', {
  metadata: { labels: { app: 'api' } },
  spec: { containers: [{ name: 'app', image: 'api:1', env: [{ name: 'DB_HOST', value: 'db' }] }] },
  status: crashed('app'),
});

const db = service('db', { spec: { selector: {} } });

function said(text: string) {
  return { namespace: 'shop', pod: 'api-1', container: 'app', previous: true, text: logLine(125, text) };
}

describe('a symptom of the network stands under its cause', () => {
  it('endpoints nobody keeps, under a controller manager without a leader', () => {
    const stale = lease('kube-controller-manager', {
      spec: { renewTime: `${ago(7200).slice(0, -1)}.000000Z` },
    });
    const ready = pod('web-1', {
      metadata: { labels: { app: 'web' } },
      status: { conditions: [condition('Ready', 'True', { lastTransitionTime: ago(900) })] },
    });

    expect(
      causesOf({
        objects: [
          lease('kube-scheduler'),
          stale,
          service('web'),
          deployment('web'),
          ready,
          endpointSlice('web', [{ ip: '10.1.0.9', pod: 'web-0' }]),
        ],
      }),
    ).toEqual(['controllersGone of 1 > endpointsStale']);
  });

  it('servers of the DNS that stop themselves, and programs without names, under the forwarding loop', () => {
    const loop = '[FATAL] plugin/loop: Loop (127.0.0.1:1 -> :53) detected for zone "."';

    expect(
      causesOf({
        objects: [dnsService(), dnsPod('coredns-1', crashed('coredns')), db, app],
        logs: [
          {
            namespace: 'kube-system',
            pod: 'coredns-1',
            container: 'coredns',
            previous: true,
            text: logLine(125, loop),
          },
          said('Error: getaddrinfo EAI_AGAIN mail.example'),
        ],
      }),
    ).toEqual(['forwardingLoop of 1 > exits exits nameUnknown noServerReady noneReady']);
  });

  it('a node without a network, under the crash of its agent', () => {
    const message = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady';
    const down = node('node-1', {
      status: {
        conditions: [
          condition('Ready', 'False', { reason: 'KubeletNotReady', message, lastTransitionTime: ago(880) }),
        ],
      },
    });
    const agent = agentPod('node-1', CALICO);
    const crashing = {
      ...agent,
      metadata: { ...agent.metadata, ...controlledBy('DaemonSet', 'calico-node') },
      status: crashed('app'),
    };

    expect(causesOf({ objects: [down, agentSet('calico-node', CALICO), crashing] })).toEqual([
      'exits of 1 > agentNotReady networkNotReady',
    ]);
  });

  it('a crash and its complaint, under the wrong name in the environment', () => {
    const wrong = {
      ...app,
      spec: { containers: [{ name: 'app', env: [{ name: 'DB_HOST', value: 'bd' }] }] },
    };

    expect(
      causesOf({
        objects: [service('api'), wrong],
        logs: [said('Error: getaddrinfo ENOTFOUND bd')],
      }),
    ).toEqual(['serviceUnknown of 1 > exits noneReady serviceMissing']);
  });

  it('a crash and its complaint, under the policy in the way', () => {
    const listed = endpointSlice('kube-dns', [{ ip: '10.1.0.7', pod: 'coredns-1' }], {
      metadata: { namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'kube-dns' } },
    });
    const closed = networkPolicy('closed', { podSelector: {}, policyTypes: ['Egress'] });

    expect(
      causesOf({
        objects: [dnsService(), dnsPod(), listed, db, app, closed],
        logs: [said('Error: getaddrinfo EAI_AGAIN db')],
      }),
    ).toEqual(['dnsBlocked of 1 > exits nameUnknown']);
  });
});
