import { prerequisiteMissing } from '../../../analyzers/node/prerequisite-missing.ts';
import { nodeAnsibleFacts } from '../../../src/artifacts/node-ansible-facts.ts';
import { nodeCommands } from '../../../src/artifacts/node-commands.ts';
import { nodeSockets } from '../../../src/artifacts/node-sockets.ts';
import { nodeSystem } from '../../../src/artifacts/node-system.ts';
import { node } from '../../support/builders.ts';
import { nodeFile } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');

function commands(...lines: readonly string[]) {
  return nodeFile(nodeCommands, lines.join('\n'));
}

function listening(port: number, process: string) {
  return nodeFile(nodeSockets, `tcp LISTEN 0 4096 *:${port} *:* users:(("${process}",pid=812,fd=9))\n`);
}

function system(kernel: string, name = 'worker-1', hostname = name) {
  return nodeFile(
    nodeSystem,
    `==> uname <==\nLinux ${hostname} ${kernel} #1 SMP x86_64 GNU/Linux\n==> boot-id <==\nboot-of-${name}\n`,
    name,
  );
}

testAnalyzer(prerequisiteMissing, {
  silent: [
    {
      name: 'commands found, ports held by whom they are for, a new kernel',
      given: {
        objects: [calm],
        documents: [
          commands('conntrack /usr/sbin/conntrack', 'ip /usr/sbin/ip'),
          listening(10250, 'kubelet'),
          system('6.1.0-13-amd64'),
        ],
      },
    },
    {
      name: 'a distribution that holds all ports in one process',
      given: { objects: [calm], documents: [listening(10250, 'k3s-agent'), listening(10257, 'k3s-server')] },
    },
    {
      name: 'a port of an application',
      given: { objects: [calm], documents: [listening(8080, 'nginx')] },
    },
    {
      name: 'a node that is ready without a command',
      given: { objects: [calm], documents: [commands('conntrack -', 'ip /usr/sbin/ip')] },
      info: [{ message: 'commandMissing', subject, severity: 'info', values: { commands: ['conntrack'] } }],
    },
    {
      name: 'an old kernel, as Ansible tells it',
      given: {
        objects: [calm],
        documents: [
          nodeFile(
            nodeAnsibleFacts,
            JSON.stringify({ nodename: 'worker-1', kernel: '3.10.0-1160.el7.x86_64' }),
          ),
        ],
      },
      info: [{ message: 'kernelOld', subject, values: { kernel: '3.10.0-1160.el7.x86_64' } }],
    },
    {
      name: 'one machine looked into twice',
      given: {
        documents: [
          system('6.1.0', 'cp-1'),
          nodeFile(
            nodeSystem,
            '==> uname <==\nLinux cp-1 6.1.0 #1 SMP x86_64\n==> boot-id <==\nboot-of-cp-1\n',
            '10.0.0.7',
          ),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a machine without what kubeadm requires',
      given: { documents: [commands('conntrack -', 'socat -', 'ip /usr/sbin/ip')] },
      expect: [
        {
          message: 'commandMissing',
          subject,
          severity: 'warning',
          values: { commands: ['conntrack', 'socat'] },
        },
      ],
    },
    {
      name: 'the port of the kubelet held by something else',
      given: { objects: [calm], documents: [listening(10250, 'node_exporter')] },
      expect: [
        {
          message: 'portTaken',
          subject,
          severity: 'warning',
          values: { port: 10_250, process: 'node_exporter', owner: 'kubelet' },
        },
      ],
    },
    {
      name: 'two machines of one name',
      given: {
        documents: [system('6.1.0', '10.0.0.7', 'template'), system('6.1.0', '10.0.0.8', 'template')],
      },
      expect: [
        {
          message: 'hostNameShared',
          subject: 'machine:10.0.0.7',
          severity: 'warning',
          values: { name: 'template', machines: ['10.0.0.7', '10.0.0.8'] },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'commands were not looked up',
      given: { objects: [calm], forbidden: [nodeCommands] },
      reason: /not allowed/,
    },
  ],
});
