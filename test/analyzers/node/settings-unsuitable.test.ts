import { settingsUnsuitable } from '../../../analyzers/node/settings-unsuitable.ts';
import { nodeAnsibleFacts } from '../../../src/artifacts/node-ansible-facts.ts';
import { nodeKernelSettings } from '../../../src/artifacts/node-kernel-settings.ts';
import { nodeKubeletConfig } from '../../../src/artifacts/node-kubelet-config.ts';
import { node } from '../../support/builders.ts';
import { nodeFile, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');
const GOOD = 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n';
const SWAPS = '==> swaps <==\nFilename Type Size Used Priority\n';
const SWAP = `${SWAPS}/dev/sda2 partition 2097148 0 -2\n`;

function settings(text: string, name = 'worker-1') {
  return nodeFile(nodeKernelSettings, text, name);
}

testAnalyzer(settingsUnsuitable, {
  silent: [
    { name: 'as needed', given: { objects: [calm], documents: [settings(GOOD + SWAPS)] } },
    {
      name: 'swap under a kubelet that is ready with it',
      given: { objects: [calm], documents: [settings(GOOD + SWAP)] },
      info: [{ message: 'swapBorne', subject }],
    },
    {
      name: 'swap under a kubelet that is told to bear it',
      given: {
        objects: [silent],
        documents: [settings(GOOD + SWAP), nodeFile(nodeKubeletConfig, 'failSwapOn: false\n')],
      },
      info: [{ message: 'swapBorne', subject, values: { swap: '2048 MiB' } }],
    },
    {
      name: 'cgroup v1 under a kubelet that is ready with it',
      given: { objects: [calm], documents: [settings(`${GOOD}==> cgroup <==\ntmpfs\n`)] },
    },
    {
      name: 'a module that is not loaded, since the plugin has no bridge',
      given: {
        objects: [calm],
        documents: [
          settings('net.ipv4.ip_forward = 1\n==> modules <==\nModule Size Used by\noverlay 151552 12\n'),
        ],
      },
      info: [{ message: 'bridgeModuleMissing', subject }],
    },
    {
      name: 'a module built into the kernel',
      given: {
        objects: [calm],
        documents: [
          settings(
            'net.ipv4.ip_forward = 1\n==> modules <==\noverlay 1 1\n==> modules-builtin <==\nkernel/net/bridge/br_netfilter.ko\n',
          ),
        ],
      },
    },
    {
      name: 'a setting that was not read',
      given: { objects: [calm], documents: [settings('vm.swappiness = 60\n')] },
    },
    {
      name: 'swap on a node that fell silent, its kubelet configured nobody knows how',
      given: { objects: [silent], documents: [settings(GOOD + SWAP)] },
      info: [{ message: 'swapOn', subject, severity: 'info', values: { swap: '2048 MiB' } }],
    },
    {
      name: 'swap as Ansible gathered it',
      given: {
        documents: [
          nodeFile(nodeAnsibleFacts, JSON.stringify({ nodename: 'cp-1', swaptotal_mb: 2047 }), '10.1.2.3'),
        ],
      },
      info: [{ message: 'swapOn', subject: 'Node/cp-1', values: { swap: '2047 MiB' } }],
    },
  ],
  reports: [
    {
      name: 'packets are neither forwarded nor filtered',
      given: {
        objects: [calm],
        documents: [settings('net.ipv4.ip_forward = 0\nnet.bridge.bridge-nf-call-iptables = 0\n')],
      },
      expect: [
        { message: 'notForwarding', subject, severity: 'warning', values: { value: '0' } },
        { message: 'bridgeNotFiltered', subject, confidence: 'likely' },
      ],
    },
    {
      name: 'swap although the kubelet is configured to refuse it',
      given: {
        objects: [calm],
        documents: [
          settings(GOOD + SWAP),
          nodeFile(nodeKubeletConfig, '{"kubeletconfig":{"failSwapOn":true}}'),
        ],
      },
      expect: [{ message: 'swapOn', subject, severity: 'warning' }],
    },
    {
      name: 'cgroup v1 under a kubelet of 1.35 that does not start',
      given: {
        objects: [
          {
            ...silent,
            status: { ...(silent.status as object), nodeInfo: { kubeletVersion: 'v1.35.2' } },
          },
        ],
        documents: [
          settings(`${GOOD}==> cgroup <==\ntmpfs\n`),
          nodeFile(nodeKubeletConfig, 'cgroupDriver: systemd\n'),
        ],
      },
      expect: [{ message: 'cgroupTooOld', subject, values: { kubelet: 'v1.35.2' } }],
    },
  ],
  unknown: [
    {
      name: 'kernel settings were refused',
      given: { objects: [calm], forbidden: [nodeKernelSettings] },
      reason: /not allowed/,
    },
  ],
});
