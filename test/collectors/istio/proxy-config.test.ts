import { describe, expect, it } from 'vitest';
import { proxyConfig } from '../../../collectors/istio/proxy-config.ts';
import { istioProxyConfig } from '../../../src/artifacts/istio-proxy-config.ts';
import { containerStatus, pod } from '../../support/builders.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import {
  apiResource,
  COMMON_KINDS,
  type FakeCluster,
  type FakeObject,
  fakeKube,
} from '../../support/fake-kube.ts';

const ENVIRONMENTS = apiResource('env.alibaba.com', 'VirtualEnvironment', 'virtualenvironments', {
  version: 'v1alpha2',
  versions: ['v1alpha2'],
});
const environment = (labelName?: string) =>
  ({
    apiVersion: 'env.alibaba.com/v1alpha2',
    kind: 'VirtualEnvironment',
    metadata: { namespace: 'shop', name: 've' },
    spec: labelName === undefined ? {} : { envLabel: { name: labelName } },
  }) as FakeObject;
const DUMP = JSON.stringify({
  configs: [
    {
      '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump.DynamicListener',
      name: '0.0.0.0_8080',
      error_state: {
        details: 'missing filter chain',
        failed_configuration: { '@type': 'x', secret: 'CANARY' },
      },
    },
  ],
});

interface Sidecar {
  readonly ready?: boolean;
  readonly labels?: Record<string, string>;
  readonly args?: readonly string[];
  readonly native?: boolean;
  readonly running?: boolean;
}

function sidecar(
  name: string,
  { ready = true, labels, args, native = false, running = true }: Sidecar = {},
): FakeObject {
  const proxy = {
    name: 'istio-proxy',
    image: 'istio/proxyv2:1.27.1',
    args: args ?? ['proxy', 'sidecar'],
    ...(native ? { restartPolicy: 'Always' } : {}),
  };
  const status = containerStatus('istio-proxy', {
    ready,
    state: running ? { running: {} } : { waiting: {} },
  });
  return pod(name, {
    metadata: labels ? { labels } : {},
    spec: {
      containers: native ? [{ name: 'app' }] : [{ name: 'app' }, proxy],
      initContainers: native ? [proxy] : [],
    },
    status: native
      ? { containerStatuses: [containerStatus('app')], initContainerStatuses: [status] }
      : { containerStatuses: [containerStatus('app'), status] },
  }) as FakeObject;
}

const unready = (name: string, more: Sidecar = {}) => sidecar(name, { ready: false, ...more });
const replyOf = (name: string, body = DUMP) => ({ [`shop/${name}:15000/config_dump`]: body });

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube({ resources: [...COMMON_KINDS, ENVIRONMENTS], ...cluster });
  return { kube, bundle: await collectBundle(kube, [proxyConfig], changes) };
}

function read(bundle: Awaited<ReturnType<typeof run>>['bundle'], name: string) {
  const path = `documents/istio-proxy-config/_object/Pod/shop/${name}.json`;
  return istioProxyConfig.parse(Buffer.from(bundle.entries.get(path) ?? ''));
}

describe('istio/proxy-config', () => {
  it('stores names, states and reasons of the listeners of a proxy that is not ready', async () => {
    const { kube, bundle } = await run({ objects: [unready('web-0')], podReplies: replyOf('web-0') });

    expect(read(bundle, 'web-0')).toMatchObject({
      proxy: { namespace: 'shop', pod: 'web-0' },
      listeners: [{ name: '0.0.0.0_8080', error: { details: 'missing filter chain' } }],
    });
    expect([...bundle.entries.values()].join('\n')).not.toContain('CANARY');
    expect(kube.podRequests.map(({ port, path }) => `${port}${path}`)).toEqual([
      '15000/config_dump?resource=dynamic_listeners',
    ]);
  });

  it('stores a proxy that was never given a listener as one without', async () => {
    const { bundle } = await run({ objects: [unready('web-0')], podReplies: replyOf('web-0', '{}\n') });

    expect(read(bundle, 'web-0').listeners).toEqual([]);
  });

  it('asks unready proxies first, then those of virtual environments, then gateways, and nobody else', async () => {
    const { kube } = await run({
      objects: [
        environment('env'),
        sidecar('plain'),
        sidecar('gateway', { args: ['proxy', 'router'] }),
        sidecar('tagged', { labels: { env: 'dev.one' } }),
        sidecar('other-label', { labels: { 'virtual-env': 'dev' } }),
        unready('late', { native: true }),
        unready('ztunnel-0', { args: ['proxy', 'ztunnel'] }),
        pod('no-proxy') as FakeObject,
      ],
    });

    expect(kube.podRequests.map(({ pod: name }) => name)).toEqual(['late', 'tagged', 'gateway']);
  });

  it('knows the label KtEnv takes unless it is told another', async () => {
    const { kube } = await run({
      objects: [environment(), sidecar('tagged', { labels: { 'virtual-env': 'dev' } })],
    });

    expect(kube.podRequests.map(({ pod: name }) => name)).toEqual(['tagged']);
  });

  it('asks by the agent where only commands are allowed, and nobody where nothing is', async () => {
    const command = 'shop/web-0/istio-proxy pilot-agent request GET config_dump?resource=dynamic_listeners';
    const cluster = { objects: [unready('web-0')], execReplies: { [command]: DUMP } };
    const exec = await run(cluster, { options: { portForward: false, exec: true } });
    const none = await run(cluster, { options: { portForward: false } });

    expect(read(exec.bundle, 'web-0').listeners).toHaveLength(1);
    expect(exec.kube.podRequests).toEqual([]);
    expect(none.bundle.row('istio-proxy-config', 'Pod/shop/web-0')).toMatchObject({ outcome: 'skipped' });
    expect(none.kube.execRequests).toEqual([]);
  });

  it('records proxies that do not run, refuse or answer something else', async () => {
    const { bundle } = await run({
      objects: [unready('down', { running: false }), unready('busy'), unready('odd')],
      podReplies: {
        'shop/busy:15000/config_dump': { status: 503, body: 'no' },
        ...replyOf('odd', '{"error":"x","more":"of it"}'),
      },
    });

    const row = (name: string) => bundle.row('istio-proxy-config', `Pod/shop/${name}`);
    expect(row('down')).toMatchObject({ outcome: 'not-found', reason: 'the proxy does not run' });
    expect(row('busy')).toMatchObject({ outcome: 'error', reason: expect.stringContaining('HTTP 503') });
    expect(row('odd')).toMatchObject({ outcome: 'error', reason: expect.stringContaining('config_dump') });
  });

  it('says why no proxy was asked', async () => {
    const ready = await run({ objects: [sidecar('plain')] });
    const none = await run({ objects: [pod('app') as FakeObject] });

    expect(ready.bundle.row('istio-proxy-config')).toMatchObject({ outcome: 'skipped' });
    expect(none.bundle.row('istio-proxy-config')).toMatchObject({ outcome: 'not-found' });
  });

  it('asks no more than 40 proxies, and says which were not', async () => {
    const objects = Array.from({ length: 42 }, (_, index) => unready(`web-${index}`));

    const { kube, bundle } = await run({ objects });

    expect(kube.podRequests).toHaveLength(40);
    expect(bundle.row('istio-proxy-config', 'Pod/shop/web-41')).toMatchObject({
      reason: 'only 40 proxies are asked',
    });
  });
});
