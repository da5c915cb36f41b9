import { describe, expect, it } from 'vitest';
import { members } from '../../../collectors/etcd/members.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { type Built, pod } from '../../support/builders.ts';
import { collectBundle } from '../../support/collect-bundle.ts';
import { type FakeCluster, fakeKube } from '../../support/fake-kube.ts';

const CERTIFICATES = [
  '--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
  '--cert-file=/etc/kubernetes/pki/etcd/server.crt',
  '--key-file=/etc/kubernetes/pki/etcd/server.key',
];
const CONNECTION =
  '--endpoints=https://127.0.0.1:2379 --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/etcd/server.crt --key=/etc/kubernetes/pki/etcd/server.key --command-timeout=5s';
const MEMBERS = '{"members":[{"ID":13668033151171901709,"name":"cp-1","peerURLs":[],"clientURLs":[]}]}';
const AT = 'kube-system/etcd-cp-1';
const PATH = 'documents/etcd-status/_object/Pod/kube-system/etcd-cp-1.json';

function etcd(command: readonly string[] = ['etcd', ...CERTIFICATES]): Built {
  return pod('etcd-cp-1', {
    metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
    spec: { containers: [{ name: 'etcd', command }] },
  });
}

function run(cluster: FakeCluster, options: { exec?: boolean; portForward?: boolean } = {}) {
  return collectBundle(fakeKube(cluster), [members], { options });
}

const HTTP = {
  [`${AT}:2381/health`]: '{"health":"true","reason":""}',
  [`${AT}:2381/version`]: '{"etcdserver":"3.5.30","etcdcluster":"3.5.0"}',
  [`${AT}:2381/metrics`]: 'etcd_server_has_leader 1\n',
};

describe('etcd/members', () => {
  it('reads health, version and metrics, and says that the members need --exec', async () => {
    const bundle = await run({ objects: [etcd()], podReplies: HTTP });

    const status = etcdStatus.parse(Buffer.from(bundle.entries.get(PATH) ?? ''));
    expect(status.version).toBe('3.5.30');
    expect(status.http[0]).toMatchObject({ path: '/health', ok: true });
    expect(bundle.entries.get('documents/etcd-metrics/_object/Pod/kube-system/etcd-cp-1.txt')).toBe(
      'etcd_server_has_leader 1\n',
    );
    expect(bundle.result.rows).toContainEqual(
      expect.objectContaining({ artifact: 'etcd-status', outcome: 'partial', fix: { flag: '--exec' } }),
    );
  });

  it('runs etcdctl by its arguments with the certificates of the member, ids whole', async () => {
    const kube = fakeKube({
      objects: [etcd()],
      podReplies: HTTP,
      execReplies: { [`${AT}/etcd etcdctl ${CONNECTION} member list -w json`]: MEMBERS },
    });

    const bundle = await collectBundle(kube, [members], { options: { exec: true } });

    const status = etcdStatus.parse(Buffer.from(bundle.entries.get(PATH) ?? ''));
    expect(status.members).toMatchObject([{ id: '13668033151171901709', name: 'cp-1' }]);
    expect(status.failures.map(({ command }) => command)).toContain('alarm list');
    expect(kube.execRequests.at(-1)).toContain('member list');
    expect(bundle.result.rows).toContainEqual(
      expect.objectContaining({ artifact: 'etcd-status', outcome: 'collected' }),
    );
  });

  it('runs nothing without the flag, and forwards nothing when that is switched off', async () => {
    const kube = fakeKube({ objects: [etcd()], podReplies: HTTP });

    const bundle = await collectBundle(kube, [members], { options: { portForward: false } });

    expect(kube.execRequests).toEqual([]);
    expect(kube.podRequests).toEqual([]);
    expect(bundle.result.rows.map(({ artifact, outcome }) => `${artifact} ${outcome}`)).toContain(
      'etcd-metrics skipped',
    );
  });

  it('takes the metrics port from the flags of the member', async () => {
    const kube = fakeKube({
      objects: [etcd(['etcd', '--listen-metrics-urls=http://127.0.0.1:9979'])],
      podReplies: { [`${AT}:9979/health`]: '{"health":"true"}' },
    });

    await collectBundle(kube, [members]);

    expect(new Set(kube.podRequests.map(({ port }) => port))).toEqual(new Set([9979]));
  });

  it('finds etcd by its command in kube-system, not in other namespaces', async () => {
    const plain = (namespace: string) =>
      pod('db', {
        metadata: { namespace },
        spec: { containers: [{ name: 'db', command: ['/usr/bin/etcd'] }] },
      });
    const kube = fakeKube({ objects: [plain('kube-system'), plain('shop')] });

    await collectBundle(kube, [members]);

    expect(new Set(kube.podRequests.map(({ namespace }) => namespace))).toEqual(new Set(['kube-system']));
  });

  it('says that no pod runs etcd', async () => {
    const bundle = await run({ objects: [pod('web')] });

    expect(bundle.result.rows).toContainEqual(
      expect.objectContaining({ artifact: 'etcd-status', outcome: 'not-found' }),
    );
  });
});
