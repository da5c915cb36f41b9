import type { PodItem } from '../artifacts/resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** Where a port stands in the errors of servers that cannot bind it. */
const NAMED_PORT = /\b[Pp]ort:? ?(\d{2,5})\b/;
const NEAR =
  /\b(?:listen(?:ing)?|bind(?:\(\))?|bound|tcp[46]?|udp[46]?|in use|EADDRINUSE|address)\b.*?[:\s*](\d{2,5})(?![\d.\]])/i;

/** The port a line `address already in use` names; undefined when it names none. */
export function portInUse(text: string): number | undefined {
  // Addresses in brackets hold colons of their own.
  const line = text.replace(/\[[\da-f:.]*\]/gi, '');
  const found = NAMED_PORT.exec(line)?.[1] ?? NEAR.exec(line)?.[1];
  const port = Number(found);
  return port > 0 && port < 65_536 ? port : undefined;
}

/** The containers of a pod that run side by side: init containers only when they are sidecars. */
export function concurrentContainers(pod: PodItem): readonly Container[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...(pod.spec?.containers ?? []), ...sidecars];
}

/** A port two containers of one pod both declare, beside the container asked for. */
export function declaredTwice(
  pod: PodItem,
  container: string,
  port?: number,
): { readonly other: string; readonly port: number } | undefined {
  const containers = concurrentContainers(pod);
  const own = containers.find(({ name }) => name === container)?.ports ?? [];
  for (const { name, ports = [] } of containers) {
    if (name === container) continue;
    const shared = ports.find(
      (one) =>
        (port === undefined || one.containerPort === port) &&
        // An undeclared port is bound all the same: the log names it.
        (port !== undefined || own.some((mine) => isSamePort(mine, one))),
    );
    if (shared) return { other: name, port: shared.containerPort };
  }
  return undefined;
}

interface Port {
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly protocol?: string;
}

function isSamePort(a: Port, b: Port): boolean {
  return a.containerPort === b.containerPort && (a.protocol ?? 'TCP') === (b.protocol ?? 'TCP');
}

/** Pods that hold ports of their node, by node and port: of the host network, or by `hostPort`. */
export function hostPortHolders(
  items: readonly PodItem[],
): (node: string, port: number) => readonly PodItem[] {
  const holders = new Map<string, PodItem[]>();
  for (const pod of items) {
    const { nodeName, hostNetwork } = pod.spec ?? {};
    if (!nodeName || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    for (const { ports = [] } of concurrentContainers(pod)) {
      for (const { containerPort, hostPort } of ports) {
        const port = hostPort ?? (hostNetwork ? containerPort : undefined);
        if (port) getOrCreate(holders, `${nodeName}:${port}`, () => []).push(pod);
      }
    }
  }
  return (node, port) => holders.get(`${node}:${port}`) ?? [];
}
