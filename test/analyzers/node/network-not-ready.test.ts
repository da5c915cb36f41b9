import { networkNotReady } from '../../../analyzers/node/network-not-ready.ts';
import { nodeNetwork } from '../../../src/artifacts/node-network.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { ago, condition, node } from '../../support/builders.ts';
import { journalLine, kubeletLog, nodeFile, nodeWith, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const NOT_INITIALIZED =
  'kubelet[2112]: E1120 05:41:48.1 2112 kubelet.go:3210] "Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"';
const unavailable = condition('NetworkUnavailable', 'True', {
  reason: 'NoRouteCreated',
  message: 'Node created without a route.',
});
const unready = unreadyNode(
  'False',
  'KubeletNotReady',
  'container runtime network not ready: cni plugin not initialized',
);
const silent = unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.');

function folder(...files: readonly string[]) {
  return nodeFile(nodeNetwork, `==> cni-files <==\n${files.map((file) => `${file}\n`).join('')}`);
}

testAnalyzer(networkNotReady, {
  silent: [
    {
      name: 'a network that is up',
      given: {
        objects: [nodeWith([condition('NetworkUnavailable', 'False', { reason: 'CalicoIsUp' })])],
        documents: [folder('10-calico.conflist', 'calico-kubeconfig')],
      },
    },
    {
      name: 'a node made two minutes ago',
      given: { objects: [nodeWith([unavailable], { metadata: { creationTimestamp: ago(120) } })] },
    },
    {
      name: 'complaints in the log of a node that is ready by now',
      given: { objects: [node('worker-1')], logs: [kubeletLog(journalLine(200, NOT_INITIALIZED))] },
    },
    {
      name: 'a node that says so itself is told as not ready',
      given: { objects: [unready], logs: [kubeletLog(journalLine(20, NOT_INITIALIZED))] },
    },
    {
      name: 'an empty folder of a ready node, whose plugin is configured elsewhere',
      given: { objects: [node('worker-1')], documents: [folder()] },
    },
  ],
  reports: [
    {
      name: 'a node without a route',
      given: { objects: [nodeWith([unavailable])] },
      expect: [
        {
          message: 'unavailable',
          subject,
          severity: 'critical',
          values: { detail: 'Node created without a route' },
          since: ago(3600),
        },
      ],
    },
    {
      name: 'an empty folder under a node that is not ready',
      given: { objects: [unready], documents: [folder()] },
      expect: [{ message: 'noConfiguration', subject, severity: 'critical' }],
    },
    {
      name: 'an archive of a node alone: the log is all there is',
      given: { logs: [kubeletLog(journalLine(20, NOT_INITIALIZED))] },
      expect: [{ message: 'notInitialized', subject, severity: 'critical', values: { count: 1 } }],
    },
    {
      name: 'undated lines of a node that fell silent',
      given: { objects: [silent], logs: [kubeletLog(`Nov 20 05:41:48 worker-1 ${NOT_INITIALIZED}\n`)] },
      expect: [{ message: 'notInitialized', subject, severity: 'critical' }],
    },
  ],
  unknown: [{ name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ }],
});
