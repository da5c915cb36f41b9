import { jsonBytes, listIn, objectIn, stringIn } from '../../src/artifacts/json-bytes.ts';
import { kongControlPlane } from '../../src/artifacts/kong-admin.ts';
import {
  type KongControlPlane,
  kongClusteringStatus,
  type StoredKongReply,
} from '../../src/artifacts/kong-clustering-status.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError, type Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;
type Get = (path: string) => Promise<Reply>;

/** Rows a page holds at most; Kong allows no more. */
const PAGE = 1000;
/** Pages followed; more data planes than this are a list that leads in circles. */
const MAX_PAGES = 50;
const INFORMATION = ['version', 'edition', 'node_id', 'hostname'];
/** `GET /` returns all of kong.conf, of which Kong masks only some secrets. */
const CONFIGURATION = [
  'role',
  'cluster_mtls',
  'cluster_listen',
  'cluster_max_payload',
  'cluster_data_plane_purge_delay',
  'database',
  'log_level',
];

/** What each Kong control plane says of its data planes. */
export const clusteringStatus = defineCollector({
  meta: {
    id: 'kong/clustering-status',
    title: 'Kong clustering status',
    description:
      'Asks the Admin API of each Kong control plane for its data planes, through port-forward or at `--kong-admin-url`.',
    produces: [kongClusteringStatus],
    priority: 40,
  },
  needs,
  keeps: { pods: isServing },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds control planes' },
    {
      // `get` for the WebSocket of all versions, `create` as well since Kubernetes 1.35.
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reaches the Admin API of a control plane',
    },
  ],
  async collect(context) {
    const { bundle, inputs, options } = context;
    if (options.kongAdminUrl !== undefined) return askUrl(context, options.kongAdminUrl);
    const found = inputs.pods.items.filter(isServing);
    for (const pod of found) await askPod(context, pod);
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    const reason = 'no pod runs a Kong control plane here';
    bundle.unread(kongClusteringStatus, CLUSTER_SCOPE, 'not-found', reason, { flag: '--kong-admin-url' });
  },
});

/** Evicted and completed pods, and those of migration Jobs, answer nobody and are no gap. */
function isServing(pod: PodItem): boolean {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  if (metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return false;
  return kongControlPlane(pod) !== undefined;
}

async function askUrl({ bundle, getUrl, options, signal }: Context, given: string): Promise<void> {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const origin = url?.origin ?? '';
  const base = `${origin}${url?.pathname.replace(/\/$/, '') ?? ''}`;
  const token = options.kongAdminToken;
  const headers: Record<string, string> = token === undefined ? {} : { 'kong-admin-token': token };
  const get: Get = (path) => getUrl({ url: `${base}${path}`, headers, signal });
  const scope: Scope = { type: 'endpoint', endpoint: origin };
  await bundle.add(kongClusteringStatus, scope, () => ask({ url: origin }, get));
}

async function askPod({ bundle, kube, options, signal }: Context, pod: PodItem): Promise<void> {
  const admin = kongControlPlane(pod);
  const { namespace = '', name } = pod.metadata;
  const scope: Scope = { type: 'object', kind: 'Pod', namespace, name };
  const skip = (outcome: 'skipped' | 'not-found', reason: string) =>
    bundle.unread(kongClusteringStatus, scope, outcome, reason, { flag: '--kong-admin-url' });
  if (!admin) return;
  if (!options.portForward) return skip('skipped', 'port-forward was switched off');
  if ('off' in admin) return skip('not-found', admin.off);
  const status = pod.status?.containerStatuses?.find((one) => one.name === admin.container);
  if (!status?.state?.running) return skip('not-found', 'the control plane is not running');
  const { port, scheme, container } = admin;
  const get: Get = (path) => kube.podGet({ namespace, pod: name, port, scheme, path, signal });
  await bundle.add(kongClusteringStatus, scope, () => ask({ namespace, pod: name, container }, get));
}

/** All replies of one control plane as one document; throws when none tells of data planes. */
async function ask(controlPlane: KongControlPlane, get: Get): Promise<SourceReply> {
  const paths = ['/', '/clustering/status', '/status'];
  const settled = await Promise.allSettled([
    dataPlanes(get),
    ...paths.map(async (path) => [await get(path)]),
  ]);
  const [pages, ...others] = settled;
  const first = settled.find((one) => one.status === 'fulfilled')?.value[0];
  if (!first) throw pages?.status === 'rejected' ? pages.reason : new Error('no reply');
  const replies = [
    ...stored(pages!, `/clustering/data-planes?size=${PAGE}`),
    ...others.flatMap((one, index) => stored(one, paths[index]!)),
  ];
  const useful = replies.filter(({ path, status }) => path.startsWith('/clustering/') && status === 200);
  if (useful.length === 0) throw refusal(replies);
  return { body: jsonBytes({ controlPlane, replies }), observedAt: first.observedAt };
}

/** Every page of the list; each is a reply of its own. */
async function dataPlanes(get: Get): Promise<Reply[]> {
  const replies: Reply[] = [];
  let path: string | undefined = `/clustering/data-planes?size=${PAGE}`;
  while (path !== undefined && replies.length < MAX_PAGES) {
    const reply: Reply = await get(path);
    replies.push(reply);
    const next = reply.status === 200 ? stringIn(objectIn(bodyOf(reply)).next) : undefined;
    // Kong gives a path; anything else would leave the Admin API that was asked.
    path = next?.startsWith('/clustering/') ? next : undefined;
  }
  return replies;
}

function stored(settled: PromiseSettledResult<Reply[]>, path: string): StoredKongReply[] {
  if (settled.status === 'rejected')
    return [{ path, error: String(settled.reason?.message ?? settled.reason) }];
  return settled.value.map((reply) => {
    const body = path === '/' ? safeInformation(bodyOf(reply)) : bodyOf(reply);
    return { path, status: reply.status, date: reply.headers.date, body };
  });
}

/** The parsed body; a text that is no JSON (an error page of something in between) only in its beginning. */
function bodyOf({ body, headers }: Reply): unknown {
  const text = body.toString('utf8');
  return headers['content-type']?.includes('json') ? JSON.parse(text) : text.slice(0, 500);
}

function safeInformation(body: unknown): Record<string, unknown> {
  const information = objectIn(body);
  const plugins = objectIn(information.plugins);
  return {
    ...pick(information, INFORMATION),
    message: information.message,
    plugins: { enabled_in_cluster: listIn(plugins.enabled_in_cluster) },
    configuration: pick(objectIn(information.configuration), CONFIGURATION),
  };
}

function pick(from: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

/** Why nobody told of data planes: not a control plane, a token is wanted, or something else answers. */
function refusal(replies: readonly StoredKongReply[]): KubeError {
  const reply = replies.find(({ path }) => path.startsWith('/clustering/'));
  const message = stringIn(objectIn(reply?.body).message) ?? reply?.error ?? 'no usable answer';
  const { status } = reply ?? {};
  const said = `the Admin API says: ${message}${status === undefined ? '' : ` (HTTP ${status})`}`;
  if (status === 401 || status === 403) return new KubeError('forbidden', said, { status });
  return new KubeError(status === 400 || status === 404 ? 'not-found' : 'bad-reply', said, { status });
}
