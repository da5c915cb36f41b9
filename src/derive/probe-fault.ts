import type { PodItem } from '../artifacts/resources.ts';
import { isLoopback, type ListenAddress } from './listen-lines.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];
/** A probe as the container declares it. */
export type Probe = NonNullable<Container['readinessProbe']>;

/** What is known of a probe that fails. */
export interface ProbeCase {
  readonly probe: Probe;
  readonly container: Pick<Container, 'ports'>;
  /** Ports all containers of the pod declare. */
  readonly declared: readonly number[];
  /** What the kubelet's event says; undefined when there is none. */
  readonly detail: string | undefined;
  /** What the container's log says it listens on; undefined when it does not say. */
  readonly listening: readonly ListenAddress[] | undefined;
}

/** Why a probe fails: the probe asks for the wrong thing, too early, or the application is not well. */
export type ProbeFault =
  /** The probe names a port the container does not have. */
  | { readonly kind: 'portNotNamed'; readonly port: string }
  | {
      readonly kind: 'wrongPort';
      readonly port: string;
      readonly listening: readonly string[];
      readonly told: 'log' | 'ports';
    }
  | { readonly kind: 'listensOnLoopback'; readonly port: string; readonly address: string }
  | { readonly kind: 'notListening'; readonly port: string }
  | { readonly kind: 'wrongScheme'; readonly asked: string; readonly spoken: string; readonly sure: boolean }
  | { readonly kind: 'wrongPath'; readonly path: string; readonly status: number }
  | { readonly kind: 'refused'; readonly path: string; readonly answer: string }
  | { readonly kind: 'answersWithError'; readonly answer: string }
  | { readonly kind: 'tooImpatient'; readonly timeout: number }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'commandMissing'; readonly command: string }
  | { readonly kind: 'commandFails'; readonly command: string; readonly output: string }
  | { readonly kind: 'other'; readonly detail: string };

/** Ports of the mesh agent that answers probes in the application's place. */
const MESH_PROBE_PORTS = new Set([15_020, 15_021]);
const STATUS = /\bstatuscode: (\d{3})\b/;
const MALFORMED = /malformed HTTP response "((?:\\.|[^"\\])*)/;
const TIMED_OUT =
  /Client\.Timeout exceeded while awaiting headers|request canceled|context deadline exceeded|DeadlineExceeded|timed out|did not complete within|timeout \S+ exceeded/;
const NO_WAY = /i\/o timeout|no route to host|network is unreachable|waiting for connection/;
const NO_COMMAND = /executable file not found|no such file or directory|permission denied/;
/** Longest detail shown, in characters: an exec probe quotes all its command prints. */
const DETAIL_MAX = 160;

/** Classifies a failing probe; undefined when neither an event nor the log tells anything. */
export function probeFault(known: ProbeCase): ProbeFault | undefined {
  const { probe, detail } = known;
  if (probe.exec) return detail === undefined ? undefined : commandFault(probe, detail);
  const port = probePort(known);
  if (typeof port === 'string') return { kind: 'portNotNamed', port };
  if (detail === undefined) return port === undefined ? undefined : elsewhere(known, port);
  return (
    schemeFault(known, detail) ??
    answerFault(probe, detail) ??
    connectionFault(known, detail, port) ?? { kind: 'other', detail: shortened(detail) }
  );
}

/**
 * Whether the probe or the binding is wrong whatever the application still does. A path or another port may
 * come to life late in a start.
 */
export function isMisconfigured(fault: ProbeFault): boolean {
  if (fault.kind === 'wrongScheme') return fault.sure;
  return ['portNotNamed', 'listensOnLoopback', 'refused', 'commandMissing'].includes(fault.kind);
}

/** Seconds from the start of a container until a probe that never succeeds has failed for good. */
export function probeBudget(probe: Probe): number {
  // Defaults of the API: 0, 10 and 3.
  const { initialDelaySeconds = 0, periodSeconds = 10, failureThreshold = 3 } = probe;
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

/** The ports all containers of a pod declare, native sidecars included. */
export function declaredPorts({ spec }: PodItem): number[] {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return all.flatMap((one) => one.ports ?? []).map((port) => port.containerPort);
}

/** The probe's port as a number, a name when no port of the container is called so; undefined for a command. */
export function probePort({
  probe,
  container,
}: Pick<ProbeCase, 'probe' | 'container'>): number | string | undefined {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port;
  if (port === undefined || typeof port === 'number') return port;
  const named = container.ports?.find((one) => one.name === String(port))?.containerPort;
  return named ?? (/^\d+$/.test(String(port)) ? Number(port) : String(port));
}

function schemeFault({ probe, container }: ProbeCase, detail: string): ProbeFault | undefined {
  const asked = probe.grpc ? 'gRPC' : (probe.httpGet?.scheme ?? 'HTTP');
  if (
    /server gave HTTP response to HTTPS client|first record does not look like a TLS handshake/.test(detail)
  )
    return { kind: 'wrongScheme', asked, spoken: 'HTTP', sure: true };
  const malformed = MALFORMED.exec(detail)?.[1];
  if (malformed?.startsWith('\\x15\\x03')) return { kind: 'wrongScheme', asked, spoken: 'HTTPS', sure: true };
  if (malformed?.startsWith('\\x00\\x00'))
    return { kind: 'wrongScheme', asked, spoken: 'HTTP/2, as gRPC servers do', sure: true };
  if (/does not implement the grpc health protocol|unknown service grpc\.health/.test(detail))
    return { kind: 'wrongScheme', asked, spoken: 'gRPC without the health service', sure: true };
  // Go servers and nginx answer 400 to plain HTTP on a TLS port, and so do applications to a bad request.
  if (asked !== 'HTTP' || STATUS.exec(detail)?.[1] !== '400') return undefined;
  const port = probe.httpGet?.port;
  const name = container.ports?.find((one) => one.name === String(port) || one.containerPort === port)?.name;
  const secured = /https|tls|ssl/.test(name ?? '') || [443, 6443, 8443].includes(Number(port));
  return secured ? { kind: 'wrongScheme', asked, spoken: 'HTTPS', sure: false } : undefined;
}

function answerFault({ httpGet }: Probe, detail: string): ProbeFault | undefined {
  const path = httpGet?.path ?? '/';
  if (/tls: (?:bad certificate|certificate required|unknown certificate)/.test(detail))
    return { kind: 'refused', path, answer: 'a client certificate is required' };
  const serving = /service unhealthy \(responded with "(\w+)"\)/.exec(detail)?.[1];
  if (serving) return { kind: 'answersWithError', answer: serving };
  const status = Number(STATUS.exec(detail)?.[1]);
  if (Number.isNaN(status)) return undefined;
  if (status === 404 || status === 410) return { kind: 'wrongPath', path, status };
  if (status === 401 || status === 403) return { kind: 'refused', path, answer: `HTTP ${status}` };
  return { kind: 'answersWithError', answer: `HTTP ${status}` };
}

function connectionFault(known: ProbeCase, detail: string, port: number | undefined): ProbeFault | undefined {
  const blocked = /failed to connect service/.test(detail);
  if (port !== undefined && (blocked || /connection refused/.test(detail)))
    return elsewhere(known, port) ?? otherPort(known, port) ?? { kind: 'notListening', port: String(port) };
  if (NO_WAY.test(detail)) return { kind: 'unreachable', detail: shortened(detail) };
  if (TIMED_OUT.test(detail)) return { kind: 'tooImpatient', timeout: known.probe.timeoutSeconds ?? 1 };
  return undefined;
}

/** What the container's own log says against the probe's port. */
function elsewhere({ probe, listening }: ProbeCase, port: number): ProbeFault | undefined {
  if (!listening || probe.httpGet?.host || MESH_PROBE_PORTS.has(port)) return undefined;
  const here = listening.filter((one) => one.port === port);
  const named = [...new Set(listening.map((one) => String(one.port)))];
  if (here.length === 0) return { kind: 'wrongPort', port: String(port), listening: named, told: 'log' };
  if (!here.every(isLoopback)) return undefined;
  return { kind: 'listensOnLoopback', port: String(port), address: `${here[0]?.host}:${port}` };
}

/** Declared ports are documentation: where they leave the probe's out, that is a hint. */
function otherPort({ probe, container, declared }: ProbeCase, port: number): ProbeFault | undefined {
  if (probe.httpGet?.host || MESH_PROBE_PORTS.has(port) || declared.includes(port)) return undefined;
  const own = (container.ports ?? []).filter((one) => one.protocol !== 'UDP');
  if (own.length === 0) return undefined;
  const listening = own.map((one) => String(one.containerPort));
  return { kind: 'wrongPort', port: String(port), listening, told: 'ports' };
}

function commandFault({ exec, timeoutSeconds = 1 }: Probe, detail: string): ProbeFault {
  if (TIMED_OUT.test(detail)) return { kind: 'tooImpatient', timeout: timeoutSeconds };
  const text = shortened((exec?.command ?? []).join(' '));
  if (/failed to (?:start )?exec/.test(detail) && NO_COMMAND.test(detail))
    return { kind: 'commandMissing', command: text };
  return { kind: 'commandFails', command: text, output: shortened(detail) };
}

/** The first line that says something, cut. */
function shortened(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? 'no output';
  const trimmed = line.trim().replace(/\.$/, '');
  return trimmed.length > DETAIL_MAX ? `${trimmed.slice(0, DETAIL_MAX)}…` : trimmed;
}
