import {
  ENVOY_ADMIN_PORT,
  type IstioProxyContainer,
  istioProxyContainer,
} from '../../src/artifacts/istio-proxy.ts';
import {
  CONFIG_DUMP_MAX_BYTES,
  istioProxyConfig,
  storedProxyConfig,
} from '../../src/artifacts/istio-proxy-config.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../src/artifacts/virtual-environment-resources.ts';
import { optional } from '../../src/model/artifact.ts';
import {
  type CollectContext,
  defineCollector,
  type RequiredRule,
  type SourceReply,
} from '../../src/model/collector.ts';
import { type Discovery, KubeError } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods, environments: optional(virtualEnvironments) };
type Context = CollectContext<typeof needs>;

/** Envoy's admin interface answers GET without changing anything here; nothing else of it is asked. */
const DUMP = 'config_dump?resource=dynamic_listeners';
/** Proxies asked: the answers take megabytes each, and the first of them tell what the others would. */
const MAX_PROXIES = 40;
/** Proxies asked at the same time. */
const PARALLEL = 4;
const TIMEOUT_MS = 30_000;
/** Label of pods in a virtual environment of KtEnv unless another is set. */
const DEFAULT_LABEL = 'virtual-env';

/** A proxy whose listeners are wanted, and how much. */
interface Wanted {
  readonly pod: PodItem;
  readonly container: IstioProxyContainer;
  /** 0: not ready; 1: in a virtual environment; 2: a gateway. */
  readonly rank: 0 | 1 | 2;
}

/** The listeners of the proxies that are most likely to be wrong. */
export const proxyConfig = defineCollector({
  meta: {
    id: 'istio/proxy-config',
    title: 'Listeners of Istio proxies',
    description:
      'Asks Envoy of proxies that are not ready, are in a virtual environment or are gateways for its listeners and why it refused any, through port-forward or, with `--exec`, by `pilot-agent`.',
    produces: [istioProxyConfig],
    priority: 43,
  },
  needs,
  keeps: { pods: (pod) => proxyOf(pod).length > 0 },
  rbac: (discovery) => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds proxies of Istio' },
    ...environmentRule(discovery),
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads the listeners of proxies, whose admin interface listens on 127.0.0.1',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'asks proxies by `pilot-agent` where port-forward is off; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const proxies = inputs.pods.items.flatMap(proxyOf);
    const wanted = rankedOf(proxies, context);
    const queue = wanted.slice(0, MAX_PROXIES).values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    for (const { pod } of wanted.slice(MAX_PROXIES))
      bundle.unread(istioProxyConfig, scopeOf(pod), 'skipped', `only ${MAX_PROXIES} proxies are asked`);
    if (wanted.length > 0 || !inputs.pods.coverage.complete) return;
    const reason =
      proxies.length > 0
        ? 'every proxy is ready, and none is a gateway or in a virtual environment'
        : 'no pod has a proxy of Istio here';
    bundle.unread(istioProxyConfig, CLUSTER_SCOPE, proxies.length > 0 ? 'skipped' : 'not-found', reason);
  },
});

/** Where KtEnv is not installed there is nothing to list. */
function environmentRule(discovery: Discovery): RequiredRule[] {
  const { group, kind } = virtualEnvironments;
  const resource = discovery.find(group, kind);
  if (!resource) return [];
  const rule = { apiGroups: [group], resources: [resource.plural], verbs: ['list'] };
  return [{ rule, why: 'knows the label of pods in virtual environments' }];
}

/** Envoy in pods that live; ztunnel is another program, with another answer. */
function proxyOf(pod: PodItem): { pod: PodItem; container: IstioProxyContainer }[] {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  const container = istioProxyContainer(pod);
  return container && container.role !== 'ztunnel' ? [{ pod, container }] : [];
}

function rankedOf(proxies: readonly Omit<Wanted, 'rank'>[], { inputs }: Context): Wanted[] {
  const named = inputs.environments.items.map(({ spec }) => spec?.envLabel?.name || DEFAULT_LABEL);
  const labels = [...new Set(named)];
  const ranked = proxies.flatMap(({ pod, container }): Wanted[] => {
    if (statusOf(pod, container)?.ready !== true) return [{ pod, container, rank: 0 }];
    if (labels.some((label) => pod.metadata.labels?.[label] !== undefined))
      return [{ pod, container, rank: 1 }];
    return container.role === 'sidecar' ? [] : [{ pod, container, rank: 2 }];
  });
  return ranked.sort((a, b) => a.rank - b.rank);
}

/** Native sidecars are init containers, and so are their statuses. */
function statusOf({ status }: PodItem, { name, native }: IstioProxyContainer) {
  const statuses = native ? status?.initContainerStatuses : status?.containerStatuses;
  return statuses?.find((one) => one.name === name);
}

function scopeOf({ metadata: { namespace = '', name } }: PodItem): Scope {
  return { type: 'object', kind: 'Pod', namespace, name };
}

async function work(queue: Iterator<Wanted>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) await ask(next.value, context);
}

async function ask({ pod, container }: Wanted, context: Context): Promise<void> {
  const { bundle, options } = context;
  const scope = scopeOf(pod);
  const isRunning = statusOf(pod, container)?.state?.running !== undefined;
  if (!isRunning) bundle.unread(istioProxyConfig, scope, 'not-found', 'the proxy does not run');
  else if (options.portForward) await bundle.add(istioProxyConfig, scope, () => forwarded(pod, context));
  else if (options.exec) await bundle.add(istioProxyConfig, scope, () => run(pod, container.name, context));
  else {
    const reason = 'port-forward was switched off';
    bundle.unread(istioProxyConfig, scope, 'skipped', reason, { flag: '--exec' });
  }
}

const LIMITS = { maxBytes: CONFIG_DUMP_MAX_BYTES, timeoutMs: TIMEOUT_MS } as const;

async function forwarded(pod: PodItem, { kube, signal }: Context): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const target = { namespace, pod: name, port: ENVOY_ADMIN_PORT, scheme: 'http' } as const;
  const reply = await kube.podGet({ ...target, path: `/${DUMP}`, ...LIMITS, signal });
  const { status, body, truncated, observedAt } = reply;
  if (status !== 200)
    throw new KubeError('bad-reply', `Envoy answers HTTP ${status} to /${DUMP}`, { status });
  return { body: stored(pod, body, truncated), observedAt };
}

async function run(
  pod: PodItem,
  container: string,
  { kube, signal, discovery }: Context,
): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const command = ['pilot-agent', 'request', 'GET', DUMP] as const;
  const result = await kube.exec({ namespace, pod: name, container, command, ...LIMITS, signal });
  const { stdout, stderr, exitCode, truncated } = result;
  if (!truncated && exitCode !== 0)
    throw new KubeError('other', `\`pilot-agent\` ended with ${exitCode}: ${stderr.toString('utf8')}`);
  return { body: stored(pod, stdout, truncated), observedAt: discovery.observedAt };
}

/** Names, states and reasons only. */
function stored(
  { metadata: { namespace = '', name } }: PodItem,
  body: Buffer,
  truncated: boolean,
): Uint8Array {
  if (truncated) throw new KubeError('bad-reply', `the answer is longer than ${CONFIG_DUMP_MAX_BYTES} bytes`);
  // Envoy leaves empty lists out: a proxy that was never given a listener answers an empty object.
  const isEmpty = body.length < 16 && body.toString('utf8').replace(/\s+/g, '') === '{}';
  const dump = isEmpty ? Buffer.from('{"configs":[]}') : body;
  return storedProxyConfig({ namespace, pod: name }, `/${DUMP}`, dump);
}
