import { type NodeFirewall, nodeFirewall } from '../../src/artifacts/node-firewall.ts';
import { type NodeItem, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { parseKubernetesVersion } from '../../src/derive/kubernetes-version.ts';
import { machines, machinesWith, machinesWithout, unseenNode } from '../../src/derive/machines.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import type { Subject } from '../../src/model/subject.ts';

/** Chains by which kube-proxy, network plugins and firewalls let packets of pods pass. */
const FORWARDING =
  /^(?:ACCEPT|KUBE-FORWARD|cali-FORWARD|CNI-FORWARD|FLANNEL-FWD|CILIUM_FORWARD|KUBE-ROUTER-FORWARD|WEAVE\S*|ANTREA-FORWARD|KUBE-OVN\S*|OVN-KUBE-\S+|LIBVIRT_FW\w)$/;
/** What iptables-services and firewalld refuse with at the end of a chain. */
const PROHIBITED = /--reject-with (?:icmp-host-prohibited|icmp6-adm-prohibited)/;
const KUBE_PROXY = /(^|\/)kube-proxy[:@]/;

const RULES = { level: 'certain', reason: 'the rules of the node say so' } as const;
const SHOW = {
  text: 'On the node, see the rules with their counters.',
  argv: ['iptables', '-L', 'FORWARD', '-n', '-v', '--line-numbers'],
} as const;

export const packetFilterUnsuitable = defineAnalyzer({
  meta: {
    id: 'node/packet-filter-unsuitable',
    title: 'Packet filter of a node stands in the way',
    description:
      'Rules of iptables on a node that drop packets of pods, miss those of Services, or stand in two backends.',
    messages: {
      forwardDropped: {
        severity: 'warning',
        confidence: RULES,
        text: 'The chain FORWARD of {node:object} drops what no rule accepts, and no rule of the network plugin or kube-proxy is in it ({targets:text}): pods there are not reached from other nodes.',
        remedy: [
          {
            text: 'Docker before 28 and firewalls set this policy. Restart the agents of the network plugin and kube-proxy, which put in their rules, or accept by default.',
            argv: ['iptables', '-P', 'FORWARD', 'ACCEPT'],
          },
          SHOW,
        ],
        explains: [
          { effect: 'connection-failing', via: ['runs', 'same-object'] },
          { effect: 'service-unreachable', via: ['runs'] },
          { effect: 'dns-failing', via: ['runs'] },
        ],
        check: 'filter',
      },
      servicesMissing: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'kube-proxy is ready there, and its chain is not in the table nat; its mode was not read',
        },
        text: '{node:object} has no rules for Services (chain `KUBE-SERVICES`), though {pod:object} is ready{backend:text}.',
        remedy: [
          {
            text: 'Something flushed the tables, or kube-proxy writes to the other backend of iptables: restart it and look again.',
            argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
          SHOW,
        ],
        explains: [
          { effect: 'connection-failing', via: ['runs', 'same-object'] },
          { effect: 'dns-failing', via: ['runs'] },
        ],
        check: 'filter',
      },
      backendsMixed: {
        severity: 'info',
        confidence: RULES,
        text: '{node:object} has rules in both backends of iptables: a packet has to pass legacy and nf_tables, and each program sees its own half only.',
        remedy: [
          {
            text: 'See who uses the other one; let kubelet, kube-proxy, the network plugin and the system use one backend (`update-alternatives --config iptables`), then reboot the node.',
            argv: ['iptables-legacy-save'],
          },
        ],
      },
      hostProhibited: {
        severity: 'info',
        confidence: {
          level: 'possible',
          reason: 'rules before it may accept all that the cluster needs',
        },
        text: 'The rules of {node:object} refuse the rest in {chain:text} with `icmp-host-prohibited`, as firewalld and iptables-services do: ports of the cluster have to be accepted before.',
        remedy: [
          {
            text: 'Open the ports of the cluster and of the network plugin, or turn the firewall of the system off.',
            argv: ['systemctl', 'disable', '--now', 'firewalld'],
          },
        ],
      },
    },
    checks: {
      filter: {
        checklist: 'check-nodes',
        item: 'Packet filter lets pods and Services pass',
        expected: 'FORWARD accepts pods, rules of Services are there',
        found: '{rules:count} rules',
      },
    },
    references: [
      'kubernetes/kubernetes pkg/proxy/iptables/proxier.go: KUBE-SERVICES in nat, KUBE-FORWARD in filter',
      'https://docs.docker.com/engine/network/packet-filtering-firewalls/ (policy DROP of FORWARD)',
      'https://wiki.nftables.org/wiki-nftables/index.php/Legacy_xtables_tools',
    ],
  },
  needs: { firewalls: nodeFirewall, machines, pods: optional(pods) },
  analyze({ firewalls, machines: known, pods: collection }, context) {
    const proxies = new Map<string, PodItem>();
    // Without rules of a node nobody asks who writes them.
    for (const pod of firewalls.items.length > 0 ? collection.items : []) {
      const runs = pod.spec?.containers.some(({ image }) => KUBE_PROXY.test(image ?? ''));
      if (runs && pod.spec?.nodeName !== undefined && isReady(pod)) proxies.set(pod.spec.nodeName, pod);
    }
    const seen = machinesWith(firewalls, known);
    for (const { name, subject, node, state, documents } of seen) {
      if (state === 'unseen') {
        context.looked({ check: 'filter', unseen: unseenNode(name), subject });
        continue;
      }
      const proxy = node ? proxies.get(node.metadata.name) : undefined;
      judge(documents[0], { subject, node, proxy, context });
    }
    for (const subject of machinesWithout(
      seen.map(({ name }) => name),
      known,
    ))
      context.looked({ check: 'filter', unseen: 'its rules were not read', subject });
    return undefined;
  },
});

interface Place {
  readonly subject: Subject;
  readonly node: NodeItem | undefined;
  /** The pod of kube-proxy that is ready there. */
  readonly proxy: PodItem | undefined;
  readonly context: AnalyzeContext<
    typeof packetFilterUnsuitable.meta.messages,
    NonNullable<typeof packetFilterUnsuitable.meta.checks>
  >;
}

function judge(document: DocumentItem<NodeFirewall>, { subject, node, proxy, context }: Place): void {
  const { iptables, nftTables = [] } = document.value;
  if (!iptables) {
    context.looked({ check: 'filter', unseen: 'its rules of iptables were not read', subject });
    return;
  }
  const evidence = [context.at(document)] as const;
  const chainOf = (table: string, name: string) =>
    iptables.chains.find((one) => one.table === table && one.chain === name);
  const before = iptables.forwards.findIndex((target) => target === 'DROP' || target === 'REJECT');
  const passing = iptables.forwards.slice(0, before < 0 ? undefined : before);
  const drops =
    chainOf('filter', 'FORWARD')?.policy === 'DROP' && !passing.some((one) => FORWARDING.test(one));
  // eBPF and nftables need no rules of iptables.
  const services =
    chainOf('nat', 'KUBE-SERVICES') || nftTables.some((table) => table.endsWith(' kube-proxy'));
  if (drops) {
    const targets =
      iptables.forwards.length > 0 ? iptables.forwards.slice(0, 5).join(', ') : 'it has no rules';
    context.report({ message: 'forwardDropped', values: { node: subject, targets }, subject, evidence });
  }
  if (proxy && !services && mayUseNftables(node, document.value)) {
    const unseen = 'kube-proxy may write rules of nftables, which were not read';
    context.looked({ check: 'filter', unseen, subject });
  } else if (proxy && !services) {
    const pod = { group: '', kind: 'Pod', namespace: proxy.metadata.namespace, name: proxy.metadata.name };
    const backend = iptables.mixedBackends ? '; rules of the other backend of iptables exist as well' : '';
    const values = { node: subject, pod, backend };
    context.report({ message: 'servicesMissing', values, subject, related: [pod], evidence });
  }
  if (iptables.mixedBackends)
    context.report({ message: 'backendsMixed', values: { node: subject }, subject, evidence });
  const refusing = iptables.refusals.filter(({ rule }) => PROHIBITED.test(rule)).map(({ chain }) => chain);
  if (refusing.length > 0) {
    const chain = [...new Set(refusing)].join(', ');
    context.report({ message: 'hostProhibited', values: { node: subject, chain }, subject, evidence });
  }
  const rules = iptables.chains.reduce((sum, one) => sum + one.rules, 0);
  if (!drops && (!proxy || services)) context.looked({ check: 'filter', values: { rules }, subject });
}

/** The first minor version of Kubernetes whose kube-proxy knows the mode nftables. */
const NFTABLES_SINCE = 29;

function mayUseNftables(node: NodeItem | undefined, { nftTables }: NodeFirewall): boolean {
  const { minor = NFTABLES_SINCE } = parseKubernetesVersion(node?.status?.nodeInfo?.kubeletVersion) ?? {};
  return nftTables === undefined && minor >= NFTABLES_SINCE;
}
