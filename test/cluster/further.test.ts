import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, runCli } from '../support/run-cli.ts';
import { auditFlags, denied, type Rule, readAudit, unused } from './audited.ts';
import { requireBinaries } from './binaries.ts';
import { START_MS } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type UnpackedBundle, unpack } from './kubecase.ts';
import { kwokDocument } from './kwok.ts';
import { createAuthority } from './pki.ts';
import { waitFor } from './processes.ts';
import { MESH_NAMESPACE, mesh, metricsKinds, WEBHOOK_PORT } from './workload/mesh.ts';
import { nodeStages, nodes } from './workload/nodes.ts';
import { apply } from './workloads.ts';

const COLLECTORS = [
  'certificate/served-certificates',
  'istio/proxy-config',
  'istio/sync-status',
  'kubernetes/api-documents',
  'kubernetes/helm-releases',
  'kubernetes/resource-usage',
  'virtual-environment/operator-status',
];
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/debug/syncz': [{ proxy: `web-0.${MESH_NAMESPACE}`, cluster_sent: 'n1', cluster_acked: 'n1' }],
  '/config_dump': { configs: [] },
  '/status': { VirtualEnv: { Namespace: MESH_NAMESPACE, Name: 'demo' }, Services: {}, Labels: {} },
  '/version': { Version: 'v0.6.0' },
};

let dir: string;
let plane: ControlPlane;
let leaf: string;
let server: ChildProcess | undefined;
const listeners: Server[] = [];
const asked: string[] = [];

async function listen(one: Server): Promise<number> {
  listeners.push(one);
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve));
  return (one.address() as AddressInfo).port;
}

/** Programs of the pods: kwok leads port-forward to this machine. */
async function startPrograms(): Promise<{
  readonly http: number;
  readonly tls: number;
  readonly ca: string;
}> {
  const http = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const answer = ANSWERS[new URL(request.url ?? '/', 'http://pod').pathname];
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  const authority = await createAuthority('hook-ca');
  const issued = await authority.issue({ commonName: 'hook', names: [`hook.${MESH_NAMESPACE}.svc`] });
  leaf = issued.certificate;
  const tls = createTlsServer({ cert: issued.certificate, key: issued.key }, (socket) => {
    socket.on('error', () => {}).on('data', () => asked.push('data after the handshake'));
  });
  return { http: await listen(http), tls: await listen(tls), ca: authority.certificate };
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kubecase-further-'));
  const { http, tls, ca } = await startPrograms();
  const at = (port: number) => ({ port, address: '127.0.0.1' });
  const forwards = [
    { ports: [8000, 15000, 15014], target: at(http) },
    { ports: [WEBHOOK_PORT], target: at(tls) },
  ];
  const selector = { matchNamespaces: [MESH_NAMESPACE] };
  const kwok = [
    ...nodeStages(),
    kwokDocument('ClusterPortForward', { name: 'mesh' }, { selector, forwards }),
  ];
  const binaries = await requireBinaries();
  plane = await startControlPlane({ dir, binaries, kwok, apiServerFlags: await auditFlags(dir) });
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: MESH_NAMESPACE } };
  await apply(plane, [...nodes(), namespace, ...metricsKinds()]);
  await plane.kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']);
  const account = ['-n', MESH_NAMESPACE, 'get', 'serviceaccount', 'default'];
  await waitFor('the service account', async () => (await plane.kubectl(account)).code === 0);
  await apply(plane, mesh(ca));
  const ready = [
    '-n',
    MESH_NAMESPACE,
    'wait',
    '--for=condition=Available',
    '--timeout=90s',
    'deployment',
    '--all',
  ];
  expect(await plane.kubectl(ready)).toMatchObject({ code: 0 });
}, START_MS);

afterAll(async () => {
  server?.kill();
  await plane?.stop();
  for (const one of listeners) one.close();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

async function collect(kubeconfig: string, name: string, args: readonly string[]): Promise<UnpackedBundle> {
  const file = join(dir, `${name}.tar.gz`);
  const command = ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...args];
  expect(await runCli(command, { cwd: dir })).toMatchObject({ code: 0 });
  return unpack(file, join(dir, name));
}

function entriesOf({ manifest }: UnpackedBundle, artifact: string): string[] {
  return manifest.entries.filter((entry) => entry.artifact === artifact).map(({ path }) => path);
}

describe('a user who holds exactly the role printed for these collectors', () => {
  let bundle: UnpackedBundle;
  let rules: Rule[];
  const only = COLLECTORS.flatMap((id) => ['--only', id]);

  beforeAll(async () => {
    const print = [
      'rbac',
      '--kubeconfig',
      plane.kubeconfig,
      '--user',
      'further',
      '--name',
      'further',
      ...only,
    ];
    const role = await runCli([...print, '-o', 'json'], { cwd: dir });
    expect(await plane.kubectl(['apply', '-f', '-'], role.stdout)).toMatchObject({ code: 0 });
    rules = (JSON.parse(role.stdout) as { items: { rules?: Rule[] }[] }).items.flatMap(
      (one) => one.rules ?? [],
    );
    const kubeconfig = await plane.userKubeconfig({ name: 'further' });
    bundle = await collect(kubeconfig, 'further', only);
  }, 120_000);

  it('is denied nothing and leaves no rule unused', async () => {
    const requests = await readAudit(dir, 'further');

    expect(denied(requests)).toEqual([]);
    expect(unused(rules, requests)).toEqual([]);
  });

  it('gets an answer of each program, through port-forward of the real API server, by GET alone', async () => {
    for (const artifact of ['istio-sync-status', 'istio-proxy-config', 'virtual-environment-status'])
      expect(entriesOf(bundle, artifact), artifact).toHaveLength(1);
    expect(asked.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('gets the certificate the webhook serves', async () => {
    const served = entriesOf(bundle, 'certificates').filter((path) =>
      path.includes('/_object/Pod/mesh/hook-'),
    );
    const text = await bundle.text(served[0] ?? '');

    expect(text.replace(/\\n|\s/g, '')).toContain(leaf.replace(/\s/g, ''));
    expect(text).not.toContain('PRIVATE KEY');
  });

  it('gets revisions of Helm without what they hold', async () => {
    const text = await bundle.text('documents/helm-releases/_cluster.json');

    expect(JSON.parse(text)).toMatchObject({
      items: [{ metadata: { labels: { name: 'web', status: 'failed' } } }],
    });
    expect([...(await bundle.files()).values()].join('\n')).not.toContain('CANARY-values');
  });

  it('gets the usage of nodes', async () => {
    const [used] = await bundle.items('resources:metrics.k8s.io/NodeMetrics');

    expect(used).toMatchObject({ usage: { memory: '6100Mi' } });
  });
});

describe('real kubectl on a served bundle', () => {
  let kubeconfig: string;
  const served = (...args: string[]) => plane.kubectl(['--kubeconfig', kubeconfig, ...args]);

  beforeAll(async () => {
    // The simulated containers have no logs to be read.
    await collect(plane.kubeconfig, 'all', ['--skip', 'kubernetes/logs']);
    kubeconfig = join(dir, 'served.kubeconfig');
    const command = [MAIN, 'serve', join(dir, 'all.tar.gz'), '--kubeconfig-file', kubeconfig];
    server = spawn(process.execPath, command, { cwd: dir, stdio: ['ignore', 'ignore', 'inherit'] });
    const exists = () =>
      access(kubeconfig).then(
        () => true,
        () => false,
      );
    await waitFor('the kubeconfig of serve', exists, { seconds: 30 });
    await waitFor('an answer of serve', async () => (await served('get', 'ns')).code === 0, { seconds: 30 });
  }, 120_000);

  it.each([
    ['a field of pods', ['explain', 'pods.spec.containers']],
    ['a field named like a secret', ['explain', 'secrets.data']],
    ['a kind and all below it', ['explain', 'deployments', '--recursive']],
    ['a kind of another group', ['explain', 'validatingwebhookconfigurations.webhooks']],
  ])('explains %s as the cluster does', async (_, args) => {
    const real = await plane.kubectl(args);

    expect(real.code).toBe(0);
    expect(await served(...args)).toEqual(real);
  });

  it('shows the kinds and the usage the cluster shows', async () => {
    const lines = async (result: ReturnType<typeof served>) => (await result).stdout.split('\n').sort();

    expect(await lines(served('api-resources'))).toEqual(await lines(plane.kubectl(['api-resources'])));
    expect(await lines(served('top', 'nodes'))).toEqual(await lines(plane.kubectl(['top', 'nodes'])));
  });
});
