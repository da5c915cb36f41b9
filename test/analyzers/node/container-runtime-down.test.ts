import { containerRuntimeDown } from '../../../analyzers/node/container-runtime-down.ts';
import { nodeRuntime } from '../../../src/artifacts/node-runtime.ts';
import { nodeServices } from '../../../src/artifacts/node-services.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { node } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const calm = node('worker-1');
const unready = unreadyNode('False', 'KubeletNotReady', '[container runtime is down, PLEG is not healthy]');
const REFUSED =
  'kubelet[3238]: E1120 05:41:48.786046 3238 kubelet.go:3262] "Container runtime sanity check failed" err="rpc error: code = Unavailable desc = connection error: desc = \\"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused\\""';

function units(...blocks: readonly string[]) {
  return nodeFile(nodeServices, blocks.join('\n\n'));
}

function unit(name: string, active: string, sub: string, more = ''): string {
  return `Id=${name}.service\nLoadState=loaded\nActiveState=${active}\nSubState=${sub}\n${more}`;
}

const UP = unit('containerd', 'active', 'running');
const DOWN = unit(
  'containerd',
  'failed',
  'failed',
  'Result=exit-code\nExecMainStatus=1\nStateChangeTimestamp=@1768478000',
);

testAnalyzer(containerRuntimeDown, {
  silent: [
    { name: 'a ready node without files', given: { objects: [calm] } },
    { name: 'an active unit', given: { objects: [unready], documents: [units(UP)] } },
    {
      name: 'Docker stopped beside a containerd that runs, the runtime not known',
      given: { documents: [units(unit('docker', 'inactive', 'dead'), UP)] },
    },
    {
      name: 'a distribution that holds its runtime itself',
      given: { objects: [calm], documents: [units(unit('k3s', 'active', 'running'), DOWN)] },
    },
    {
      name: 'a runtime that answers',
      given: {
        objects: [unready],
        documents: [nodeFile(nodeRuntime, 'Client:\n  Version:  v1.7.2\n\nServer:\n  Version:  v1.7.2\n')],
      },
    },
    {
      name: 'refused connections of a node that is ready by now',
      given: { objects: [calm], logs: [kubeletLog(journalLine(120, REFUSED))] },
    },
  ],
  reports: [
    {
      name: 'a failed unit with its last words',
      given: {
        objects: [unready],
        documents: [units(DOWN)],
        logs: [{ node: 'worker-1', unit: 'containerd', text: 'containerd: failed to load TOML\n' }],
      },
      expect: [
        {
          message: 'stopped',
          subject,
          severity: 'critical',
          confidence: 'certain',
          values: { unit: 'containerd.service', state: 'failed (exit-code, status 1)' },
          since: '2026-01-15T11:53:20Z',
        },
      ],
    },
    {
      name: 'the status text of a machine that is no node',
      given: {
        documents: [
          nodeFile(
            nodeServices,
            '● containerd.service - containerd container runtime\n   Loaded: loaded (/usr/lib/systemd/system/containerd.service; enabled; vendor preset: disabled)\n   Active: inactive (dead) since Tue 2026-01-15 11:00:00 UTC; 1h ago\n',
            '10.0.0.7',
          ),
        ],
      },
      expect: [{ message: 'stopped', subject: 'machine:10.0.0.7', values: { state: 'inactive (dead)' } }],
    },
    {
      name: 'the second part of Docker as a runtime',
      given: {
        objects: [node('worker-1', { status: { nodeInfo: { containerRuntimeVersion: 'docker://24.0.7' } } })],
        documents: [units(unit('docker', 'active', 'running'), unit('cri-docker', 'failed', 'failed'))],
      },
      expect: [{ message: 'stopped', subject, values: { unit: 'cri-docker.service', state: 'failed' } }],
    },
    {
      name: 'its own command gets no answer',
      given: {
        objects: [unready],
        documents: [
          nodeFile(
            nodeRuntime,
            'Client:\n  Version:  1.3.7\n\nctr: failed to dial "/run/containerd/containerd.sock": connection error: desc = "transport: error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"\n',
          ),
        ],
      },
      expect: [{ message: 'notAnswering', subject, severity: 'critical', confidence: 'likely' }],
    },
    {
      name: 'the kubelet cannot connect, by the words of 1.36',
      given: { objects: [unready], logs: [kubeletLog(journalLine(5, REFUSED))] },
      expect: [
        {
          message: 'socketRefused',
          subject,
          severity: 'critical',
          values: { socket: '/run/containerd/containerd.sock', cause: 'connection refused', count: 1 },
        },
      ],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ },
    {
      name: 'a node that is not ready, without a file',
      given: { objects: [unready] },
      reason: /no file of it/,
    },
  ],
});
