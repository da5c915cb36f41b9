import { load } from 'js-yaml';
import { document } from '../model/artifact.ts';
import { objectIn, stringIn } from './json-bytes.ts';

/** Configuration of a kubelet, as far as it is used; what is not set is undefined. */
export interface NodeKubeletConfig {
  /** By default true: the kubelet does not start with swap on. */
  readonly failSwapOn?: boolean;
  /** From 1.35 on by default true: the kubelet does not start on cgroup v1. */
  readonly failCgroupV1?: boolean;
  readonly cgroupDriver?: string;
  readonly rotateCertificates?: boolean;
  readonly serverTLSBootstrap?: boolean;
  readonly staticPodPath?: string;
  /** Go durations: what a shutdown of the node leaves to all pods, and of that to critical ones. */
  readonly shutdownGracePeriod?: string;
  readonly shutdownGracePeriodCriticalPods?: string;
  /** Signal → threshold: `memory.available` → `100Mi`. */
  readonly evictionHard?: Readonly<Record<string, string>>;
}

/**
 * Configuration of a node's kubelet, scope node: the file `/var/lib/kubelet/config.yaml` as it is, or the reply of
 * the kubelet's `/configz`, which holds it under `kubeletconfig`; JSON is YAML too.
 */
export const nodeKubeletConfig = document<NodeKubeletConfig>({
  id: 'node-kubelet-config',
  title: 'Configuration of a kubelet',
  contentType: 'yaml',
  rearranged: true,
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const value = objectIn(load(new TextDecoder().decode(bytes)));
    const config = { ...value, ...objectIn(value.kubeletconfig) } as Readonly<Record<string, unknown>>;
    if (Object.keys(config).length === 0) throw new Error('it holds no configuration');
    const fields = {
      failSwapOn: booleanIn(config.failSwapOn),
      failCgroupV1: booleanIn(config.failCgroupV1),
      cgroupDriver: stringIn(config.cgroupDriver),
      rotateCertificates: booleanIn(config.rotateCertificates),
      serverTLSBootstrap: booleanIn(config.serverTLSBootstrap),
      staticPodPath: stringIn(config.staticPodPath),
      shutdownGracePeriod: stringIn(config.shutdownGracePeriod),
      shutdownGracePeriodCriticalPods: stringIn(config.shutdownGracePeriodCriticalPods),
      evictionHard: config.evictionHard === undefined ? undefined : textsIn(config.evictionHard),
    };
    return Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
  },
});

function booleanIn(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function textsIn(value: unknown): Record<string, string> {
  const texts = Object.entries(objectIn(value)).map(([key, text]) => [key, String(text)] as const);
  return Object.fromEntries(texts);
}
