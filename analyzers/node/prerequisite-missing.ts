import { nodeAnsibleFacts } from '../../src/artifacts/node-ansible-facts.ts';
import { type NodeCommand, nodeCommands } from '../../src/artifacts/node-commands.ts';
import { type NodeSocket, nodeSockets } from '../../src/artifacts/node-sockets.ts';
import { type NodeSystem, nodeSystem } from '../../src/artifacts/node-system.ts';
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
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import type { Subject } from '../../src/model/subject.ts';

/** kubeadm stops without these, and warns of the others it looks for. */
const REQUIRED = ['conntrack', 'crictl', 'ip', 'iptables', 'mount', 'nsenter'];
/** Kernels kubeadm knows to work: long-term releases from 5.4 on, and 6.x (system-validators types_unix.go). */
const KERNEL_MIN = [5, 4] as const;

/** Ports of a node and the processes that own them; ss cuts names after 15 characters. Distributions bundle several. */
const BUNDLES = ['k3s', 'k3s-server', 'k3s-agent', 'rke2', 'kubelite', 'k0s', 'microshift'];
const OWNERS: ReadonlyMap<number, readonly string[]> = new Map([
  [10250, ['kubelet', 'hyperkube']],
  [10256, ['kube-proxy', 'hyperkube', 'cilium-agent', 'kube-router']],
  [10257, ['kube-controller', 'hyperkube']],
  [10259, ['kube-scheduler', 'hyperkube']],
  [2379, ['etcd']],
  [2380, ['etcd']],
]);

const LOOKED_UP = { level: 'certain', reason: 'it was looked up on the node' } as const;

export const prerequisiteMissing = defineAnalyzer({
  meta: {
    id: 'node/prerequisite-missing',
    title: 'Prerequisite of a node missing',
    description: 'Machines without a command, port, name or kernel that a node needs.',
    messages: {
      commandMissing: {
        severity: ['warning', 'info'],
        confidence: LOOKED_UP,
        text: '{node:object} lacks {commands:text}, which the kubelet, the network or kubeadm call.',
        remedy: [
          { text: 'Install them from the packages of the distribution; `crictl` comes with cri-tools.' },
        ],
        check: 'commands',
      },
      portTaken: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'the process that listens has another name than the one the port is for',
        },
        text: 'Port {port:count} of {node:object} is taken by `{process:text}`; it is for {owner:text}.',
        remedy: [
          {
            text: 'On the node, see what it is and stop it, or give it another port.',
            argv: ['ss', '-lntp'],
          },
        ],
        key: ['port'],
        explains: [{ effect: 'node-not-ready', via: ['same-object'] }],
        check: 'ports',
      },
      hostNameShared: {
        severity: 'warning',
        confidence: LOOKED_UP,
        text: 'The machines {machines:text} have one host name, `{name:text}`: nodes of one name overwrite each other.',
        remedy: [
          {
            text: 'Give each machine a name of its own, or the kubelet a `--hostname-override`, before it joins.',
          },
        ],
        key: ['name'],
      },
      kernelOld: {
        severity: 'info',
        confidence: LOOKED_UP,
        text: '{node:object} runs the kernel {kernel:text}, older than those Kubernetes is tested with.',
        remedy: [
          {
            text: 'Upgrade the system of the node; cgroup v2 and newer network plugins need a kernel of 5.8 and later.',
          },
        ],
        check: 'system',
      },
    },
    checks: {
      commands: {
        checklist: 'check-nodes',
        item: 'Core commands are available',
        expected: 'conntrack, crictl, ip, iptables, mount, nsenter',
        found: '{count:count} commands found',
      },
      system: {
        checklist: 'check-preflight',
        item: 'Operating system and platform',
        expected: 'Linux with a kernel of 5.4 or later',
        found: '{system:text}',
      },
      ports: {
        checklist: 'check-preflight',
        item: 'Required ports',
        expected: 'free, or held by the component they are for',
        found: 'no other process holds one',
      },
    },
    references: [
      'kubernetes/kubernetes cmd/kubeadm/app/preflight/checks_linux.go and checks.go',
      'kubernetes/system-validators validators/types_unix.go',
      'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
      'konvoy check preflight and check nodes',
    ],
  },
  needs: {
    commands: nodeCommands,
    sockets: optional(nodeSockets),
    systems: optional(nodeSystem),
    facts: optional(nodeAnsibleFacts),
    machines,
  },
  analyze({ commands, sockets, systems, facts, machines: known }, context) {
    const looked = machinesWith(commands, known);
    for (const machine of looked) judgeCommands(machine, context);
    for (const subject of machinesWithout(
      looked.map(({ name }) => name),
      known,
    )) {
      context.looked({ check: 'commands', unseen: 'commands were not looked up', subject });
    }
    const listened = machinesWith(sockets, known);
    for (const machine of listened) judgePorts(machine, context);
    for (const subject of machinesWithout(
      listened.map(({ name }) => name),
      known,
    )) {
      context.looked({ check: 'ports', unseen: 'listening sockets were not read', subject });
    }
    const told = new Map<string, System>();
    for (const { name, subject, documents } of machinesWith(systems, known)) {
      told.set(name, { subject, system: documents[0].value, document: documents[0], pointer: '' });
    }
    for (const { name, subject, documents } of machinesWith(facts, known)) {
      const [document] = documents;
      if (!told.has(name))
        told.set(name, { subject, system: document.value.system, document, pointer: '/system' });
    }
    for (const one of told.values()) judgeSystem(one, context);
    for (const subject of machinesWithout([...told.keys()], known)) {
      context.looked({ check: 'system', unseen: 'the system was not read', subject });
    }
    judgeNames([...told], context);
    const lost = lostDocuments(sockets) ?? lostDocuments(systems) ?? lostDocuments(facts);
    if (lost) context.looked({ check: 'system', unseen: lost, subject: ALL_NODES });
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof prerequisiteMissing.meta.messages,
  NonNullable<typeof prerequisiteMissing.meta.checks>
>;

interface System {
  readonly subject: Subject;
  readonly system: NodeSystem;
  readonly document: DocumentItem<unknown>;
  readonly pointer: string;
}

function judgeCommands(
  { name, subject, state, documents }: SeenMachine<readonly NodeCommand[]>,
  { report, looked, at }: Context,
): void {
  const [document] = documents;
  const missing = document.value.flatMap((command) => (command.path === undefined ? [command.name] : []));
  if (missing.length === 0) {
    looked({ check: 'commands', values: { count: document.value.length }, subject });
    return;
  }
  const inNeed = state === 'alone' || state === 'silent' || state === 'not-ready';
  const required = missing.some((one) => REQUIRED.includes(one));
  if (required && state === 'unseen') looked({ check: 'commands', unseen: unseenNode(name), subject });
  const index = document.value.findIndex(({ path }) => path === undefined);
  report({
    message: 'commandMissing',
    // A node that is ready gets by without them, its containers bring their own.
    severity: required && inNeed ? 'warning' : 'info',
    values: { node: subject, commands: missing },
    subject,
    evidence: [at(document, `/${index}`)],
  });
}

function judgePorts(
  { subject, documents }: SeenMachine<readonly NodeSocket[]>,
  { report, looked, at }: Context,
): void {
  let fine = true;
  const told = new Set<number>();
  for (const document of documents) {
    for (const [index, { protocol, port, process }] of document.value.entries()) {
      const owners = OWNERS.get(port);
      if (!owners || protocol !== 'tcp' || process === undefined || told.has(port)) continue;
      if (owners.includes(process) || BUNDLES.includes(process)) continue;
      told.add(port);
      fine = false;
      report({
        message: 'portTaken',
        values: { node: subject, port, process, owner: owners[0] ?? '' },
        subject,
        evidence: [at(document, `/${index}`)],
      });
    }
  }
  if (fine) looked({ check: 'ports', values: {}, subject });
}

function judgeSystem({ subject, system, document, pointer }: System, { report, looked, at }: Context): void {
  const { kernel, osName, architecture } = system;
  const [major = 0, minor = 0] = (kernel ?? '').split('.').map(Number);
  const [minMajor, minMinor] = KERNEL_MIN;
  if (kernel !== undefined && (major < minMajor || (major === minMajor && minor < minMinor))) {
    report({
      message: 'kernelOld',
      values: { node: subject, kernel },
      subject,
      evidence: [at(document, `${pointer}/kernel`)],
    });
    return;
  }
  const parts = [osName, kernel, architecture].filter((part) => part !== undefined);
  if (parts.length === 0) looked({ check: 'system', unseen: 'the system does not tell', subject });
  else looked({ check: 'system', values: { system: parts.join(', ') }, subject });
}

function judgeNames(systems: readonly (readonly [string, System])[], { report, at }: Context): void {
  const byName = new Map<string, (readonly [string, System])[]>();
  for (const one of systems) {
    const name = one[1].system.hostname;
    if (name === undefined) continue;
    byName.set(name, [...(byName.get(name) ?? []), one]);
  }
  for (const [name, shared] of byName) {
    const [first] = shared;
    // One machine may have been looked into twice, under its name and its address: its boot is one.
    const boots = new Set(shared.map(([, { system }]) => system.bootId));
    if (!first || boots.has(undefined) || boots.size < 2) continue;
    const [machine, { document, pointer }] = first;
    report({
      message: 'hostNameShared',
      values: { machines: shared.map(([one]) => one), name },
      subject: { external: 'machine', name: machine },
      evidence: [at(document, `${pointer}/hostname`)],
    });
  }
}
