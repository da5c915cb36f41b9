import { describe, expect, it } from 'vitest';
import { controlPlaneUnhealthy } from '../../analyzers/istio/control-plane-unhealthy.ts';
import { proxyNotReady } from '../../analyzers/istio/proxy-not-ready.ts';
import { proxyOutOfSync } from '../../analyzers/istio/proxy-out-of-sync.ts';
import { requestsFailing } from '../../analyzers/istio/requests-failing.ts';
import { runsAsProxyUser } from '../../analyzers/istio/runs-as-proxy-user.ts';
import { sidecarNotInjected } from '../../analyzers/istio/sidecar-not-injected.ts';
import { trustBroken } from '../../analyzers/istio/trust-broken.ts';
import { versionSkew } from '../../analyzers/istio/version-skew.ts';
import { createOwners } from '../../src/analyze/identity.ts';
import { allArtifacts, createInputs } from '../../src/analyze/inputs.ts';
import { runAnalyzer } from '../../src/analyze/run-analyzer.ts';
import { istioSyncStatus } from '../../src/artifacts/istio-sync-status.ts';
import type { AnyAnalyzer } from '../../src/model/analyzer.ts';
import { subjectKey } from '../../src/model/subject.ts';
import { ago, type Built, pod, service } from '../support/builders.ts';
import { type Given, storeOf } from '../support/given.ts';
import {
  injector,
  istiod,
  istioSettings,
  meshNamespace,
  meshPod,
  proxyLogOf,
} from '../support/istio-builders.ts';

const ANALYZERS: readonly AnyAnalyzer[] = [
  controlPlaneUnhealthy,
  proxyNotReady,
  proxyOutOfSync,
  requestsFailing,
  runsAsProxyUser,
  sidecarNotInjected,
  trustBroken,
  versionSkew,
];

const UNREADY = { proxyStatus: { ready: false } };
const REFUSED =
  'warning\tenvoy config\tStreamAggregatedResources gRPC config stream to xds-grpc closed: 14, connection error: desc = "transport: Error while dialing: dial tcp 10.96.3.4:15012: connect: connection refused"';
const failing = {
  namespace: 'shop',
  pod: 'cart',
  container: 'istio-proxy',
  text: `${ago(40)} "GET / HTTP/1.1" 503 UH no_healthy_upstream - "-" 0 91 0 - "-" "c" "1" "api" "-" outbound|80||api.shop.svc.cluster.local - - - - default\n`.repeat(
    20,
  ),
};

type Scene = Omit<Given, 'objects'> & { readonly objects: readonly Built[] };

/** A mesh with a fault of every kind; the control plane is there or not. */
function mesh(ready: boolean): Scene {
  return {
    objects: [
      ...istiod({ ready, replicas: 2 }),
      ...istiod({ revision: '1-20', version: '1.20.0', ready: false }),
      injector(),
      injector({ tag: 'default' }),
      meshNamespace('shop', { 'istio-injection': 'enabled' }),
      meshNamespace('old', { 'istio.io/rev': 'gone' }),
      istioSettings('istio-ca-root-cert', {}, 'shop'),
      meshPod('web', UNREADY),
      meshPod('cart', { version: '1.24.0', spec: {} }),
      meshPod('lost'),
      meshPod('away', { ...UNREADY, discovery: 'istiod-1-9.istio-system.svc:15012' }),
      pod('bare'),
      pod('late', { metadata: { namespace: 'old' } }),
      service('api'),
    ],
    logs: [proxyLogOf('web', [REFUSED]), failing],
    documents: ['istiod-0', 'istiod-1'].map((name, index) => ({
      artifact: istioSyncStatus,
      scope: { type: 'object', kind: 'Pod', namespace: 'istio-system', name },
      bytes: JSON.stringify([
        {
          proxy: 'cart.shop',
          resources: {
            'type.googleapis.com/envoy.config.cluster.v3.Cluster': {
              sent: 'b',
              acked: index === 0 ? 'a' : 'b',
              sentTime: ago(600),
            },
          },
        },
      ]),
    })),
  };
}

/** Who accuses whom. */
function accusations(given: Given): Set<string> {
  const store = storeOf(ANALYZERS, given);
  const engine = { store, inputs: createInputs(store), owners: createOwners(store) };
  return new Set(
    ANALYZERS.flatMap((analyzer) =>
      runAnalyzer(analyzer, engine).findings.map(
        ({ analyzerId, subject }) => `${analyzerId} ${subjectKey(subject)}`,
      ),
    ),
  );
}

const ARTIFACTS = [
  ...new Set(
    ANALYZERS.flatMap((analyzer) => allArtifacts(analyzer.needs))
      .filter(({ type }) => type !== 'derived' && type !== 'record')
      .map(({ id }) => id),
  ),
];

/** What is given, without everything of one artifact. */
function without(id: string, given: Scene): Given {
  const kind = id.slice(id.lastIndexOf('/') + 1);
  return {
    ...given,
    objects: id.startsWith('resources:') ? given.objects.filter((one) => one.kind !== kind) : given.objects,
    logs: id === 'logs' ? [] : (given.logs ?? []),
    documents: (given.documents ?? []).filter(({ artifact }) => artifact.id !== id),
    forbidden: [{ id }],
  };
}

describe.each([
  ['down', false],
  ['up', true],
])('a mesh whose control plane is %s', (_name, ready) => {
  const given = mesh(ready);
  const all = accusations(given);

  it('has faults of many kinds', () => {
    expect(new Set([...all].map((one) => one.split(' ')[0])).size).toBeGreaterThanOrEqual(5);
  });

  it.each(ARTIFACTS)('is accused of nothing new without %s', (id) => {
    const less = accusations(without(id, given));

    expect([...less].filter((one) => !all.has(one))).toEqual([]);
  });
});
