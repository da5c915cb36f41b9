import { type IstioProxyContainer, istioProxyContainer } from '../../src/artifacts/istio-proxy.ts';
import {
  curlCommand,
  istioProxyProbes,
  type StoredCurl,
  shownDiscoveryAddress,
} from '../../src/artifacts/istio-proxy-probes.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { ExecResult } from '../../src/model/pod-requests.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** Proxies asked: what hinders one hinders its neighbours. */
const MAX_PROXIES = 20;
/** Proxies asked at the same time. */
const PARALLEL = 4;
const LIMITS = { maxBytes: 16 * 1024, timeoutMs: 20_000 } as const;

interface Asked {
  readonly pod: PodItem;
  readonly container: IstioProxyContainer;
}

/** Whether proxies that are not ready reach their control plane, as tried from inside. */
export const proxyProbes = defineCollector({
  meta: {
    id: 'istio/proxy-probes',
    title: 'Way from Istio proxies to istiod',
    description:
      'Tries name, port and TLS of the discovery address from inside proxies that are not ready, by `curl` in their container.',
    produces: [istioProxyProbes],
    optIn: '--exec',
    priority: 47,
  },
  needs,
  keeps: { pods: (pod) => unreadyProxy(pod).length > 0 },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds proxies of Istio' },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'tries the way to istiod from inside; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const found = inputs.pods.items.flatMap(unreadyProxy);
    const queue = found.slice(0, MAX_PROXIES).values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    for (const { pod } of found.slice(MAX_PROXIES))
      bundle.unread(istioProxyProbes, scopeOf(pod), 'skipped', `only ${MAX_PROXIES} proxies are asked`);
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    bundle.unread(istioProxyProbes, CLUSTER_SCOPE, 'not-found', 'no proxy of Istio runs without being ready');
  },
});

/** Proxies that run and are not ready; one that does not run has no inside. */
function unreadyProxy(pod: PodItem): Asked[] {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  const container = istioProxyContainer(pod);
  if (!container || container.role === 'ztunnel') return [];
  const statuses = container.native ? status?.initContainerStatuses : status?.containerStatuses;
  const own = statuses?.find(({ name }) => name === container.name);
  return own?.state?.running && !own.ready ? [{ pod, container }] : [];
}

function scopeOf({ metadata: { namespace = '', name } }: PodItem): Scope {
  return { type: 'object', kind: 'Pod', namespace, name };
}

async function work(queue: Iterator<Asked>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const asked = next.value;
    const scope = scopeOf(asked.pod);
    const address = shownDiscoveryAddress(asked.pod, asked.container);
    const command = curlCommand(address);
    if (command) await context.bundle.add(istioProxyProbes, scope, () => probe(asked, command, context));
    else
      context.bundle.unread(istioProxyProbes, scope, 'skipped', 'its discovery address is no host and port');
  }
}

async function probe(
  { pod, container }: Asked,
  command: readonly [string, ...string[]],
  { kube, signal, discovery }: Context,
): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const target = { namespace, pod: name, container: container.name };
  const [settled] = await Promise.allSettled([kube.exec({ ...target, command, ...LIMITS, signal })]);
  const { reason } = settled as PromiseRejectedResult;
  if (reason instanceof KubeError && (reason.kind === 'forbidden' || reason.kind === 'aborted')) throw reason;
  const address = shownDiscoveryAddress(pod, container);
  const proxy = { namespace, pod: name, container: container.name };
  return {
    body: jsonBytes({ proxy, address, curl: storedRun(command, settled) }),
    observedAt: discovery.observedAt,
  };
}

function storedRun(command: readonly string[], settled: PromiseSettledResult<ExecResult>): StoredCurl {
  if (settled.status === 'rejected') return { command, error: (settled.reason as Error).message };
  const { stdout, stderr, exitCode } = settled.value;
  const [said = ''] = stderr.toString('utf8').split('\n', 1);
  return { command, written: stdout.toString('utf8'), said, ...(exitCode === undefined ? {} : { exitCode }) };
}
