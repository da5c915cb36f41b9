import { listItem } from '../../src/kube/list-item.ts';
import type { PolicyRule } from '../../src/model/coverage.ts';
import {
  type ApiResource,
  type Discovery,
  type DiscoveryFailure,
  type GetOptions,
  type Handshake,
  type Kube,
  KubeError,
  type ListOptions,
  type ListPage,
  type OwnRules,
  type PublicCredentials,
  type Reply,
  type StreamOptions,
  type StreamReply,
} from '../../src/model/kube.ts';
import type {
  ExecOptions,
  ExecResult,
  PodGetOptions,
  PodHandshake,
  PodHandshakeOptions,
} from '../../src/model/pod-requests.ts';
import { type FakeAnswer, OBSERVED, reply, servedChain } from './fake-reply.ts';

/** An object as the API serves it. */
export interface FakeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/** State of a cluster in memory. */
export interface FakeCluster {
  readonly resources?: readonly ApiResource[];
  readonly discoveryFailures?: readonly DiscoveryFailure[];
  /** In the order the server lists them. */
  readonly objects?: readonly FakeObject[];
  /** `namespace/pod/container`, with `/previous` behind it for the instance before. */
  readonly logs?: Readonly<Record<string, string | AsyncIterable<Uint8Array>>>;
  /** By path without query; one for the path with its query goes first. */
  readonly replies?: Readonly<Record<string, FakeAnswer>>;
  /** `namespace/pod:port/path`, without query. */
  readonly podReplies?: Readonly<Record<string, FakeAnswer>>;
  /** Certificates a port of a pod serves, PEM, by `namespace/pod:port`; others refuse the connection. */
  readonly podChains?: Readonly<Record<string, readonly string[]>>;
  /** What single instances of the API server answer, by origin and path without query. */
  readonly instanceReplies?: Readonly<Record<string, FakeAnswer>>;
  /** Output of commands by `<namespace>/<pod>/<container> <command and arguments>`; others are not in the image. */
  readonly execReplies?: Readonly<
    Record<string, string | { stdout: string; stderr?: string; exitCode: number }>
  >;
  /** By path without query; thrown before anything is answered. */
  readonly failures?: Readonly<Record<string, KubeError>>;
  /** By path; thrown after the first page. */
  readonly brokenLists?: Readonly<Record<string, KubeError>>;
  /** What the user may do in a namespace; unless given, only a try can tell. */
  readonly ownRules?: (namespace: string) => OwnRules;
  readonly handshake?: Partial<Handshake>;
  readonly credentials?: Partial<PublicCredentials>;
  readonly server?: string;
  readonly namespace?: string;
  readonly pageSize?: number;
  /** The version a list comes with, of its path and the version that was asked for; may throw. 100 unless given. */
  readonly listVersion?: (path: string, asked: string | undefined) => string;
  /** Called before each request is answered. */
  readonly onRequest?: (path: string) => void | Promise<void>;
}

/** A cluster in memory with the paths it was asked for. */
export interface FakeKube extends Kube {
  readonly requests: readonly string[];
  readonly podRequests: readonly PodGetOptions[];
  /** `Accept` headers of GETs, by path with query. */
  readonly accepted: ReadonlyMap<string, string | undefined>;
  readonly podHandshakes: readonly PodHandshakeOptions[];
  /** Commands run, as `<namespace>/<pod>/<container> <command and arguments>`. */
  readonly execRequests: readonly string[];
  closed(): boolean;
}

/** One served kind. */
export function apiResource(
  group: string,
  kind: string,
  plural: string,
  more: Partial<ApiResource> = {},
): ApiResource {
  return {
    group,
    version: 'v1',
    versions: ['v1'],
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: ['get', 'list'],
    subresources: [],
    ...more,
  };
}

/** Pods, events, namespaces, leases, Secrets and ConfigMaps. */
export const COMMON_KINDS: readonly ApiResource[] = [
  apiResource('', 'ConfigMap', 'configmaps'),
  apiResource('', 'Event', 'events'),
  apiResource('', 'Namespace', 'namespaces', { namespaced: false }),
  apiResource('', 'Pod', 'pods', { subresources: ['exec', 'log', 'portforward'] }),
  apiResource('', 'Secret', 'secrets'),
  apiResource('coordination.k8s.io', 'Lease', 'leases'),
];

/** A 403 of the API server with the rule that would have allowed the LIST. */
export function refused(group: string, plural: string): KubeError {
  const rule: PolicyRule = { apiGroups: [group], resources: [plural], verbs: ['list'] };
  return new KubeError('forbidden', `${plural} is forbidden: User "mia" cannot list resource (HTTP 403)`, {
    status: 403,
    rule,
  });
}

/** A Kube over state in memory; honest in what it serves, and silent about nothing it was asked. */
export function fakeKube(cluster: FakeCluster = {}): FakeKube {
  const { resources = COMMON_KINDS, objects = [], server = 'https://cluster.test:6443' } = cluster;
  const requests: string[] = [];
  const podRequests: PodGetOptions[] = [];
  const podHandshakes: PodHandshakeOptions[] = [];
  const execRequests: string[] = [];
  const accepted = new Map<string, string | undefined>();
  let isClosed = false;

  async function ask(path: string, signal: AbortSignal): Promise<string> {
    requests.push(path);
    await cluster.onRequest?.(path);
    if (signal.aborted) throw new KubeError('aborted', `${path}: the request was aborted`);
    const pathname = path.split('?', 1)[0]!;
    const failure = cluster.failures?.[pathname];
    if (failure) throw failure;
    return pathname;
  }

  async function discover(signal: AbortSignal): Promise<Discovery> {
    await ask('/apis', signal);
    return {
      resources,
      failures: cluster.discoveryFailures ?? [],
      observedAt: OBSERVED,
      find: (group, kind) => resources.find((one) => one.group === group && one.kind === kind),
    };
  }

  async function* list(
    resource: Parameters<Kube['list']>[0],
    options: ListOptions,
  ): AsyncGenerator<ListPage> {
    const path = await ask(listPath(resource, options.namespace), options.signal);
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
    const name = /^metadata\.name=(.+)$/.exec(options.fieldSelector ?? '')?.[1];
    const found = objects.filter(
      ({ apiVersion: version, kind, metadata }) =>
        version === apiVersion &&
        kind === resource.kind &&
        (options.namespace === undefined || metadata.namespace === options.namespace) &&
        (name === undefined || metadata.name === name),
    );
    const size = Math.min(cluster.pageSize ?? 500, options.pageSize ?? 500);
    const resourceVersion = cluster.listVersion?.(path, options.resourceVersion) ?? '100';
    for (let at = 0; at === 0 || at < found.length; at += size) {
      if (options.signal.aborted) throw new KubeError('aborted', `${path}: the request was aborted`);
      if (at > 0 && cluster.brokenLists?.[path]) throw cluster.brokenLists[path];
      const items = found.slice(at, at + size).map((object) => {
        const { apiVersion: _, kind: __, ...rest } = object;
        return listItem(Buffer.from(JSON.stringify(rest)));
      });
      const page = { items, apiVersion, kind: resource.kind, resourceVersion };
      yield { ...page, observedAt: OBSERVED, inconsistent: false };
    }
  }

  async function get(path: string, options: GetOptions): Promise<Reply> {
    accepted.set(path, options.accept);
    const pathname = await ask(path, options.signal);
    return reply(cluster.replies?.[path] ?? cluster.replies?.[pathname], path, options.allowStatus);
  }

  async function stream(path: string, options: StreamOptions): Promise<StreamReply> {
    const pathname = await ask(path, options.signal);
    const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(pathname);
    const query = new URLSearchParams(path.split('?')[1]);
    const previous = query.get('previous') === 'true' ? '/previous' : '';
    const log = cluster.logs?.[`${match?.[1]}/${match?.[2]}/${query.get('container')}${previous}`];
    if (log === undefined) throw new KubeError('not-found', `${path}: no such log`, { status: 404 });
    const body = typeof log === 'string' ? bytesOf(log) : log;
    return { status: 200, body, observedAt: OBSERVED };
  }

  async function podGet(options: PodGetOptions): Promise<Reply> {
    podRequests.push(options);
    const path = options.path.split('?', 1)[0]!;
    const key = `${options.namespace}/${options.pod}:${options.port}${path}`;
    await ask(`/api/v1/namespaces/${options.namespace}/pods/${options.pod}/portforward`, options.signal);
    return reply(cluster.podReplies?.[key], options.path, 'any');
  }

  async function podHandshake(options: PodHandshakeOptions): Promise<PodHandshake> {
    const { namespace, pod, port, signal } = options;
    podHandshakes.push(options);
    await ask(`/api/v1/namespaces/${namespace}/pods/${pod}/portforward`, signal);
    return servedChain(cluster.podChains, { namespace, pod, port });
  }

  async function exec({ namespace, pod, container, command, signal }: ExecOptions): Promise<ExecResult> {
    const key = `${namespace}/${pod}/${container} ${command.join(' ')}`;
    execRequests.push(key);
    await ask(`/api/v1/namespaces/${namespace}/pods/${pod}/exec`, signal);
    const found = cluster.execReplies?.[key];
    if (found === undefined)
      throw new KubeError('not-found', `exec: "${command[0]}": executable file not found in $PATH`);
    const {
      stdout,
      stderr = '',
      exitCode,
    } = typeof found === 'string' ? { stdout: found, exitCode: 0 } : found;
    return { stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), exitCode, truncated: false };
  }

  return {
    requests,
    accepted,
    podRequests,
    podHandshakes,
    execRequests,
    exec,
    ownRules: async (namespace) => cluster.ownRules?.(namespace) ?? { rules: [], complete: false },
    // Whoever says nothing of rights has them; a refusal that is told holds.
    may: async () => cluster.ownRules === undefined,
    async getAt(origin, path, { signal, allowStatus }) {
      const pathname = path.split('?', 1)[0]!;
      await ask(`${origin}${path}`, signal);
      return reply(cluster.instanceReplies?.[`${origin}${pathname}`], path, allowStatus);
    },
    closed: () => isClosed,
    context: 'test',
    server,
    namespace: cluster.namespace ?? 'default',
    publicCredentials: {
      serverCa: undefined,
      clientCertificate: undefined,
      clusterName: 'test',
      userName: 'mia',
      tlsServerName: undefined,
      insecure: false,
      ...cluster.credentials,
    },
    async versionInfo(signal) {
      const answer = await get('/version', { signal });
      return JSON.parse(answer.body.toString('utf8'));
    },
    discover,
    list,
    get,
    stream,
    podGet,
    podHandshake,
    handshake: async ({ host, port }) => ({
      host,
      port,
      addresses: ['192.0.2.1'],
      failure: undefined,
      chain: [],
      authorized: true,
      authorizationError: undefined,
      protocol: 'TLSv1.3',
      observedAt: OBSERVED,
      ...cluster.handshake,
    }),
    async close() {
      isClosed = true;
    },
  };
}

function listPath({ group, version, plural }: Parameters<Kube['list']>[0], namespace?: string): string {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return `${base}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}`;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
