import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import { kubecase, type UnpackedBundle, unpack } from './kubecase.ts';
import { CANARIES } from './workload/canaries.ts';

const PAGE = join(import.meta.dirname, '../../docs/collected.md');

/** What one of the two left: every file by its path, and the kinds of objects in them. */
interface Contents {
  readonly files: ReadonlyMap<string, string>;
  readonly kinds: ReadonlySet<string>;
  /** All files as one text. */
  readonly text: string;
}

let cluster: Cluster;
let dump: Contents;
let ours: Contents;
let bundle: UnpackedBundle;

beforeAll(async () => {
  cluster = await startCluster();
  const folder = join(cluster.dir, 'dump');
  await mkdir(folder);
  const args = ['cluster-info', 'dump', '-A', `--output-directory=${folder}`];
  expect(await cluster.plane.kubectl(args)).toMatchObject({ code: 0 });
  dump = contents(await filesOf(folder));
  const file = join(cluster.dir, 'all.tar.gz');
  const collect = ['collect', '--kubeconfig', cluster.plane.kubeconfig, '--output-file', file];
  expect(await kubecase(collect, cluster.dir)).toMatchObject({ code: 0 });
  bundle = await unpack(file, join(cluster.dir, 'all'));
  ours = contents(await bundle.files());
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

async function filesOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    await Promise.all(
      paths.map(
        async (path): Promise<[string, string]> => [
          path.slice(folder.length + 1),
          await readFile(path, 'latin1'),
        ],
      ),
    ),
  );
}

function contents(files: ReadonlyMap<string, string>): Contents {
  const kinds = [...files].flatMap(([path, text]) =>
    path.endsWith('.json')
      ? [...text.slice(0, 500).matchAll(/"kind":\s*"(\w+)List"/g)].map(([, kind]) => kind)
      : [],
  );
  return { files, kinds: new Set(kinds as string[]), text: [...files.values()].join('\n') };
}

function hasKinds(...kinds: string[]): (one: Contents) => boolean {
  return (one) => kinds.every((kind) => one.kinds.has(kind));
}

function hasText(text: string | RegExp): (one: Contents) => boolean {
  return (one) => (typeof text === 'string' ? one.text.includes(text) : text.test(one.text));
}

/** Artifacts of a bundle; of a dump nothing is told by a manifest. */
function hasArtifact(id: string, count = 1): (one: Contents) => boolean {
  return (one) =>
    one === ours && bundle.manifest.entries.filter(({ artifact }) => artifact === id).length >= count;
}

/** Each row of the table, and how it is seen whether something holds it. */
const ROWS: Readonly<Record<string, (one: Contents) => boolean>> = {
  'Nodes, pods, Services, events': hasKinds('Node', 'Pod', 'Service', 'Event'),
  'Deployments, ReplicaSets, DaemonSets, replication controllers': hasKinds(
    ...['Deployment', 'ReplicaSet', 'DaemonSet', 'ReplicationController'],
  ),
  'StatefulSets, Jobs, CronJobs': hasKinds('StatefulSet', 'Job', 'CronJob'),
  'ConfigMaps, storage, network policies, RBAC, webhooks': hasKinds(
    ...['ConfigMap', 'PersistentVolumeClaim', 'StorageClass', 'NetworkPolicy', 'ClusterRole'],
    'ValidatingWebhookConfiguration',
  ),
  'Custom resources and their definitions': hasKinds('Widget', 'CustomResourceDefinition'),
  'Every other kind the server lists': hasKinds('Lease', 'EndpointSlice', 'PriorityLevelConfiguration'),
  'Secrets, without their values': (one) => one.kinds.has('Secret') && !one.text.includes(CANARIES.secret),
  'Who wrote which field (managedFields)': hasText('"managedFields"'),
  'Current logs of containers': hasText('GET /cart/199 200'),
  'Logs of init containers': hasText('schema is up to date'),
  'Timestamps of log lines': hasText(/^\d{4}-\d\d-\d\dT[\d:.]+Z GET \/cart\/199 200/m),
  'Logs of instances before the last restart': hasText('panic: open /etc/crasher/config.yaml'),
  'Health of the API server, check by check': hasText(/\[\+\]etcd ok/),
  'Metrics of the API server': hasText('apiserver_request_total{'),
  'Leader leases, looked at twice': hasArtifact('resources:coordination.k8s.io/Lease', 2),
  'Certificates as public facts': hasArtifact('certificates'),
  'Difference between the clocks': hasArtifact('clock-offset'),
  'Connected data planes of Kong, asked at its control plane': hasArtifact('kong-clustering-status'),
  'Discovery and schemas, so that kubectl can read the bundle': hasArtifact('api-discovery'),
  'Time each thing was read': (one) =>
    one === ours && bundle.manifest.entries.some(({ observedAt }) => observedAt),
  'What could not be read, with the reason': (one) =>
    one === ours && bundle.manifest.coverage.some(({ outcome, reason }) => outcome !== 'collected' && reason),
  'Secrets removed from what is there': (one) =>
    !Object.values(CANARIES).some((canary) => one.text.includes(canary)),
};

describe('the table of docs/collected.md', () => {
  it('says of both what is in them', async () => {
    const page = await readFile(PAGE, 'utf8');
    const told = [...page.matchAll(/^\| (.+) \| (yes|no) \| (yes|no) \|$/gm)].map((row) => row.slice(1));

    const word = (holds: boolean): string => (holds ? 'yes' : 'no');
    const seen = Object.entries(ROWS).map(([what, isIn]) => [what, word(isIn(dump)), word(isIn(ours))]);
    expect(told).toEqual(seen);
  });
});
