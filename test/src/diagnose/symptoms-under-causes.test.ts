import { describe, expect, it } from 'vitest';
import { leaderLeaseStale } from '../../../analyzers/control-plane/leader-lease-stale.ts';
import { serviceWithoutEndpoints } from '../../../analyzers/network/service-without-endpoints.ts';
import { notReady } from '../../../analyzers/node/not-ready.ts';
import { crashLoop } from '../../../analyzers/workload/crash-loop.ts';
import { imagePullFailed } from '../../../analyzers/workload/image-pull-failed.ts';
import { podUnschedulable } from '../../../analyzers/workload/pod-unschedulable.ts';
import { analyzeStore } from '../../../src/analyze/analyze.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import {
  ago,
  type Built,
  condition,
  containerStatus,
  lease,
  node,
  pod,
  service,
} from '../../support/builders.ts';
import { type Given, storeOf } from '../../support/given.ts';

const ANALYZERS = [
  leaderLeaseStale,
  serviceWithoutEndpoints,
  notReady,
  crashLoop,
  imagePullFailed,
  podUnschedulable,
];
const FRESH = [lease('kube-scheduler'), lease('kube-controller-manager')];

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

function unready(
  name: string,
  app: string,
  status: Record<string, unknown> = {},
  nodeName = 'node-1',
): Built {
  const conditions = [condition('Ready', 'False', { lastTransitionTime: ago(900) })];
  return pod(name, { metadata: { labels: { app } }, spec: { nodeName }, status: { conditions, ...status } });
}

function pulling(name: string, app: string): Built {
  const waiting = {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image "registry.example/${app}:1": ErrImagePull: failed to do request: Head "https://registry.example/v2/${app}/manifests/1": dial tcp: lookup registry.example: no such host`,
  };
  const image = `registry.example/${app}:1`;
  const status = containerStatus('app', { ready: false, image, state: { waiting } });
  return unready(name, app, { phase: 'Pending', containerStatuses: [status] });
}

const deadNode = node('node-2', {
  status: {
    conditions: [
      condition('Ready', 'Unknown', { reason: 'NodeStatusUnknown', lastTransitionTime: ago(920) }),
    ],
  },
});
const heartbeat = lease('node-2', { spec: { renewTime: ago(960) } }, 'kube-node-lease');

describe('symptoms stand under their causes', () => {
  it('forty pods of a registry that is not found are one cause, their Services below it', () => {
    const waiting = Array.from({ length: 40 }, (_, index) => pulling(`a-${index}`, `app-${index % 4}`));
    const fronts = [service('app-0'), service('app-1')];

    expect(causesOf({ objects: [...FRESH, node('node-1'), ...waiting, ...fronts] })).toEqual([
      'nameNotResolved of 40 > noneReady noneReady',
    ]);
  });

  it('a silent node explains its pods, the Services they served, and the leader that ran there', () => {
    const stale = lease('kube-controller-manager', {
      spec: { holderIdentity: 'node-2_0b7c', renewTime: ago(950) },
    });

    expect(
      causesOf({
        objects: [
          lease('kube-scheduler'),
          stale,
          node('node-1'),
          deadNode,
          heartbeat,
          service('web'),
          unready('web-1', 'web', {}, 'node-2'),
        ],
      }),
    ).toEqual(['kubeletSilent of 1 > controllersGone noneReady']);
  });

  it('a pod that waits for a node that is not ready is its symptom', () => {
    const tainted = {
      ...deadNode,
      spec: { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] },
    };
    const waiting = pod('web', {
      spec: { nodeName: undefined },
      status: {
        phase: 'Pending',
        containerStatuses: [],
        conditions: [
          condition('PodScheduled', 'False', {
            reason: 'Unschedulable',
            message: '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
            lastTransitionTime: ago(600),
          }),
        ],
      },
    });

    expect(causesOf({ objects: [...FRESH, tainted, heartbeat, waiting] })).toEqual([
      'kubeletSilent of 1 > nodeUnwell',
    ]);
  });

  it('a scheduler that is down explains the pods nobody looked at, and not those it refused', () => {
    const gone = lease('kube-scheduler', { spec: { renewTime: ago(600) } });
    const status = { phase: 'Pending', conditions: [], containerStatuses: [] };
    const unseen = ['a', 'b'].map((name) =>
      pod(name, { metadata: { creationTimestamp: ago(400) }, spec: { nodeName: undefined }, status }),
    );

    expect(causesOf({ objects: [gone, lease('kube-controller-manager'), ...unseen] })).toEqual([
      'schedulerGone of 1 > notConsidered notConsidered',
    ]);
  });

  it('a cordon explains nothing but is told where it stops a pod', () => {
    const cordoned = node('node-1', { spec: { unschedulable: true } });

    expect(causesOf({ objects: [...FRESH, cordoned] })).toEqual([]);
  });
});
