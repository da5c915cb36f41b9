import {
  componentHealth,
  componentMetrics,
  type StoredComponentReply,
} from '../../src/artifacts/component-health.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** Secure ports and health endpoints; `/livez` and `/readyz` of the scheduler since 1.31, `/healthz` in all versions. */
const COMPONENTS: Readonly<Record<string, { readonly port: number; readonly paths: readonly string[] }>> = {
  'kube-controller-manager': { port: 10257, paths: ['/healthz'] },
  'kube-scheduler': { port: 10259, paths: ['/healthz', '/livez', '/readyz'] },
};
/** A scrape of a large controller-manager is about 2 MB. */
const METRICS_MAX_BYTES = 16 * 1024 * 1024;

/** Health and metrics of controller-manager and scheduler, which listen on 127.0.0.1 of their node only. */
export const components = defineCollector({
  meta: {
    id: 'control-plane/components',
    title: 'Controller-manager and scheduler',
    description:
      'Asks each controller-manager and scheduler pod for health and metrics through port-forward.',
    produces: [componentHealth, componentMetrics],
    priority: 26,
  },
  needs,
  keeps: { pods: (pod) => componentOf(pod) !== undefined },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds the components' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reaches ports that listen on 127.0.0.1 of the node',
    },
    { rule: { nonResourceURLs: ['/metrics'], verbs: ['get'] }, why: 'reads metrics of the components' },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const found = inputs.pods.items.filter((pod) => componentOf(pod) !== undefined);
    await Promise.all(found.map((pod) => askComponent(context, pod)));
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    const reason =
      'no pod runs a controller-manager or scheduler: the control plane is managed, or runs as units';
    for (const artifact of [componentHealth, componentMetrics])
      bundle.unread(artifact, CLUSTER_SCOPE, 'not-found', reason);
  },
});

/** The component a pod of the control plane runs: kubeadm's label, else the name of its container. */
function componentOf({ metadata, spec, status }: PodItem): string | undefined {
  if (metadata.namespace !== 'kube-system' || status?.phase !== 'Running') return undefined;
  const names = [metadata.labels?.component, ...(spec?.containers ?? []).map(({ name }) => name)];
  return names.find((name) => name !== undefined && Object.hasOwn(COMPONENTS, name));
}

async function askComponent({ bundle, kube, options, signal }: Context, pod: PodItem): Promise<void> {
  const component = componentOf(pod) as string;
  const { port: standard, paths } = COMPONENTS[component]!;
  const { name, namespace = '' } = pod.metadata;
  const scope: Scope = { type: 'object', kind: 'Pod', namespace, name };
  if (!options.portForward) {
    for (const artifact of [componentHealth, componentMetrics])
      bundle.unread(artifact, scope, 'skipped', 'port-forward was switched off');
    return;
  }
  const port = Number(flagOf(pod, 'secure-port')) || standard;
  const get = (path: string, more: { identify?: boolean; maxBytes?: number } = {}): Promise<Reply> =>
    kube.podGet({ namespace, pod: name, port, scheme: 'https', path, signal, ...more });
  await bundle.add(componentHealth, scope, async (): Promise<SourceReply> => {
    const replies = await Promise.allSettled(paths.map((path) => get(`${path}?verbose`)));
    const answer = replies.find((reply) => reply.status === 'fulfilled');
    if (!answer) throw (replies[0] as PromiseRejectedResult).reason;
    const stored = replies.map((reply, index) => storedReply(paths[index]!, reply));
    return { body: jsonBytes({ component, replies: stored }), observedAt: answer.value.observedAt };
  });
  await bundle.add(componentMetrics, scope, async () => {
    // Health is open to all; metrics want to know who asks.
    const reply = await get('/metrics', { identify: true, maxBytes: METRICS_MAX_BYTES });
    if (reply.status === 200) return { body: reply.body, observedAt: reply.observedAt };
    throw new Error(
      `the component answers HTTP ${reply.status}: its metrics need a client certificate with \`get\` on /metrics`,
    );
  });
}

function storedReply(path: string, reply: PromiseSettledResult<Reply>): StoredComponentReply {
  if (reply.status === 'rejected') return { path, error: (reply.reason as Error).message };
  return { path, status: reply.value.status, text: reply.value.body.toString('utf8') };
}

function flagOf({ spec }: PodItem, flag: string): string | undefined {
  const parts = (spec?.containers ?? []).flatMap(({ command = [], args = [] }) => [...command, ...args]);
  return parts.find((one) => one.startsWith(`--${flag}=`))?.slice(flag.length + 3);
}
