import { istiodContainer } from '../../src/artifacts/istio-proxy.ts';
import { istioSyncStatus } from '../../src/artifacts/istio-sync-status.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError, type Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** Read only; `debug/adsz?push=true` and others beside it change something and are never asked. */
const PATH = '/debug/syncz';
/** Replicas asked; a mesh of several revisions has a handful. */
const MAX_REPLICAS = 30;
/** Replicas asked at the same time. */
const PARALLEL = 4;
const TIMEOUT_MS = 30_000;

/** Which proxies each istiod serves, and how far its configuration has got to them. */
export const syncStatus = defineCollector({
  meta: {
    id: 'istio/sync-status',
    title: 'Synchronisation of Istio proxies',
    description:
      'Asks each replica of istiod which proxies are connected to it and what they have confirmed, through port-forward or, with `--exec`, by `pilot-discovery`.',
    produces: [istioSyncStatus],
    priority: 42,
  },
  needs,
  keeps: { pods: isControlPlane },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds istiod' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads which proxies istiod serves',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'asks istiod by `pilot-discovery` where port-forward is off; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const found = inputs.pods.items.filter(isControlPlane);
    const queue = found.slice(0, MAX_REPLICAS).values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    for (const pod of found.slice(MAX_REPLICAS))
      bundle.unread(istioSyncStatus, scopeOf(pod), 'skipped', `only ${MAX_REPLICAS} replicas are asked`);
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    const reason = 'no pod runs a control plane of Istio here';
    bundle.unread(istioSyncStatus, CLUSTER_SCOPE, 'not-found', reason);
  },
});

/** Pods that have ended or are going answer nobody and are no gap. */
function isControlPlane(pod: PodItem): boolean {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  return istiodContainer(pod) !== undefined;
}

function scopeOf({ metadata: { namespace = '', name } }: PodItem): Scope {
  return { type: 'object', kind: 'Pod', namespace, name };
}

async function work(queue: Iterator<PodItem>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) await ask(next.value, context);
}

async function ask(pod: PodItem, context: Context): Promise<void> {
  const { bundle, options } = context;
  const scope = scopeOf(pod);
  const container = istiodContainer(pod);
  const isRunning = pod.status?.containerStatuses?.some(
    ({ name, state }) => name === container?.name && state?.running,
  );
  if (!container || !isRunning) bundle.unread(istioSyncStatus, scope, 'not-found', 'istiod does not run');
  else if (options.portForward)
    await bundle.add(istioSyncStatus, scope, () => forwarded(pod, container.monitoringPort, context));
  else if (options.exec) await bundle.add(istioSyncStatus, scope, () => run(pod, container.name, context));
  else {
    const reason = 'port-forward was switched off';
    bundle.unread(istioSyncStatus, scope, 'skipped', reason, { flag: '--exec' });
  }
}

async function forwarded(pod: PodItem, port: number, { kube, signal }: Context): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const limits = { maxBytes: istioSyncStatus.maxBytes, timeoutMs: TIMEOUT_MS, signal };
  // From inside the pod, as port-forward comes, no token is asked for.
  const reply = await kube.podGet({ namespace, pod: name, port, scheme: 'http', path: PATH, ...limits });
  const { status, body, truncated, observedAt } = reply;
  if (status !== 200) throw refusal(reply);
  return { body: stored(pod, { status, body, truncated }), observedAt };
}

async function run(
  pod: PodItem,
  container: string,
  { kube, signal, discovery }: Context,
): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const limits = { maxBytes: istioSyncStatus.maxBytes, timeoutMs: TIMEOUT_MS, signal };
  const command = ['pilot-discovery', 'request', 'GET', PATH] as const;
  const result = await kube.exec({ namespace, pod: name, container, command, ...limits });
  const { stdout, stderr, exitCode, truncated } = result;
  if (!truncated && exitCode !== 0)
    throw new KubeError('other', `\`pilot-discovery\` ended with ${exitCode}: ${stderr.toString('utf8')}`);
  return { body: stored(pod, { status: 200, body: stdout, truncated }), observedAt: discovery.observedAt };
}

function stored(
  { metadata: { namespace = '', name } }: PodItem,
  { status, body, truncated }: Pick<Reply, 'status' | 'body' | 'truncated'>,
): Uint8Array {
  if (truncated) throw tooLong();
  const rows: unknown = JSON.parse(body.toString('utf8'));
  // A replica that serves nobody prints the empty list of Go.
  if (!Array.isArray(rows) && rows !== null)
    throw new KubeError('bad-reply', `istiod answers ${PATH} with something else than a list of proxies`);
  return jsonBytes({ controlPlane: { namespace, pod: name }, path: PATH, status, rows: rows ?? [] });
}

function tooLong(): KubeError {
  return new KubeError('bad-reply', `the answer is longer than ${istioSyncStatus.maxBytes} bytes`);
}

function refusal({ status }: Reply): KubeError {
  const said = `istiod answers HTTP ${status} to ${PATH}`;
  if (status === 401 || status === 403)
    return new KubeError('forbidden', `${said}: its debug endpoints want a token`, { status });
  const kind = status === 404 ? 'not-found' : 'bad-reply';
  return new KubeError(kind, `${said}: its debug endpoints may be off`, { status });
}
