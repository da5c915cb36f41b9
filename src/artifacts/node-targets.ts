import type { NodeItem, PodItem } from './resources.ts';

/** Ports of kubelets, API servers and etcd (clients, peers). */
const KUBELET_PORT = 10250;
const CONTROL_PLANE_PORTS: Readonly<Record<string, readonly number[]>> = {
  'kube-apiserver': [6443],
  etcd: [2379, 2380],
};
/** Neighbours each node tries: every pair of a small cluster, and as many probes in a large one as it has nodes. */
const NEIGHBOURS = 12;
const REGISTRIES = 10;

/** What nodes are to try of each other. */
export interface NodePeers {
  /** `name=address:port,port` for each. */
  of(node: string): string[];
}

/**
 * Each node tries the kubelets of the nodes after it by name, and the control plane; the ports of etcd only from a
 * node that runs etcd itself, since firewalls close them to others.
 */
export function nodePeers(all: readonly NodeItem[], pods: readonly PodItem[]): NodePeers {
  const components = componentsByNode(pods);
  const sorted = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return {
    of(node) {
      const own = sorted.findIndex(({ metadata }) => metadata.name === node);
      const ring = [...sorted.slice(own + 1), ...sorted.slice(0, Math.max(own, 0))];
      const runsEtcd = components.get(node)?.has('etcd') === true;
      return ring.flatMap((other, index) => {
        const address = internalAddress(other);
        const ports = index < NEIGHBOURS ? [KUBELET_PORT] : [];
        for (const component of components.get(other.metadata.name) ?? []) {
          if (component !== 'etcd' || runsEtcd) ports.push(...(CONTROL_PLANE_PORTS[component] ?? []));
        }
        if (address === undefined || ports.length === 0) return [];
        const host = address.includes(':') ? `[${address}]` : address;
        return [`${other.metadata.name}=${host}:${ports.join(',')}`];
      });
    },
  };
}

/** Hosts of the registries that images name, the most used first; Docker Hub is named by leaving it out. */
export function registriesOf(pods: readonly PodItem[]): string[] {
  const uses = new Map<string, number>();
  for (const { spec } of pods) {
    for (const { image } of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      const host = /^([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?|[a-z0-9-]+:\d+)\//i.exec(image ?? '')?.[1];
      if (host !== undefined && host !== 'docker.io') uses.set(host, (uses.get(host) ?? 0) + 1);
    }
  }
  return [...uses]
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, REGISTRIES)
    .map(([host]) => host);
}

/** What keeps a pod of ours from running, as far as it is told. */
export function whyNotReady(seen: {
  readonly pod: object | undefined;
  readonly nodeReady: boolean;
  readonly refusals: readonly string[];
}): string {
  const { containerStatuses = [], conditions = [] } =
    (seen.pod as { status?: PodItem['status'] } | undefined)?.status ?? {};
  const waiting = containerStatuses.map(({ state }) => state?.waiting).find((one) => one !== undefined);
  const reasons = [waiting?.reason, waiting?.message].filter((part) => part !== undefined);
  if (reasons.length > 0) return reasons.join(': ');
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled?.message) return unscheduled.message;
  if (!seen.nodeReady) return 'the node is not ready';
  if (seen.pod) return 'the pod did not become ready in time';
  return seen.refusals[0] ?? 'no pod was created for the node';
}

function componentsByNode(pods: readonly PodItem[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { metadata, spec } of pods) {
    const component = metadata.labels?.component;
    if (metadata.namespace !== 'kube-system' || component === undefined || !spec?.nodeName) continue;
    if (!Object.hasOwn(CONTROL_PLANE_PORTS, component)) continue;
    found.set(spec.nodeName, (found.get(spec.nodeName) ?? new Set()).add(component));
  }
  return found;
}

function internalAddress({ status }: NodeItem): string | undefined {
  return status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}
