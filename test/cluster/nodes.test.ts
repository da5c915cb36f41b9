import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { files } from '../../collectors/node/files.ts';
import { nodeFilesDaemonSet, nodeFilesJob } from '../../src/artifacts/node-pods.ts';
import type { Discovery } from '../../src/model/kube.ts';
import {
  createNodeRoot,
  NODE_NAMED_SECRET,
  NODE_SCRIPT,
  NODE_SECRETS,
  type NodeRoot,
} from '../support/node-root.ts';
import { type CliResult, type RunningCli, runCli, startCli } from '../support/run-cli.ts';
import { requireBinaries } from './binaries.ts';
import { START_MS } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type UnpackedBundle, unpack } from './kubecase.ts';
import { kwokDocument } from './kwok.ts';
import { waitFor } from './processes.ts';
import { BROKEN_NODE, nodeStages, nodes, READY_NODES } from './workload/nodes.ts';

const NAMESPACE = 'kubecase-nodes-test';
const LABEL = 'app.kubernetes.io/managed-by=kubecase';
const OBJECTS = ['daemonsets.apps', 'jobs.batch', 'pods'];

/** An object as kubectl prints it. */
interface Printed {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly ownerReferences?: readonly { readonly kind: string; readonly uid: string }[];
  };
}

let plane: ControlPlane;
let root: NodeRoot;
let dir: string;
let running: RunningCli | undefined;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kubecase-nodes-'));
  root = await createNodeRoot(join(dir, 'root'));
  // kwok runs the command on this machine: with the environment the pods have, and this root in place of theirs.
  const script = readFileSync(NODE_SCRIPT, 'utf8');
  const envs = [
    { name: 'KUBECASE_SCRIPT', value: script },
    { name: 'ROOT', value: root.path },
  ];
  const exec = kwokDocument('ClusterExec', { name: 'nodes' }, { execs: [{ local: { envs } }] });
  const binaries = await requireBinaries();
  plane = await startControlPlane({ dir: join(dir, 'plane'), binaries, kwok: [...nodeStages(), exec] });
  await apply([...nodes(), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }]);
  await kubectl(
    'wait',
    '--for=condition=Ready',
    '--timeout=60s',
    ...READY_NODES.map((name) => `node/${name}`),
  );
  await kubectl('wait', '--for=condition=Ready=false', '--timeout=60s', `node/${BROKEN_NODE}`);
  const account = ['-n', NAMESPACE, 'get', 'serviceaccount', 'default'];
  await waitFor('the service account', async () => (await plane.kubectl(account)).code === 0);
}, START_MS);

afterEach(async () => {
  running?.child.kill('SIGKILL');
  running = undefined;
  await plane.kubectl(['-n', NAMESPACE, 'delete', 'jobs,daemonsets', '--all', '--wait=false']);
  await waitForNothing('the clean-up between tests');
});

afterAll(async () => {
  await plane?.stop();
  rmSync(dir, { recursive: true, force: true });
}, 30_000);

async function kubectl(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await plane.kubectl(args);
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function apply(objects: readonly object[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { stderr, code } = await plane.kubectl(['create', '-f', '-'], list);
  if (code !== 0) throw new Error(stderr);
}

async function ours(kind: string): Promise<Printed[]> {
  const text = await kubectl('-n', NAMESPACE, 'get', kind, '-l', LABEL, '-o', 'json');
  return (JSON.parse(text) as { items: Printed[] }).items;
}

async function waitForNothing(what: string): Promise<void> {
  await waitFor(what, async () =>
    (await Promise.all(OBJECTS.map(ours))).every((found) => found.length === 0),
  );
}

function args(kubeconfig: string, file: string): string[] {
  const selection = ['--only', 'node/files', '--nodes', '--node-namespace', NAMESPACE];
  return ['collect', '--kubeconfig', kubeconfig, '--output-file', file, ...selection];
}

/** Starts a collection and waits until its DaemonSet is there. */
async function startCollecting(name: string): Promise<RunningCli> {
  running = startCli(args(plane.kubeconfig, join(dir, `${name}.tar.gz`)), { env: { HOME: dir } });
  await waitFor('the DaemonSet', async () => (await ours('daemonsets.apps')).length > 0);
  return running;
}

describe('collect --nodes', () => {
  let result: CliResult;
  let bundle: UnpackedBundle;
  let seen: Record<string, Printed[]>;

  beforeAll(async () => {
    const collecting = await startCollecting('nodes');
    seen = { jobs: await ours('jobs.batch'), daemonSets: await ours('daemonsets.apps') };
    result = await collecting.ended;
    bundle = await unpack(join(dir, 'nodes.tar.gz'), join(dir, 'nodes'));
  }, 120_000);

  it('owns its DaemonSet by its Job, and leaves neither them nor pods', async () => {
    const [job] = seen.jobs ?? [];

    expect(seen.daemonSets?.[0]?.metadata.ownerReferences).toMatchObject([
      { kind: 'Job', uid: job?.metadata.uid },
    ]);
    expect(result.stderr).not.toContain('Still there');
    expect(result.stderr).toContain('one pod per node, removed at the end');
    await waitForNothing('the removal of everything');
  });

  it('has the files of every node that is ready', async () => {
    for (const node of READY_NODES) {
      expect(await bundle.text(`documents/node-system/_node/${node}.txt`)).toContain('Debian GNU/Linux 13');
      expect(await bundle.text(`documents/node-manifests/_node/${node}.yaml`)).toContain('name: etcd');
    }
    const rows = bundle.manifest.coverage.filter(({ artifact }) => artifact === 'node-certificates');
    expect(rows.map(({ outcome }) => outcome)).toContain('collected');
  });

  it('has them without secrets: those the node leaves out, and those only the writer knows', async () => {
    const all = [...(await bundle.files()).values()].join('\n');

    for (const secret of [...Object.values(NODE_SECRETS), NODE_NAMED_SECRET, ...root.keyLines])
      expect(all).not.toContain(secret);
    expect(all).not.toContain('PRIVATE KEY');
  });

  it('can be analyzed', async () => {
    const { code, stdout } = await runCli(['analyze', join(dir, 'nodes.tar.gz'), '-o', 'json']);

    expect(code).toBe(0);
    const { results } = JSON.parse(stdout) as { results: { analyzerId: string; status: string }[] };
    expect(results.filter(({ status }) => status === 'error')).toEqual([]);
  });
});

describe('a collection that does not end well', () => {
  it('interrupted removes everything and still writes a bundle', async () => {
    const collecting = await startCollecting('interrupted');

    collecting.child.kill('SIGINT');

    expect(await collecting.ended).toMatchObject({ code: 3 });
    await waitForNothing('the removal after SIGINT');
  });

  it('killed leaves what `cleanup` removes and names', async () => {
    const collecting = await startCollecting('killed');
    collecting.child.kill('SIGKILL');
    await collecting.ended;
    const [job] = await ours('jobs.batch');

    const cleaned = await runCli(['cleanup', '--kubeconfig', plane.kubeconfig, '-n', NAMESPACE]);

    expect(cleaned).toMatchObject({ code: 0 });
    expect(cleaned.stdout).toContain(`Job ${NAMESPACE}/${job?.metadata.name} removed`);
    await waitForNothing('the removal by cleanup');
    const again = await runCli(['cleanup', '--kubeconfig', plane.kubeconfig, '-n', NAMESPACE]);
    expect(again.stdout).toContain('nothing of kubecase');
  });

  it('killed leaves nothing once its Job is gone', async () => {
    const collecting = await startCollecting('orphan');
    collecting.child.kill('SIGKILL');
    await collecting.ended;

    await kubectl('-n', NAMESPACE, 'delete', 'jobs', '-l', LABEL, '--wait=false');

    await waitForNothing('the removal by the garbage collector');
  });

  it('killed leaves nothing once the time of its Job is over, though that runs no pod', async () => {
    const settings = { image: 'busybox', namespace: NAMESPACE, script: 'true' };
    const labelled = (body: ReturnType<typeof nodeFilesJob>, name: string) => {
      const { generateName: _, ...metadata } = body.metadata;
      return {
        ...body,
        metadata: { ...metadata, name, labels: { 'app.kubernetes.io/managed-by': 'kubecase' } },
      };
    };
    await apply([labelled(nodeFilesJob(settings, 3, 1), 'short')]);
    const [job] = await ours('jobs.batch');
    const owner = { name: 'short', namespace: NAMESPACE, uid: job?.metadata.uid ?? '' };
    await apply([labelled(nodeFilesDaemonSet(settings, owner, 3), 'short')]);
    await waitFor('its pods', async () => (await ours('pods')).length >= READY_NODES.length);

    await waitForNothing('the removal by the deadline');
  });
});

describe('collect --nodes by a user with the rights it names', () => {
  const USER = 'node-reader';

  it('is refused without them, and says which one is missing', async () => {
    const kubeconfig = await plane.userKubeconfig({ name: 'nobody-with-nodes' });
    const reader = { apiGroups: [''], resources: ['nodes'], verbs: ['list'] };
    await apply(roles('nobody-with-nodes', [reader], []));
    const file = join(dir, 'refused.tar.gz');

    const { code } = await runCli(args(kubeconfig, file), { env: { HOME: dir } });

    expect(code).toBe(3);
    const { manifest } = await unpack(file, join(dir, 'refused'));
    const row = manifest.coverage.find(({ artifact }) => artifact === 'node-system');
    expect(row).toMatchObject({ outcome: 'forbidden', fix: { rule: { verbs: ['create'] } } });
  });

  it('works with them', async () => {
    const rules = files.rbac({} as Discovery).map(({ rule }) => rule);
    const [wide, own] = [rules.slice(0, 1), rules.slice(1)];
    await apply(roles(USER, wide, own));
    const file = join(dir, 'reader.tar.gz');

    await runCli(args(await plane.userKubeconfig({ name: USER }), file), { env: { HOME: dir } });

    const { manifest } = await unpack(file, join(dir, 'reader'));
    for (const node of READY_NODES) {
      const row = manifest.coverage.find(
        ({ artifact, scope }) => artifact === 'node-system' && 'node' in scope && scope.node === node,
      );
      expect(row).toMatchObject({ outcome: 'collected' });
    }
    await waitForNothing('the removal by the user');
  });
});

/** Roles for a user: one for the cluster, one for the namespace of the pods. */
function roles(user: string, wide: readonly object[], own: readonly object[]): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }];
  const ref = (kind: string) => ({ kind, name: user, apiGroup: 'rbac.authorization.k8s.io' });
  const metadata = { name: user };
  const inside = { name: user, namespace: NAMESPACE };
  return [
    { apiVersion, kind: 'ClusterRole', metadata, rules: wide },
    { apiVersion, kind: 'ClusterRoleBinding', metadata, subjects, roleRef: ref('ClusterRole') },
    { apiVersion, kind: 'Role', metadata: inside, rules: own },
    { apiVersion, kind: 'RoleBinding', metadata: inside, subjects, roleRef: ref('Role') },
  ];
}
