import { samplePem } from './certificates.ts';
import { leases, NODES, node, VERSION } from './nodes.ts';
import { type ClusterPart, DAY, HOUR, type LogEntry, logOf, MINUTE, objectOf } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { service } from './services.ts';
import {
  daemonSet,
  deployment,
  NODE_ADDRESSES,
  podsIn,
  type Replica,
  staticPod,
  type Workload,
} from './workloads.ts';

const SYSTEM = 'kube-system';
const CLUSTER_AGE = 41 * DAY;

/** The certificate authority of the cluster, as kubeadm makes it: ten years. */
export function clusterCa(): Promise<string> {
  return samplePem({
    name: 'kubernetes',
    notBefore: '2026-01-21T08:00:00Z',
    notAfter: '2036-01-19T08:00:00Z',
  });
}

/** Nodes, namespaces, kube-system, leases and the ConfigMaps every cluster has. */
export async function controlPlane(
  namespaces: readonly string[],
  nodes: readonly string[] = NODES,
): Promise<ClusterPart> {
  const ca = await clusterCa();
  const system = systemPods(nodes);
  const all = ['default', 'kube-node-lease', 'kube-public', SYSTEM, ...namespaces];
  return {
    objects: [
      ...all.map((name) =>
        objectOf(
          { kind: 'Namespace', name, labels: { 'kubernetes.io/metadata.name': name } },
          { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
        ),
      ),
      ...nodes.map((name) => node(name)),
      ...all.map((namespace) =>
        objectOf({ kind: 'ConfigMap', namespace, name: 'kube-root-ca.crt' }, { data: { 'ca.crt': ca } }),
      ),
      ...system.objects,
      ...leases(2, nodes),
    ],
    logs: system.logs,
  };
}

/** What runs as static pods on each control plane node. */
export const COMPONENTS = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;

/** The static pod of a control plane component on a node. */
export function componentPod(
  name: (typeof COMPONENTS)[number],
  on: string,
  change: Partial<Replica> & { readonly flags?: readonly string[] } = {},
): ApiObject {
  const { flags = [], ...replica } = change;
  const workload = component(name);
  const { container } = workload;
  const command = [name, ...flags];
  return staticPod(
    { ...workload, container: { ...container, command } },
    { suffix: on, node: on, ip: NODE_ADDRESSES[on]!, age: 12 * DAY, ...replica },
  );
}

/** Suffixes of the pods of kube-proxy by node. */
const PROXIES: Readonly<Record<string, string>> = {
  'cp-1': 'k7fwn',
  'cp-2': 'm4rxd',
  'cp-3': 'b9w2s',
  'worker-1': 'v2h8c',
  'worker-2': 'zq5tj',
};

/** CoreDNS: a pod on each worker. */
export const DNS: Workload = {
  namespace: SYSTEM,
  name: 'coredns',
  hash: '66bc5c9577',
  labels: { 'k8s-app': 'kube-dns' },
  container: {
    name: 'coredns',
    image: 'registry.k8s.io/coredns/coredns:v1.12.1',
    args: ['-conf', '/etc/coredns/Corefile'],
    ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }],
  },
  replicas: [
    { suffix: '4xzlq', node: 'worker-1', ip: '10.244.1.2' },
    { suffix: 'r9w7d', node: 'worker-2', ip: '10.244.2.2' },
  ],
};

/** The Service of CoreDNS over the given pods. */
export function dnsService(pods: readonly ApiObject[]): ApiObject[] {
  return service({
    namespace: SYSTEM,
    name: 'kube-dns',
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: '10.96.0.10',
    ports: [{ name: 'dns-tcp', port: 53, targetPort: 53 }],
    pods,
  });
}

/** The DaemonSet of kube-proxy with a pod on each node. */
export function proxies(nodes: readonly string[] = NODES): ApiObject[] {
  return daemonSet({
    namespace: SYSTEM,
    name: 'kube-proxy',
    hash: '',
    labels: { 'k8s-app': 'kube-proxy' },
    container: { name: 'kube-proxy', image: `registry.k8s.io/kube-proxy:${VERSION}` },
    spec: { tolerations: [{ operator: 'Exists' }] },
    replicas: nodes.map((on) => ({ suffix: PROXIES[on]!, node: on, ip: NODE_ADDRESSES[on]! })),
  });
}

function systemPods(nodes: readonly string[]): ClusterPart {
  const statics = nodes
    .filter((name) => name.startsWith('cp-'))
    .flatMap((on) => COMPONENTS.map((name) => componentPod(name, on)));
  const dns = deployment(DNS);
  const objects = [...statics, ...dns, ...proxies(nodes), ...dnsService(podsIn(dns))];
  return { objects, logs: podsIn(objects).map(systemLog) };
}

function component(name: string): Workload {
  const image = name === 'etcd' ? 'registry.k8s.io/etcd:3.6.5-0' : `registry.k8s.io/${name}:${VERSION}`;
  return {
    namespace: SYSTEM,
    name,
    hash: '3d5a0c1b9f7e4286a1c0d2e4f6a8b0c2',
    labels: { component: name },
    container: { name, image, command: [name] },
    replicas: [],
  };
}

/** A few lines each component writes when nothing is wrong. */
const LINES: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  etcd: [
    [
      10 * MINUTE,
      '{"level":"info","ts":"2026-03-03T09:20:00.183Z","caller":"mvcc/hash.go:157","msg":"storing new hash","hash":2714035104,"revision":183604,"compact-revision":182981}',
    ],
    [
      5 * MINUTE,
      '{"level":"info","ts":"2026-03-03T09:25:00.184Z","caller":"mvcc/kvstore_compaction.go:72","msg":"finished scheduled compaction","compact-revision":183604,"took":"11.204ms"}',
    ],
  ],
  'kube-apiserver': [
    [
      2 * HOUR,
      'I0303 07:30:00.183771       1 cidrallocator.go:277] updated ClusterIP allocator for Service CIDR 10.96.0.0/12',
    ],
  ],
  'kube-controller-manager': [
    [
      3 * HOUR,
      'I0303 06:30:00.183504       1 cleaner.go:175] "Cleaning CSR as it is more than approvedExpiration duration old and approved." logger="certificatesigningrequest-cleaner-controller"',
    ],
  ],
  'kube-scheduler': [
    [
      12 * DAY,
      'I0219 09:30:00.184001       1 leaderelection.go:271] successfully acquired lease kube-system/kube-scheduler',
    ],
  ],
  coredns: [
    [CLUSTER_AGE, '.:53'],
    [
      CLUSTER_AGE,
      '[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b',
    ],
    [CLUSTER_AGE, 'CoreDNS-1.12.1'],
  ],
  'kube-proxy': [
    [
      CLUSTER_AGE,
      'I0121 09:30:00.183645       1 server.go:218] "Successfully retrieved NodeIPs" NodeIPs=["192.0.2.21"]',
    ],
    [
      CLUSTER_AGE,
      'I0121 09:30:00.184120       1 shared_informer.go:356] "Caches are synced" controller="service config"',
    ],
  ],
};

/** What a pod of kube-system writes when nothing is wrong. */
export function systemLog(pod: ApiObject): LogEntry {
  const { containers } = pod.spec as { containers: { name: string }[] };
  const container = containers[0]!.name;
  return [`${SYSTEM}/${pod.metadata.name}/${container}`, logOf(LINES[container] ?? [])];
}
