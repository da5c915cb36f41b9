import { document } from '../model/artifact.ts';
import type { Handshake, Kube } from '../model/kube.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** How far a connection to the API server came, layer by layer; a layer after a failed one is absent. */
export interface ApiServerReachability {
  /** Base URL of the kubeconfig. */
  readonly server: string;
  readonly dns?: { readonly addresses: readonly string[]; readonly error?: string };
  readonly tcp?: { readonly ok: boolean; readonly error?: string };
  readonly tls?: {
    /** Whether the handshake ended well; a certificate that does not verify is no failed handshake. */
    readonly ok: boolean;
    /** Why the handshake failed, or why the certificate does not verify. */
    readonly error?: string;
    /** Whether chain and name verify against the CA of the kubeconfig. */
    readonly authorized?: boolean;
    /** E.g. `TLSv1.3`. */
    readonly protocol?: string;
    /** Served chain as PEM, leaf first. */
    readonly chain: readonly string[];
  };
  readonly http?: {
    readonly ok: boolean;
    readonly status?: number;
    /** What the request for `/version` (or discovery) ended with. */
    readonly error?: string;
    /** Kind of the failure, e.g. `refused`, `tls`, `unauthorized`. */
    readonly kind?: string;
  };
}

/** The way to the API server as `collect` saw it, scope cluster. */
export const apiServerReachability = document<ApiServerReachability>({
  id: 'api-server-reachability',
  title: 'Reachability of the API server',
  contentType: 'json',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const server = stringIn(stored.server);
    if (server === undefined) throw new Error('no server is named');
    return {
      server,
      ...(stored.dns === undefined ? {} : { dns: dnsOf(objectIn(stored.dns)) }),
      ...(stored.tcp === undefined ? {} : { tcp: resultOf(objectIn(stored.tcp)) }),
      ...(stored.tls === undefined ? {} : { tls: tlsOf(objectIn(stored.tls)) }),
      ...(stored.http === undefined ? {} : { http: httpOf(objectIn(stored.http)) }),
    };
  },
});

/** Where the API server of a kubeconfig is to be shaken hands with. */
export function endpointOf(kube: Pick<Kube, 'server' | 'publicCredentials'>): {
  host: string;
  port: number;
  servername?: string;
} {
  const url = new URL(kube.server);
  const fallback = url.protocol === 'http:' ? 80 : 443;
  const servername = kube.publicCredentials.tlsServerName;
  return {
    // A URL keeps an IPv6 address in brackets, a socket takes it without.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? fallback : Number(url.port),
    ...(servername === undefined ? {} : { servername }),
  };
}

/** What a handshake and an HTTP request told, as the document stores it. */
export function reachabilityOf(
  server: string,
  handshake: Handshake,
  http: ApiServerReachability['http'],
): ApiServerReachability {
  const { addresses, failure, chain, authorized, authorizationError, protocol } = handshake;
  if (failure?.stage === 'dns') return { server, dns: { addresses, error: failure.message }, http };
  if (failure?.stage === 'tcp') {
    return { server, dns: { addresses }, tcp: { ok: false, error: failure.message }, http };
  }
  const error = failure?.message ?? authorizationError;
  const tls = {
    ok: failure === undefined,
    ...(error === undefined ? {} : { error }),
    authorized,
    protocol,
    chain,
  };
  return { server, dns: { addresses }, tcp: { ok: true }, tls, http };
}

type Fields = Readonly<Record<string, unknown>>;

function dnsOf(fields: Fields): ApiServerReachability['dns'] {
  return { addresses: strings(fields.addresses), ...error(fields) };
}

function resultOf(fields: Fields): { ok: boolean; error?: string } {
  return { ok: fields.ok === true, ...error(fields) };
}

function tlsOf(fields: Fields): ApiServerReachability['tls'] {
  const protocol = stringIn(fields.protocol);
  return {
    ...resultOf(fields),
    ...(typeof fields.authorized === 'boolean' ? { authorized: fields.authorized } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    chain: strings(fields.chain),
  };
}

function httpOf(fields: Fields): ApiServerReachability['http'] {
  const kind = stringIn(fields.kind);
  return {
    ...resultOf(fields),
    ...(typeof fields.status === 'number' ? { status: fields.status } : {}),
    ...(kind === undefined ? {} : { kind }),
  };
}

function error(fields: Fields): { error?: string } {
  const text = stringIn(fields.error);
  return text === undefined ? {} : { error: text };
}

function strings(value: unknown): string[] {
  return listIn(value).filter((element) => typeof element === 'string');
}
