import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** A file system or volume as the kubelet measures it; bytes, and inodes as counts. */
export interface KubeletFsStats {
  /** ISO 8601: when it was measured. */
  readonly time?: string;
  readonly availableBytes?: number;
  readonly capacityBytes?: number;
  readonly usedBytes?: number;
  readonly inodesFree?: number;
  readonly inodes?: number;
  readonly inodesUsed?: number;
}

/** A volume of a pod. */
export interface KubeletVolumeStats extends KubeletFsStats {
  /** Name in the pod's spec. */
  readonly name: string;
  /** The claim behind it; absent for emptyDir and the like. */
  readonly pvcRef?: { readonly name: string; readonly namespace: string };
}

/** Processor time in use, in billionths of a core. */
export interface KubeletCpuStats {
  readonly time?: string;
  readonly usageNanoCores?: number;
}

/** Memory of a node, pod or container, in bytes. */
export interface KubeletMemoryStats {
  readonly time?: string;
  /** What is left below the limit; of a container without a limit it is absent. */
  readonly availableBytes?: number;
  readonly usageBytes?: number;
  readonly workingSetBytes?: number;
  readonly rssBytes?: number;
}

/** One container of a pod. */
export interface KubeletContainerStats {
  readonly name: string;
  readonly cpu?: KubeletCpuStats;
  readonly memory?: KubeletMemoryStats;
  /** The container's writable layer. */
  readonly rootfs?: KubeletFsStats;
  readonly logs?: KubeletFsStats;
}

/** One pod on the node. */
export interface KubeletPodStats {
  readonly podRef: { readonly name: string; readonly namespace: string; readonly uid?: string };
  readonly containers: readonly KubeletContainerStats[];
  readonly cpu?: KubeletCpuStats;
  readonly memory?: KubeletMemoryStats;
  readonly volume: readonly KubeletVolumeStats[];
  /** Writable layers, logs and emptyDirs on disk, together. */
  readonly 'ephemeral-storage'?: KubeletFsStats;
}

/** What a kubelet measures of its node and pods. */
export interface KubeletStatsSummary {
  readonly node: {
    readonly nodeName: string;
    readonly startTime?: string;
    readonly cpu?: KubeletCpuStats;
    readonly memory?: KubeletMemoryStats;
    /** The file system of /var/lib/kubelet. */
    readonly fs?: KubeletFsStats;
    readonly runtime?: { readonly imageFs?: KubeletFsStats; readonly containerFs?: KubeletFsStats };
    readonly rlimit?: { readonly maxpid?: number; readonly curproc?: number };
  };
  readonly pods: readonly KubeletPodStats[];
}

/**
 * The kubelet's `/stats/summary` as it came, scope node. Field names are those of k8s.io/kubelet
 * stats/v1alpha1, so that pointers lead into the reply; fields of no use to a reader are left out.
 */
export const kubeletStatsSummary = document<KubeletStatsSummary>({
  id: 'kubelet-stats-summary',
  title: 'Usage measured by the kubelet',
  contentType: 'json',
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const node = objectIn(stored.node);
    const nodeName = stringIn(node.nodeName);
    if (nodeName === undefined) throw new Error('the summary names no node');
    const runtime = objectIn(node.runtime);
    const { maxpid, curproc } = objectIn(node.rlimit);
    return {
      node: {
        nodeName,
        ...texts(node, ['startTime']),
        ...measured(node),
        ...part('fs', fsIn(node.fs)),
        runtime: {
          ...part('imageFs', fsIn(runtime.imageFs)),
          ...part('containerFs', fsIn(runtime.containerFs)),
        },
        rlimit: numbers({ maxpid, curproc }, ['maxpid', 'curproc']),
      },
      pods: listIn(stored.pods).map(podIn),
    };
  },
});

const FS_FIELDS = ['availableBytes', 'capacityBytes', 'usedBytes', 'inodesFree', 'inodes', 'inodesUsed'];
const MEMORY_FIELDS = ['availableBytes', 'usageBytes', 'workingSetBytes', 'rssBytes'];

function podIn(value: unknown): KubeletPodStats {
  const pod = objectIn(value);
  const ref = objectIn(pod.podRef);
  return {
    podRef: {
      name: stringIn(ref.name) ?? '',
      namespace: stringIn(ref.namespace) ?? '',
      ...texts(ref, ['uid']),
    },
    containers: listIn(pod.containers).map((one) => {
      const container = objectIn(one);
      return {
        name: stringIn(container.name) ?? '',
        ...measured(container),
        ...part('rootfs', fsIn(container.rootfs)),
        ...part('logs', fsIn(container.logs)),
      };
    }),
    ...measured(pod),
    volume: listIn(pod.volume).map(volumeIn),
    ...part('ephemeral-storage', fsIn(pod['ephemeral-storage'])),
  };
}

function volumeIn(value: unknown): KubeletVolumeStats {
  const volume = objectIn(value);
  const { name, namespace } = objectIn(volume.pvcRef);
  const claim = stringIn(name);
  return {
    name: stringIn(volume.name) ?? '',
    ...(claim === undefined ? {} : { pvcRef: { name: claim, namespace: stringIn(namespace) ?? '' } }),
    ...fsIn(volume),
  };
}

function measured(holder: Readonly<Record<string, unknown>>): {
  cpu?: KubeletCpuStats;
  memory?: KubeletMemoryStats;
} {
  const { cpu, memory } = holder;
  return {
    ...(cpu === undefined
      ? {}
      : { cpu: { ...texts(objectIn(cpu), ['time']), ...numbers(objectIn(cpu), ['usageNanoCores']) } }),
    ...(memory === undefined
      ? {}
      : { memory: { ...texts(objectIn(memory), ['time']), ...numbers(objectIn(memory), MEMORY_FIELDS) } }),
  };
}

function fsIn(value: unknown): KubeletFsStats | undefined {
  if (value === undefined) return undefined;
  const fs = objectIn(value);
  return { ...texts(fs, ['time']), ...numbers(fs, FS_FIELDS) };
}

function part<K extends string, T>(name: K, value: T | undefined): { readonly [N in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [N in K]?: T };
}

/** The fields that are numbers: a kubelet leaves out what it could not measure. */
function numbers(holder: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const found: Record<string, number> = {};
  for (const name of names) {
    const value = numberIn(holder[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function texts(holder: Readonly<Record<string, unknown>>, names: readonly string[]) {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = stringIn(holder[name]);
    if (value !== undefined) found[name] = value;
  }
  return found;
}
