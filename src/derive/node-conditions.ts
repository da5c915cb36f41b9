/** What a condition of a node means, beyond those of the kubelet. */
export interface ConditionMeaning {
  /** The status that tells of a fault. */
  readonly bad: 'True' | 'False';
  /** What is wrong then, as the end of `the node …`. */
  readonly fault: string;
  /** A remark on how it ends. */
  readonly clears: 'by-itself' | 'with-a-restart';
}

/** Judged by analyzers of their own. */
export const KUBELET_CONDITIONS = [
  'Ready',
  'MemoryPressure',
  'DiskPressure',
  'PIDPressure',
  'NetworkUnavailable',
  // Until Kubernetes 1.12.
  'OutOfDisk',
];

/** Of node-problem-detector, True is a fault, which stays until it or the node restarts (its issues 215, 673). */
const DETECTED: Readonly<Record<string, string>> = {
  KernelDeadlock: 'has a deadlock in its kernel',
  ReadonlyFilesystem: 'has a file system that became read-only',
  XfsShutdown: 'has an XFS file system that was shut down',
  CperHardwareErrorFatal: 'had a fatal hardware error',
  DiskBadBlock: 'has a disk with many bad blocks',
  CorruptDockerOverlay2: 'has a damaged image store',
  CorruptDockerImage: 'has a damaged image store',
  FrequentKubeletRestart: 'restarts its kubelet again and again',
  FrequentDockerRestart: 'restarts its container runtime again and again',
  FrequentContainerdRestart: 'restarts its container runtime again and again',
  FrequentUnregisterNetDevice: 'cannot release network devices',
  KubeletUnhealthy: 'has a kubelet that does not answer its health check',
  ContainerRuntimeUnhealthy: 'has a container runtime that does not answer its health check',
  ContainerdUnhealthy: 'has a container runtime that does not answer its health check',
  DockerUnhealthy: 'has a container runtime that does not answer its health check',
  KubeProxyUnhealthy: 'has a kube-proxy that does not answer its health check',
  NTPProblem: 'does not keep its time',
  DNSUnreachable: 'does not reach the DNS of the cluster',
  ConntrackFullProblem: 'has a full table of connections',
};

/** Of the EKS node monitoring agent and of k3s, True is well. */
const GOOD_WHEN_TRUE: Readonly<Record<string, string>> = {
  KernelReady: 'has a fault in its kernel',
  ContainerRuntimeReady: 'has a fault in its container runtime',
  NetworkingReady: 'has a fault in its network',
  StorageReady: 'has a fault in its storage',
  AcceleratedHardwareReady: 'has a fault in its accelerators',
  EtcdIsVoter: 'has an etcd member that is no voter',
};

/** What a condition type means; undefined for types nobody here knows, which are shown and never judged. */
export function conditionMeaning(type: string): ConditionMeaning | undefined {
  const fault = Object.hasOwn(DETECTED, type) ? DETECTED[type] : undefined;
  if (fault !== undefined) return { bad: 'True', fault, clears: 'with-a-restart' };
  const missing = Object.hasOwn(GOOD_WHEN_TRUE, type) ? GOOD_WHEN_TRUE[type] : undefined;
  return missing === undefined ? undefined : { bad: 'False', fault: missing, clears: 'by-itself' };
}
