import type { Messages } from '../model/message.ts';

const BY_CONDITION = { level: 'certain', reason: 'the Ready condition says so' } as const;
const NOT_READY = {
  severity: 'critical',
  confidence: BY_CONDITION,
  check: 'ready',
  effect: 'node-not-ready',
  explains: [
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-ready', via: ['runs'] },
    { effect: 'pod-not-terminating', via: ['runs'] },
    { effect: 'connection-failing', via: ['runs'] },
    { effect: 'etcd-unavailable', via: ['runs'] },
    { effect: 'pod-not-scheduled', via: ['same-object'] },
    { effect: 'service-without-endpoints', via: ['runs'] },
    { effect: 'data-plane-not-connected', via: ['runs'] },
    { effect: 'controllers-not-running', via: ['same-object'] },
    { effect: 'scheduler-not-running', via: ['same-object'] },
  ],
} as const;
const REACH_NODE = {
  text: 'Reach the node by other means than the cluster: is the host up, is it on the network, and what does its kubelet say.',
  argv: ['journalctl', '-u', 'kubelet', '-n', '100', '--no-pager'],
} as const;
const DESCRIBE = {
  text: 'Read the conditions and events of the node.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;

/** A drain waits for the kubelet to end each pod: of a dead machine it would wait for ever. */
const REPLACE_DEAD = [
  {
    text: 'A machine that does not come back needs no drain, which could not end its pods: shut it down for good, then delete the Node; its pods are made anew elsewhere.',
    argv: ['kubectl', 'delete', 'node', '{node.name}'],
  },
  {
    text: 'To move pods with volumes away at once, and only when the machine is off for sure, mark it as out of service.',
    argv: [
      'kubectl',
      'taint',
      'node',
      '{node.name}',
      'node.kubernetes.io/out-of-service=nodeshutdown:NoExecute',
    ],
  },
] as const;
const DRAIN = {
  text: 'If it has to be replaced, drain it while its kubelet answers; data in emptyDir volumes is lost.',
  argv: ['kubectl', 'drain', '{node.name}', '--ignore-daemonsets', '--delete-emptydir-data'],
} as const;

/** What `node/not-ready` reports: one message per reason the Ready condition or the silence of the kubelet gives. */
export const NOT_READY_MESSAGES = {
  everyKubeletSilent: {
    ...NOT_READY,
    confidence: {
      level: 'likely',
      reason: 'all nodes fell silent; what they share is more likely at fault than each of them',
    },
    text: '{node:object} and every other of the {total:count} nodes stopped reporting: what all kubelets share, the address of the API server, the network or a certificate, is at fault.',
    remedy: [
      {
        text: 'On one node, test the address in /etc/kubernetes/kubelet.conf and read `journalctl -u kubelet`: load balancer, DNS name, firewall, expired certificates.',
      },
    ],
    groupBy: ['total'],
  },
  kubeletSilent: {
    ...NOT_READY,
    confidence: { level: 'certain', reason: 'condition and lease of the node agree' },
    text: '{node:object} is not ready: its kubelet stopped reporting and renewed the lease of the node last {age:duration} before it was observed.',
    remedy: [REACH_NODE, ...REPLACE_DEAD],
  },
  statusNotPosted: {
    ...NOT_READY,
    confidence: { level: 'likely', reason: 'the lease of the node shows that its kubelet is alive' },
    text: '{node:object} counts as unknown, but its kubelet renewed the lease of the node {age:duration} before it was observed: it has just come back, or its status does not reach the API server.',
    remedy: [
      {
        text: 'Look again after a minute; if it stays, read `journalctl -u kubelet` for refused status updates.',
      },
    ],
  },
  stoppedReporting: {
    ...NOT_READY,
    text: '{node:object} is not ready: its kubelet stopped reporting.',
    remedy: [REACH_NODE, ...REPLACE_DEAD],
  },
  neverReported: {
    ...NOT_READY,
    text: '{node:object} is registered, but its kubelet never reported a status.',
    remedy: [REACH_NODE, ...REPLACE_DEAD],
  },
  runtimeDown: {
    ...NOT_READY,
    effect: 'container-runtime-down',
    text: '{node:object} is not ready: its container runtime does not answer the kubelet ({detail:text}).',
    remedy: [
      {
        text: 'On the node, look at the container runtime: `systemctl status containerd`, its journal, and the space on its disk.',
      },
    ],
  },
  networkNotReady: {
    ...NOT_READY,
    effect: 'node-network-not-ready',
    text: '{node:object} is not ready: its pod network is not set up ({detail:text}).',
    remedy: [
      {
        text: 'Look at the pod of the network plugin on this node: it writes the configuration in /etc/cni/net.d.',
        argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide', '--field-selector', 'spec.nodeName={node.name}'],
      },
    ],
  },
  relistStuck: {
    ...NOT_READY,
    text: '{node:object} is not ready: its kubelet does not get the list of containers in time ({detail:text}).',
    remedy: [
      {
        text: 'On the node, look for what slows the container runtime: disk, memory, a hanging container, very many containers.',
      },
      DRAIN,
    ],
  },
  storageNotReady: {
    ...NOT_READY,
    text: '{node:object} is not ready: its storage is not set up ({detail:text}).',
    remedy: [
      DESCRIBE,
      { text: 'Look at disks and file systems of the node, and at its storage drivers.' },
      DRAIN,
    ],
  },
  reasonOfItsOwn: {
    ...NOT_READY,
    text: '{node:object} is not ready: {detail:text}.',
    remedy: [DESCRIBE, DRAIN],
  },
  maintenance: {
    ...NOT_READY,
    severity: 'warning',
    text: '{node:object} is taken out of service and not ready: {detail:text}.',
    remedy: [
      {
        text: 'If the maintenance is over, start the node and let pods come back to it.',
        argv: ['kubectl', 'uncordon', '{node.name}'],
      },
    ],
  },
} as const satisfies Messages;
