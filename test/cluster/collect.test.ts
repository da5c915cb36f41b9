import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import type { CommandResult } from './control-plane.ts';
import { analyze, kubecase, statuses, subjectsOf, type UnpackedBundle, unpack } from './kubecase.ts';
import { allNames, type ListableKind, listableKinds, listObjects, nameOf } from './kubectl-lists.ts';
import { CANARIES } from './workload/canaries.ts';
import { BROKEN_NODE } from './workload/nodes.ts';
import { EXPIRED_SECRET, ORPHAN_SERVICE } from './workload/shop.ts';

const COLLECTOR = 'kubecase-collector';

let cluster: Cluster;
let kinds: ListableKind[];
let before: Map<string, Set<string>>;
let after: Map<string, Set<string>>;
let collected: CommandResult;
let bundle: UnpackedBundle;
let report: Report;

beforeAll(async () => {
  cluster = await startCluster();
  kinds = await listableKinds(cluster.plane);
  before = await allNames(cluster.plane, kinds);
  const kubeconfig = await cluster.plane.userKubeconfig({ name: COLLECTOR, groups: ['system:masters'] });
  const file = join(cluster.dir, 'all.tar.gz');
  collected = await kubecase(['collect', '--kubeconfig', kubeconfig, '--output-file', file], cluster.dir);
  after = await allNames(cluster.plane, kinds);
  bundle = await unpack(file, join(cluster.dir, 'all'));
  ({ report } = await analyze(file, cluster.dir));
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

describe('collect of a real cluster', () => {
  it('ends well and prints the path of the bundle', () => {
    expect(collected.stderr).not.toMatch(/^\s+at /m);
    expect(collected).toMatchObject({ code: 0 });
    expect(collected.stdout).toContain('all.tar.gz');
    expect(bundle.manifest.complete).toBe(true);
  });

  it('holds every object of every kind kubectl can list', async () => {
    const wrong: string[] = [];
    for (const { artifact } of kinds) {
      const held = new Set((await bundle.items(artifact)).map(nameOf));
      const reasons = bundle.manifest.coverage.filter(
        (row) => row.artifact === artifact && row.outcome !== 'collected',
      );
      const steady = [...(before.get(artifact) ?? [])].filter((name) => after.get(artifact)?.has(name));
      const missing = steady.filter((name) => !held.has(name));
      const invented = [...held].filter(
        (name) => !before.get(artifact)?.has(name) && !after.get(artifact)?.has(name),
      );
      if (missing.length > 0 && reasons.length === 0) wrong.push(`${artifact} lacks ${missing.join(', ')}`);
      if (invented.length > 0) wrong.push(`${artifact} invents ${invented.join(', ')}`);
    }

    expect(wrong).toEqual([]);
    expect(kinds.length).toBeGreaterThan(50);
  });

  it('says of every listable kind whether it was seen', () => {
    const rows = new Set(bundle.manifest.coverage.map((row) => row.artifact));

    expect(kinds.map((kind) => kind.artifact).filter((artifact) => !rows.has(artifact))).toEqual([]);
  });

  it.each([
    'resources:apps/Deployment',
    'resources:core/Service',
    'resources:discovery.k8s.io/EndpointSlice',
    'resources:shop.example.com/Widget',
  ])('keeps the objects of %s as the server sent them', async (artifact) => {
    const kind = kinds.find((candidate) => candidate.artifact === artifact) as ListableKind;
    const own = (object: { metadata: { namespace?: string } }): boolean =>
      object.metadata.namespace === 'shop';

    const real = (await listObjects(cluster.plane, kind)).filter(own);

    // Items of a list come with apiVersion and kind only for custom resources.
    const strip = ({ apiVersion: _, kind: __, ...rest }: Record<string, unknown>): unknown => rest;
    const held = (await bundle.items(artifact)).filter(own);
    expect(held.map(strip)).toEqual(real.map((object) => strip({ ...object })));
    expect(held.length).toBeGreaterThan(0);
  });

  it('has the logs of every container with the timestamps kubectl shows', async () => {
    const web = cluster.pods.web[0] ?? '';
    const cases: [string, string[]][] = [
      [`logs/shop/${web}/web.log`, ['-n', 'shop', web, '-c', 'web']],
      [`logs/shop/${web}/migrate.log`, ['-n', 'shop', web, '-c', 'migrate']],
      [`logs/broken/${cluster.pods.crasher}/crasher.log`, ['-n', 'broken', cluster.pods.crasher]],
      [
        `logs/broken/${cluster.pods.crasher}/crasher.previous.log`,
        ['-n', 'broken', cluster.pods.crasher, '--previous'],
      ],
    ];

    for (const [path, args] of cases) {
      const real = (await cluster.plane.kubectl(['logs', '--timestamps', ...args])).stdout.split('\n');
      const held = (await bundle.text(path)).split('\n');
      const clean = (line: string): boolean => !line.includes('authorization:');
      expect(held.filter(clean), path).toEqual(real.filter(clean));
      expect(held.length, path).toBe(real.length);
    }
  });

  it('samples the leases twice', async () => {
    const artifact = 'resources:coordination.k8s.io/Lease';

    expect((await bundle.items(artifact, 0)).map(nameOf)).toContain('kube-system/kube-controller-manager');
    expect((await bundle.items(artifact, 1)).map(nameOf)).toContain('kube-system/kube-controller-manager');
  });

  it('has the status of the Kong control plane, asked through port-forward', async () => {
    const texts = [...(await bundle.files())].filter(([path]) => path.startsWith('documents/kong'));

    expect(texts.map(([, text]) => text).join('\n')).toContain(cluster.pods.staleDataPlane);
    expect(cluster.standIn.requests.length).toBeGreaterThan(0);
    expect(cluster.standIn.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('holds no secret, plain or in base64, and neither does the report', async () => {
    const texts = [...(await bundle.files()), ['report', JSON.stringify(report)] as const];
    const forbidden = Object.values(CANARIES).flatMap((canary) => [canary, ...base64Forms(canary)]);

    // The schemas of the server speak of PRIVATE KEY blocks.
    const leaks = texts.flatMap(([path, text]) =>
      [...forbidden, 'PRIVATE KEY-----']
        .filter((secret) => text.includes(secret))
        .map((secret) => [path, secret]),
    );
    expect(leaks).toEqual([]);
  });

  it('keeps the certificate of a TLS Secret without its key', async () => {
    const secrets = await bundle.items('resources:core/Secret');

    const expired = secrets.find((secret) => secret.metadata.name === EXPIRED_SECRET);
    expect(JSON.stringify(expired)).toMatch(/LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS|BEGIN CERTIFICATE/);
  });

  it('asks the API server for nothing but reads and port-forwards', async () => {
    const requests = await cluster.auditedRequests(COLLECTOR);

    // Questions about one's own rights are POSTs that change nothing.
    const writes = requests.filter(
      ({ verb, objectRef }) =>
        !['get', 'list'].includes(verb) &&
        objectRef?.subresource !== 'portforward' &&
        !objectRef?.resource.startsWith('selfsubject'),
    );
    expect(writes.map((request) => `${request.verb} ${request.requestURI}`)).toEqual([]);
    expect(requests.length).toBeGreaterThan(kinds.length);
  });
});

describe('the report of that bundle', () => {
  it.each([
    ['workload/crash-loop', () => [`broken/${cluster.pods.crasher}`]],
    ['workload/image-pull-failed', () => [`broken/${cluster.pods.puller}`]],
    ['workload/pod-unschedulable', () => ['broken/giant']],
    ['node/not-ready', () => [BROKEN_NODE]],
    ['certificate/expired', () => [`shop/${EXPIRED_SECRET}`]],
    ['network/service-without-endpoints', () => [`shop/${ORPHAN_SERVICE}`]],
    ['kong/data-plane-not-connected', () => [`kong/${cluster.pods.staleDataPlane}`]],
  ])('finds %s in what is broken and in nothing else', (id, subjects) => {
    expect(subjectsOf(report, id)).toEqual(subjects());
    expect(statuses(report)[id]).toBe('fail');
  });

  it.each(['control-plane/leader-lease-stale', 'control-plane/api-server-unreachable'])(
    'finds %s to be fine',
    (id) => {
      expect(statuses(report)[id]).toBe('pass');
    },
  );

  it('has every cause rest on findings of its own', () => {
    const ids = new Set(report.findings.map((finding) => finding.id));

    expect(report.diagnosis.causes.length).toBeGreaterThan(0);
    expect(report.diagnosis.causes.filter((cause) => !ids.has(cause.findingId))).toEqual([]);
  });

  it('explains the silence of the data plane by what its own log says', () => {
    const cause = report.diagnosis.causes.find(({ analyzerId }) => analyzerId.startsWith('kong/'));

    expect(cause?.subject).toMatchObject({ kind: 'Pod', name: cluster.pods.staleDataPlane });
    expect(cause?.symptoms.length).toBeGreaterThan(0);
    expect(cause?.message).toContain('certificate has expired');
  });

  it('is the same when the bundle is analyzed again', async () => {
    const again = await analyze(join(cluster.dir, 'all.tar.gz'), cluster.dir);

    expect(again.report).toEqual(report);
  });
});

/** A text in base64 at each of the three offsets it can have within a longer text, without the edges. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + text).toString('base64');
    return encoded.slice(4, -4);
  });
}
