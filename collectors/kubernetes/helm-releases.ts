import {
  HELM_SELECTORS,
  helmListBody,
  helmReleases as helmRevisions,
} from '../../src/artifacts/helm-releases.ts';
import { jsonBytes, listIn, objectIn, parseJsonObject, stringIn } from '../../src/artifacts/json-bytes.ts';
import { namespaces } from '../../src/artifacts/resources.ts';
import { optional } from '../../src/model/artifact.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { Observation } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { namespaces: optional(namespaces) };
type Context = CollectContext<typeof needs>;

/** Metadata alone: the server leaves out what a release holds, its values among it. */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** Where Helm stores releases: Secrets unless `HELM_DRIVER=configmap`. */
const STORES = [
  { kind: 'Secret', plural: 'secrets' },
  { kind: 'ConfigMap', plural: 'configmaps' },
] as const;
const PAGE = 500;
/** Pages followed of one list: more revisions than this are not told apart by anybody. */
const MAX_PAGES = 20;
const MAX_BYTES = 8 * 1024 * 1024;
/** Namespaces asked one by one where the whole cluster is refused. */
const MAX_NAMESPACES = 200;

/** Revisions of Helm releases by the labels of the objects they are stored in. */
export const helmReleases = defineCollector({
  meta: {
    id: 'kubernetes/helm-releases',
    title: 'Revisions of Helm releases',
    description:
      'Lists the metadata of the Secrets and ConfigMaps Helm stores releases in; what they hold never leaves the server.',
    produces: [helmRevisions],
    priority: 45,
  },
  needs,
  rbac: () => [
    {
      rule: { apiGroups: [''], resources: ['secrets'], verbs: ['list'] },
      why: 'lists the Secrets of Helm by their metadata',
    },
    {
      rule: { apiGroups: [''], resources: ['configmaps'], verbs: ['list'] },
      why: 'lists the ConfigMaps of Helm by their metadata',
    },
  ],
  async collect(context) {
    const { bundle, inputs, kube, options } = context;
    const asked = options.namespaces.slice(0, MAX_NAMESPACES);
    if (asked.length === 0) {
      const outcome = await bundle.add(helmRevisions, CLUSTER_SCOPE, () => revisions(undefined, context));
      if (outcome !== 'forbidden') return;
      const known = inputs.namespaces.items.map(({ metadata }) => metadata.name);
      asked.push(...(known.length > 0 ? known.slice(0, MAX_NAMESPACES) : [kube.namespace]));
    }
    for (const namespace of asked) {
      const scope: Scope = { type: 'namespace', namespace };
      await bundle.add(helmRevisions, scope, () => revisions(namespace, context));
    }
  },
});

/** One of the two stores is enough: a user who may not list Secrets may use the other. */
async function revisions(namespace: string | undefined, context: Context): Promise<SourceReply> {
  const settled = await Promise.allSettled(STORES.map((store) => storeOf(store, namespace, context)));
  const read = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const reason = settled.find((one) => one.status === 'rejected')?.reason as Error | undefined;
  const [first] = read;
  if (!first) throw reason;
  const { observedAt } = first;
  const body = jsonBytes(helmListBody(read));
  if (reason) {
    const rule = reason instanceof KubeError ? reason.rule : undefined;
    const fix = rule ? { fix: { rule, ...(namespace === undefined ? {} : { namespace }) } } : {};
    return { body, observedAt, shortfall: { outcome: 'partial', reason: reason.message, ...fix } };
  }
  if (read.every(({ whole }) => whole)) return { body, observedAt };
  const cut = `of a list only the first ${MAX_PAGES * PAGE} revisions were read`;
  return { body, observedAt, shortfall: { outcome: 'truncated', reason: cut } };
}

/** Both generations of labels in one store. */
async function storeOf(
  { kind, plural }: (typeof STORES)[number],
  namespace: string | undefined,
  context: Context,
): Promise<Read & { readonly kind: 'Secret' | 'ConfigMap' }> {
  await refuseUnlessAllowed(plural, namespace, context);
  const [helm, tiller] = await Promise.all(
    HELM_SELECTORS.map((selector) => listAll(pathOf(plural, namespace), selector, context)),
  );
  const items = [...(helm?.items ?? []), ...(tiller?.items ?? [])];
  const whole = helm?.whole === true && tiller?.whole === true;
  return { kind, items, whole, observedAt: helm?.observedAt as Observation };
}

/** What is known to be refused is not tried: a denied LIST of Secrets rings bells. */
async function refuseUnlessAllowed(
  plural: string,
  namespace: string | undefined,
  { kube, signal }: Context,
): Promise<void> {
  const within = namespace === undefined ? {} : { namespace };
  const right = { verb: 'list', group: '', resource: plural, ...within };
  const [asked] = await Promise.allSettled([kube.may(right, signal)]);
  // Where nobody answers, only a try can tell.
  if (asked.status === 'rejected' || asked.value) return;
  const rule = { apiGroups: [''], resources: [plural], verbs: ['list'] };
  const where = namespace === undefined ? 'in the whole cluster' : `in namespace ${namespace}`;
  throw new KubeError('forbidden', `\`list\` on ${plural} is not allowed ${where}`, { status: 403, rule });
}

function pathOf(plural: string, namespace: string | undefined): string {
  return namespace === undefined
    ? `/api/v1/${plural}`
    : `/api/v1/namespaces/${encodeURIComponent(namespace)}/${plural}`;
}

interface Read {
  readonly items: readonly unknown[];
  readonly observedAt: Observation;
  readonly whole: boolean;
}

async function listAll(path: string, selector: string, { kube, signal }: Context): Promise<Read> {
  const items: unknown[] = [];
  let observedAt: Observation | undefined;
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ labelSelector: selector, limit: String(PAGE) });
    if (token !== undefined) query.set('continue', token);
    const reply = await kube.get(`${path}?${query}`, { signal, accept: METADATA_ONLY, maxBytes: MAX_BYTES });
    const list = parseJsonObject(reply.body);
    // A server that does not know the form would send the objects themselves.
    if (list.kind !== 'PartialObjectMetadataList')
      throw new KubeError('bad-reply', `GET ${path}: the server does not give metadata alone`);
    observedAt ??= reply.observedAt;
    items.push(...listIn(list.items));
    token = stringIn(objectIn(list.metadata).continue) || undefined;
    if (token === undefined) break;
  }
  return { items, observedAt: observedAt as Observation, whole: token === undefined };
}
