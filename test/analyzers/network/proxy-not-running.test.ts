import { expect, it } from 'vitest';
import { proxyNotRunning } from '../../../analyzers/network/proxy-not-running.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, node } from '../../support/builders.ts';
import { agentPod, agentSet, logLine } from '../../support/network-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const PROXY = { 'k8s-app': 'kube-proxy' };
const set = agentSet('kube-proxy', PROXY);
const subject = 'Node/node-2';
const running = [node('node-2'), set, agentPod('node-2', PROXY)];

function log(seconds: number, text: string, times = 4, previous = false) {
  const lines = Array.from({ length: times }, (_, index) => logLine(seconds - index, text));
  return [
    {
      namespace: 'kube-system',
      pod: 'agent-node-2',
      container: 'kube-proxy',
      previous,
      text: lines.join(''),
    },
  ];
}

const FAILED =
  'E1121 12:00:00.000000       1 proxier.go:1553] "Failed to execute iptables-restore" err="exit status 4"';
const WATCH =
  'E1121 12:00:00.000000 1 reflector.go:166] "Unhandled Error" err="Failed to watch *v1.EndpointSlice: failed to list *v1.EndpointSlice: Get \\"https://10.0.0.1:6443\\": dial tcp 10.0.0.1:6443: i/o timeout"';

testAnalyzer(proxyNotRunning, {
  silent: [
    { name: 'a ready proxy', given: { objects: running } },
    {
      name: 'a proxy that started a moment ago',
      given: { objects: [node('node-2'), set, agentPod('node-2', PROXY, { notReadyFor: 40 })] },
    },
    {
      name: 'a DaemonSet that selects no node, as where eBPF does its work',
      given: {
        objects: [node('node-2'), agentSet('kube-proxy', PROXY, { nodeSelector: { 'non-calico': 'true' } })],
      },
    },
    { name: 'complaints of an hour ago', given: { objects: running, logs: log(3600, FAILED) } },
    { name: 'one failed write', given: { objects: running, logs: log(60, FAILED, 1) } },
    {
      name: 'complaints of the instance before',
      given: { objects: running, logs: log(60, FAILED, 4, true) },
    },
    {
      name: 'Cilium in its place',
      given: { objects: [node('node-2'), agentPod('node-2', { 'k8s-app': 'cilium' })] },
      status: 'not-applicable',
    },
  ],
  reports: [
    {
      name: 'a proxy that is not ready',
      given: { objects: [node('node-2'), set, agentPod('node-2', PROXY, { notReadyFor: 900 })] },
      expect: [{ message: 'podNotReady', subject, severity: 'critical', since: ago(900) }],
    },
    {
      name: 'a static pod of a node that is not ready',
      given: {
        objects: [node('node-2'), agentPod('node-2', { component: 'kube-proxy' }, { notReadyFor: 900 })],
      },
      expect: [{ message: 'podNotReady', subject }],
    },
    {
      name: 'a node without a proxy',
      given: { objects: [node('node-1'), node('node-2'), set, agentPod('node-1', PROXY)] },
      expect: [{ message: 'podMissing', subject }],
    },
    {
      name: 'rules that cannot be written',
      given: { objects: running, logs: log(60, FAILED) },
      expect: [{ message: 'rulesNotWritten', subject, severity: 'warning', values: { count: 4 } }],
    },
    {
      name: 'an API server out of reach',
      given: { objects: running, logs: log(60, WATCH) },
      expect: [{ message: 'noApiServer', subject, confidence: 'likely' }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { objects: [set], forbidden: [nodes] }, reason: /not allowed/ },
    { name: 'pods were refused', given: { objects: [node('node-1')], forbidden: [pods] } },
  ],
});

it('says why it does not apply', () => {
  const { result } = runOn(proxyNotRunning, {
    objects: [node('node-2'), agentPod('node-2', { 'k8s-app': 'cilium' })],
  });

  expect(result.reason).toBe('Cilium does the work of kube-proxy in this cluster');
});
