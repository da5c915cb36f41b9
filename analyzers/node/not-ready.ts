import { type LeaseItem, leases, type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { isTakenOut, kubeletReason, readyCondition } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The node controller's grace for a node that has just come (nodeStartupGracePeriod). */
const STARTUP_SECONDS = 60;
/** A kubelet renews its lease every 10 s for 40 s; past that it counts as silent (kubelet nodeLeaseDurationSeconds). */
const LEASE_SECONDS = 40;
const LEASE_NAMESPACE = 'kube-node-lease';

const BY_CONDITION = { level: 'certain', reason: 'the Ready condition says so' } as const;
const NOT_READY = {
  severity: 'critical',
  confidence: BY_CONDITION,
  effect: 'node-not-ready',
  explains: [
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-ready', via: ['runs'] },
    { effect: 'pod-not-scheduled', via: ['same-object'] },
    { effect: 'service-without-endpoints', via: ['runs'] },
    { effect: 'data-plane-not-connected', via: ['runs'] },
    { effect: 'controllers-not-running', via: ['same-object'] },
    { effect: 'scheduler-not-running', via: ['same-object'] },
  ],
} as const;
const REACH_NODE = {
  text: 'Reach the node by other means than the cluster: is the host up, is it on the network, and what does `journalctl -u kubelet` say.',
} as const;
const DESCRIBE = {
  text: 'Read the conditions and events of the node.',
  argv: ['kubectl', 'describe', 'node', '{node.name}'],
} as const;

export const notReady = defineAnalyzer({
  meta: {
    id: 'node/not-ready',
    title: 'Node not ready',
    description:
      'Nodes whose Ready condition is not True, with the reason their kubelet or its silence gives.',
    messages: {
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
        remedy: [REACH_NODE],
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
        remedy: [REACH_NODE],
      },
      neverReported: {
        ...NOT_READY,
        text: '{node:object} is registered, but its kubelet never reported a status.',
        remedy: [REACH_NODE],
      },
      runtimeDown: {
        ...NOT_READY,
        text: '{node:object} is not ready: its container runtime does not answer the kubelet ({detail:text}).',
        remedy: [
          {
            text: 'On the node, look at the container runtime: `systemctl status containerd`, its journal, and the space on its disk.',
          },
        ],
      },
      networkNotReady: {
        ...NOT_READY,
        text: '{node:object} is not ready: its pod network is not set up ({detail:text}).',
        remedy: [
          {
            text: 'Look at the pod of the network plugin on this node: it writes the configuration in /etc/cni/net.d.',
            argv: [
              'kubectl',
              'get',
              'pods',
              '-A',
              '-o',
              'wide',
              '--field-selector',
              'spec.nodeName={node.name}',
            ],
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
        ],
      },
      storageNotReady: {
        ...NOT_READY,
        text: '{node:object} is not ready: its storage is not set up ({detail:text}).',
        remedy: [
          DESCRIBE,
          { text: 'Look at disks and file systems of the node, and at its storage drivers.' },
        ],
      },
      reasonOfItsOwn: {
        ...NOT_READY,
        text: '{node:object} is not ready: {detail:text}.',
        remedy: [DESCRIBE],
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
    },
    checks: { ready: { item: 'Node is ready', expected: 'Ready is True', found: 'Ready is True' } },
    references: [
      'https://kubernetes.io/docs/reference/node/node-status/#condition',
      'kubernetes/kubernetes pkg/kubelet/nodestatus/setters.go and runtime.go: reasons and messages of Ready',
      'https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats',
    ],
  },
  needs: { nodes, leases: optional(leases) },
  analyze(inputs, context) {
    const { items, coverage } = inputs.nodes;
    const silent = items.filter((node) => readyCondition(node)?.condition.status === 'Unknown').length;
    // Of one node of a cluster that was seen in part, nothing is said of the others.
    const everySilent = coverage.complete && items.length > 1 && silent === items.length;
    for (const node of items) {
      if (readyCondition(node)?.condition.status === 'True') {
        context.looked({ check: 'ready', values: {}, subject: subjectOf(node) });
      } else if (!node.metadata.deletionTimestamp) {
        const settled = isOlder(context.age(node.metadata.creationTimestamp, node), STARTUP_SECONDS);
        const lease = inputs.leases.lookup({ namespace: LEASE_NAMESPACE, name: node.metadata.name });
        if (settled === undefined)
          context.looked({ check: 'ready', unseen: 'its age is not known', subject: subjectOf(node) });
        else if (settled)
          reportNode(node, lease.state === 'present' ? lease.item : undefined, {
            context,
            total: everySilent ? items.length : undefined,
          });
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly context: AnalyzeContext<typeof notReady.meta.messages, NonNullable<typeof notReady.meta.checks>>;
  /** Number of nodes when every one of them is silent. */
  readonly total: number | undefined;
}

function reportNode(node: NodeItem, lease: LeaseItem | undefined, { context, total }: Surroundings): void {
  const { condition, pointer } = readyCondition(node) ?? {};
  const { reason = '', message = '', lastTransitionTime: since } = condition ?? {};
  const age = lease && context.age(lease.spec?.renewTime, lease);
  const detail = (message || reason || 'it has no Ready condition').replace(/\.$/, '');
  const values = { node: subjectOf(node) };
  const common = {
    subject: subjectOf(node),
    ...(since ? { since } : {}),
    evidence: [context.at(node, pointer ?? '/status'), ...(age ? [context.at(lease, '/spec')] : [])] as const,
  };
  const kind = condition?.status === 'False' ? kubeletReason(detail) : undefined;
  if (isTakenOut(node) || kind === 'shuttingDown') {
    context.report({ message: 'maintenance', values: { ...values, detail }, ...common });
  } else if (!condition || reason === 'NodeStatusNeverUpdated') {
    context.report({ message: 'neverReported', values, ...common });
  } else if (condition.status === 'False') {
    context.report({ message: kind ?? 'reasonOfItsOwn', values: { ...values, detail }, ...common });
  } else if (total !== undefined) {
    context.report({ message: 'everyKubeletSilent', values: { ...values, total }, ...common });
  } else {
    const silent = isOlder(age, LEASE_SECONDS);
    const seconds = Math.max(0, Math.round(age?.seconds ?? 0));
    if (silent === undefined) context.report({ message: 'stoppedReporting', values, ...common });
    else
      context.report({
        message: silent ? 'kubeletSilent' : 'statusNotPosted',
        values: { ...values, age: seconds },
        ...common,
      });
  }
}
