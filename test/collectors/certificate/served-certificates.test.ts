import { describe, expect, it } from 'vitest';
import { servedCertificates } from '../../../collectors/certificate/served-certificates.ts';
import { certificates } from '../../../src/artifacts/certificates.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { ago, containerStatus, pod } from '../../support/builders.ts';
import { certificatePem } from '../../support/certificates.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import {
  apiResource,
  COMMON_KINDS,
  type FakeCluster,
  type FakeObject,
  fakeKube,
  refused,
} from '../../support/fake-kube.ts';

const CLUSTERED = { namespaced: false };
const HOOKS = 'admissionregistration.k8s.io';
const KINDS = [
  ...COMMON_KINDS,
  apiResource('', 'Service', 'services'),
  apiResource('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  apiResource(HOOKS, 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', CLUSTERED),
  apiResource(HOOKS, 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', CLUSTERED),
  apiResource('apiregistration.k8s.io', 'APIService', 'apiservices', CLUSTERED),
  apiResource('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', CLUSTERED),
];
const pem = await certificatePem('hook.shop.svc', ago(86_400), ago(-86_400));
const HOOK = { namespace: 'shop', name: 'hook', port: 443 };

function object(apiVersion: string, kind: string, name: string, parts: object): FakeObject {
  const { metadata, ...rest } = parts as { metadata?: object };
  return { apiVersion, kind, metadata: { name, ...metadata }, ...rest } as FakeObject;
}

const inShop = { namespace: 'shop' };
const webhook = (service: object) =>
  object(`${HOOKS}/v1`, 'MutatingWebhookConfiguration', 'hook', {
    webhooks: [
      { name: 'a.example', clientConfig: { service } },
      { name: 'b.example', clientConfig: { service } },
    ],
  });
const service = object('v1', 'Service', 'hook', {
  metadata: inShop,
  spec: {
    ports: [
      { name: 'metrics', port: 8080 },
      { name: 'https', port: 443, targetPort: 'api' },
    ],
  },
});

function slice(name: string, ready: readonly string[], unready: readonly string[] = []): FakeObject {
  const endpoint = (pods: readonly string[], isReady: boolean) =>
    pods.map((one) => ({
      addresses: ['10.1.0.9'],
      conditions: { ready: isReady },
      targetRef: { kind: 'Pod', namespace: 'shop', name: one },
    }));
  return object('discovery.k8s.io/v1', 'EndpointSlice', name, {
    metadata: { ...inShop, labels: { 'kubernetes.io/service-name': 'hook' } },
    ports: [
      { name: 'metrics', port: 8080 },
      { name: 'https', port: 9443 },
    ],
    endpoints: [...endpoint(ready, true), ...endpoint(unready, false)],
  });
}

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube({ resources: KINDS, ...cluster });
  return { kube, bundle: await collectBundle(kube, [servedCertificates], changes) };
}

const asked = (kube: Awaited<ReturnType<typeof run>>['kube']) =>
  kube.podHandshakes.map(({ pod: name, port, servername }) => [name, port, servername].join(' '));

describe('certificate/served-certificates', () => {
  it('asks the pods behind a webhook at the target port, and names the Services', async () => {
    const { kube, bundle } = await run(
      {
        objects: [
          webhook(HOOK),
          service,
          slice('hook-v4', ['hook-0'], ['hook-1']),
          slice('hook-v6', ['hook-0']),
        ],
        podChains: { 'shop/hook-0:9443': [pem] },
      },
      { redaction: builtInRedaction() },
    );

    const text = bundle.entries.get('documents/certificates/_object/Pod/shop/hook-0.json') ?? '';
    expect(certificates.parse(Buffer.from(text))).toEqual({
      certificates: [
        {
          source: {
            ...{ type: 'pod', namespace: 'shop', name: 'hook-0', port: 9443, purpose: 'service' },
            services: [{ namespace: 'shop', name: 'hook' }],
          },
          pem: pem.trim().concat('\n'),
        },
      ],
    });
    expect(asked(kube)).toEqual(['hook-0 9443 hook.shop.svc']);
  });

  it('asks for API services and conversions, too', async () => {
    const { kube } = await run({
      objects: [
        object('apiregistration.k8s.io/v1', 'APIService', 'v1.things', { spec: { service: HOOK } }),
        object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'things', {
          spec: {
            conversion: {
              strategy: 'Webhook',
              webhook: { clientConfig: { service: { ...HOOK, port: 8080 } } },
            },
          },
        }),
        service,
        slice('hook', ['hook-0']),
      ],
    });

    expect(asked(kube)).toEqual(['hook-0 9443 hook.shop.svc', 'hook-0 8080 hook.shop.svc']);
  });

  it('asks three replicas of a Service', async () => {
    const replicas = Array.from({ length: 5 }, (_, index) => `hook-${index}`);

    const { kube } = await run({ objects: [webhook(HOOK), service, slice('hook', replicas)] });

    expect(asked(kube)).toHaveLength(3);
  });

  it('asks etcd and the cluster port of Kong, each by what its pod runs', async () => {
    const etcd = pod('etcd-cp-1', {
      metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
      spec: {
        containers: [{ name: 'etcd', command: ['etcd', '--listen-client-urls=https://127.0.0.1:12379'] }],
      },
    }) as FakeObject;
    const plain = pod('etcd-plain', {
      metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
      spec: {
        containers: [{ name: 'etcd', command: ['etcd', '--listen-client-urls=http://127.0.0.1:2379'] }],
      },
    }) as FakeObject;
    const kong = (name: string, listen?: string) =>
      pod(name, {
        spec: {
          containers: [
            {
              name: 'proxy',
              env: [
                { name: 'KONG_ROLE', value: 'control_plane' },
                ...(listen === undefined ? [] : [{ name: 'KONG_CLUSTER_LISTEN', value: listen }]),
              ],
            },
          ],
        },
        status: { containerStatuses: [containerStatus('proxy')] },
      }) as FakeObject;

    const { kube } = await run({
      objects: [etcd, plain, kong('cp-0'), kong('cp-1', '0.0.0.0:9005 ssl'), kong('cp-2', 'off')],
    });

    expect(asked(kube).sort()).toEqual([
      'cp-0 8005 kong_clustering',
      'cp-1 9005 kong_clustering',
      'etcd-cp-1 12379 ',
    ]);
  });

  it('records ports that refuse, and keeps what the others of the pod serve', async () => {
    const objects = [webhook(HOOK), webhook({ ...HOOK, port: 8080 }), service, slice('hook', ['hook-0'])];
    const half = await run({ objects, podChains: { 'shop/hook-0:9443': [pem] } });
    const none = await run({ objects });

    expect(half.bundle.row('certificates', 'Pod/shop/hook-0')).toMatchObject({
      outcome: 'partial',
      reason: 'port 8080 of pod shop/hook-0: connection refused in the pod',
    });
    expect(none.bundle.row('certificates', 'Pod/shop/hook-0')).toMatchObject({ outcome: 'error' });
  });

  it('keeps no key, whatever is sent', async () => {
    const key = '-----BEGIN PRIVATE KEY-----\nMIICkey\n-----END PRIVATE KEY-----\n';
    const { bundle } = await run({
      objects: [webhook(HOOK), service, slice('hook', ['hook-0'])],
      podChains: { 'shop/hook-0:9443': [`${key}${pem}`] },
    });

    expect([...bundle.entries.values()].join('\n')).not.toContain('MIICkey');
  });

  it('shakes no hands without port-forward, and says so of each pod', async () => {
    const objects = [webhook(HOOK), service, slice('hook', ['hook-0'])];

    const { kube, bundle } = await run({ objects }, { options: { portForward: false } });

    expect(asked(kube)).toEqual([]);
    expect(bundle.row('certificates', 'Pod/shop/hook-0')).toMatchObject({ outcome: 'skipped' });
  });

  it('goes on where kinds are refused', async () => {
    const { kube } = await run({
      objects: [webhook(HOOK), service, slice('hook', ['hook-0'])],
      failures: { '/api/v1/pods': refused('', 'pods') },
    });

    expect(asked(kube)).toEqual(['hook-0 9443 hook.shop.svc']);
  });

  it('asks no more than 60 pods, and says which were not', async () => {
    const objects = Array.from({ length: 62 }, (_, index) =>
      pod(`etcd-${String(index).padStart(2, '0')}`, {
        metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
        spec: { containers: [{ name: 'etcd' }] },
      }),
    ) as FakeObject[];

    const { kube, bundle } = await run({ objects });

    expect(asked(kube)).toHaveLength(60);
    expect(bundle.row('certificates', 'Pod/kube-system/etcd-61')).toMatchObject({
      reason: 'only 60 pods are asked',
    });
  });
});
