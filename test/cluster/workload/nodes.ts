import { KUBERNETES_VERSION } from '../binaries.ts';
import { type KwokDocument, STATE_LABEL, stage } from '../kwok.ts';
import type { KubernetesObject } from './object.ts';

/** Nodes that are Ready within seconds. */
export const READY_NODES = ['node-a', 'node-b'] as const;

/** The node whose kubelet says it is not ready. */
export const BROKEN_NODE = 'node-broken';

// kwok keeps what a node already says of itself; else it would report its own version as the kubelet's.
const NODE_INFO = {
  architecture: 'amd64',
  bootID: '',
  containerRuntimeVersion: 'containerd://2.1.4',
  kernelVersion: '6.12.0',
  kubeProxyVersion: '',
  kubeletVersion: KUBERNETES_VERSION,
  machineID: '',
  operatingSystem: 'linux',
  osImage: 'Debian GNU/Linux 13',
  systemUUID: '',
};

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '110' };

/** Simulated nodes: two Ready ones and {@link BROKEN_NODE}. */
export function nodes(): KubernetesObject[] {
  return [...READY_NODES.map((name) => node(name)), node(BROKEN_NODE, 'node-not-ready')];
}

/** The stage of {@link BROKEN_NODE}: the kubelet runs and keeps its lease, its container network does not. */
export function nodeStages(): KwokDocument[] {
  return [
    stage({
      state: 'node-not-ready',
      kind: 'Node',
      unset: '.status.conditions.[] | select( .type == "MemoryPressure" ) | .status',
      statusTemplate: NOT_READY,
    }),
  ];
}

function node(name: string, state?: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, ...(state ? { [STATE_LABEL]: state } : {}) },
      annotations: { 'kwok.x-k8s.io/node': 'fake' },
    },
    status: { allocatable: CAPACITY, capacity: CAPACITY, nodeInfo: NODE_INFO },
  };
}

const NOT_READY = `
{{ $now := Now }}
conditions:
- type: MemoryPressure
  status: "False"
  reason: KubeletHasSufficientMemory
  message: kubelet has sufficient memory available
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
- type: DiskPressure
  status: "False"
  reason: KubeletHasNoDiskPressure
  message: kubelet has no disk pressure
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
- type: PIDPressure
  status: "False"
  reason: KubeletHasSufficientPID
  message: kubelet has sufficient PID available
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
- type: Ready
  status: "False"
  reason: KubeletNotReady
  message: "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $now | Quote }}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
- type: Hostname
  address: {{ NodeName | Quote }}
daemonEndpoints:
  kubeletEndpoint:
    Port: {{ NodePort }}
`;
