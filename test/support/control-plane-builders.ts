import { apiServerHealth } from '../../src/artifacts/api-server-health.ts';
import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import { etcdMetrics } from '../../src/artifacts/etcd-metrics.ts';
import { etcdStatus, type StoredEtcdctl, type StoredEtcdHttp } from '../../src/artifacts/etcd-status.ts';
import type { DocumentArtifact } from '../../src/model/artifact.ts';
import type { Scope } from '../../src/model/scope.ts';
import { ago, anyObject, type Built, containerStatus, node } from './builders.ts';
import type { Given, GivenLog } from './given.ts';

type Parts = Record<string, unknown>;
type GivenDocument = NonNullable<Given['documents']>[number];

/** Addresses of the control-plane nodes cp-1, cp-2, …: 10.0.0.1, 10.0.0.2, … */
export function addressOf(nodeName: string): string {
  return `10.0.0.${nodeName.slice(nodeName.lastIndexOf('-') + 1)}`;
}

/** A control-plane node that is Ready. */
export function controlPlaneNode(name: string, parts: Parts & { status?: Parts } = {}): Built {
  const { status, metadata, ...rest } = parts as Parts & { status?: Parts; metadata?: Parts };
  return node(name, {
    metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' }, ...metadata },
    status: { addresses: [{ type: 'InternalIP', address: addressOf(name) }], ...status },
    ...rest,
  });
}

/** The mirror pod of a kubeadm static pod that runs and is ready. */
export function staticPod(
  component: string,
  nodeName: string,
  parts: { flags?: readonly string[]; version?: string; container?: Parts; status?: Parts } = {},
): Built {
  const { flags = [], version = component === 'etcd' ? '3.5.15-0' : 'v1.34.1', container, status } = parts;
  const image = `registry.example/${component}:${version}`;
  return anyObject('v1', 'Pod', `${component}-${nodeName}`, 'kube-system', {
    metadata: {
      labels: { component, tier: 'control-plane' },
      annotations: { 'kubernetes.io/config.mirror': 'abc', 'kubernetes.io/config.source': 'file' },
    },
    spec: {
      nodeName,
      hostNetwork: true,
      containers: [{ name: component, image, command: [component, ...flags] }],
    },
    status: {
      phase: 'Running',
      podIP: addressOf(nodeName),
      hostIP: addressOf(nodeName),
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(86_400) }],
      containerStatuses: [
        containerStatus(component, { image, state: { running: { startedAt: ago(86_400) } }, ...container }),
      ],
      ...status,
    },
  });
}

/** A status of a container that waits in CrashLoopBackOff after it ended a minute ago. */
export function crashing(parts: Parts = {}): Parts {
  return {
    ready: false,
    started: false,
    restartCount: 7,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
    lastState: {
      terminated: { exitCode: 1, reason: 'Error', startedAt: ago(90), finishedAt: ago(60), ...parts },
    },
  };
}

/** Container status and pod status of a static pod that is not ready. */
export function notReady(container: Parts): { container: Parts; status: Parts } {
  return {
    container,
    status: { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(600) }] },
  };
}

/** An etcd member for `etcdDocument`: what it lists and what it says of itself. */
export interface GivenMember {
  readonly id: string;
  readonly name: string;
  readonly learner?: boolean;
  /** What `endpoint status` says of it; `null`: it does not answer. */
  readonly status?: Readonly<Record<string, unknown>> | null;
}

/** Three members that are well, cp-1 the leader; ids as real clusters have them, beyond 2^53. */
export const MEMBERS: readonly GivenMember[] = [
  { id: '13668033151171901709', name: 'cp-1' },
  { id: '975050037397374526', name: 'cp-2' },
  { id: '4687312115414415638', name: 'cp-3' },
];

/** The `etcd-status` document of the pod on the first member's node, as etcdctl 3.5 prints it. */
export function etcdDocument(
  members: readonly GivenMember[] = MEMBERS,
  parts: {
    alarms?: readonly { id: string; alarm: number }[];
    replace?: readonly StoredEtcdctl[];
    http?: readonly StoredEtcdHttp[];
    node?: string;
  } = {},
): GivenDocument {
  const [first] = members as readonly [GivenMember];
  const list = members.map(({ id, name, learner }) => {
    const fields = {
      name,
      peerURLs: [urlOf(name, 2380)],
      ...(name ? { clientURLs: [urlOf(name, 2379)] } : {}),
    };
    return `{"ID":${id},${JSON.stringify({ ...fields, ...(learner ? { isLearner: true } : {}) }).slice(1)}`;
  });
  const up = members.filter(({ name, status }) => name !== '' && status !== null);
  const statuses = up.map((member) => statusText(member, first.id));
  const health = members
    .filter(({ name }) => name !== '')
    .map(({ name, status }) => ({
      endpoint: urlOf(name, 2379),
      health: status !== null,
      took: '3ms',
      ...(status === null ? { error: 'context deadline exceeded' } : {}),
    }));
  const alarms = (parts.alarms ?? []).map(({ id, alarm }) => `{"memberID":${id},"alarm":${alarm}}`);
  const etcdctl: StoredEtcdctl[] = [
    { command: 'endpoint status --cluster', stdout: `[${statuses.join(',')}]\n` },
    { command: 'endpoint health --cluster', stdout: JSON.stringify(health) },
    { command: 'alarm list', stdout: alarms.length ? `{"alarms":[${alarms.join(',')}]}` : '{"header":{}}' },
    { command: 'member list', stdout: `{"header":{"cluster_id":1},"members":[${list.join(',')}]}` },
  ];
  const replaced = new Map((parts.replace ?? []).map((run) => [run.command, run]));
  return etcdStatusOf(
    parts.node ?? first.name,
    etcdctl.map((run) => replaced.get(run.command) ?? run),
    parts.http,
  );
}

/** An `etcd-status` document of one pod. */
export function etcdStatusOf(
  nodeName: string,
  etcdctl: readonly StoredEtcdctl[],
  http: readonly StoredEtcdHttp[] = [],
): GivenDocument {
  return {
    artifact: etcdStatus as DocumentArtifact,
    scope: podScope('etcd', nodeName),
    bytes: JSON.stringify({ etcdctl, http }),
  };
}

function urlOf(name: string, port: number): string {
  return `https://${addressOf(name || 'cp-9')}:${port}`;
}

function statusText({ id, name, status }: GivenMember, leader: string): string {
  const { clusterId = '11005849259809973908', ...own } = status ?? {};
  const fields = {
    version: '3.5.15',
    dbSize: 33_378_304,
    dbSizeInUse: 26_722_304,
    raftIndex: 5000,
    raftTerm: 2,
    raftAppliedIndex: 5000,
    ...(own as Parts),
  } as Parts;
  const { leader: ownLeader = leader, ...rest } = fields;
  const led = ownLeader === null ? '' : `"leader":${ownLeader},`;
  const header = `{"cluster_id":${clusterId},"member_id":${id},"revision":18,"raft_term":2}`;
  const text = `{"header":${header},${led}${JSON.stringify(rest).slice(1)}`;
  return `{"Endpoint":"${urlOf(name, 2379)}","Status":${text}}`;
}

/** The scope of a component's pod. */
export function podScope(component: string, nodeName: string): Scope {
  return { type: 'object', kind: 'Pod', namespace: 'kube-system', name: `${component}-${nodeName}` };
}

/** Metrics of an etcd member. */
export function etcdMetricsOf(nodeName: string, lines: readonly string[]): GivenDocument {
  return {
    artifact: etcdMetrics as DocumentArtifact,
    scope: podScope('etcd', nodeName),
    bytes: lines.join('\n'),
  };
}

/** Cumulative buckets of a histogram in which all observations lie in the bucket up to `le`. */
export function buckets(name: string, bounds: readonly (readonly [string, number])[], labels = ''): string[] {
  return bounds.map(([le, count]) => `${name}_bucket{${labels}${labels ? ',' : ''}le="${le}"} ${count}`);
}

/** Metrics of the API server. */
export function apiMetrics(lines: readonly string[], scope?: Scope): GivenDocument {
  return {
    artifact: apiServerMetrics as DocumentArtifact,
    ...(scope ? { scope } : {}),
    bytes: lines.join('\n'),
  };
}

/** A health reply of the API server at an address; `failed` names checks that fail. */
export function apiHealth(
  path: string,
  failed: readonly string[] = [],
  address = 'https://cluster.test:6443',
): GivenDocument {
  const checks = ['ping', 'log', 'etcd'].filter((one) => !failed.includes(one));
  const lines = [
    ...checks.map((one) => `[+]${one} ok`),
    ...failed.map((one) => `[-]${one} failed: reason withheld`),
  ];
  const text = `${lines.join('\n')}\n${path.slice(1)} check ${failed.length ? 'failed' : 'passed'}\n`;
  return {
    artifact: apiServerHealth as DocumentArtifact,
    scope: { type: 'endpoint', endpoint: `${address}${path}` },
    bytes: JSON.stringify({ path, status: failed.length ? 500 : 200, text }),
  };
}

/** The log of a component's static pod; each line gets a kubelet timestamp so many seconds before observation. */
export function componentLog(
  component: string,
  nodeName: string,
  lines: readonly (readonly [secondsAgo: number, text: string])[],
  previous = false,
): GivenLog {
  const text = lines
    .map(([seconds, line]) => `${ago(seconds).replace('Z', '.123456789Z')} ${line}\n`)
    .join('');
  const pod = `${component}-${nodeName}`;
  return { namespace: 'kube-system', pod, container: component, text, ...(previous ? { previous } : {}) };
}

/** The same line so many times, a second apart, the last one so long ago. */
export function repeated(count: number, secondsAgo: number, line: string): [number, string][] {
  return Array.from({ length: count }, (_, index) => [secondsAgo + count - 1 - index, line]);
}

/** etcd pods and nodes cp-1 … cp-n. */
export function etcdPods(count = 3, parts: Parameters<typeof staticPod>[2] = {}): Built[] {
  return Array.from({ length: count }, (_, index) => staticPod('etcd', `cp-${index + 1}`, parts));
}

/** Two looks at the same thing, 30 s apart. */
export function twoLooks(first: GivenDocument, last: GivenDocument): readonly GivenDocument[] {
  return [first, { ...last, observed: '2026-01-15T12:00:30Z' }];
}
