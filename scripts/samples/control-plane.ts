import { samplePem } from './certificates.ts';
import {
  ago,
  type ClusterPart,
  condition,
  DAY,
  HOUR,
  type LogEntry,
  logOf,
  MINUTE,
  microAgo,
  objectOf,
  type Parts,
} from './object.ts';
import type { ApiObject } from './scenario.ts';
import {
  daemonSet,
  deployment,
  NODE_ADDRESSES,
  podsIn,
  service,
  staticPod,
  type Workload,
} from './workloads.ts';

/** Version of Kubernetes in every sample. */
export const VERSION = 'v1.34.3';
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
export async function controlPlane(namespaces: readonly string[]): Promise<ClusterPart> {
  const ca = await clusterCa();
  const system = systemPods();
  const all = ['default', 'kube-node-lease', 'kube-public', SYSTEM, ...namespaces];
  return {
    objects: [
      ...all.map((name) =>
        objectOf(
          { kind: 'Namespace', name, labels: { 'kubernetes.io/metadata.name': name } },
          { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
        ),
      ),
      ...Object.keys(NODE_ADDRESSES).map(node),
      ...all.map((namespace) =>
        objectOf({ kind: 'ConfigMap', namespace, name: 'kube-root-ca.crt' }, { data: { 'ca.crt': ca } }),
      ),
      ...system.objects,
      ...leases(2),
    ],
    logs: system.logs,
  };
}

/** The leases as they are so many seconds after their last renewal. */
export function leases(renewed: number): ApiObject[] {
  const leaders = ['kube-controller-manager', 'kube-scheduler'].map((name) =>
    lease({
      namespace: SYSTEM,
      name,
      holder: 'cp-1_6f1de0a4-3b0c-4c57-9a35-7d3fd0a1b6c2',
      duration: 15,
      renewed,
    }),
  );
  const heartbeats = Object.keys(NODE_ADDRESSES).map((name, index) =>
    lease({ namespace: 'kube-node-lease', name, holder: name, duration: 40, renewed: renewed + index * 2 }),
  );
  return [...heartbeats, ...leaders];
}

function lease(what: {
  namespace: string;
  name: string;
  holder: string;
  duration: number;
  renewed: number;
}): ApiObject {
  const { namespace, name, holder, duration, renewed } = what;
  const isNode = namespace === 'kube-node-lease';
  return objectOf(
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name },
    {
      metadata: {
        managedFields: [
          {
            manager: isNode ? 'kubelet' : name,
            operation: 'Update',
            apiVersion: 'coordination.k8s.io/v1',
            time: ago(renewed),
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:spec': { 'f:holderIdentity': {}, 'f:renewTime': {} } },
          },
        ],
      },
      spec: {
        holderIdentity: holder,
        leaseDurationSeconds: duration,
        renewTime: microAgo(renewed),
        ...(isNode ? {} : { acquireTime: microAgo(12 * DAY), leaseTransitions: 1 }),
      },
    },
  );
}

function node(name: string): ApiObject {
  const isControlPlane = name.startsWith('cp-');
  const role: Record<string, string> = isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  const room = { cpu: '4', memory: '16374596Ki', pods: '110', 'ephemeral-storage': '101430960Ki' };
  const fine = (type: string, reason: string, message: string): Parts =>
    condition(type, 'False', CLUSTER_AGE, { reason, message, lastHeartbeatTime: ago(90) });
  return objectOf(
    {
      kind: 'Node',
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...role,
      },
    },
    {
      spec: isControlPlane
        ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
        : {},
      status: {
        capacity: room,
        allocatable: room,
        conditions: [
          fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
          fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
          fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
          condition('Ready', 'True', CLUSTER_AGE, {
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
            lastHeartbeatTime: ago(90),
          }),
        ],
        addresses: [
          { type: 'InternalIP', address: NODE_ADDRESSES[name] },
          { type: 'Hostname', address: name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          architecture: 'amd64',
          bootID: 'b7b2f5ee-61c5-4f0f-8d8e-2b3a4c1d9e10',
          containerRuntimeVersion: 'containerd://2.1.5',
          kernelVersion: '6.12.57',
          kubeletVersion: VERSION,
          operatingSystem: 'linux',
          osImage: 'Debian GNU/Linux 13 (trixie)',
        },
      },
    },
  );
}

function systemPods(): ClusterPart {
  const statics = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) =>
    staticPod(component(name), { suffix: 'cp-1', node: 'cp-1', ip: '192.0.2.11', age: 12 * DAY }),
  );
  const dns = deployment({
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
  });
  const proxies = daemonSet({
    namespace: SYSTEM,
    name: 'kube-proxy',
    hash: '',
    labels: { 'k8s-app': 'kube-proxy' },
    container: { name: 'kube-proxy', image: `registry.k8s.io/kube-proxy:${VERSION}` },
    replicas: [
      { suffix: 'k7fwn', node: 'cp-1', ip: '192.0.2.11' },
      { suffix: 'v2h8c', node: 'worker-1', ip: '192.0.2.21' },
      { suffix: 'zq5tj', node: 'worker-2', ip: '192.0.2.22' },
    ],
  });
  const dnsService = service({
    namespace: SYSTEM,
    name: 'kube-dns',
    selector: { 'k8s-app': 'kube-dns' },
    clusterIP: '10.96.0.10',
    ports: [{ name: 'dns-tcp', port: 53, targetPort: 53 }],
    pods: podsIn(dns),
  });
  const objects = [...statics, ...dns, ...proxies, ...dnsService];
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

function systemLog(pod: ApiObject): LogEntry {
  const { containers } = pod.spec as { containers: { name: string }[] };
  const container = containers[0]!.name;
  return [`${SYSTEM}/${pod.metadata.name}/${container}`, logOf(LINES[container] ?? [])];
}
