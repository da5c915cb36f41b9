import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { konvoyInventory } from '../../src/artifacts/konvoy-inventory.ts';
import { nodeCertificates } from '../../src/artifacts/node-certificates.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import { coversHost, shownNames } from '../../src/derive/certificate-names.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { type EtcdMemberView, etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { type KonvoyHost, konvoyHosts } from '../../src/derive/konvoy-hosts.ts';
import { ALL_NODES, lostDocuments, machines } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Files kubeadm issues for the address of their node. */
const OF_NODE = /\/pki\/(?:apiserver|etcd\/(?:server|peer))\.crt$/;
const ADDRESS = 'IP Address:';
const ADDRESS_TEXT = /^(?:\d{1,3}\.){3}\d{1,3}$|:/;

const COMPARED = {
  level: 'likely',
  reason: 'the addresses differ; a node may have more of them than its Node tells',
} as const;

const needs = {
  nodes,
  machines,
  certificates: certificateInventory,
  etcd: etcdCluster,
  hosts: konvoyHosts,
  inventories: optional(konvoyInventory),
  statuses: optional(etcdStatus),
  files: optional(nodeCertificates),
};

export const addressChanged = defineAnalyzer({
  meta: {
    id: 'node/address-changed',
    title: 'Address of a node changed',
    description:
      'Nodes whose address is none of those their certificates, their etcd member or the inventory of the installer were made for.',
    messages: {
      certificateOfOtherAddress: {
        severity: 'warning',
        confidence: COMPARED,
        text: '{node:object} has the address {address:text}, and `{path:text}` there was issued for others: {names:text}.',
        remedy: [
          {
            text: 'If the address changed: move the certificate and its key away on the node and issue them anew, then restart the component it belongs to.',
            argv: ['kubeadm', 'init', 'phase', 'certs', 'all'],
            flavour: 'kubeadm',
          },
          {
            text: 'Better give the node its old address back: manifests, kubeconfigs and the member list of etcd hold it too.',
          },
        ],
        explains: [{ effect: 'certificate-invalid', via: ['same-object'] }],
        key: ['path'],
      },
      memberElsewhere: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'The etcd member {member:text} is listed at {peers:text}, and its node {node:object} has the address {address:text}: its peers do not find it there.',
        remedy: [
          {
            text: 'From a member that answers, tell etcd the new address (`etcdctl member update <id> --peer-urls=https://<address>:2380`), then change it in etcd.yaml of the node.',
          },
          { text: 'A member whose data is lost is removed and joined anew instead.' },
        ],
        explains: [{ effect: 'etcd-unavailable', via: ['same-object'] }],
      },
      inventoryOutdated: {
        severity: 'warning',
        confidence: COMPARED,
        text: 'inventory.yaml has {name:text} (login at {login:text}) for {node:object}, whose address is {address:text}.',
        remedy: [
          {
            text: 'On own machines: correct the address in inventory.yaml by hand. In a cloud: `konvoy provision` writes it anew.',
            argv: ['konvoy', 'provision'],
          },
        ],
        check: 'inventory',
      },
    },
    checks: {
      inventory: {
        checklist: 'check-nodes',
        item: 'Address of inventory.yaml',
        expected: 'an address of the node',
        found: '{address:text}',
      },
      member: {
        item: 'Address of the etcd member',
        expected: 'an address of its node',
        found: '{address:text}',
      },
      certificate: {
        item: 'Certificates for the address of the node',
        expected: 'an address of the node is named',
        found: '{path:text}',
      },
    },
    references: [
      'kubernetes/kubernetes cmd/kubeadm/app/util/pkiutil: alternative names of apiserver, etcd server and peer',
      'https://etcd.io/docs/v3.5/op-guide/runtime-configuration/#update-advertise-peer-urls',
      'konvoy: inventory.yaml, ansible_host',
    ],
  },
  needs,
  analyze(inputs, context) {
    const { nodes: collection, machines: known, certificates, etcd, hosts } = inputs;
    for (const documents of [inputs.inventories, inputs.statuses, inputs.files]) {
      const lost = lostDocuments(documents);
      if (lost) context.looked({ check: 'certificate', unseen: lost, subject: ALL_NODES });
    }
    for (const certificate of certificates) judgeCertificate(certificate, known.nodeOf, context);
    const byName = new Map(collection.items.map((node) => [node.metadata.name, node] as const));
    const unasked = etcd.members.length > 0 && !etcd.listed ? inputs.statuses.coverage.gaps[0] : undefined;
    if (unasked) context.looked({ check: 'member', unseen: unasked, subject: ALL_NODES });
    for (const member of etcd.members) judgeMember(member, byName.get(nodeNameOf(member)), context);
    for (const host of hosts ?? []) judgeHost(host, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof addressChanged.meta.messages,
  NonNullable<typeof addressChanged.meta.checks>
>;

function judgeCertificate(
  { in: place, path, subject, facts, position, holder, pointer }: PlacedCertificate,
  nodeOf: (name: string) => NodeItem | undefined,
  context: Context,
): void {
  if (place !== 'file' || position !== 0 || path === undefined || !OF_NODE.test(path)) return;
  const node = nodeOf(subject.name);
  const addresses = node ? addressesOf(node) : [];
  const named = facts.names.some((name) => name.startsWith(ADDRESS));
  if (!node || addresses.length === 0 || !named) return;
  if (addresses.some((address) => coversHost(facts, address))) {
    context.looked({ check: 'certificate', values: { path }, subject: subjectOf(node) });
    return;
  }
  const own = subjectOf(node);
  context.report({
    message: 'certificateOfOtherAddress',
    values: { node: own, address: addresses.join(', '), path, names: shownNames(facts) },
    subject: own,
    evidence: [context.at(holder, pointer), context.at(node, '/status/addresses')],
  });
}

function judgeMember(member: EtcdMemberView, node: NodeItem | undefined, context: Context): void {
  const urls = member.listed?.value.peerURLs ?? [];
  const hosts = urls.map(hostOf);
  // Names may lead to any address.
  if (!node || !member.listed || hosts.length === 0 || !hosts.every((host) => ADDRESS_TEXT.test(host)))
    return;
  const addresses = addressesOf(node);
  const subject = subjectOf(node);
  if (addresses.length === 0 || hosts.some((host) => addresses.includes(host))) {
    context.looked({ check: 'member', values: { address: hosts.join(', ') }, subject });
    return;
  }
  context.report({
    message: 'memberElsewhere',
    values: { member: member.name, peers: urls.join(', '), node: subject, address: addresses.join(', ') },
    subject,
    related: [member.subject],
    evidence: [
      context.at(member.listed.document, member.listed.pointer),
      context.at(node, '/status/addresses'),
    ],
  });
}

function judgeHost({ host, document, pointer, node }: KonvoyHost, context: Context): void {
  if (!node) return;
  const addresses = addressesOf(node);
  const subject = subjectOf(node);
  const told = [host.name, host.address].filter((text) => ADDRESS_TEXT.test(text));
  // The address to log in at may be one only the cloud knows; the name is the one inside.
  if (told.length === 0 || addresses.length === 0 || told.some((one) => addresses.includes(one))) {
    context.looked({ check: 'inventory', values: { address: host.name }, subject });
    return;
  }
  context.report({
    message: 'inventoryOutdated',
    values: { name: host.name, login: host.address, node: subject, address: addresses.join(', ') },
    subject,
    evidence: [context.at(document, pointer), context.at(node, '/status/addresses')],
  });
}

function nodeNameOf({ instance, name }: EtcdMemberView): string {
  return instance?.node ?? name;
}

function addressesOf({ status }: NodeItem): string[] {
  return (status?.addresses ?? [])
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map(({ address }) => address);
}

/** The host of a URL, without the brackets of an IPv6 address. */
function hostOf(url: string): string {
  return (
    /^\w+:\/\/(?:\[([^\]]+)\]|([^:/]+))/
      .exec(url)
      ?.slice(1)
      .find((part) => part !== undefined) ?? url
  );
}
