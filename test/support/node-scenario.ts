import { nodeCommands } from '../../src/artifacts/node-commands.ts';
import { nodeFilesystems } from '../../src/artifacts/node-filesystems.ts';
import { nodeKernelSettings } from '../../src/artifacts/node-kernel-settings.ts';
import { nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { nodeNetwork } from '../../src/artifacts/node-network.ts';
import { nodeProbes } from '../../src/artifacts/node-probes.ts';
import { nodeRuntime } from '../../src/artifacts/node-runtime.ts';
import { nodeServices } from '../../src/artifacts/node-services.ts';
import { nodeSockets } from '../../src/artifacts/node-sockets.ts';
import { nodeSystem } from '../../src/artifacts/node-system.ts';
import { nodeTime } from '../../src/artifacts/node-time.ts';
import { pod } from './builders.ts';
import type { Given } from './given.ts';
import { heartbeat, journalLine, kernelLog, kubeletLog, nodeFile } from './node-builders.ts';

/** The nodes of the scenario. */
export const NODE_NAMES = ['worker-1', 'worker-2', 'worker-3'] as const;

/** What kubelets write on a bad day, all within two minutes; the nodes' other files do not agree with all of it. */
const KUBELET_LINES = [
  '"Container runtime sanity check failed" err="dial unix /run/containerd/containerd.sock: connect: connection refused"',
  'write /var/lib/kubelet/x: no space left on device',
  '"Unable to register node with API server" err="Unauthorized"',
  '"command failed" err="failed to run Kubelet: no such flag"',
  'Network plugin returns error: cni plugin not initialized',
  '"Eviction manager: attempting to reclaim" resourceName="memory"',
  'PLEG is not healthy: pleg was last seen active 4m1s ago; threshold is 3m0s',
];
const KERNEL_LINES = [
  'kernel: nf_conntrack: table full, dropping packet',
  'kernel: blk_update_request: I/O error, dev sda, sector 0',
];

/** Three nodes with every kind of file, two of them well, under these objects and leases of these ages. */
export function nodeScenario(objects: readonly object[], beats: readonly number[]): Given {
  const leases = NODE_NAMES.map((name, index) => {
    const seconds = beats[index] ?? 4;
    return heartbeat(seconds, { name, writtenAgo: Math.abs(seconds) });
  });
  return {
    objects: [...objects, ...leases, pod('web', { spec: { nodeName: 'worker-1' } })],
    documents: NODE_NAMES.flatMap((name) => filesOf(name, name === 'worker-1')),
    logs: NODE_NAMES.flatMap((name) => [
      kubeletLog(KUBELET_LINES.map((line, index) => journalLine(100 - index, line)).join(''), name),
      kernelLog(KERNEL_LINES.map((line) => journalLine(90_000, line)).join(''), name),
    ]),
  };
}

function filesOf(name: string, bad: boolean) {
  const unit = (id: string) => `Id=${id}.service\nActiveState=active\nSubState=running\n`;
  const others = NODE_NAMES.filter((one) => one !== name);
  const probes = others.map((one) => {
    const outcome = one === 'worker-3' ? 'timeout' : 'ok';
    return `{"kind":"node","node":"${one}","target":"${one}:10250","outcome":"${outcome}"}\n`;
  });
  return [
    nodeFile(nodeServices, `${unit('kubelet')}\n${unit('containerd')}`, name),
    nodeFile(
      nodeFilesystems,
      `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 ${bad ? '99 1' : '10 90'} 1% /\n`,
      name,
    ),
    nodeFile(nodeTime, `System clock synchronized: ${bad ? 'no' : 'yes'}\n`, name),
    nodeFile(
      nodeKernelSettings,
      'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n==> swaps <==\nFilename Type Size Used Priority\n/dev/sda2 partition 2097148 0 -2\n==> cgroup <==\ntmpfs\n',
      name,
    ),
    nodeFile(nodeKubeletConfig, `failSwapOn: ${bad ? 'true' : 'false'}\n`, name),
    nodeFile(nodeCommands, 'conntrack -\nip /usr/sbin/ip\n', name),
    nodeFile(nodeSockets, 'tcp LISTEN 0 4096 *:10250 *:* users:(("kubelet",pid=812,fd=9))\n', name),
    nodeFile(nodeSystem, `==> uname <==\nLinux ${name} 6.1.0 #1 SMP x86_64\n`, name),
    nodeFile(nodeRuntime, 'Client:\n  Version: v2.0.0\n\nServer:\n  Version: v2.0.0\n', name),
    nodeFile(nodeNetwork, '==> cni-files <==\n', name),
    nodeFile(nodeProbes, probes.join(''), name),
  ];
}
