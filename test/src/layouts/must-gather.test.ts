import { describe, expect, it } from 'vitest';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { scopeKey } from '../../../src/model/scope.ts';
import { pack, read, unpack } from './layout-fixture.ts';
import { seenLines } from './seen-lines.ts';

const IMAGE = 'quay-io-openshift-release-dev-ocp-v4-0-art-dev-sha256-1c2d/';
const POD = 'namespaces/shop/pods/web-1/';
const OBJECT = (kind: string, name: string) =>
  `---\napiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
const ETCD = {
  'etcd_info/member_list.json':
    '{"members":[{"ID":13668033151171901709,"name":"m1","peerURLs":["https://m1:2380"]}]}',
  'etcd_info/endpoint_status.json':
    '[{"Endpoint":"https://m1:2379","Status":{"header":{"member_id":13668033151171901709},"version":"3.5.30","dbSize":4096,"leader":13668033151171901709}}]',
  'etcd_info/endpoint_health.json': '[{"endpoint":"https://m1:2379","health":true}]',
  'etcd_info/alarm_list.json': '{"header":{"cluster_id":1}}',
  'etcd_info/object_count.json': '{"pods":3}',
};
const INSPECTED: Record<string, string> = {
  'cluster-scoped-resources/core/nodes/n1.yaml': OBJECT('Node', 'n1'),
  'cluster-scoped-resources/config.openshift.io/clusteroperators.yaml':
    'apiVersion: config.openshift.io/v1\nitems:\n- metadata:\n    name: dns\nkind: ClusterOperatorList\n',
  'namespaces/shop/shop.yaml': OBJECT('Namespace', 'shop'),
  'namespaces/shop/core/pods.yaml': 'apiVersion: v1\nitems:\n- metadata:\n    name: web-1\nkind: PodList\n',
  'namespaces/shop/core/services.yaml': 'apiVersion: v1\nitems: []\nkind: ServiceList\n',
  'namespaces/shop/apps/deployments/web.yaml': OBJECT('Deployment', 'web').replace('v1', 'apps/v1'),
  'namespaces/all/coordination.k8s.io/leases.yaml':
    'apiVersion: coordination.k8s.io/v1\nitems:\n- metadata:\n    name: l\nkind: LeaseList\n',
  [`${POD}web-1.yaml`]: OBJECT('Pod', 'web-1'),
  [`${POD}app/app/logs/current.log`]: '2026-01-01T00:00:00Z now\n',
  [`${POD}app/app/logs/previous.log`]: '',
  [`${POD}app/app/logs/rotated/0.log.gz`]: 'gz',
  [`${POD}app/other/logs/current.log`]: 'not a path of the tool\n',
  'namespaces/hosted/core/pods/logs/kube-apiserver-0-kube-apiserver.log': 'whose\n',
  'namespaces/shop/core/configmaps/broken.html': '<html>apiVersion: v1</html>',
};
const EXTRAS: Record<string, string> = {
  ...ETCD,
  'host_service_logs/masters/kubelet_service.log':
    '-- Logs begin --\nm1.test Jan 01 00:00:01.5 m1 kubelet[1]: one\nm2.test Jan 01 00:00:02.0 m2 kubelet[1]: two\n  more\nm1.test Jan 01 00:00:03.1 m1 kubelet[1]: three\n',
  'host_service_logs/workers/crio_service.log': 'Jan  1 00:00:01 w1 crio[7]: four\n',
  'host_service_logs/w9.test/crio_service.log': 'Jan  1 00:00:01 w9 crio[7]: five\n',
};

function under(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [folder + path, text]));
}

const INSPECTED_LINES = [
  'by items whole: resources:coordination.k8s.io/Lease l',
  'cluster part: resources:core/Node n1',
  'cluster whole: resources:config.openshift.io/ClusterOperator dns',
  'log container/shop/web-1/app/previous: ',
  'log container/shop/web-1/app: 2026-01-01T00:00:00Z now',
  'namespace/shop part: resources:apps/Deployment web',
  'namespace/shop part: resources:core/Namespace shop',
  'namespace/shop part: resources:core/Pod web-1',
  'namespace/shop whole: ',
  'namespace/shop whole: resources:core/Pod web-1',
];

describe('a must-gather', () => {
  it.each([
    ['of oc adm inspect, a folder', () => unpack(INSPECTED)],
    ['of oc adm inspect, an archive with its root', () => pack(under('inspect.local.1/', INSPECTED))],
    [
      'in its image folder, whose paths are long',
      () => unpack(under(`must-gather.local.1/${IMAGE}`, INSPECTED)),
    ],
    ['of nodes, below their names', () => unpack(under(`must-gather.local.1/${IMAGE}n1/`, INSPECTED))],
  ])('%s is read the same', async (_name, make) => {
    const { reading, seen } = await read(make());

    expect(reading.layout.id).toBe('must-gather');
    expect(reading.incomplete).toBeUndefined();
    expect(seenLines(seen)).toEqual(INSPECTED_LINES);
  });

  it('of several images gives all of them', async () => {
    const other = { 'namespaces/shop/core/secrets/s.yaml': OBJECT('Secret', 's') };

    const { seen } = await read(unpack({ ...under(`m/${IMAGE}`, INSPECTED), ...under('m/other/', other) }));

    expect(seenLines(seen)).toEqual(
      [...INSPECTED_LINES, 'namespace/shop part: resources:core/Secret s'].sort(),
    );
  });

  it('tells which logs it has and nobody reads', async () => {
    const { reading } = await read(unpack(INSPECTED));

    expect(
      reading.coverage.map((row) => `${scopeKey(row.scope)} ${row.outcome} ${row.sample ?? 0}`).sort(),
    ).toEqual(['container/shop/web-1/app skipped 1', 'namespace/hosted skipped 0']);
    expect(reading.layout.absent?.('node-commands')).toContain('never');
    expect(reading.layout.absent?.('resources:core/Pod')).toBeUndefined();
  });

  it('gives service logs to the node each line names', async () => {
    const { seen } = await read(unpack({ ...INSPECTED, ...EXTRAS }));

    expect(seenLines(seen).filter((line) => line.startsWith('log unit'))).toEqual([
      'log unit/m1.test/kubelet: m1.test Jan 01 00:00:01.5 m1 kubelet[1]: one|m1.test Jan 01 00:00:03.1 m1 kubelet[1]: three',
      'log unit/m2.test/kubelet: m2.test Jan 01 00:00:02.0 m2 kubelet[1]: two|  more',
      'log unit/w1/crio: Jan  1 00:00:01 w1 crio[7]: four',
      'log unit/w9.test/crio: Jan  1 00:00:01 w9 crio[7]: five',
    ]);
  });

  it('makes one document of what etcdctl answered', async () => {
    const { seen } = await read(unpack(under(`m/${IMAGE}`, { ...INSPECTED, ...EXTRAS })));

    const found = seen.find(({ entry }) => entry.kind === 'document');
    expect(etcdStatus.parse(Buffer.from(found?.content.join('') ?? ''))).toMatchObject({
      members: [{ id: '13668033151171901709', name: 'm1' }],
      statuses: [{ endpoint: 'https://m1:2379', leader: '13668033151171901709', dbSize: 4096 }],
      health: [{ healthy: true }],
      alarms: [],
      failures: [],
    });
  });

  it('makes none when an answer is missing: that is no etcd that does not answer', async () => {
    const { 'etcd_info/endpoint_status.json': _lost, ...rest } = ETCD;

    const { reading, seen } = await read(unpack({ ...INSPECTED, ...rest }));

    expect(seen.some(({ entry }) => entry.kind === 'document')).toBe(false);
    expect(reading.coverage).toContainEqual(
      expect.objectContaining({ artifact: 'etcd-status', outcome: 'truncated' }),
    );
  });
});
