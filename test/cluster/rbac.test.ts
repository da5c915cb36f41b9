import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AuditedRequest, denied, type Rule, unused } from './audited.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import type { CommandResult } from './control-plane.ts';
import { kubecase, type UnpackedBundle, unpack } from './kubecase.ts';
import { SHOP_NAMESPACE, SHOP_VIEWER } from './workload/shop.ts';

/** Open to every authenticated user by the default roles; not part of what is printed. */
const OPEN_TO_ALL = /^\/(?:api|apis|version)(?:\?|$)|^\/apis\/authorization\.k8s\.io\/v1\/selfsubject/;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

interface Collected {
  readonly run: CommandResult;
  readonly bundle: UnpackedBundle;
  readonly requests: readonly AuditedRequest[];
}

async function collectAs(user: string, args: readonly string[] = []): Promise<Collected> {
  const kubeconfig = await cluster.plane.userKubeconfig({ name: user });
  const file = join(cluster.dir, `${user}.tar.gz`);
  const run = await kubecase(
    ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...args],
    cluster.dir,
  );
  const bundle = await unpack(file, join(cluster.dir, user));
  return { run, bundle, requests: await cluster.auditedRequests(user) };
}

/** Prints the role for a user, gives it to the cluster, and returns its rules. */
async function grantTo(user: string, args: readonly string[]): Promise<Rule[]> {
  const command = ['rbac', '--kubeconfig', cluster.plane.kubeconfig, '--user', user, '--name', user, ...args];
  const yaml = await kubecase(command, cluster.dir);
  expect(yaml).toMatchObject({ code: 0, stderr: '' });
  expect(await cluster.plane.kubectl(['apply', '-f', '-'], yaml.stdout)).toMatchObject({ code: 0 });
  const json = await kubecase([...command, '-o', 'json'], cluster.dir);
  const { items } = JSON.parse(json.stdout) as { items: { kind: string; rules?: Rule[] }[] };
  return items.flatMap(({ rules }) => rules ?? []);
}

describe('a user who holds exactly the printed role', () => {
  it.each([
    ['exact-all', []],
    ['exact-shop', ['-n', SHOP_NAMESPACE, '--no-port-forward']],
    ['exact-logs', ['--only', 'kubernetes/logs']],
  ] as const)('%s: is denied nothing and leaves no rule unused', async (user, args) => {
    const rules = await grantTo(user, args);

    const { run, requests } = await collectAs(user, args);

    expect(run.stderr).not.toMatch(/Not allowed|forbidden/);
    expect(denied(requests)).toEqual([]);
    expect(unused(rules, requests)).toEqual([]);
    const writing = requests.filter(
      ({ verb, requestURI }) => !OPEN_TO_ALL.test(requestURI) && !['get', 'list', 'watch'].includes(verb),
    );
    expect(writing).toEqual([]);
  });

  it('may read nodes by pods of its own, and remove them, with `--nodes`', async () => {
    const args = ['--only', 'node/files', '--nodes'];
    const rules = await grantTo('exact-nodes', args);

    const { requests } = await collectAs('exact-nodes', args);

    expect(denied(requests)).toEqual([]);
    const writes = requests.filter(({ verb }) => verb === 'create' || verb === 'delete');
    const kinds = writes.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`);
    for (const kind of ['jobs', 'daemonsets']) {
      expect(kinds).toContain(`create ${kind}`);
      expect(kinds).toContain(`delete ${kind}`);
    }
    // Events are looked at only when a pod does not start.
    const left = unused(rules, requests).filter((right) => !right.startsWith('list events.'));
    expect(left.filter((right) => right.startsWith('list ') || right.startsWith('delete '))).toEqual([]);
  });

  it('gets a whole bundle', async () => {
    await grantTo('exact-whole', []);

    const { bundle } = await collectAs('exact-whole');

    expect(bundle.manifest.complete).toBe(true);
    expect(bundle.manifest.coverage.filter(({ outcome }) => outcome === 'forbidden')).toEqual([]);
  });
});

describe('the role printed without a cluster', () => {
  it('allows every kind Kubernetes itself serves here', async () => {
    const of = async (args: readonly string[]): Promise<Set<string>> => {
      const { stdout } = await kubecase(['rbac', '-o', 'json', ...args], cluster.dir);
      const { items } = JSON.parse(stdout) as { items: { rules?: Rule[] }[] };
      const rules = items.flatMap((item) => item.rules ?? []);
      return new Set(
        rules.flatMap(({ apiGroups = [], resources = [] }) =>
          apiGroups.flatMap((group) => resources.map((resource) => `${resource}.${group}`)),
        ),
      );
    };
    const offline = await of(['--offline', '--group', 'widgets.shop.example.com']);

    const online = await of(['--kubeconfig', cluster.plane.kubeconfig]);

    expect([...online].filter((right) => !offline.has(right))).toEqual([]);
  });
});

describe('a user with `view` in one namespace', () => {
  it('is told what is missing, gets a valid bundle and is denied no list', async () => {
    const { run, bundle, requests } = await collectAs(SHOP_VIEWER, ['-n', SHOP_NAMESPACE]);

    expect(run.code).toBe(3);
    expect(run.stderr).toMatch(/Not allowed, so it will be missing/);
    expect(run.stderr).toMatch(/list nodes: /);
    expect(denied(requests).filter((request) => request.startsWith('list '))).toEqual([]);
    const pods = await bundle.items('resources:core/Pod');
    expect(pods.map((pod) => pod.metadata.name).sort()).toEqual(cluster.pods.web);
    expect(await kubecase(['verify', join(cluster.dir, `${SHOP_VIEWER}.tar.gz`)], cluster.dir)).toMatchObject(
      {
        code: 0,
      },
    );
  });

  it('is asked for its rights once per namespace when it may list namespaces', async () => {
    const { plane } = cluster;
    const grants = [
      ['create', 'clusterrole', 'see-namespaces', '--verb=list', '--resource=namespaces'],
      ['create', 'clusterrolebinding', 'see-namespaces', '--clusterrole=see-namespaces', '--user=walker'],
      ['create', 'rolebinding', 'walker', '--clusterrole=view', '--user=walker', '-n', SHOP_NAMESPACE],
    ];
    for (const args of grants) expect(await plane.kubectl(args)).toMatchObject({ code: 0 });

    const { bundle, requests } = await collectAs('walker');

    expect(denied(requests).filter((request) => request.startsWith('list '))).toEqual([]);
    const lists = requests.filter(({ verb }) => verb === 'list').map(({ objectRef }) => objectRef?.namespace);
    expect([...new Set(lists)].sort()).toEqual([SHOP_NAMESPACE, undefined]);
    const reviews = requests.filter(({ requestURI }) => requestURI.includes('selfsubjectrulesreviews'));
    const namespaces = await bundle.items('resources:core/Namespace');
    expect(reviews.length).toBe(namespaces.length + 1);
    const row = bundle.manifest.coverage.find(
      ({ artifact, scope }) => artifact === 'resources:core/Pod' && scope.type === 'cluster',
    );
    expect(row).toMatchObject({ outcome: 'forbidden', fix: { rule: { resources: ['pods'] } } });
    expect(row?.reason).toContain(`only in ${SHOP_NAMESPACE}`);
  });
});
