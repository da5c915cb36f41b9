import { kubeletCadvisor } from '../../src/artifacts/kubelet-cadvisor.ts';
import { kubeletStatsSummary } from '../../src/artifacts/kubelet-stats-summary.ts';
import { nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import type { DocumentArtifact } from '../../src/model/artifact.ts';
import { type CollectContext, defineCollector } from '../../src/model/collector.ts';

const needs = { nodes };
type Context = CollectContext<typeof needs>;

/** What is read of each kubelet, below `/api/v1/nodes/<node>/proxy`. */
const READ: readonly { readonly artifact: DocumentArtifact; readonly path: string }[] = [
  { artifact: kubeletStatsSummary, path: '/stats/summary' },
  { artifact: nodeKubeletConfig, path: '/configz' },
  { artifact: kubeletCadvisor, path: '/metrics/cadvisor' },
];
/** Container metrics of a full node are 2 MB: of a large cluster those of this many nodes, unhealthy ones first. */
const CADVISOR_NODES = 200;
const MAX_BYTES = 16 * 1024 * 1024;
const TIMEOUT_MS = 15_000;
/** Nodes asked at the same time; the connections to the API server are shared with everything else. */
const PARALLEL = 4;

/** Usage, volumes, configuration and CPU counters as the kubelets have them. */
export const kubelet = defineCollector({
  meta: {
    id: 'node/kubelet',
    title: 'Kubelets',
    description:
      'Reads usage of nodes, pods and volumes, the configuration and container counters from each kubelet through the API server.',
    produces: READ.map(({ artifact }) => artifact),
    optIn: '--node-proxy',
    priority: 60,
  },
  needs,
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['nodes'], verbs: ['list'] }, why: 'finds the nodes' },
    {
      rule: { apiGroups: [''], resources: ['nodes/proxy'], verbs: ['get'] },
      why: 'reads from kubelets; a kubelet takes the same right for commands in its containers',
    },
  ],
  async collect(context) {
    const queue = [...context.inputs.nodes.items].sort(unhealthyFirst).entries();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
  },
});

async function work(queue: Iterator<[number, NodeItem]>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const [index, node] = next.value;
    await askNode(node, index, context);
  }
}

async function askNode({ metadata }: NodeItem, index: number, context: Context): Promise<void> {
  const { bundle, kube, signal } = context;
  const scope = { type: 'node', node: metadata.name } as const;
  for (const { artifact, path } of READ) {
    if (artifact === kubeletCadvisor && index >= CADVISOR_NODES) {
      const reason = `container metrics are read of ${CADVISOR_NODES} nodes only`;
      bundle.unread(artifact, scope, 'truncated', reason);
      continue;
    }
    await bundle.add(artifact, scope, async () => {
      const url = `/api/v1/nodes/${encodeURIComponent(metadata.name)}/proxy${path}`;
      const reply = await kube.get(url, { signal, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS });
      const { body, observedAt } = reply;
      if (!reply.truncated) return { body, observedAt };
      return { body, observedAt, shortfall: { outcome: 'truncated', reason: `cut at ${MAX_BYTES} bytes` } };
    });
  }
}

function unhealthyFirst(a: NodeItem, b: NodeItem): number {
  return Number(isReady(a)) - Number(isReady(b));
}

function isReady({ status }: NodeItem): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}
