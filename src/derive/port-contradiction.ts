import type { PodItem } from '../artifacts/resources.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { isLoopback, type Listening } from './listen-lines.ts';
import { numberOf } from './target-port.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** What speaks against a target port: where the program listens instead, and who says so. */
export interface Contradiction {
  readonly port: number;
  readonly says: string;
  /** JSON Pointer in the pod, or a line of its log. */
  readonly pointer?: string;
  readonly line?: EvidenceRef;
}

/** Containers that stand beside the program and have ports of their own. */
const SIDECARS =
  /^(istio-proxy|linkerd-proxy|kuma-sidecar|envoy|envoy-sidecar|cloud-sql-proxy|vault-agent|consul-dataplane|dapr[d-].*|daprd|queue-proxy)$/;
/** Variables by which frameworks are told where to listen; a HTTP_PORT may also be that of a peer, PORT is not. */
const PORT_VARIABLE = /^(PORT|SERVER_PORT|LISTEN_PORT|APP_PORT|ASPNETCORE_HTTP_PORTS|ASPNETCORE_URLS)$/;

/** The containers of a pod that are the program and not something beside it. */
export function programsOf(pod: PodItem): readonly Container[] {
  return (pod.spec?.containers ?? []).filter((container) => !SIDECARS.test(container.name));
}

/** Whether any container declares a port by number. Most declare theirs, but nothing obliges them. */
export function declaresPort(pod: PodItem, port: number): boolean {
  return portsOf(pod).some((one) => one.containerPort === port);
}

/** All declared ports, those of native sidecars among them. */
export function portsOf(pod: PodItem) {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].flatMap(
    (container) => container.ports ?? [],
  );
}

/**
 * What says that nobody listens on a port: the program's own log, its PORT variable, or its probe together
 * with the ports it declares. Undefined when something mentions the port, or nothing says where it listens.
 */
export function contradictionOf(
  pod: PodItem,
  target: number,
  listening: Listening | undefined,
): Contradiction | undefined {
  const programs = programsOf(pod);
  const [program] = programs;
  // Of two programs, one may listen where the other does not.
  if (!program || programs.length !== 1 || declaresPort(pod, target)) return undefined;
  const index = (pod.spec?.containers ?? []).indexOf(program);
  const heard = listening?.addresses ?? [];
  // Bound to the loopback address, nobody outside the pod reaches it: that is told of the program.
  if (mentions(program, target) || heard.some((one) => one.port === target || isLoopback(one)))
    return undefined;
  const [own] = heard;
  if (own && listening) {
    const { matches } = listening;
    return { port: own.port, says: 'its log', line: { cite: 'matches', matches } };
  }
  const declared = (program.ports ?? []).map((port) => port.containerPort);
  return fromVariable(program, index) ?? (declared.length > 0 ? fromProbe(program, index) : undefined);
}

function fromVariable({ env = [] }: Container, index: number): Contradiction | undefined {
  for (const [number, { name, value = '' }] of env.entries()) {
    const port = PORT_VARIABLE.test(name) ? /(\d{2,5})\/?\s*$/.exec(value)?.[1] : undefined;
    if (port === undefined) continue;
    const pointer = `/spec/containers/${index}/env/${number}`;
    return { port: Number(port), says: `its variable ${name}`, pointer };
  }
  return undefined;
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const;

function fromProbe(container: Container, index: number): Contradiction | undefined {
  for (const field of PROBES) {
    const port = probedPort(container, field);
    if (port === undefined) continue;
    const pointer = `/spec/containers/${index}/${field}`;
    return { port, says: `its ${field}, which succeeds`, pointer };
  }
  return undefined;
}

/** JSON Pointer to a probe that connects to a port of the pod by TCP; it succeeds when the pod is ready. */
export function probeOf(pod: PodItem, port: number): string | undefined {
  for (const [index, container] of (pod.spec?.containers ?? []).entries()) {
    const field = PROBES.find((one) => probedPort(container, one) === port);
    if (field) return `/spec/containers/${index}/${field}`;
  }
  return undefined;
}

function probedPort(container: Container, field: (typeof PROBES)[number]): number | undefined {
  const probe = container[field];
  const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port;
  return numberOf(port as string | number | undefined, container);
}

/** Whether command, arguments or environment hold the number as a word of its own. */
function mentions({ command = [], args = [], env = [] }: Container, port: number): boolean {
  const word = new RegExp(`(^|\\D)${port}(\\D|$)`);
  return [...command, ...args, ...env.map((one) => one.value ?? '')].some((text) => word.test(text));
}
