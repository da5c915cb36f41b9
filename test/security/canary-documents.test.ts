import { describe, expect, it } from 'vitest';
import { proxyConfig } from '../../collectors/istio/proxy-config.ts';
import { proxyProbes } from '../../collectors/istio/proxy-probes.ts';
import { syncStatus } from '../../collectors/istio/sync-status.ts';
import { apiDocuments } from '../../collectors/kubernetes/api-documents.ts';
import { helmReleases } from '../../collectors/kubernetes/helm-releases.ts';
import { operatorStatus } from '../../collectors/virtual-environment/operator-status.ts';
import { builtInRedaction } from '../../src/bundle/built-in-redaction.ts';
import type { AnyCollector } from '../../src/model/collector.ts';
import { containerStatus, pod } from '../support/builders.ts';
import { collectBundle } from '../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../support/fake-kube.ts';
import { type Canary, foundIn, secretsFor } from './canary.ts';
import { LINES } from './canary-lines.ts';

/** Every shape of secret as a text of its own, planted at one place. */
function textsFor(place: string, canaries: Canary[]): string[] {
  return Object.entries(LINES).map(([shape, make]) => {
    const name = `${place}: ${shape}`;
    return make(secretsFor(name), (secret) => canaries.push({ name, secret }));
  });
}

/** A secret where only the name of its field, or what stands around it, tells. */
function secretFor(name: string, canaries: Canary[]): string {
  const secret = secretsFor(name)('mixed', 32);
  canaries.push({ name, secret });
  return secret;
}

function running(name: string, namespace: string, container: Readonly<Record<string, unknown>>): FakeObject {
  const status = containerStatus(String(container.name), { ready: false, state: { running: {} } });
  return pod(name, {
    metadata: { namespace, labels: { app: 'istiod' } },
    spec: { containers: [container] },
    status: { phase: 'Running', containerStatuses: [status] },
  }) as FakeObject;
}

const PROXY = { name: 'istio-proxy', image: 'istio/proxyv2:1.27.1', args: ['proxy', 'sidecar'] };
const DYNAMIC = 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump.DynamicListener';

/** What Envoy's dump holds of a listener: keys and tokens inline, and its reason for refusing another. */
function dump(canaries: Canary[]): string {
  const listener = (details: string, index: number) => ({
    '@type': DYNAMIC,
    name: `0.0.0.0_${index}`,
    active_state: {
      listener: {
        filter_chains: [
          {
            transport_socket: {
              typed_config: {
                common_tls_context: {
                  tls_certificates: [
                    {
                      certificate_chain: { inline_string: '-----BEGIN CERTIFICATE-----' },
                      private_key: { inline_bytes: secretFor(`private key of listener ${index}`, canaries) },
                    },
                  ],
                },
              },
            },
            filters: [
              {
                name: 'envoy.filters.network.http_connection_manager',
                typed_config: {
                  http_filters: [
                    {
                      name: 'envoy.filters.http.oauth2',
                      typed_config: {
                        token_secret: { inline_string: secretFor(`token of listener ${index}`, canaries) },
                        hmac: secretFor(`hmac of listener ${index}`, canaries),
                      },
                    },
                    {
                      name: 'envoy.filters.http.lua',
                      typed_config: {
                        inline_code: `x = "${secretFor(`code of listener ${index}`, canaries)}"`,
                      },
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    },
    error_state: { details, failed_configuration: { any: secretFor(`refused listener ${index}`, canaries) } },
  });
  return JSON.stringify({ configs: textsFor('details of Envoy', canaries).map(listener) });
}

function syncRows(canaries: Canary[]): string {
  return JSON.stringify(
    textsFor('syncz', canaries).map((text, index) => ({
      cluster_id: 'Kubernetes',
      proxy: `web-${index}.shop`,
      istio_version: '1.27.1',
      note: text,
    })),
  );
}

function operatorReply(canaries: Canary[]): string {
  const services = textsFor('operator', canaries).map((CustomRule, index) => [
    `s${index}`,
    { Selectors: { app: 'a' }, Ports: { http: 80 }, Gateways: [], Hosts: ['*'], CustomRule },
  ]);
  return JSON.stringify({
    VirtualEnv: { Namespace: 'shop', Name: 'demo' },
    Services: Object.fromEntries(services),
    Labels: {},
  });
}

function revisions(canaries: Canary[]): string {
  const items = textsFor('Helm', canaries).map((text, index) => ({
    metadata: {
      namespace: 'shop',
      name: `sh.helm.release.v1.web.v${index}`,
      creationTimestamp: '2026-02-01T10:00:00Z',
      labels: { owner: 'helm', name: 'web', status: 'deployed', version: String(index), note: text },
      annotations: { note: text },
    },
  }));
  const metadata = { resourceVersion: '7' };
  return JSON.stringify({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata, items });
}

function schemas(canaries: Canary[]): string {
  const properties = textsFor('schema', canaries).map((description, index) => [
    `p${index}`,
    { type: 'string', description },
  ]);
  const password = { type: 'string', default: secretFor('default of a field', canaries) };
  const shape = { properties: { ...Object.fromEntries(properties), password } };
  return JSON.stringify({ openapi: '3.0.0', components: { schemas: { D: shape } } });
}

const EMPTY_LIST =
  '{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{},"items":[]}';
/** The four lists revisions of Helm are found in. */
const HELM_LISTS = ['secrets', 'configmaps'].flatMap((plural) =>
  ['owner%3Dhelm', 'OWNER%3DTILLER'].map(
    (selector) => `/api/v1/${plural}?labelSelector=${selector}&limit=500`,
  ),
) as [string, ...string[]];

/** Each collector of documents with answers full of secrets, and what its entry must still hold. */
const CASES: Readonly<
  Record<string, { collector: AnyCollector; cluster: (canaries: Canary[]) => FakeCluster; holds: string }>
> = {
  'the dump of a proxy': {
    collector: proxyConfig,
    cluster: (canaries) => ({
      objects: [running('web-0', 'shop', PROXY)],
      podReplies: { 'shop/web-0:15000/config_dump': dump(canaries) },
    }),
    holds: '0.0.0.0_7',
  },
  'what istiod says of its proxies': {
    collector: syncStatus,
    cluster: (canaries) => ({
      objects: [
        running('istiod-0', 'istio-system', {
          name: 'discovery',
          image: 'istio/pilot:1.27.1',
          args: ['discovery'],
        }),
      ],
      podReplies: { 'istio-system/istiod-0:15014/debug/syncz': syncRows(canaries) },
    }),
    holds: 'web-7.shop',
  },
  'what an operator of KtEnv has recorded': {
    collector: operatorStatus,
    cluster: (canaries) => ({
      objects: [
        running('op-0', 'shop', { name: 'virtual-env-operator', image: 'kt/virtual-env-operator:v0.6.0' }),
      ],
      podReplies: {
        'shop/op-0:8000/status': operatorReply(canaries),
        'shop/op-0:8000/version': '{"Version":"v0.6.0"}',
      },
    }),
    holds: '"s7"',
  },
  'the revisions of Helm': {
    collector: helmReleases,
    cluster: (canaries) => ({
      replies: {
        ...Object.fromEntries(HELM_LISTS.map((path) => [path, EMPTY_LIST])),
        [HELM_LISTS[0]]: revisions(canaries),
      },
    }),
    holds: 'deployed',
  },
  'the schemas of the API server': {
    collector: apiDocuments,
    cluster: (canaries) => ({
      replies: {
        '/openapi/v3': '{"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=AB"}}}',
        '/openapi/v3/api/v1': schemas(canaries),
      },
    }),
    holds: '"p7"',
  },
};

describe('secrets in what programs answer', () => {
  it.each(Object.entries(CASES))(
    'are in no entry of the bundle: %s',
    async (_name, { collector, cluster, holds }) => {
      const canaries: Canary[] = [];
      const kube = fakeKube(cluster(canaries));

      const bundle = await collectBundle(kube, [collector], { redaction: builtInRedaction() });

      const text = [...bundle.entries].flat().join('\n') + JSON.stringify(bundle.manifest);
      expect(canaries.length).toBeGreaterThan(80);
      expect(text).toContain(holds);
      expect(foundIn(text, canaries)).toEqual([]);
    },
  );
});

describe('secrets in what a command prints', () => {
  it('are in no entry of the bundle', async () => {
    const canaries: Canary[] = [];
    const objects = [running('web-0', 'shop', PROXY)];
    const optIn = { optIns: ['--exec'], options: { exec: true }, redaction: builtInRedaction() };
    const first = fakeKube({ objects });
    await collectBundle(first, [proxyProbes], optIn);
    const stderr = textsFor('curl', canaries).join('\n');
    const execReplies = Object.fromEntries(
      first.execRequests.map((command) => [command, { stdout: '10.96.7.1 0 0 0 000', stderr, exitCode: 60 }]),
    );

    const bundle = await collectBundle(fakeKube({ objects, execReplies }), [proxyProbes], optIn);

    const text = [...bundle.entries].flat().join('\n');
    expect(text).toContain('10.96.7.1');
    expect(foundIn(text, canaries)).toEqual([]);
  });
});
