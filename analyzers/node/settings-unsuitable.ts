import { nodeAnsibleFacts } from '../../src/artifacts/node-ansible-facts.ts';
import { type NodeKernelSettings, nodeKernelSettings } from '../../src/artifacts/node-kernel-settings.ts';
import { type NodeKubeletConfig, nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { minorsAhead, parseKubernetesVersion } from '../../src/derive/kubernetes-version.ts';
import {
  ALL_NODES,
  lostDocuments,
  machines,
  machinesWith,
  machinesWithout,
  type SeenMachine,
  unseenNode,
} from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { subjectKey } from '../../src/model/subject.ts';

const FORWARDING = 'net.ipv4.ip_forward';
const BRIDGE_FILTER = 'net.bridge.bridge-nf-call-iptables';
const BRIDGE_MODULE = 'br_netfilter';
/** From here on a kubelet refuses cgroup v1 unless told otherwise (failCgroupV1). */
const CGROUP_V2_ONLY = { major: 1, minor: 35, patch: 0 };

const READ = { level: 'certain', reason: 'the settings of the kernel were read' } as const;
const NETWORK = {
  effect: 'node-network-not-ready',
  explains: [{ effect: 'connection-failing', via: ['runs'] }],
  check: 'kernel',
} as const;

export const settingsUnsuitable = defineAnalyzer({
  meta: {
    id: 'node/settings-unsuitable',
    title: 'Kernel settings unsuitable for Kubernetes',
    description:
      'Nodes whose kernel does not forward packets, filters no bridged ones, swaps, or is set up otherwise than a kubelet needs.',
    messages: {
      notForwarding: {
        severity: 'warning',
        confidence: READ,
        ...NETWORK,
        text: '{node:object} does not forward packets (`net.ipv4.ip_forward` is {value:text}): pods on it reach nothing outside of it.',
        remedy: [
          {
            text: 'Turn it on, for good in /etc/sysctl.d; see what turned it off, as a hardening role or a restart of the network may again.',
            argv: ['sysctl', '-w', 'net.ipv4.ip_forward=1'],
          },
        ],
      },
      bridgeNotFiltered: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'network plugins that work without iptables do not need it' },
        ...NETWORK,
        text: 'Bridged packets of {node:object} pass by iptables (`net.bridge.bridge-nf-call-iptables` is 0): Services may not be reached from pods of the same node.',
        remedy: [
          {
            text: 'Turn it on, for good in /etc/sysctl.d.',
            argv: ['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=1'],
          },
        ],
      },
      bridgeModuleMissing: {
        severity: 'info',
        confidence: { level: 'possible', reason: 'network plugins that use no bridge do not need it' },
        text: 'The module `br_netfilter` is not loaded on {node:object}: a network plugin with a bridge needs it.',
        remedy: [{ text: 'Load it, for good in /etc/modules-load.d.', argv: ['modprobe', 'br_netfilter'] }],
      },
      swapOn: {
        severity: ['warning', 'info'],
        confidence: {
          level: 'likely',
          reason: 'swap is on, and nothing says that the kubelet is told to bear it',
        },
        text: 'Swap is on at {node:object} ({swap:text}): its kubelet does not start with it unless `failSwapOn` is false.',
        remedy: [
          { text: 'Turn swap off, and take it out of /etc/fstab or mask its unit.', argv: ['swapoff', '-a'] },
          {
            text: 'Or set `failSwapOn: false` in the configuration of the kubelet; on cgroup v2, `memorySwap` says how pods use it.',
          },
        ],
        effect: 'node-not-ready',
        explains: [{ effect: 'node-not-ready', via: ['same-object'] }],
        check: 'swap',
      },
      swapBorne: {
        severity: 'info',
        confidence: READ,
        text: 'Swap is on at {node:object} ({swap:text}), and its kubelet is told to bear it.',
        remedy: [
          {
            text: 'Nothing to do where it is meant so; `memorySwap` in the configuration of the kubelet says how pods use it.',
          },
        ],
      },
      cgroupTooOld: {
        severity: 'warning',
        confidence: READ,
        text: '{node:object} uses cgroup v1, which a kubelet of version {kubelet:text} refuses to start on.',
        remedy: [
          {
            text: 'Boot with cgroup v2 (`systemd.unified_cgroup_hierarchy=1` on the command line of the kernel), or set `failCgroupV1: false` for the time being.',
          },
        ],
        effect: 'node-not-ready',
        explains: [{ effect: 'node-not-ready', via: ['same-object'] }],
        check: 'kernel',
      },
    },
    checks: {
      kernel: {
        checklist: 'check-nodes',
        item: 'Kernel settings for the pod network',
        expected: 'packets are forwarded, bridged ones filtered',
        found: 'as needed',
      },
      swap: {
        checklist: 'check-preflight',
        item: 'Swap is off',
        expected: 'no swap, or a kubelet that bears it',
        found: '{state:text}',
      },
    },
    references: [
      'kubernetes/kubernetes cmd/kubeadm/app/preflight/checks_linux.go and checks.go (ip_forward, Swap)',
      'https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory',
      'mesosphere/konvoy-image-builder ansible/roles/validate/tasks/main.yaml',
    ],
  },
  needs: {
    settings: nodeKernelSettings,
    facts: optional(nodeAnsibleFacts),
    configs: optional(nodeKubeletConfig),
    machines,
  },
  analyze({ settings, facts, configs, machines: known }, context) {
    const configOf = new Map<string, NodeKubeletConfig>();
    for (const { subject, documents } of machinesWith(configs, known)) {
      configOf.set(subjectKey(subject), documents[0].value);
    }
    const lost = lostDocuments(configs) ?? lostDocuments(facts);
    if (lost) context.looked({ check: 'swap', unseen: lost, subject: ALL_NODES });
    const swapSeen = new Set<string>();
    const read = machinesWith(settings, known);
    for (const machine of read) {
      const config = configOf.get(subjectKey(machine.subject));
      judgeKernel(machine, config, context);
      const [document] = machine.documents;
      const { swaps } = document.value;
      if (swaps === undefined) continue;
      swapSeen.add(subjectKey(machine.subject));
      const bytes = swaps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      judgeSwap(machine, { bytes, config, evidence: context.at(document, '/swaps') }, context);
    }
    for (const machine of machinesWith(facts, known)) {
      const [document] = machine.documents;
      const bytes = document.value.swapBytes;
      const key = subjectKey(machine.subject);
      if (bytes === undefined || swapSeen.has(key)) continue;
      swapSeen.add(key);
      const evidence = context.at(document, '/swapBytes');
      judgeSwap(machine, { bytes, config: configOf.get(key), evidence }, context);
    }
    for (const subject of machinesWithout(
      read.map(({ name }) => name),
      known,
    )) {
      const unseen = 'its kernel settings are not in the bundle';
      context.looked({ check: 'kernel', unseen, subject });
      if (!swapSeen.has(subjectKey(subject))) context.looked({ check: 'swap', unseen, subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof settingsUnsuitable.meta.messages,
  NonNullable<typeof settingsUnsuitable.meta.checks>
>;

function judgeKernel(
  { name, subject, node, state, documents }: SeenMachine<NodeKernelSettings>,
  config: NodeKubeletConfig | undefined,
  { report, looked, at }: Context,
): void {
  const [document] = documents;
  const { sysctl, modules, cgroupVersion } = document.value;
  const values = { node: subject };
  const value = sysctl[FORWARDING];
  let fine = true;
  if (value !== undefined && value !== '1') {
    fine = false;
    report({
      message: 'notForwarding',
      values: { ...values, value },
      subject,
      evidence: [at(document, `/sysctl/${FORWARDING}`)],
    });
  }
  if (sysctl[BRIDGE_FILTER] === '0') {
    fine = false;
    report({
      message: 'bridgeNotFiltered',
      values,
      subject,
      evidence: [at(document, `/sysctl/${BRIDGE_FILTER}`)],
    });
  } else if (
    value !== undefined &&
    sysctl[BRIDGE_FILTER] === undefined &&
    modules &&
    !modules.includes(BRIDGE_MODULE)
  ) {
    report({ message: 'bridgeModuleMissing', values, subject, evidence: [at(document, '/modules')] });
  }
  const told = node?.status?.nodeInfo?.kubeletVersion;
  const version = parseKubernetesVersion(told);
  const refused =
    version && minorsAhead(version, CGROUP_V2_ONLY) >= 0 && config && config.failCgroupV1 !== false;
  // A node that is ready was told to bear it.
  if (cgroupVersion === 1 && refused && told && state !== 'ready') {
    fine = false;
    report({
      message: 'cgroupTooOld',
      values: { ...values, kubelet: told },
      subject,
      evidence: [at(document, '/cgroupVersion')],
    });
  }
  if (cgroupVersion === 1 && config && state === 'unseen') {
    looked({ check: 'kernel', unseen: unseenNode(name), subject });
  }
  if (!fine) return;
  if (value === undefined) looked({ check: 'kernel', unseen: 'the setting was not read', subject });
  else looked({ check: 'kernel', values: {}, subject });
}

interface Swap {
  readonly bytes: number;
  readonly config: NodeKubeletConfig | undefined;
  readonly evidence: ReturnType<Context['at']>;
}

function judgeSwap(
  { subject, state }: Pick<SeenMachine<unknown>, 'subject' | 'state'>,
  { bytes, config, evidence }: Swap,
  { report, looked }: Context,
): void {
  if (bytes === 0) {
    looked({ check: 'swap', values: { state: 'no swap' }, subject });
    return;
  }
  const swap = `${Math.round(bytes / 2 ** 20)} MiB`;
  const common = { values: { node: subject, swap }, subject, evidence: [evidence] as const };
  // A kubelet that is ready with swap on has been told to bear it.
  if (config?.failSwapOn === false || (config === undefined && state === 'ready')) {
    looked({ check: 'swap', values: { state: 'swap is on, and the kubelet bears it' }, subject });
    report({ message: 'swapBorne', ...common });
  } else {
    report({ message: 'swapOn', severity: config === undefined ? 'info' : 'warning', ...common });
  }
}
