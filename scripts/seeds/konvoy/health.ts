import type { SeedRow } from '../seed-row.ts';

/** What `konvoy check nodes` and `kubernetes` verify, and when the document advises to run them. */
export const healthRows: readonly SeedRow[] = [
  {
    lines: [576, 580],
    kind: 'command',
    says: 'Make sure of the health of nodes: `konvoy check nodes`.',
    answers: [
      { command: 'kubecase collect --nodes' },
      { facts: 'node-facts' },
      { analyzer: 'node/service-restarting', check: 'services' },
    ],
  },
  {
    lines: 582,
    kind: 'step',
    says: 'The kernel is configured for the network of containers.',
    answers: [
      { analyzer: 'node/settings-unsuitable', check: 'kernel' },
      {
        analyzer: 'node/settings-unsuitable',
        message: ['notForwarding', 'bridgeNotFiltered', 'bridgeModuleMissing'],
      },
    ],
  },
  {
    lines: 583,
    kind: 'step',
    says: 'The core components of Kubernetes run.',
    answers: [
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'node/service-restarting', check: 'services' },
      { analyzer: 'node/container-runtime-down', check: 'runtime' },
      { analyzer: 'network/proxy-not-running' },
    ],
  },
  {
    lines: 584,
    kind: 'step',
    says: 'The core commands of the system are there.',
    answers: [
      { analyzer: 'node/prerequisite-missing', check: 'commands' },
      { analyzer: 'node/prerequisite-missing', message: 'commandMissing' },
    ],
  },
  {
    lines: 588,
    kind: 'question',
    says: 'Nodes: why does Kubernetes call a node unhealthy?',
    answers: [
      { analyzer: 'node/not-ready' },
      { analyzer: 'node/pressure' },
      { analyzer: 'node/condition-reported' },
      { analyzer: 'node/ready-flapping' },
    ],
  },
  {
    lines: 589,
    kind: 'question',
    says: 'Nodes: why does a pod that has a node not start?',
    answers: [
      { analyzer: 'workload/sandbox-not-created' },
      { analyzer: 'workload/volume-mount-failed' },
      { analyzer: 'workload/container-not-created' },
      { analyzer: 'workload/image-pull-failed' },
      { analyzer: 'workload/init-container-stuck' },
    ],
  },
  {
    lines: 590,
    kind: 'question',
    says: 'Nodes: why is a pod that runs not reached in the network of the cluster?',
    answers: [
      { analyzer: 'workload/pod-not-ready' },
      { analyzer: 'network/service-without-endpoints' },
      { analyzer: 'network/service-port-unserved' },
      { analyzer: 'network/policy-blocks-traffic' },
      { analyzer: 'network/proxy-not-running' },
    ],
  },
  {
    lines: 592,
    kind: 'practice',
    says: 'Some errors of pods show only on the node, with crictl.',
    answers: [
      { command: 'kubecase collect --nodes' },
      { analyzer: 'node/container-runtime-down' },
      { analyzer: 'workload/sandbox-not-created' },
    ],
  },
  {
    lines: [596, 600],
    kind: 'command',
    says: 'Make sure of the health of the cluster: `konvoy check kubernetes`.',
    answers: [
      { analyzer: 'konvoy/configuration-differs', check: 'node' },
      { analyzer: 'control-plane/component-not-running', check: 'running' },
      { analyzer: 'network/network-plugin-unhealthy', check: 'healthy' },
    ],
  },
  {
    lines: 604,
    kind: 'step',
    says: 'The container network (Calico) runs on every node.',
    answers: [
      { analyzer: 'network/network-plugin-unhealthy', check: 'healthy' },
      { analyzer: 'network/network-plugin-unhealthy', message: ['agentNotReady', 'agentMissing'] },
    ],
  },
  {
    lines: 605,
    kind: 'step',
    says: 'Every node is healthy.',
    answers: [{ analyzer: 'node/not-ready', check: 'ready' }, { analyzer: 'node/not-ready' }],
  },
  {
    lines: 606,
    kind: 'step',
    says: 'The control-plane components have the right version.',
    answers: [
      { analyzer: 'konvoy/configuration-differs', check: 'serverVersion' },
      { analyzer: 'control-plane/version-skew', check: 'equal' },
      { analyzer: 'node/version-skew', check: 'supported' },
      { analyzer: 'kubernetes/version-unsupported', message: 'kubernetesEnded' },
    ],
  },
  {
    lines: 610,
    kind: 'question',
    says: 'Cluster: why is the API server down, not reached, or silent?',
    answers: [
      { analyzer: 'control-plane/api-server-unreachable' },
      { analyzer: 'control-plane/api-server-check-failing' },
      { analyzer: 'control-plane/api-server-slow' },
    ],
  },
  {
    lines: 611,
    kind: 'question',
    says: 'Cluster: why can pods and other objects not be created?',
    answers: [
      { analyzer: 'workload/pods-not-created' },
      { analyzer: 'admission/webhook-unavailable' },
      { analyzer: 'kubernetes/quota-exhausted' },
      { analyzer: 'kubernetes/request-denied' },
      { analyzer: 'etcd/space-exhausted', message: ['noSpace', 'writesRefused'] },
    ],
  },
  {
    lines: [612, 613],
    kind: 'question',
    says: 'Cluster: a deployment succeeds without the wanted result, for example a Service gets no external IP. Why?',
    answers: [
      { analyzer: 'network/load-balancer-pending', message: ['refused', 'nobodyGives', 'waiting'] },
      { analyzer: 'konvoy/addon-not-deployed', message: 'notDeployed' },
      { analyzer: 'workload/scaled-to-zero' },
      { analyzer: 'control-plane/leader-lease-stale', message: 'controllersGone' },
    ],
  },
  {
    lines: 614,
    kind: 'question',
    says: 'Cluster: why do applications not reach other Services?',
    answers: [
      { analyzer: 'network/service-name-unknown' },
      { analyzer: 'network/dns-unhealthy' },
      { analyzer: 'network/proxy-not-running' },
      {
        analyzer: 'workload/dependency-failing',
        message: ['serviceMissing', 'noAnswer', 'connectionRefused'],
      },
    ],
  },
  {
    lines: 615,
    kind: 'question',
    says: 'Cluster: is everything well after an upgrade?',
    answers: [
      { analyzer: 'control-plane/version-skew' },
      { analyzer: 'node/version-skew', message: ['tooOld', 'newerThanServer', 'mixed'] },
      { analyzer: 'konvoy/configuration-differs', message: ['serverVersionDiffers', 'nodeVersionDiffers'] },
      { analyzer: 'kubernetes/deprecated-api-used' },
      { analyzer: 'workload/rollout-stuck' },
    ],
  },
];
