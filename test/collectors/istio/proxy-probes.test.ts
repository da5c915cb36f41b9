import { describe, expect, it } from 'vitest';
import { proxyProbes } from '../../../collectors/istio/proxy-probes.ts';
import { istioProxyProbes } from '../../../src/artifacts/istio-proxy-probes.ts';
import { builtInRedaction } from '../../../src/bundle/built-in-redaction.ts';
import { KubeError } from '../../../src/model/kube.ts';
import { containerStatus, pod } from '../../support/builders.ts';
import { type CollectChanges, collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, type FakeObject, fakeKube } from '../../support/fake-kube.ts';

const URL_OF = 'https://istiod-canary.istio-system.svc:15012/';

function proxy(name: string, ready: boolean, env: Record<string, string> = {}): FakeObject {
  const list = Object.entries(env).map(([key, value]) => ({ name: key, value }));
  return pod(name, {
    spec: { containers: [{ name: 'app' }, { name: 'istio-proxy', args: ['proxy', 'sidecar'], env: list }] },
    status: { containerStatuses: [containerStatus('app'), containerStatus('istio-proxy', { ready })] },
  }) as FakeObject;
}

const CANARY = { CA_ADDR: 'istiod-canary.istio-system.svc:15012' };

async function run(cluster: FakeCluster, changes: CollectChanges = {}) {
  const kube = fakeKube(cluster);
  const optIn = { optIns: ['--exec'], options: { exec: true } };
  return { kube, bundle: await collectBundle(kube, [proxyProbes], { ...optIn, ...changes }) };
}

/** The one command that was run, and what is to be answered to it. */
async function answered(stderr: string, stdout: string, exitCode: number) {
  const objects = [proxy('web-0', false, CANARY), proxy('ready-0', true)];
  const first = await run({ objects });
  const [command = ''] = first.kube.execRequests;
  const execReplies = { [command]: { stdout, stderr, exitCode } };
  return { ...(await run({ objects, execReplies }, { redaction: builtInRedaction() })), command };
}

const ENTRY = 'documents/istio-proxy-probes/_object/Pod/shop/web-0.json';

describe('istio/proxy-probes', () => {
  it('tries the discovery address from proxies that are not ready, without a shell', async () => {
    const { bundle, kube, command } = await answered(
      'curl: (60) SSL certificate problem: unable to get local issuer certificate\nMore details here\n',
      '10.96.7.1 0.001 0.000 0.000 000',
      60,
    );

    expect(istioProxyProbes.parse(Buffer.from(bundle.entries.get(ENTRY) ?? ''))).toMatchObject({
      proxy: { namespace: 'shop', pod: 'web-0', container: 'istio-proxy' },
      address: CANARY.CA_ADDR,
      dns: { state: 'works', detail: '10.96.7.1' },
      tcp: { state: 'works' },
      tls: { state: 'fails', detail: 'SSL certificate problem: unable to get local issuer certificate' },
    });
    expect(kube.execRequests).toEqual([command]);
    expect(command).toMatch(/^shop\/web-0\/istio-proxy curl /);
    expect(command.endsWith(URL_OF)).toBe(true);
  });

  it('stores that an image has no curl', async () => {
    const { bundle } = await run({ objects: [proxy('web-0', false)] });

    const { dns } = istioProxyProbes.parse(Buffer.from(bundle.entries.get(ENTRY) ?? ''));
    expect(dns).toMatchObject({ state: 'untried', reason: expect.stringContaining('not found') });
  });

  it('runs nothing without the flag, in ready proxies, or for an address that is none', async () => {
    const without = await run({ objects: [proxy('web-0', false)] }, { optIns: [], options: { exec: false } });
    const ready = await run({ objects: [proxy('web-0', true)] });
    const hostile = await run({
      objects: [proxy('web-0', false, { PROXY_CONFIG: '{"discoveryAddress":"-K/etc/passwd"}' })],
    });

    expect([without, ready, hostile].flatMap(({ kube }) => kube.execRequests)).toEqual([]);
    expect(without.bundle.row('istio-proxy-probes')).toMatchObject({ outcome: 'skipped' });
    expect(ready.bundle.row('istio-proxy-probes')).toMatchObject({ outcome: 'not-found' });
    expect(hostile.bundle.row('istio-proxy-probes', 'Pod/shop/web-0')).toMatchObject({ outcome: 'skipped' });
  });

  it('records that commands are refused', async () => {
    const rule = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] };
    const { bundle } = await run({
      objects: [proxy('web-0', false)],
      failures: {
        '/api/v1/namespaces/shop/pods/web-0/exec': new KubeError('forbidden', 'no', { status: 403, rule }),
      },
    });

    expect(bundle.row('istio-proxy-probes', 'Pod/shop/web-0')).toMatchObject({
      outcome: 'forbidden',
      fix: { rule },
    });
  });

  it('asks no more than 20 proxies, and says which were not', async () => {
    const objects = Array.from({ length: 22 }, (_, index) => proxy(`web-${index}`, false));

    const { kube, bundle } = await run({ objects });

    expect(kube.execRequests).toHaveLength(20);
    expect(bundle.row('istio-proxy-probes', 'Pod/shop/web-21')).toMatchObject({
      reason: 'only 20 proxies are asked',
    });
  });
});
