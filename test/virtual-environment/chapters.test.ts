import { describe, expect, it } from 'vitest';
import { ago, type Built, containerStatus, endpointSlice, pod, service } from '../support/builders.ts';
import type { Given } from '../support/given.ts';
import { causesOf } from '../support/kong-hybrid.ts';
import { refusedDeployment } from '../support/refused-pods.ts';
import { SHIPPED_AUTHORITY } from '../support/virtual-environment-authority.ts';
import { demo } from '../support/virtual-environment-builders.ts';
import { listeners, refusedListener } from '../support/virtual-environment-proxy-builders.ts';
import {
  coveredNamespace,
  tagFilter,
  taggedPod,
  tagWebhook,
  WEBHOOK_NAMESPACE,
  WEBHOOK_POD,
  webhookDeployment,
  webhookPod,
} from '../support/virtual-environment-tag-builders.ts';

const SERVICE = { namespace: WEBHOOK_NAMESPACE, name: 'webhook-server', path: '/inject', port: 443 };
const PROXY = 'app-js-dev-5d8f7-x2x9z';
const REASON =
  "Error adding/updating listener(s) 0.0.0.0_8080: Didn't find a registered implementation for name: 'virtual.environment.lua'";

function istiod(version: string): Built[] {
  const container = { name: 'discovery', image: `docker.io/istio/pilot:${version}`, args: ['discovery'] };
  return [
    pod('istiod-1', {
      metadata: { namespace: 'istio-system', labels: { app: 'istiod' } },
      spec: { containers: [container] },
      status: { containerStatuses: [containerStatus('discovery')] },
    }),
    service('istiod', {
      metadata: { namespace: 'istio-system' },
      spec: {
        selector: { app: 'istiod' },
        ports: [{ name: 'https-dns', port: 15012, targetPort: 15012, protocol: 'TCP' }],
      },
    }),
  ];
}

/** The webhook's Service with its one pod behind it. */
function webhookService(): Built[] {
  const metadata = { namespace: WEBHOOK_NAMESPACE };
  return [
    service('webhook-server', { metadata, spec: { ports: [{ port: 443, targetPort: 8443 }] } }),
    endpointSlice('webhook-server', [{ ip: '10.1.0.9', pod: WEBHOOK_POD }], {
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': 'webhook-server' } },
    }),
  ];
}

/** The last two chapters as they should be, with one pod of the demonstration. */
function scene(version: string, filter: Built, proxy: Built): Built[] {
  return [
    coveredNamespace(),
    tagWebhook({ clientConfig: { service: SERVICE, caBundle: SHIPPED_AUTHORITY } }),
    webhookPod(),
    ...webhookService(),
    ...istiod(version),
    filter,
    proxy,
    ...demo(),
  ];
}

/** What is said of the last two chapters; the first one is not given whole. */
function told(given: Given): string[] {
  return causesOf(given)
    .map((cause) => cause.told)
    .filter((one) => /^virtual-environment\/(?:tag|sidecar|webhook|version)/.test(one));
}

describe('the chapters of the seed, by all analyzers together', () => {
  it('find nothing but the public key where pods are tagged and proxies have the script', () => {
    const proxy = taggedPod('app-js', 'dev', { tag: 'dev', version: '1.18.7' });

    expect(
      told({ objects: scene('1.18.7', tagFilter(), proxy), documents: [listeners(PROXY, { script: true })] }),
    ).toEqual(['virtual-environment/webhook-key-public#keyPublic']);
  });

  it('name the filter as the cause of sidecars that never get ready', () => {
    const type = 'type.googleapis.com/envoy.config.filter.http.lua.v2.Lua';
    const proxy = taggedPod('app-js', 'dev', { tag: 'dev', version: '1.12.9', ready: false });
    const status = {
      ...(proxy.status as object),
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(3500) }],
    };
    const lines = [
      `${ago(30)} 2026-01-15T11:59:30Z\twarning\tenvoy config\tgRPC config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: ${REASON}`,
      `${ago(10)} 2026-01-15T11:59:50Z\twarn\tEnvoy proxy is NOT ready: config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected`,
    ];
    const [first] = causesOf({
      objects: scene('1.12.9', tagFilter({ type }), { ...proxy, status }),
      documents: [refusedListener(PROXY, REASON)],
      logs: [{ namespace: 'shop', pod: PROXY, container: 'istio-proxy', text: `${lines.join('\n')}\n` }],
    });

    expect(first).toMatchObject({
      told: 'virtual-environment/tag-filter-ineffective#oldType',
      confidence: 'certain',
    });
    expect(first?.symptoms).toContain('istio/proxy-not-ready#configurationRejected');
  });

  it('name the settings of the webhook as the cause of pods that are not created', () => {
    const message =
      'Internal error occurred: failed calling webhook "webhook-server.kt-virtual-environment.svc": failed to call webhook: Post "https://webhook-server.kt-virtual-environment.svc:443/inject?timeout=10s": EOF';
    const proxy = taggedPod('app-js', 'dev', { tag: 'dev', version: '1.18.7' });
    const causes = causesOf({
      objects: [
        ...scene('1.18.7', tagFilter(), proxy).filter(({ metadata }) => metadata.name !== WEBHOOK_POD),
        webhookPod({ env: [{ name: 'envLabel', value: '' }] }),
        webhookDeployment(),
        ...refusedDeployment(message),
      ],
      documents: [listeners(PROXY, { script: true })],
    });

    const cause = causes.find((one) => one.told === 'virtual-environment/tag-webhook-failing#labelsUnset');
    expect(cause?.symptoms.join(' ')).toMatch(/workload\/pods-not-created/);
  });
});
