import { apiServerHealth } from '../../src/artifacts/api-server-health.ts';
import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import {
  apiServerReachability,
  endpointOf,
  reachabilityOf,
} from '../../src/artifacts/api-server-reachability.ts';
import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { certificates, servedCertificates, servedScope } from '../../src/artifacts/certificates.ts';
import { clockOffset } from '../../src/artifacts/clock-offset.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { kubeconfigPublic, publicKubeconfig } from '../../src/artifacts/kubeconfig-public.ts';
import { endpointSlices } from '../../src/artifacts/network-resources.ts';
import { optional } from '../../src/model/artifact.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { Kube, Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';

/** A name in every API server's certificate. */
const SERVER_NAME = 'kubernetes.default.svc';

const HEALTH_PATHS = ['/livez', '/readyz'] as const;
/** Health endpoints answer 500 with the failed checks, which is what is wanted of them. */
const HEALTH_STATUS = [500, 503];

const needs = { endpointSlices: optional(endpointSlices) };
type Context = CollectContext<typeof needs>;

/** Instances asked; a control plane has three, five at most. */
const MAX_INSTANCES = 9;

/** Of the errors of kind `refused` the one a machine itself answers with, as src/kube words it. */
const REFUSED = /\bconnection refused\b/;

/** What the API server says of itself. */
export const apiServer = defineCollector({
  meta: {
    id: 'control-plane/api-server',
    title: 'API server',
    description:
      'Reads version, health checks and metrics of the API server, the health and the certificate of every instance behind it, and compares its clock with ours.',
    produces: [
      apiServerVersion,
      apiServerHealth,
      apiServerReachability,
      clockOffset,
      apiServerMetrics,
      kubeconfigPublic,
      certificates,
    ],
    priority: 20,
  },
  needs,
  rbac: () => [
    {
      rule: { nonResourceURLs: ['/version', '/livez', '/readyz', '/metrics'], verbs: ['get'] },
      why: 'reads version, health and metrics of the API server',
    },
    {
      rule: { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list'] },
      why: 'finds every instance of the API server',
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
    for (const path of HEALTH_PATHS) {
      const scope = { type: 'endpoint', endpoint: `${kube.server}${path}` } as const;
      await bundle.add(apiServerHealth, scope, () => health(kube.get, path, signal));
    }
    await Promise.all(instancesOf(context).map((origin) => askInstance(context, origin)));
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

async function health(get: Kube['get'], path: string, signal: AbortSignal): Promise<SourceReply> {
  const { status, body, observedAt } = await get(`${path}?verbose`, { signal, allowStatus: HEALTH_STATUS });
  return { body: jsonBytes({ path, status, text: body.toString('utf8') }), observedAt };
}

/** Origins of the instances behind the Service `kubernetes`, each a reply of its own: a balancer shows one of them. */
function instancesOf({ inputs, kube }: Context): string[] {
  const slices = inputs.endpointSlices.items.filter(
    ({ metadata }) =>
      metadata.namespace === 'default' && metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes',
  );
  const origins = slices.flatMap(({ ports, endpoints }) => {
    const port = ports?.find(({ name }) => name === 'https')?.port ?? 6443;
    return (endpoints ?? []).flatMap(({ addresses }) =>
      addresses.map((address) => `https://${address.includes(':') ? `[${address}]` : address}:${port}`),
    );
  });
  const asked = new URL(kube.server).origin;
  return [...new Set(origins)].filter((origin) => origin !== asked).slice(0, MAX_INSTANCES);
}

async function askInstance({ bundle, kube, signal }: Context, origin: string): Promise<void> {
  const { hostname, port } = new URL(origin);
  const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
  const scopes = HEALTH_PATHS.map((path) => ({ type: 'endpoint', endpoint: `${origin}${path}` }) as const);
  const handshake = await kube.handshake({ ...target, servername: SERVER_NAME, timeoutMs: 5000, signal });
  const { failure, observedAt } = handshake;
  if (failure && failure.stage !== 'tls') {
    // A port that refuses is a dead instance; one that is silent or has no route may only be out of reach from here.
    const outcome = REFUSED.test(failure.message) ? 'error' : 'skipped';
    for (const scope of scopes) bundle.unread(apiServerHealth, scope, outcome, failure.message);
    return;
  }
  const served = servedCertificates(handshake);
  if (served.length > 0) {
    const body = jsonBytes({ certificates: served });
    await bundle.add(certificates, servedScope(target), async () => ({ body, observedAt }));
  }
  for (const [index, path] of HEALTH_PATHS.entries()) {
    await bundle.add(apiServerHealth, scopes[index]!, () =>
      health((given, options) => kube.getAt(origin, given, { ...options, timeoutMs: 5000 }), path, signal),
    );
  }
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
