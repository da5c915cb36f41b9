import { apiServerHealth } from '../../src/artifacts/api-server-health.ts';
import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import {
  apiServerReachability,
  endpointOf,
  reachabilityOf,
} from '../../src/artifacts/api-server-reachability.ts';
import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { clockOffset } from '../../src/artifacts/clock-offset.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { kubeconfigPublic, publicKubeconfig } from '../../src/artifacts/kubeconfig-public.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** Health endpoints answer 500 with the failed checks, which is what is wanted of them. */
const HEALTH_STATUS = [500, 503];

type Context = CollectContext<Record<never, never>>;

/** What the API server says of itself. */
export const apiServer = defineCollector({
  meta: {
    id: 'control-plane/api-server',
    title: 'API server',
    description:
      'Reads version, health checks and metrics of the API server, shakes hands with it without credentials, and compares its clock with ours.',
    produces: [
      apiServerVersion,
      apiServerHealth,
      apiServerReachability,
      clockOffset,
      apiServerMetrics,
      kubeconfigPublic,
    ],
    priority: 20,
  },
  needs: {},
  rbac: () => [
    {
      rule: { nonResourceURLs: ['/version', '/livez', '/readyz', '/metrics'], verbs: ['get'] },
      why: 'reads version, health and metrics of the API server',
    },
  ],
  async collect(context) {
    const { bundle, kube, discovery, signal } = context;
    // Latency of the first request holds connecting; the clock is read from the second.
    const version = once(() => kube.get('/version', { signal }));
    await bundle.add(apiServerVersion, CLUSTER_SCOPE, async () => asDocument(await version()));
    await bundle.add(kubeconfigPublic, CLUSTER_SCOPE, async () => ({
      body: jsonBytes(publicKubeconfig(kube)),
      observedAt: discovery.observedAt,
    }));
    await bundle.add(apiServerReachability, CLUSTER_SCOPE, () => reachability(context, version));
    await bundle.add(clockOffset, CLUSTER_SCOPE, () => clock(context));
    for (const path of ['/livez', '/readyz']) {
      const scope = { type: 'endpoint', endpoint: `${kube.server}${path}` } as const;
      await bundle.add(apiServerHealth, scope, () => health(context, path));
    }
    await bundle.add(apiServerMetrics, CLUSTER_SCOPE, () => metrics(context));
  },
});

function once<T>(source: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= source());
}

async function reachability({ kube, signal }: Context, version: () => Promise<Reply>): Promise<SourceReply> {
  const handshake = await kube.handshake({ ...endpointOf(kube), signal });
  const { status } = await version();
  return {
    body: jsonBytes(reachabilityOf(kube.server, handshake, { ok: true, status })),
    observedAt: handshake.observedAt,
  };
}

async function clock({ kube, signal }: Context): Promise<SourceReply> {
  const { headers, sentAt, receivedAt, observedAt } = await kube.get('/version', { signal });
  if (headers.date === undefined) throw new Error('the API server sends no Date header');
  const serverDate = new Date(headers.date).toISOString();
  return { body: jsonBytes({ serverDate, sentAt, receivedAt }), observedAt };
}

async function health({ kube, signal }: Context, path: string): Promise<SourceReply> {
  const reply = await kube.get(`${path}?verbose`, { signal, allowStatus: HEALTH_STATUS });
  const text = reply.body.toString('utf8');
  return { body: jsonBytes({ path, status: reply.status, text }), observedAt: reply.observedAt };
}

async function metrics({ kube, signal }: Context): Promise<SourceReply> {
  const { maxBytes } = apiServerMetrics;
  const reply = await kube.get('/metrics', { signal, maxBytes, accept: 'text/plain' });
  if (!reply.truncated) return asDocument(reply);
  const reason = `cut at ${maxBytes} bytes`;
  return { ...asDocument(reply), shortfall: { outcome: 'truncated', reason } };
}

function asDocument({ body, observedAt }: Reply): SourceReply {
  return { body, observedAt };
}
