import { connectionBlocked } from '../../../analyzers/node/connection-blocked.ts';
import { nodeFirewall } from '../../../src/artifacts/node-firewall.ts';
import { nodeProbes } from '../../../src/artifacts/node-probes.ts';
import { node } from '../../support/builders.ts';
import { nodeFile, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const three = ['worker-1', 'worker-2', 'worker-3'].map((name) => node(name));

function probes(from: string, ...lines: readonly object[]) {
  return nodeFile(nodeProbes, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), from);
}

function toKubelet(of: string, outcome: string) {
  return { kind: 'node', node: of, target: `192.0.2.1${of.at(-1)}:10250`, outcome };
}

const REGISTRY = { kind: 'registry', target: 'registry.example:443', path: '/v2/' };

testAnalyzer(connectionBlocked, {
  silent: [
    {
      name: 'everything answers, a registry with 401',
      given: {
        objects: three,
        documents: [
          probes(
            'worker-1',
            toKubelet('worker-2', 'ok'),
            { ...REGISTRY, outcome: 'http', status: 401 },
            { kind: 'api-server', target: '192.0.2.1:6443', outcome: 'ok' },
          ),
        ],
      },
    },
    {
      name: 'a node that is not ready is told as such',
      given: {
        objects: [
          node('worker-1'),
          unreadyNode('Unknown', 'NodeStatusUnknown', 'silent', { name: 'worker-2' }),
        ],
        documents: [probes('worker-1', toKubelet('worker-2', 'timeout'))],
      },
    },
    {
      name: 'probes of its own ports are judged elsewhere',
      given: {
        objects: three,
        documents: [probes('worker-1', { kind: 'local', target: '127.0.0.1:2381', outcome: 'refused' })],
      },
    },
    {
      name: 'a package source that is not needed to run',
      given: {
        objects: three,
        documents: [probes('worker-1', { kind: 'package-source', target: 'deb.example:80', outcome: 'dns' })],
      },
      info: [
        {
          message: 'packageSourceUnreachable',
          subject: 'Node/worker-1',
          values: { target: 'deb.example:80', outcome: ['the name does not resolve'] },
        },
      ],
    },
    {
      name: 'a firewall that is on',
      given: {
        objects: three,
        documents: [nodeFile(nodeFirewall, '==> firewalld <==\nrunning\n')],
      },
      info: [{ message: 'firewallOn', subject: 'Node/worker-1', values: { firewall: 'firewalld' } }],
    },
  ],
  reports: [
    {
      name: 'a node nobody reaches',
      given: {
        objects: three,
        documents: [
          probes('worker-1', toKubelet('worker-3', 'timeout'), toKubelet('worker-2', 'ok')),
          probes('worker-2', toKubelet('worker-3', 'timeout'), toKubelet('worker-1', 'ok')),
        ],
      },
      expect: [
        {
          message: 'nodeUnreachable',
          subject: 'Node/worker-3',
          severity: 'critical',
          values: { outcome: ['no answer in time'], from: ['worker-1', 'worker-2'] },
        },
      ],
    },
    {
      name: 'a node that reaches nobody',
      given: {
        objects: three,
        documents: [
          probes('worker-1', toKubelet('worker-2', 'timeout'), toKubelet('worker-3', 'timeout')),
          probes('worker-2', toKubelet('worker-3', 'ok')),
          probes('worker-3', toKubelet('worker-2', 'ok')),
        ],
      },
      expect: [
        {
          message: 'peersUnreachable',
          subject: 'Node/worker-1',
          severity: 'critical',
          values: { targets: ['worker-2 (192.0.2.12:10250)', 'worker-3 (192.0.2.13:10250)'] },
        },
      ],
    },
    {
      name: 'no way to the API server and to a Service address',
      given: {
        objects: three,
        documents: [
          probes(
            'worker-1',
            { kind: 'api-server', target: 'api.example:6443', outcome: 'dns', error: 'no such host' },
            { kind: 'service', target: '10.96.0.1:443', outcome: 'timeout' },
          ),
        ],
      },
      expect: [
        {
          message: 'apiServerUnreachable',
          subject: 'Node/worker-1',
          values: { target: 'api.example:6443', outcome: ['no such host'] },
        },
        { message: 'serviceUnreachable', subject: 'Node/worker-1', severity: 'warning' },
      ],
    },
    {
      name: 'a registry two nodes do not reach is one finding',
      given: {
        objects: three,
        documents: [
          probes('worker-1', { ...REGISTRY, outcome: 'timeout' }),
          probes('worker-2', { ...REGISTRY, outcome: 'timeout' }),
        ],
      },
      expect: [
        {
          message: 'registryUnreachable',
          subject: 'registry:registry.example',
          severity: 'warning',
          values: { from: ['worker-1', 'worker-2'] },
        },
      ],
    },
  ],
  unknown: [
    { name: 'nothing was tried', given: { objects: three, forbidden: [nodeProbes] }, reason: /not allowed/ },
  ],
});
