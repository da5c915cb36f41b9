import { addressChanged } from '../../../analyzers/node/address-changed.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { nodeCertificates } from '../../../src/artifacts/node-certificates.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, node, pod } from '../../support/builders.ts';
import { issue } from '../../support/issued-certificates.ts';
import { inventoryFile } from '../../support/konvoy-files.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const DAY = 86_400;
const when = { notBefore: ago(100 * DAY), notAfter: ago(-100 * DAY) };
const { pem: ofOld } = await issue('cp-1', { ...when, names: ['cp-1', '10.96.0.1', '10.0.1.2'] });
const { pem: named } = await issue('cp-1', { ...when, names: ['cp-1'] });

function cp(address: string, labels: object = {}) {
  return node('cp-1', {
    metadata: { labels: { 'node-role.kubernetes.io/control-plane': '', ...labels } },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: 'cp-1' },
      ],
    },
  });
}

function file(pem: string, path = '/etc/kubernetes/pki/apiserver.crt') {
  const bytes = `==> ${path} 644 root:root <==\n${pem}`;
  return { artifact: nodeCertificates, scope: { type: 'node', node: 'cp-1' }, bytes } as const;
}

function members(peer: string) {
  const list = `{"header":{"cluster_id":1},"members":[{"ID":7,"name":"cp-1","peerURLs":["${peer}"],"clientURLs":["${peer}"]}]}`;
  return {
    artifact: etcdStatus,
    scope: { type: 'object', kind: 'Pod', namespace: 'kube-system', name: 'etcd-cp-1' },
    bytes: JSON.stringify({ etcdctl: [{ command: 'member list', stdout: list }], http: [] }),
  } as const;
}

const INVENTORY = 'konvoy.mesosphere.com/inventory_hostname';
const etcd = pod('etcd-cp-1', {
  metadata: { namespace: 'kube-system', labels: { component: 'etcd', tier: 'control-plane' } },
  spec: { nodeName: 'cp-1', containers: [{ name: 'etcd', image: 'registry.k8s.io/etcd:3.5.15-0' }] },
});

testAnalyzer(addressChanged, {
  silent: [
    { name: 'no files of nodes, no member list, no inventory', given: { objects: [cp('10.0.1.2')] } },
    {
      name: 'certificate, member and inventory are of the address of the node',
      given: {
        objects: [cp('10.0.1.2'), etcd],
        documents: [file(ofOld), members('https://10.0.1.2:2380'), inventoryFile()],
      },
    },
    {
      name: 'a certificate without addresses, and one that is not of the node',
      given: {
        objects: [cp('10.0.7.7')],
        documents: [file(named), file(ofOld, '/etc/kubernetes/pki/front-proxy-client.crt')],
      },
    },
    {
      name: 'a member listed by its name',
      given: { objects: [cp('10.0.7.7'), etcd], documents: [members('https://cp-1.example:2380')] },
    },
    {
      name: 'a machine known by the public address of its login',
      given: {
        objects: [
          node('cp-1', {
            metadata: { labels: { [INVENTORY]: '10.0.1.2' } },
            status: { addresses: [{ type: 'ExternalIP', address: '203.0.113.2' }] },
          }),
        ],
        documents: [inventoryFile()],
      },
    },
  ],
  reports: [
    {
      name: 'the certificate of the API server is of another address',
      given: { objects: [cp('10.0.7.7')], documents: [file(ofOld)] },
      expect: [
        {
          message: 'certificateOfOtherAddress',
          subject: 'Node/cp-1',
          severity: 'warning',
          confidence: 'likely',
          values: {
            address: '10.0.7.7',
            path: '/etc/kubernetes/pki/apiserver.crt',
            names: 'cp-1, 10.96.0.1, 10.0.1.2',
          },
        },
      ],
    },
    {
      name: 'the member is listed at another address',
      given: { objects: [cp('10.0.7.7'), etcd], documents: [members('https://10.0.1.2:2380')] },
      expect: [
        { message: 'memberElsewhere', subject: 'Node/cp-1', values: { peers: 'https://10.0.1.2:2380' } },
      ],
    },
    {
      name: 'the inventory has another address for the node of that label',
      given: { objects: [cp('10.0.7.7', { [INVENTORY]: '10.0.1.2' })], documents: [inventoryFile()] },
      expect: [
        {
          message: 'inventoryOutdated',
          subject: 'Node/cp-1',
          values: { name: '10.0.1.2', login: '203.0.113.2', address: '10.0.7.7' },
        },
      ],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
