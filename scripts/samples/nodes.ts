import { ago, condition, DAY, microAgo, objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { NODE_ADDRESSES } from './workloads.ts';

/** Version of Kubernetes in every sample. */
export const VERSION = 'v1.34.3';
const SYSTEM = 'kube-system';
const CLUSTER_AGE = 41 * DAY;

/** The nodes of a sample that names no others. */
export const NODES: readonly string[] = ['cp-1', 'worker-1', 'worker-2'];

/** The leases as they are so many seconds after their last renewal. */
export function leases(renewed: number, nodes: readonly string[] = NODES): ApiObject[] {
  const leaders = ['kube-controller-manager', 'kube-scheduler'].map((name) =>
    lease({
      namespace: SYSTEM,
      name,
      holder: 'cp-1_6f1de0a4-3b0c-4c57-9a35-7d3fd0a1b6c2',
      duration: 15,
      renewed,
    }),
  );
  const heartbeats = nodes.map((name, index) =>
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

/** What differs in a node: conditions take the place of those of the same type. */
export interface NodeChange {
  readonly conditions?: readonly (Parts & { readonly type?: unknown })[];
  readonly taints?: readonly Parts[];
  readonly spec?: Parts;
  readonly status?: Parts;
}

/** A node of the samples, healthy but for what is said. */
export function node(name: string, change: NodeChange = {}): ApiObject {
  const isControlPlane = name.startsWith('cp-');
  const role: Record<string, string> = isControlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  const room = { cpu: '4', memory: '16374596Ki', pods: '110', 'ephemeral-storage': '101430960Ki' };
  const fine = (type: string, reason: string, message: string): Parts =>
    condition(type, 'False', CLUSTER_AGE, { reason, message, lastHeartbeatTime: ago(90) });
  const own = [
    fine('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    fine('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    fine('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', CLUSTER_AGE, {
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
      lastHeartbeatTime: ago(90),
    }),
  ];
  const changed = change.conditions ?? [];
  const conditions = own.map((one) => changed.find(({ type }) => type === one.type) ?? one);
  const added = changed.filter(({ type }) => !own.some((one) => one.type === type));
  const taints = [
    ...(isControlPlane ? [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] : []),
    ...(change.taints ?? []),
  ];
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
      spec: { ...(taints.length > 0 ? { taints } : {}), ...change.spec },
      status: {
        capacity: room,
        allocatable: room,
        conditions: [...conditions, ...added],
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
        ...change.status,
      },
    },
  );
}

/** Conditions the node controller writes for a kubelet that is silent, so long before the collection. */
export function silentConditions(since: number): Parts[] {
  return ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({
    type,
    status: 'Unknown',
    lastHeartbeatTime: ago(since + 240),
    lastTransitionTime: ago(since),
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  }));
}
