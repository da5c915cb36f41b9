import type { PolicyRule } from './coverage.ts';
import type { Observation } from './observation.ts';
import type {
  ExecOptions,
  ExecResult,
  PodGetOptions,
  PodHandshake,
  PodHandshakeOptions,
} from './pod-requests.ts';

/** Why a request to the cluster gave no usable answer. Closed: collectors' outcomes derive from it. */
export type KubeErrorKind =
  /** Nothing listens at host:port, or there is no route to it. */
  | 'refused'
  /** The host name does not resolve. */
  | 'dns'
  /** The TLS handshake or the check of the served certificate failed. */
  | 'tls'
  /** HTTP 401: expired or wrong credentials. */
  | 'unauthorized'
  /** HTTP 403: `rule` says what would have allowed it. */
  | 'forbidden'
  /** HTTP 404, or a log that does not exist (no previous instance, container not started, log collected away). */
  | 'not-found'
  /** A deadline of ours, or HTTP 504. */
  | 'timeout'
  /** HTTP 410 that cannot be continued. */
  | 'gone'
  /** HTTP 429. */
  | 'throttled'
  /** HTTP 502 or 503, or the connection broke before the answer was whole. */
  | 'unavailable'
  /** The caller's signal fired. */
  | 'aborted'
  /** An answer that is not what the API promises: no JSON, cut, too large. */
  | 'bad-reply'
  | 'other';

/** A request to the cluster failed; `message` is one line for a person and names the endpoint or the object. */
export class KubeError extends Error {
  readonly kind: KubeErrorKind;
  /** HTTP status, when the server answered. */
  readonly status: number | undefined;
  /** For `forbidden`: the RBAC rule that would allow the request. */
  readonly rule: PolicyRule | undefined;

  constructor(
    kind: KubeErrorKind,
    message: string,
    options: { status?: number; rule?: PolicyRule; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KubeError';
    this.kind = kind;
    this.status = options.status;
    this.rule = options.rule;
  }
}

/** One served resource, in the version the server prefers; subresources are names on it, not rows of their own. */
export interface ApiResource {
  /** Empty for the core group. */
  readonly group: string;
  /** The version to read: the first of `versions`. */
  readonly version: string;
  /** All served versions of this resource, in the server's order of preference. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** E.g. `log`, `portforward`, `status` for pods. */
  readonly subresources: readonly string[];
}

/** What the API server serves. A dead aggregated API is a row in `failures`, never an error. */
export interface Discovery {
  /** Sorted by group and plural. */
  readonly resources: readonly ApiResource[];
  readonly failures: readonly DiscoveryFailure[];
  readonly observedAt: Observation;
  find(group: string, kind: string): ApiResource | undefined;
}

/** A group version (`metrics.k8s.io/v1beta1`, or `/apis` when all groups are missing) that could not be discovered. */
export interface DiscoveryFailure {
  readonly groupVersion: string;
  readonly reason: string;
}

/** One element of a list as the server sent it. */
export interface ListItem {
  /** The server's JSON text in UTF-8, on one line; unknown fields and the text of numbers are untouched. */
  readonly bytes: Buffer;
  /** `bytes` as a string, decoded on each use. */
  readonly text: string;
  /** `bytes` parsed, on first use. Throws KubeError `bad-reply` when it is not JSON. */
  readonly value: unknown;
  /** `metadata.name`, empty when there is none. */
  readonly name: string;
  /** `metadata.namespace`, absent for cluster-scoped objects. */
  readonly namespace: string | undefined;
}

/** A run of items of one list, in server order; a large page of the server arrives as several of these. */
export interface ListPage {
  readonly items: readonly ListItem[];
  /** `v1`, `apps/v1`: what each item has or lacks (items of built-in kinds come without it). */
  readonly apiVersion: string;
  /** Kind of the items, not of the list. */
  readonly kind: string;
  /** Of the list; absent when the server sends it after the items and they did not fit one run. */
  readonly resourceVersion: string | undefined;
  readonly observedAt: Observation;
  /** True from the page on where the server's snapshot had expired (410) and the list went on at a newer one. */
  readonly inconsistent: boolean;
}

/** What to list. Without `namespace`: all namespaces. */
export interface ListOptions {
  readonly namespace?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Exactly this version of the store; an error when it cannot be read (any more). */
  readonly resourceVersion?: string;
  readonly signal: AbortSignal;
  /** Objects per request; 500 as kubectl. */
  readonly pageSize?: number;
  /** Deadline of one page, counting only time spent waiting for the server; 60 s. */
  readonly timeoutMs?: number;
}

/** A GET of any path of the API server. */
export interface GetOptions {
  readonly signal: AbortSignal;
  /** The body is cut here and `truncated` set; 16 MiB. */
  readonly maxBytes?: number;
  /** Deadline of the whole exchange; 30 s. */
  readonly timeoutMs?: number;
  /** `Accept` header; JSON preferred, anything taken, as kubectl. */
  readonly accept?: string;
  /** Error statuses whose body is the answer, e.g. 500 for `/readyz?verbose`; all others throw KubeError. */
  readonly allowStatus?: readonly number[];
}

/** A whole HTTP answer, decompressed. */
export interface Reply {
  readonly status: number;
  /** Names in lower case; repeated ones joined by a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body was longer than `maxBytes`. */
  readonly truncated: boolean;
  readonly observedAt: Observation;
  /** Collector's clock, ISO 8601, just before the request; with `receivedAt` it brackets the server's `date`. */
  readonly sentAt: string;
  /** Collector's clock, ISO 8601, when the headers had arrived. */
  readonly receivedAt: string;
}

/** A streamed answer; the body throws KubeError from its iterator when the connection breaks midway. */
export interface StreamReply {
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array>;
  readonly observedAt: Observation;
}

/** How to stream a path. */
export interface StreamOptions {
  readonly signal: AbortSignal;
  /** Longest silence, before the headers and between chunks; 60 s. */
  readonly idleTimeoutMs?: number;
  /** Longest time in all; 10 minutes. */
  readonly timeoutMs?: number;
}

/** Where to shake hands. */
export interface HandshakeOptions {
  readonly host: string;
  readonly port: number;
  /** Server name for SNI and the check of names; the host when it is not an IP address. */
  readonly servername?: string;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

/** Name lookup, TCP and TLS with one endpoint, without credentials; a failure is a value, not an exception. */
export interface Handshake {
  readonly host: string;
  readonly port: number;
  /** What the name resolved to; the address itself for an IP. */
  readonly addresses: readonly string[];
  /** Where it ended, if it did not end well; a served certificate that does not verify is no failure. */
  readonly failure: HandshakeFailure | undefined;
  /** Served chain as PEM, leaf first; empty when TLS failed. */
  readonly chain: readonly string[];
  /** Whether the chain and the name verify against the CA of the kubeconfig. */
  readonly authorized: boolean;
  /** Error of the check, with its code: `CERT_HAS_EXPIRED: certificate has expired`. */
  readonly authorizationError: string | undefined;
  /** E.g. `TLSv1.3`. */
  readonly protocol: string | undefined;
  readonly observedAt: Observation;
}

/** The step of a handshake that failed. */
export interface HandshakeFailure {
  readonly stage: 'dns' | 'tcp' | 'tls';
  readonly kind: KubeErrorKind;
  readonly message: string;
}

/** The public parts of the kubeconfig in use: never a key, token or password. */
export interface PublicCredentials {
  /** PEM of `certificate-authority(-data)`. */
  readonly serverCa: string | undefined;
  /** PEM of `client-certificate(-data)`. */
  readonly clientCertificate: string | undefined;
  readonly clusterName: string;
  readonly userName: string | undefined;
  /** `tls-server-name`. */
  readonly tlsServerName: string | undefined;
  /** `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
}

/** Reply of `/version`; the server may send more fields. */
export interface VersionInfo {
  readonly gitVersion: string;
  readonly major: string;
  readonly minor: string;
  readonly platform?: string;
}

/** What the API server says we may do in one namespace, its cluster-wide rights included. */
export interface OwnRules {
  readonly rules: readonly PolicyRule[];
  /** False when an authorizer cannot enumerate its rules: what is not among them may be allowed all the same. */
  readonly complete: boolean;
}

/** One request whose permission is asked for: a resource (`pods/log`), or a path that is none. */
export type AskedRight = { readonly verb: string; readonly namespace?: string } & (
  | { readonly group: string; readonly resource: string }
  | { readonly url: string }
);

/** Read access to one cluster over one shared connection pool. Every method throws KubeError, nothing else. */
export interface Kube {
  /** Context of the kubeconfig; undefined inside a cluster. */
  readonly context: string | undefined;
  /** Base URL as in the kubeconfig, without a trailing slash. */
  readonly server: string;
  /** Namespace of the context, or `default`. */
  readonly namespace: string;
  readonly publicCredentials: PublicCredentials;
  versionInfo(signal: AbortSignal): Promise<VersionInfo>;
  discover(signal: AbortSignal): Promise<Discovery>;
  list(
    resource: Pick<ApiResource, 'group' | 'version' | 'plural' | 'kind'>,
    options: ListOptions,
  ): AsyncIterable<ListPage>;
  /** Our rules in a namespace, which need not exist (SelfSubjectRulesReview: a POST that changes nothing). */
  ownRules(namespace: string, signal: AbortSignal): Promise<OwnRules>;
  /** Whether one request would be allowed, by the authorizers themselves (SelfSubjectAccessReview). */
  may(right: AskedRight, signal: AbortSignal): Promise<boolean>;
  /** `path` starts with `/` and may hold a query. */
  get(path: string, options: GetOptions): Promise<Reply>;
  /**
   * `get` from one instance of the API server, `https://host:port`, past whatever balances them. Its certificate
   * must be of the cluster's CA and of the name every API server has, before credentials are sent.
   */
  getAt(origin: string, path: string, options: GetOptions): Promise<Reply>;
  /** For logs; an error in place of a log (HTTP 200 `unable to retrieve container logs for …`) throws `not-found`. */
  stream(path: string, options: StreamOptions): Promise<StreamReply>;
  /** Any status the pod answers is a Reply; only the way there throws. */
  podGet(options: PodGetOptions): Promise<Reply>;
  /** The certificates a port of a pod serves, whoever signed them; a port that speaks no TLS throws. */
  podHandshake(options: PodHandshakeOptions): Promise<PodHandshake>;
  /** Any exit code is a result; a command that is not in the image throws `not-found`. */
  exec(options: ExecOptions): Promise<ExecResult>;
  handshake(options: HandshakeOptions): Promise<Handshake>;
  /** Ends all connections; requests under way end as `aborted`. */
  close(): Promise<void>;
}
