import { jsonBytes, listIn, objectIn, stringIn } from '../../src/artifacts/json-bytes.ts';
import { kongControlPlane } from '../../src/artifacts/kong-admin.ts';
import {
  KONG_ENTITIES,
  type KongEntityCount,
  kongPlaneEntities,
} from '../../src/artifacts/kong-plane-entities.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError, type Reply } from '../../src/model/kube.ts';
import type { Observation } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;
type Get = (path: string) => Promise<Reply>;

/** Entities of a page; Kong allows no more. */
const PAGE = 1000;
/** Pages followed of one kind: a configuration of more is large, whatever its exact size. */
const MAX_PAGES = 100;
const MAX_BYTES = 32 * 1024 * 1024;

/** How many entities each Kong control plane holds. */
export const configurationSize = defineCollector({
  meta: {
    id: 'kong/configuration-size',
    title: 'Size of the Kong configuration',
    description:
      'Counts services, routes, consumers, plugins and the like of each Kong control plane by paging its Admin API; the entities themselves are not stored.',
    produces: [kongPlaneEntities],
    priority: 70,
  },
  needs,
  keeps: { pods: isServing },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds control planes' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reaches the Admin API of a control plane',
    },
  ],
  async collect(context) {
    const { bundle, inputs, options } = context;
    if (options.kongAdminUrl !== undefined) return askUrl(context, options.kongAdminUrl);
    const found = inputs.pods.items.filter(isServing);
    const asked = new Set<string>();
    for (const pod of found) {
      // Replicas share one database: the first that answers speaks for its workload.
      const owner = ownerKey(pod);
      if (!asked.has(owner) && (await askPod(context, pod)) === 'collected') asked.add(owner);
    }
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    bundle.unread(kongPlaneEntities, CLUSTER_SCOPE, 'not-found', 'no pod runs a Kong control plane here', {
      flag: '--kong-admin-url',
    });
  },
});

function isServing(pod: PodItem): boolean {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  if (metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return false;
  return kongControlPlane(pod) !== undefined;
}

function ownerKey({ metadata }: PodItem): string {
  const owner = metadata.ownerReferences?.[0];
  return owner
    ? `${metadata.namespace}/${owner.kind}/${owner.name}`
    : `${metadata.namespace}/${metadata.name}`;
}

async function askUrl({ bundle, getUrl, options, signal }: Context, given: string): Promise<void> {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const origin = url?.origin ?? '';
  const base = `${origin}${url?.pathname.replace(/\/$/, '') ?? ''}`;
  const token = options.kongAdminToken;
  const headers: Record<string, string> = token === undefined ? {} : { 'kong-admin-token': token };
  const scope: Scope = { type: 'endpoint', endpoint: origin };
  const get: Get = (path) => getUrl({ url: `${base}${path}`, headers, signal, maxBytes: MAX_BYTES });
  await bundle.add(kongPlaneEntities, scope, () => countAll(get));
}

async function askPod({ bundle, kube, options, signal }: Context, pod: PodItem): Promise<string> {
  const admin = kongControlPlane(pod);
  const { namespace = '', name } = pod.metadata;
  const scope: Scope = { type: 'object', kind: 'Pod', namespace, name };
  const unread = (outcome: 'skipped' | 'not-found', reason: string) => {
    bundle.unread(kongPlaneEntities, scope, outcome, reason, { flag: '--kong-admin-url' });
    return outcome;
  };
  if (!admin) return 'not-found';
  if (!options.portForward) return unread('skipped', 'port-forward was switched off');
  if ('off' in admin) return unread('not-found', admin.off);
  const status = pod.status?.containerStatuses?.find((one) => one.name === admin.container);
  if (!status?.state?.running) return unread('not-found', 'the control plane is not running');
  const { port, scheme } = admin;
  const get: Get = (path) =>
    kube.podGet({ namespace, pod: name, port, scheme, path, signal, maxBytes: MAX_BYTES });
  return bundle.add(kongPlaneEntities, scope, () => countAll(get));
}

async function countAll(get: Get): Promise<SourceReply> {
  const counts: KongEntityCount[] = [];
  const errors: string[] = [];
  let observedAt: Observation | undefined;
  let failure: Error | undefined;
  for (const entity of KONG_ENTITIES) {
    const [counted] = await Promise.allSettled([countOf(entity, get)]);
    if (counted.status === 'rejected') {
      failure ??= counted.reason as Error;
      errors.push(`/${entity}: ${(counted.reason as Error).message}`);
    } else {
      counts.push(counted.value.count);
      observedAt ??= counted.value.at;
    }
  }
  if (!observedAt) throw failure;
  const body = jsonBytes({ counts, errors });
  const reason = errors[0];
  return reason === undefined
    ? { body, observedAt }
    : { body, observedAt, shortfall: { outcome: 'partial', reason } };
}

/** The replies are counted and dropped. */
async function countOf(
  entity: string,
  get: Get,
): Promise<{ readonly count: KongEntityCount; readonly at: Observation }> {
  let [count, bytes, pages] = [0, 0, 0];
  let path: string | undefined = `/${entity}?size=${PAGE}`;
  let at: Observation | undefined;
  while (path !== undefined && pages < MAX_PAGES) {
    const reply = await get(path);
    at ??= reply.observedAt;
    if (reply.status !== 200 || reply.truncated) throw refusal(reply);
    const page = objectIn(JSON.parse(reply.body.toString('utf8')));
    count += listIn(page.data).length;
    bytes += reply.body.length;
    pages += 1;
    const next = stringIn(page.next);
    // Kong gives a path; anything else would leave the Admin API that was asked.
    path = next?.startsWith(`/${entity}`) ? next : undefined;
  }
  return { count: { entity, count, bytes, whole: path === undefined }, at: at as Observation };
}

function refusal({ status, truncated }: Reply): KubeError {
  if (truncated) return new KubeError('bad-reply', `a page is longer than ${MAX_BYTES} bytes`);
  const said = `the Admin API answers HTTP ${status}`;
  return new KubeError(status === 401 || status === 403 ? 'forbidden' : 'bad-reply', said, { status });
}
