import {
  type ApiResource,
  type Discovery,
  type GetOptions,
  type Kube,
  KubeError,
  type ListItem,
  type ListPage,
  type Reply,
} from '../../src/model/kube.ts';
import type { Observation } from '../../src/model/observation.ts';
import { samplePem } from './certificates.ts';
import type { ApiObject, SampleReply, Scenario } from './scenario.ts';

/** Seconds between the two samples of a list: longer than a leader lease lasts. */
const SECOND_SAMPLE_SECONDS = 25;

/** A connection to a cluster that exists on paper only; every answer is observed at the time of the scenario. */
export function scenarioKube(scenario: Scenario): Kube {
  const observed = observation(scenario.time, 0);
  const listed = new Set<string>();

  function reachable(): void {
    if (scenario.unreachable) throw scenario.unreachable;
  }

  async function get(path: string, options: GetOptions): Promise<Reply> {
    reachable();
    const given = scenario.replies[pathOf(path)] ?? releaseList(scenario, path);
    return replyOf(scenario, given, path, options.allowStatus);
  }

  async function discover(): Promise<Discovery> {
    reachable();
    const { kinds } = scenario;
    return {
      resources: [...kinds].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
      failures: [],
      observedAt: observed,
      find: (group, kind) => kinds.find((one) => one.group === group && one.kind === kind),
    };
  }

  async function* list(...[target, options]: Parameters<Kube['list']>): AsyncGenerator<ListPage> {
    reachable();
    const apiVersion = target.group === '' ? target.version : `${target.group}/${target.version}`;
    const isOf = (one: ApiObject) => one.apiVersion === apiVersion && one.kind === target.kind;
    const name = /^metadata\.name=(.+)$/.exec(options.fieldSelector ?? '')?.[1];
    const isSecond = name === undefined && listed.has(`${apiVersion} ${target.kind}`);
    if (name === undefined) listed.add(`${apiVersion} ${target.kind}`);
    const found = scenario.objects
      .filter((one) => isOf(one) && (name === undefined || one.metadata.name === name))
      .map((one) => (isSecond ? (scenario.later.find((later) => isSame(later, one)) ?? one) : one));
    yield {
      items: found.map(itemOf),
      apiVersion,
      kind: target.kind,
      resourceVersion: isSecond ? '184410' : '184311',
      observedAt: isSecond ? observation(scenario.time, SECOND_SAMPLE_SECONDS) : observed,
      inconsistent: false,
    };
  }

  return {
    context: scenario.context,
    server: scenario.server,
    namespace: 'default',
    publicCredentials: scenario.credentials,
    async versionInfo(signal) {
      const { body } = await get('/version', { signal });
      return JSON.parse(body.toString());
    },
    discover,
    list,
    get,
    async stream(path) {
      const { pathname, searchParams } = new URL(path, 'https://sample');
      const [, namespace, pod] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/.exec(pathname) ?? [];
      const previous = searchParams.get('previous') === 'true' ? '/previous' : '';
      throughKubelet(scenario, `${namespace}/${pod}`);
      const log = scenario.logs.get(`${namespace}/${pod}/${searchParams.get('container')}${previous}`);
      if (log === undefined) throw new Error(`the scenario has no log for ${path}`);
      return { status: 200, body: bytesOf(log), observedAt: observed };
    },
    async podGet({ namespace, pod, port, path }) {
      throughKubelet(scenario, `${namespace}/${pod}`);
      if (!runs(scenario, `${namespace}/${pod}`))
        throw new KubeError('refused', `${namespace}/${pod}:${port}: connection refused in the pod`);
      const reply = scenario.podReplies[`${namespace}/${pod}:${port}${pathOf(path)}`];
      return replyOf(scenario, reply, path, 'any');
    },
    async podHandshake({ namespace, pod, port }) {
      throughKubelet(scenario, `${namespace}/${pod}`);
      if (!runs(scenario, `${namespace}/${pod}`))
        throw new KubeError('refused', `${namespace}/${pod}:${port}: connection refused in the pod`);
      const chain = mountedChain(scenario, `${namespace}/${pod}`) ?? (await etcdChain(scenario, pod));
      if (chain === undefined)
        throw new KubeError('not-found', `the scenario has no certificate for ${namespace}/${pod}:${port}`);
      return { chain: [chain], protocol: 'TLSv1.3', observedAt: observed };
    },
    // Nothing is said: everything is tried.
    ownRules: async () => ({ rules: [], complete: false }),
    may: async () => true,
    getAt: async (origin, path) =>
      replyOf(
        scenario,
        scenario.replies[`${origin}${pathOf(path)}`] ?? scenario.replies[pathOf(path)],
        path,
        'any',
      ),
    exec: async ({ namespace, pod, container, command }) => {
      throughKubelet(scenario, `${namespace}/${pod}`);
      if (!runs(scenario, `${namespace}/${pod}`))
        throw new KubeError('other', `unable to upgrade connection: container not found ("${container}")`);
      const output = scenario.commands?.[`${namespace}/${pod}/${container} ${command.join(' ')}`];
      if (output === undefined)
        throw new KubeError('not-found', `exec: "${command[0]}": executable file not found in $PATH`);
      const { stdout, stderr = '' } = typeof output === 'string' ? { stdout: output } : output;
      return {
        stdout: Buffer.from(stdout),
        stderr: Buffer.from(stderr),
        exitCode: stderr === '' ? 0 : 1,
        truncated: false,
      };
    },
    handshake: async ({ host, port }) => ({
      host,
      port,
      failure: undefined,
      protocol: 'TLSv1.3',
      observedAt: { time: scenario.time, source: 'collector', errorSeconds: 60 },
      ...scenario.handshake,
      ...scenario.instances?.[host],
    }),
    close: async () => {},
  };
}

function observation(time: string, later: number): Observation {
  const milliseconds = Date.parse(time) + later * 1000;
  return { time: new Date(milliseconds).toISOString(), source: 'server-date', errorSeconds: 1 };
}

function sortKey({ group, plural }: ApiResource): string {
  return `${group} ${plural}`;
}

function pathOf(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

function isSame(a: ApiObject, b: ApiObject): boolean {
  return (
    a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace
  );
}

/** The metadata of the Secrets of Helm 3, where a scenario has releases: an empty list tells nothing and fills the bundle. */
function releaseList({ objects }: Scenario, path: string): SampleReply | undefined {
  const { pathname, searchParams } = new URL(path, 'https://sample');
  const [, plural] = /^\/api\/v1\/(secrets|configmaps)$/.exec(pathname) ?? [];
  const revisions = objects.filter(({ kind, metadata }) => {
    const { owner, status } = (metadata.labels ?? {}) as Readonly<Record<string, string>>;
    return kind === 'Secret' && owner === 'helm' && status !== undefined;
  });
  if (plural === undefined || revisions.length === 0) return undefined;
  const asked = plural === 'secrets' && searchParams.get('labelSelector') === 'owner=helm';
  const items = (asked ? revisions : []).map(({ metadata }) => ({ metadata }));
  const list = { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: {}, items };
  return { body: JSON.stringify(list) };
}

/** Items of built-in kinds come without their type, as the API server sends them. */
function itemOf(object: ApiObject): ListItem {
  const { apiVersion: _, kind: __, ...value } = object;
  const text = JSON.stringify(value);
  const { name, namespace } = object.metadata;
  return { bytes: Buffer.from(text), text, value, name, namespace };
}

/** Fails as the API server does when it cannot pass a request on to the kubelet of a pod. */
function throughKubelet(scenario: Scenario, pod: string): void {
  const { nodeName = '' } = (podOf(scenario, pod)?.spec ?? {}) as { nodeName?: string };
  const reason = scenario.kubelets?.[nodeName];
  if (reason !== undefined)
    throw new KubeError('other', `cp.example:6443: ${reason} (HTTP 500)`, { status: 500 });
}

/** A server on paper serves the certificate of the Secret its pod mounts. */
function mountedChain(scenario: Scenario, pod: string): string | undefined {
  const { volumes = [] } = (podOf(scenario, pod)?.spec ?? {}) as {
    volumes?: { secret?: { secretName?: string } }[];
  };
  const names = new Set(volumes.map(({ secret }) => `${pod.split('/', 1)[0]}/${secret?.secretName}`));
  for (const { kind, metadata, data } of scenario.objects) {
    if (kind !== 'Secret' || !names.has(`${metadata.namespace}/${metadata.name}`)) continue;
    const encoded = (data as { 'tls.crt'?: string } | undefined)?.['tls.crt'];
    if (encoded !== undefined) return Buffer.from(encoded, 'base64').toString();
  }
  return undefined;
}

/** What kubeadm makes for the etcd of a node: one year, from the day the cluster was made. */
async function etcdChain(scenario: Scenario, pod: string): Promise<string | undefined> {
  const [, node] = /^etcd-(.+)$/.exec(pod) ?? [];
  const { nodeName } = (podOf(scenario, `kube-system/${pod}`)?.spec ?? {}) as { nodeName?: string };
  if (node === undefined || node !== nodeName) return undefined;
  const names = [node, 'localhost', '127.0.0.1'];
  const life = { notBefore: '2026-01-21T08:00:00Z', notAfter: '2027-01-21T08:00:00Z' };
  return samplePem({ name: node, issuer: 'etcd-ca', names, ...life });
}

/** Whether a container of the pod runs, so that something can listen in it. */
function runs(scenario: Scenario, pod: string): boolean {
  const { containerStatuses = [], initContainerStatuses = [] } = (podOf(scenario, pod)?.status ??
    {}) as Readonly<Record<string, readonly { state?: { running?: unknown } }[] | undefined>>;
  return [...initContainerStatuses, ...containerStatuses].some(({ state }) => state?.running !== undefined);
}

function podOf({ objects }: Scenario, pod: string): ApiObject | undefined {
  return objects.find(
    ({ kind, metadata }) => kind === 'Pod' && `${metadata.namespace}/${metadata.name}` === pod,
  );
}

function replyOf(
  scenario: Scenario,
  given: SampleReply | undefined,
  path: string,
  allowed: GetOptions['allowStatus'] | 'any',
): Reply {
  const { status = 200, body } = given ?? { status: 404, body: '404 page not found' };
  if (status >= 300 && allowed !== 'any' && !allowed?.includes(status))
    throw new KubeError('not-found', `GET ${pathOf(path)} fails: ${body} (HTTP ${status})`, { status });
  const json = body.startsWith('{') || body.startsWith('[');
  return {
    status,
    headers: {
      date: new Date(scenario.time).toUTCString(),
      'content-type': json ? 'application/json' : 'text/plain',
    },
    body: Buffer.from(body),
    truncated: false,
    observedAt: observation(scenario.time, 0),
    sentAt: scenario.time,
    receivedAt: new Date(Date.parse(scenario.time) + 12).toISOString(),
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
