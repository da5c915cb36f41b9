import { document } from '../model/artifact.ts';
import type { IstioProxyContainer } from './istio-proxy.ts';
import { numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import type { Tried } from './kong-plane-probes.ts';
import type { PodItem } from './resources.ts';

/** What a proxy's container tells of the way to its control plane. */
export interface IstioProxyProbes {
  readonly proxy:
    | { readonly namespace: string; readonly pod: string; readonly container: string }
    | undefined;
  /** The discovery address that was tried: `istiod.istio-system.svc:15012`. */
  readonly address: string;
  readonly dns: Tried;
  readonly tcp: Tried;
  /** With the root certificate the proxy itself was given; `untried` for a port without TLS. */
  readonly tls: Tried;
}

/** One run of curl. */
export interface StoredCurl {
  readonly command: readonly string[];
  readonly exitCode?: number;
  /** What {@link CURL_FORMAT} asked for. */
  readonly written?: string;
  /** Its own words, one line: `curl: (6) Could not resolve host: …`. */
  readonly said?: string;
  /** Why it did not run, e.g. that it is not in the image. */
  readonly error?: string;
}

/** Address, seconds to the end of lookup, connection and handshake (0: never), and the HTTP status. */
const CURL_FORMAT = '%{remote_ip} %{time_namelookup} %{time_connect} %{time_appconnect} %{http_code}';
/** Where the agent keeps the root certificate of the mesh (`istio-ca-root-cert`). */
const ROOT_CERTIFICATE = '/var/run/secrets/istio/root-cert.pem';
/** Port of XDS without TLS. */
const PLAIN_PORT = '15010';
const DEFAULT_ADDRESS = 'istiod.istio-system.svc:15012';

/**
 * The way from a proxy of Istio to its discovery address, tried by `curl` in the proxy's container with `--exec`.
 * Scope object Pod. Stored: `{"proxy": {"namespace", "pod", "container"}, "address", "curl": {"command", "exitCode",
 * "written", "said"} | {"command", "error"}}`.
 */
export const istioProxyProbes = document<IstioProxyProbes>({
  id: 'istio-proxy-probes',
  title: 'Way from an Istio proxy to its control plane',
  contentType: 'json',
  rearranged: true,
  maxBytes: 64 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const { namespace, pod, container } = objectIn(stored.proxy);
    const names = [stringIn(namespace), stringIn(pod)] as const;
    const address = stringIn(stored.address) ?? '';
    return {
      proxy:
        names[0] === undefined || names[1] === undefined
          ? undefined
          : { namespace: names[0], pod: names[1], container: stringIn(container) ?? '' },
      address,
      ...stepsOf(curlIn(stored.curl), isPlain(address)),
    };
  },
});

/**
 * The discovery address as the container shows it: annotation, `PROXY_CONFIG`, argument, and `CA_ADDR`, which the
 * injector sets to the same address unless certificates come from elsewhere.
 */
export function shownDiscoveryAddress(pod: PodItem, { spec }: IstioProxyContainer): string {
  const setting = (name: string) => spec.env?.find((one) => one.name === name)?.value;
  const configured = [pod.metadata.annotations?.['proxy.istio.io/config'], setting('PROXY_CONFIG')]
    .map((text) => /discoveryAddress["']?\s*:\s*["']?([^\s"',}]+)/.exec(text ?? '')?.[1])
    .find((found) => found !== undefined);
  const args = (spec.args ?? []).join(' ');
  const argument = /--discoveryAddress[= ](\S+)/.exec(args)?.[1];
  const authority = setting('CA_ADDR');
  const ofIstiod = authority?.startsWith('istiod') ? authority : undefined;
  return configured ?? argument ?? ofIstiod ?? DEFAULT_ADDRESS;
}

/** `curl` by arguments: nothing is sent but a GET that a port of gRPC refuses. Undefined for what is no address. */
export function curlCommand(address: string): [string, ...string[]] | undefined {
  // A text of a user goes into a command: it may not be taken for an option, nor for another URL.
  if (!/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9][A-Za-z0-9.-]*):\d{1,5}$/.test(address)) return undefined;
  const limits = ['--connect-timeout', '5', '--max-time', '10'];
  const output = ['-sS', '-o', '/dev/null', '-w', CURL_FORMAT];
  const trust = isPlain(address) ? [] : ['--cacert', ROOT_CERTIFICATE];
  const url = `${isPlain(address) ? 'http' : 'https'}://${address}/`;
  return ['curl', ...output, ...limits, '--noproxy', '*', ...trust, url];
}

function isPlain(address: string): boolean {
  return address.endsWith(`:${PLAIN_PORT}`);
}

function curlIn(value: unknown): StoredCurl {
  const { exitCode, written, said, error } = objectIn(value);
  const code = numberIn(exitCode);
  const texts = Object.entries({ written, said, error }).filter(([, text]) => typeof text === 'string');
  return { command: [], ...(code === undefined ? {} : { exitCode: code }), ...Object.fromEntries(texts) };
}

type Steps = Pick<IstioProxyProbes, 'dns' | 'tcp' | 'tls'>;

const NOT_REACHED = { state: 'untried', reason: 'the step before it failed' } as const;
const WITHOUT_TLS = { state: 'untried', reason: 'the port takes no TLS' } as const;

/** Exit codes of curl (curl.se/libcurl/c/libcurl-errors.html). Of a failed handshake its clock tells nothing. */
const NO_NAME = 6;
const NO_CONNECTION = 7;
const TIMED_OUT = 28;
const NO_CERTIFICATE_FILE = 77;
/** Handshake broken, certificate not accepted: 35, 51 and 60 in one or the other version. */
const NO_HANDSHAKE: ReadonlySet<number> = new Set([35, 51, 60]);
/** Ends after the handshake: an answer, none, or one that is no HTTP/1. */
const REACHED: ReadonlySet<number> = new Set([0, 1, 8, 16, 18, 22, 52, 56, 92]);

function stepsOf({ exitCode, written = '', said = '', error }: StoredCurl, plain: boolean): Steps {
  if (error !== undefined || exitCode === undefined) return unclear(error ?? 'no command was run');
  const words = said.replace(/^curl: \(\d+\) /, '') || `curl ends with ${exitCode}`;
  const failed = { state: 'fails', detail: words } as const;
  const later = plain ? WITHOUT_TLS : NOT_REACHED;
  // Fields are told apart by single spaces: the first is empty when no connection was opened.
  const [ip = '', , , handshake] = written.split(' ');
  const isLookup = exitCode === NO_NAME || (exitCode === TIMED_OUT && /^Resolving timed out/.test(words));
  if (isLookup) return { dns: failed, tcp: NOT_REACHED, tls: later };
  const dns = { state: 'works', detail: ip === '' ? 'the name resolves' : ip } as const;
  if (exitCode === NO_CONNECTION || (exitCode === TIMED_OUT && ip === ''))
    return { dns, tcp: failed, tls: later };
  const tcp = { state: 'works', detail: 'connected' } as const;
  if (plain && (REACHED.has(exitCode) || exitCode === TIMED_OUT)) return { dns, tcp, tls: WITHOUT_TLS };
  if (REACHED.has(exitCode) || Number(handshake) > 0)
    return { dns, tcp, tls: { state: 'works', detail: 'the certificate is trusted' } };
  if (NO_HANDSHAKE.has(exitCode) || exitCode === TIMED_OUT) return { dns, tcp, tls: failed };
  // The root certificate is not there to be read, which says nothing of the server.
  if (exitCode === NO_CERTIFICATE_FILE) return { dns, tcp, tls: { state: 'untried', reason: words } };
  return unclear(words);
}

function unclear(reason: string): Steps {
  const untried = { state: 'untried', reason } as const;
  return { dns: untried, tcp: untried, tls: untried };
}
