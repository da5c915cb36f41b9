import { type Input, logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches, LogSignals } from '../model/log-signals.ts';
import { addressParts } from './istio-discovery.ts';
import type { IstioProxy } from './istio-sidecars.ts';

/** Where a message ends: of a JSON line before its closing quote, of a line of Envoy before its thread. */
const END = '(?=\\tthread=|"[,}]|$)';

/**
 * What pilot-agent and Envoy write of their link to the control plane, as text
 * (`<time>\t<level>\t<scope>\t<message>`) or as JSON (`{"level", "time", "scope", "msg"}`).
 */
export const istioProxyLog = logSignals({
  component: { id: 'istio-proxy', container: /^istio-proxy$/ },
  patterns: {
    ready: { any: ['Envoy proxy is ready'] },
    notReady: {
      any: ['Envoy proxy is NOT ready'],
      re: new RegExp(`Envoy proxy is NOT ready: (?<reason>.+?)${END}`),
    },
    connected: { any: ['connected to upstream XDS server', 'connected to delta upstream XDS server'] },
    issued: { any: ['generated new workload certificate'] },
    upstream: {
      any: ['Initializing with upstream address'],
      re: /Initializing with upstream address \\?"(?<address>[^"\\]+)/,
    },
    // Probes of the application are passed on by the agent: their failures are not its own.
    dial: {
      any: ['dial tcp'],
      re: /^(?!.*probe app failed).*dial tcp:? (?:lookup (?<host>\S+?)(?: on (?<server>\S+))?: (?<dns>no such host|server misbehaving|(?:read udp \S+ )?i\/o timeout|Temporary failure in name resolution)|(?<address>\S+):(?<port>\d+): (?<error>(?:connect: )?(?:connection refused|connection timed out|no route to host|network is unreachable|operation not permitted)|i\/o timeout))/,
    },
    untrusted: {
      any: ['x509: certificate', 'x509: cannot validate'],
      re: /x509: (?<problem>(?:certificate|cannot validate)[^"\\(]*[^"\\(\s])/,
    },
    certificate: {
      any: [
        'failed to sign',
        'failed to generate secret',
        'failed to generate workload certificate',
        'create certificate: ',
        'ca request failed',
        'failed to warm certificate',
      ],
      re: new RegExp(
        `(?:failed to sign|failed to generate (?:secret|workload certificate)|create certificate: |ca request failed|failed to warm certificate).*?(?:code = (?<code>[A-Z]\\w+) desc = (?<detail>.+?)|closed: \\d+, (?<closed>.+?))?${END}`,
      ),
    },
    streamClosed: {
      any: ['AggregatedResources gRPC config stream'],
      re: new RegExp(
        `AggregatedResources gRPC config stream(?: to \\S+)? closed(?: since \\S+ ago)?: (?<code>\\d+), (?<detail>.*?)${END}`,
      ),
    },
    rejected: {
      any: ['gRPC config for ', 'delta config for '],
      re: new RegExp(`config for (?:type\\.googleapis\\.com/)?(?<type>\\S+) rejected: (?<detail>.+?)${END}`),
    },
    killed: {
      any: ['Envoy exited with error', 'Envoy may have been out of memory killed'],
      re: /Envoy (?:exited with error: signal: (?<signal>killed)|may have been out of memory killed)/,
    },
  },
});

/** What the scan found of these signals. */
export type IstioProxyLog = Input<typeof istioProxyLog>;

/** Which step of the way to the control plane fails, by what has to be done about it. */
export type XdsFaultClass =
  | 'nameUnknown'
  | 'dnsSilent'
  | 'refused'
  | 'timedOut'
  | 'untrusted'
  | 'expired'
  | 'notYetValid'
  | 'nameMismatch'
  | 'unauthenticated'
  | 'notIssued';

/** A line of a log with the log it is in. */
export interface Cited {
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

/** The last thing that keeps a proxy from its control plane, in its own words. */
export interface XdsFault extends Cited {
  readonly class: XdsFaultClass;
  readonly detail: string;
}

/** How far a proxy has come with its configuration, by the counters its readiness line prints. */
export interface XdsCounters {
  readonly cds: { readonly accepted: number; readonly rejected: number };
  readonly lds: { readonly accepted: number; readonly rejected: number };
}

/** Why a proxy says that it is not ready. */
export interface NotReadyLine extends Cited {
  readonly reason: string;
  readonly counters: XdsCounters | undefined;
}

/** A configuration Envoy refused. */
export interface Rejection extends Cited {
  /** `Listener`, `Cluster`, `RouteConfiguration`. */
  readonly type: string;
  readonly detail: string;
}

/** Longest piece of a line that is quoted in a sentence. */
const QUOTED = 300;

/** What the current log of a proxy says of its link; nothing that was overcome later in the log. */
export interface ProxyLogState {
  readonly seen: boolean;
  readonly notReady: NotReadyLine | undefined;
  readonly fault: XdsFault | undefined;
  /** It asked for a certificate in vain since it was last given one, ready or not. */
  readonly renewal: XdsFault | undefined;
  readonly rejection: Rejection | undefined;
  readonly killed: Cited | undefined;
  /** The control plane it names. */
  readonly upstream: (Cited & { readonly address: string }) | undefined;
}

/** Reads the current log of a proxy. */
export function proxyLogState(proxy: IstioProxy, log: IstioProxyLog): ProxyLogState {
  const { namespace = '', name } = proxy.pod.metadata;
  const owner = { namespace, pod: name, container: proxy.container.name };
  const last = (pattern: Parameters<IstioProxyLog['matches']>[0]) => lastLine(log, pattern, owner);
  const ready = last('ready');
  const connected = latest([ready, last('connected')]);
  const issued = latest([ready, last('issued')]);
  const notReady = after(last('notReady'), ready);
  const upstream = last('upstream');
  const rejected = last('rejected');
  const faults = [
    faultOfDial(after(last('dial'), connected), proxy),
    faultOfTrust(after(last('untrusted'), connected)),
    faultOfStream(after(last('streamClosed'), connected)),
    faultOfCertificate(after(last('certificate'), issued)),
  ];
  return {
    seen: log.seen(owner),
    notReady: notReady && {
      ...notReady,
      reason: quoted(notReady.hit.captures.reason ?? notReady.hit.text),
      counters: xdsCounters(notReady.hit.captures.reason ?? ''),
    },
    fault: latest(faults),
    renewal: faultOfCertificate(after(last('certificate'), last('issued'))),
    rejection: rejected && {
      ...rejected,
      type: shortType(rejected.hit.captures.type ?? ''),
      detail: quoted(rejected.hit.captures.detail ?? ''),
    },
    killed: after(last('killed'), ready),
    upstream: upstream && { ...upstream, address: upstream.hit.captures.address ?? '' },
  };
}

/** The last line of a pattern in the current log of a container. */
export function lastLine<P extends string>(
  log: Pick<LogSignals<P>, 'matches'>,
  pattern: P,
  owner: { readonly namespace: string; readonly pod: string; readonly container: string },
): Cited | undefined {
  const matches = log
    .matches(pattern, owner)
    .find(({ scope }) => scope.type === 'container' && !scope.previous);
  const hit = matches?.hits.at(-1);
  return matches && hit ? { matches, hit } : undefined;
}

function after<T extends Cited>(one: T | undefined, other: Cited | undefined): T | undefined {
  return one && (!other || one.hit.line > other.hit.line) ? one : undefined;
}

function latest<T extends Cited>(all: readonly (T | undefined)[]): T | undefined {
  return all.reduce<T | undefined>(
    (best, one) => (one && (!best || after(one, best)) ? one : best),
    undefined,
  );
}

/** Ports of a control plane's secure and plain discovery; a proxy dials others too, such as those of tracing. */
const XDS_PORTS: ReadonlySet<number> = new Set([15010, 15011, 15012]);

function faultOfDial(cited: Cited | undefined, proxy: IstioProxy): XdsFault | undefined {
  if (!cited) return undefined;
  const { host, dns, address, port, error } = cited.hit.captures;
  const ports = [proxy.discovery.port, addressParts(proxy.caAddress ?? '').port];
  if (address !== undefined) {
    if (/^(?:127\.|\[?::1|localhost)/.test(address)) return undefined;
    if (!XDS_PORTS.has(Number(port)) && !ports.includes(Number(port))) return undefined;
    const refused = /refused/.test(error ?? '');
    return { ...cited, class: refused ? 'refused' : 'timedOut', detail: `${address}:${port}: ${error}` };
  }
  const hosts = [proxy.discovery.host, addressParts(proxy.caAddress ?? '').host];
  if (!hosts.includes(host?.replace(/\.$/, '') ?? '')) return undefined;
  const known = dns === 'no such host';
  return { ...cited, class: known ? 'nameUnknown' : 'dnsSilent', detail: `lookup ${host}: ${dns}` };
}

function faultOfTrust(cited: Cited | undefined): XdsFault | undefined {
  if (!cited) return undefined;
  const detail = quoted(cited.hit.captures.problem ?? cited.hit.text);
  return { ...cited, class: trustClass(detail), detail: `x509: ${detail}` };
}

/** By the words of Go's crypto/x509. */
function trustClass(problem: string): XdsFaultClass {
  if (/not yet valid/.test(problem) && /is before/.test(problem)) return 'notYetValid';
  if (/has expired/.test(problem)) return 'expired';
  return /is valid for|not valid for|legacy Common Name|doesn't contain any IP/.test(problem)
    ? 'nameMismatch'
    : 'untrusted';
}

/** Status codes of gRPC that a closed stream carries. */
const UNAVAILABLE = '14';
const UNAUTHENTICATED = '16';

/** A stream that ends without error is a reconnect as happens every half hour; one that cannot be made is a fault. */
function faultOfStream(cited: Cited | undefined): XdsFault | undefined {
  const { code, detail = '' } = cited?.hit.captures ?? {};
  if (!cited) return undefined;
  const common = { ...cited, detail: quoted(detail) };
  if (code === UNAUTHENTICATED || /authentication failure|Unauthenticated/.test(detail))
    return { ...common, class: 'unauthenticated' };
  if (code !== UNAVAILABLE) return undefined;
  if (/no such host/.test(detail)) return { ...common, class: 'nameUnknown' };
  if (/x509: /.test(detail)) return { ...common, class: trustClass(detail) };
  if (/connection refused|connection failure|connect: /.test(detail)) return { ...common, class: 'refused' };
  return /timeout|timed out/.test(detail) ? { ...common, class: 'timedOut' } : undefined;
}

function faultOfCertificate(cited: Cited | undefined): XdsFault | undefined {
  if (!cited) return undefined;
  const { code, detail, closed } = cited.hit.captures;
  const text = quoted(detail ?? closed ?? cited.hit.text);
  const common = { ...cited, detail: code === undefined ? text : `${code}: ${text}` };
  const words = cited.hit.text;
  if (/no such host/.test(words)) return { ...common, class: 'nameUnknown' };
  if (/x509: certificate/.test(words)) return { ...common, class: trustClass(words) };
  if (/connection refused/.test(words)) return { ...common, class: 'refused' };
  if (/i\/o timeout/.test(words)) return { ...common, class: 'timedOut' };
  if (code === 'Unauthenticated' || /authenticate failure|Unauthenticated/.test(words))
    return { ...common, class: 'unauthenticated' };
  return { ...common, class: 'notIssued' };
}

/**
 * `cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected`. The words before lie up to Istio
 * 1.11: `config not received from Pilot` is also printed when it was received and refused (istio#27580).
 */
export function xdsCounters(reason: string): XdsCounters | undefined {
  const found =
    /cds updates: (\d+) successful, (\d+) rejected; lds updates: (\d+) successful, (\d+) rejected/.exec(
      reason,
    );
  if (!found) return undefined;
  const [cds = 0, cdsRejected = 0, lds = 0, ldsRejected = 0] = found.slice(1).map(Number);
  return { cds: { accepted: cds, rejected: cdsRejected }, lds: { accepted: lds, rejected: ldsRejected } };
}

/** `envoy.config.listener.v3.Listener` → `Listener`. */
function shortType(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

function quoted(text: string): string {
  const plain = text.replaceAll('\\"', '"').trim();
  return plain.length > QUOTED ? `${plain.slice(0, QUOTED)}…` : plain;
}
