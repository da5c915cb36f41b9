import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { configMaps, nodes } from '../../src/artifacts/resources.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { differingFlags, electionOff, endpointOfOneNode } from '../../src/derive/control-plane-redundancy.ts';
import { etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { quorumOf } from '../../src/derive/etcd-members.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const SEEN = { level: 'certain', reason: 'the objects say so' } as const;
/** Fewer control-plane nodes do not survive the loss of one with etcd on them. */
const NODES = 3;

const needs = {
  plane: controlPlane,
  etcd: etcdCluster,
  nodes,
  configMaps: optional(configMaps),
  statuses: optional(etcdStatus),
};

export const singlePointOfFailure = defineAnalyzer({
  meta: {
    id: 'control-plane/single-point-of-failure',
    title: 'Control plane not highly available',
    description:
      'Whether the control plane survives the loss of a node: number of nodes and etcd members, its address, and instances that are set up differently.',
    messages: {
      fewNodes: {
        severity: 'info',
        confidence: SEEN,
        text: 'The control plane runs on {count:count} nodes ({node:object}): the loss of one stops the API server or etcd. Three survive it.',
        remedy: [
          {
            text: 'Join two more control-plane nodes, on other machines and racks. This needs a common address: without `controlPlaneEndpoint` set at `kubeadm init`, none can join.',
            flavour: 'kubeadm',
          },
          { text: 'Until then, back up etcd often and try the restore.' },
        ],
        check: 'redundant',
      },
      evenMembers: {
        severity: 'info',
        confidence: SEEN,
        text: 'etcd has {count:count} voting members: an even number survives no more failures than one member less ({tolerated:count}).',
        remedy: [
          {
            text: 'Add or remove one, so that the number is odd: three for most clusters, five at the most.',
          },
        ],
        check: 'redundant',
      },
      addressOfOneNode: {
        severity: 'info',
        confidence: SEEN,
        text: 'All nodes and clients reach the API server at `{endpoint:text}`, the address of one node, {node:object}: while it is down the other {others:count} do not help.',
        remedy: [
          {
            text: 'Put a balancer or a virtual IP (kube-vip, keepalived with haproxy) before the API servers, that asks `/readyz` of each, and move the address of the cluster to it: certificate names, kubeconfigs, ConfigMaps kubeadm-config, kube-proxy and cluster-info.',
          },
        ],
        check: 'redundant',
      },
      flagsDiffer: {
        severity: 'info',
        confidence: {
          level: 'likely',
          reason: 'flags that name the node itself are left out of the comparison',
        },
        text: 'The instances of {component:text} are started differently: {flags:text} ({pod:object} and others).',
        remedy: [
          {
            text: 'Compare the manifests of the nodes, and the ConfigMap kubeadm-config they are written from: what was changed by hand on one node is lost with its next upgrade.',
          },
        ],
        key: ['component'],
      },
      electionOff: {
        severity: 'warning',
        confidence: SEEN,
        text: '{pod:object} runs without leader election, although {count:count} instances of {component:text} run: two of them work at once and undo each other’s work.',
        remedy: [
          {
            text: 'Take `--leader-elect=false` out of its manifest. One lease decides for all instances that use the same lease name, so see `--leader-elect-resource-name` too.',
          },
        ],
        key: ['component'],
      },
    },
    checks: {
      redundant: {
        checklist: 'control-plane',
        item: 'Control plane survives the loss of a node',
        expected: 'three or more nodes, an odd number of etcd members, an address of no single node',
        found: '{nodes:count} control-plane nodes, {members:count} etcd members',
      },
    },
    references: [
      'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
      'https://etcd.io/docs/latest/faq/#why-an-odd-number-of-cluster-members',
    ],
  },
  needs,
  appliesTo: ({ plane }) => plane.applies('kube-apiserver'),
  analyze(inputs, context) {
    const { plane, etcd } = inputs;
    const [first] = plane.nodes;
    const count = plane.nodes.length;
    let isFine = inputs.nodes.coverage.complete;
    // Of nodes that were not all seen, more may belong to the control plane.
    if (first && count < NODES && isFine) {
      isFine = false;
      const subject = subjectOf(first);
      const evidence = plane.nodes.map((node) =>
        context.at(node, '/metadata/name'),
      ) as unknown as EvidenceRefs;
      context.report({ message: 'fewNodes', values: { count, node: subject }, subject, evidence });
    }
    if (reportMembers(inputs, context) || reportAddress(inputs, context)) isFine = false;
    reportInstances(inputs, context);
    if (isFine && first) {
      const values = { nodes: count, members: quorumOf(etcd).voters.length };
      context.looked({ check: 'redundant', values, subject: subjectOf(first) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof singlePointOfFailure.meta.messages,
  NonNullable<typeof singlePointOfFailure.meta.checks>
>;

function reportMembers({ etcd }: Inputs<typeof needs>, context: Context): boolean {
  const { voters, needed } = quorumOf(etcd);
  const [first] = voters;
  if (!first || voters.length < 2 || voters.length % 2 === 1) return false;
  const { subject, listed, instance } = first;
  const evidence = listed
    ? context.at(listed.document, '/members')
    : context.at(instance?.pod ?? {}, '/metadata/name');
  const values = { count: voters.length, tolerated: voters.length - needed };
  context.report({ message: 'evenMembers', values, subject, evidence: [evidence] });
  return true;
}

function reportAddress({ plane, configMaps: maps }: Inputs<typeof needs>, context: Context): boolean {
  const config = maps.lookup({ namespace: 'kube-system', name: 'kubeadm-config' });
  if (config.state !== 'present' || plane.nodes.length < 2) return false;
  const found = endpointOfOneNode(config.item.data?.ClusterConfiguration ?? '', plane.nodes);
  if (!found) return false;
  const subject = subjectOf(found.node);
  context.report({
    message: 'addressOfOneNode',
    values: { endpoint: found.endpoint, node: subject, others: plane.nodes.length - 1 },
    subject,
    evidence: [
      context.at(config.item, '/data/ClusterConfiguration'),
      context.at(found.node, '/status/addresses'),
    ],
  });
  return true;
}

function reportInstances({ plane }: Inputs<typeof needs>, context: Context): void {
  for (const { component, flags, instance } of differingFlags(plane)) {
    if (!instance.pod) continue;
    const { subject } = instance;
    const evidence = [context.at(instance.pod, '/spec/containers/0/command')] as const;
    context.report({ message: 'flagsDiffer', values: { component, flags, pod: subject }, subject, evidence });
  }
  for (const { instance, count } of electionOff(plane)) {
    if (!instance.pod) continue;
    const { subject, component } = instance;
    const evidence = [context.at(instance.pod, '/spec/containers/0/command')] as const;
    context.report({ message: 'electionOff', values: { pod: subject, component, count }, subject, evidence });
  }
}
