import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/kube/connect.ts';
import { type Kube, KubeError } from '../../src/model/kube.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { listableKinds, nameOf } from './kubectl-lists.ts';
import { createAuthority } from './pki.ts';
import { LOG_TEXT } from './workload/log-files.ts';
import { SHOP_VIEWER } from './workload/shop.ts';

const { signal } = new AbortController();

let cluster: Cluster;
let kube: Kube;

beforeAll(async () => {
  cluster = await startCluster();
  kube = await connect({ kubeconfig: cluster.plane.kubeconfig, signal });
}, START_MS);

afterAll(async () => {
  await kube?.close();
  await cluster?.stop();
}, 30_000);

async function listNames(client: Kube, plural: string, pageSize?: number): Promise<string[]> {
  const discovery = await kube.discover(signal);
  const resource = discovery.resources.find((candidate) => candidate.plural === plural);
  if (resource === undefined) throw new Error(`${plural} was not discovered`);
  const names: string[] = [];
  for await (const page of client.list(resource, { signal, ...(pageSize ? { pageSize } : {}) })) {
    for (const { name, namespace } of page.items) {
      names.push(nameOf({ metadata: { name, ...(namespace ? { namespace } : {}) } }));
    }
  }
  return names;
}

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KubeError)) throw new Error(`expected a KubeError, got ${error}`);
  return error;
}

describe('the connection to a real API server', () => {
  it('discovers every kind kubectl can list', async () => {
    const { resources, failures } = await kube.discover(signal);

    const listable = resources.filter((resource) => resource.verbs.includes('list'));
    const found = listable.map(({ group, kind }) => `resources:${group || 'core'}/${kind}`).sort();
    const expected = (await listableKinds(cluster.plane)).map((kind) => kind.artifact).sort();
    expect(found).toEqual(expected);
    expect(failures).toEqual([]);
  });

  it('lists in pages of two what one page holds', async () => {
    const inPages = await listNames(kube, 'clusterroles', 2);

    expect(inPages).toEqual(await listNames(kube, 'clusterroles'));
    expect(inPages.length).toBeGreaterThan(50);
  });

  it('keeps each item as the server wrote it', async () => {
    const path = '/api/v1/namespaces/shop/services/orphan';
    const real = JSON.parse((await cluster.plane.kubectl(['get', '--raw', path])).stdout);

    const reply = await kube.get(path, { signal });

    expect(JSON.parse(reply.body.toString('utf8'))).toEqual(real);
    expect(reply.observedAt.source).toBe('server-date');
  });

  it('streams a log', async () => {
    const web = cluster.pods.web[0] ?? '';
    const chunks: Uint8Array[] = [];

    const { body } = await kube.stream(`/api/v1/namespaces/shop/pods/${web}/log?container=web`, { signal });
    for await (const chunk of body) chunks.push(chunk);

    expect(Buffer.concat(chunks).toString('utf8')).toBe(`${LOG_TEXT.web.join('\n')}\n`);
  });

  it('says of a log that does not exist that it was not found', async () => {
    const path = `/api/v1/namespaces/shop/pods/absent/log?container=web`;

    expect((await failure(kube.stream(path, { signal }))).kind).toBe('not-found');
  });

  it('reaches a port of a pod, again and again', async () => {
    const ask = (path: string): ReturnType<Kube['podGet']> =>
      kube.podGet({
        namespace: 'kong',
        pod: cluster.pods.kongControlPlane,
        port: 8001,
        scheme: 'http',
        path,
        signal,
      });

    const replies = await Promise.all([ask('/clustering/status'), ask('/'), ask('/absent')]);

    expect(replies.map((reply) => reply.status)).toEqual([200, 200, 404]);
    expect(replies[0]?.body.toString('utf8')).toContain(cluster.pods.staleDataPlane);
  });

  it('says so when nothing is behind a port of a pod', async () => {
    const error = await failure(
      kube.podGet({
        namespace: 'kong',
        pod: cluster.pods.kongControlPlane,
        port: 9,
        scheme: 'http',
        path: '/',
        signal,
      }),
    );

    expect(error.message).toContain('port 9');
    expect(error.kind).not.toBe('timeout');
  });

  it('reads verbose health and the version', async () => {
    const health = await kube.get('/readyz?verbose', { signal, accept: 'text/plain', allowStatus: [500] });

    expect(health.body.toString('utf8')).toContain('[+]etcd ok');
    expect((await kube.versionInfo(signal)).gitVersion).toMatch(/^v1\./);
  });

  it('names the rule a refused list would need', async () => {
    const kubeconfig = await cluster.plane.userKubeconfig({ name: SHOP_VIEWER });
    const viewer = await connect({ kubeconfig, signal });

    const error = await failure(listNames(viewer, 'secrets'));
    await viewer.close();

    expect(error).toMatchObject({ kind: 'forbidden', status: 403 });
    expect(error.rule?.resources).toEqual(['secrets']);
    expect(error.rule?.verbs).toEqual(['list']);
  });

  it('tells an unknown authority from refused credentials and from a closed port', async () => {
    const real = JSON.parse((await cluster.plane.kubectl(['config', 'view', '--raw', '-o', 'json'])).stdout);
    const kindWith = async (
      clusterChange: Record<string, string>,
      userChange: Record<string, unknown>,
    ): Promise<string> => {
      const changed = structuredClone(real);
      Object.assign(changed.clusters[0].cluster, clusterChange);
      if (Object.keys(userChange).length > 0) changed.users[0].user = userChange;
      const path = join(cluster.dir, 'changed.kubeconfig');
      await writeFile(path, JSON.stringify(changed));
      const client = await connect({ kubeconfig: path, signal });
      const { kind } = await failure(client.versionInfo(signal));
      await client.close();
      return kind;
    };
    const other = Buffer.from((await createAuthority('other-ca')).certificate).toString('base64');

    expect(await kindWith({ 'certificate-authority-data': other }, {})).toBe('tls');
    expect(await kindWith({}, { token: 'not-a-token' })).toBe('unauthorized');
    expect(await kindWith({ server: 'https://127.0.0.1:1' }, {})).toBe('refused');
  });

  it('shows the served chain and whether it verifies', async () => {
    const { hostname, port } = new URL(cluster.plane.server);

    const handshake = await kube.handshake({ host: hostname, port: Number(port), signal });

    expect(handshake).toMatchObject({ failure: undefined, authorized: true });
    expect(handshake.chain[0]).toContain('BEGIN CERTIFICATE');
  });
});
