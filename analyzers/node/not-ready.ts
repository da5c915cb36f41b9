import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { ALL_NODES } from '../../src/derive/machines.ts';
import { HEARTBEAT_SECONDS, type Heartbeat, nodeHeartbeats } from '../../src/derive/node-heartbeats.ts';
import {
  isStarting,
  isTakenOut,
  kubeletReason,
  nodeState,
  readyCondition,
} from '../../src/derive/node-readiness.ts';
import { NOT_READY_MESSAGES } from '../../src/derive/not-ready-messages.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** The node controller's grace for a node that has just come (nodeStartupGracePeriod). */
const STARTUP_SECONDS = 60;
/** A kubelet that has just started waits for its first list of containers; its threshold for it is 3 minutes. */
const KUBELET_START_SECONDS = 180;
/** The second one until Kubernetes 1.24. */
const CONTROL_PLANE_LABELS = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

export const notReady = defineAnalyzer({
  meta: {
    id: 'node/not-ready',
    title: 'Node not ready',
    description:
      'Nodes whose Ready condition is not True, with the reason their kubelet or its silence gives.',
    messages: NOT_READY_MESSAGES,
    checks: {
      ready: {
        checklist: 'check-kubernetes',
        item: 'Node is ready',
        expected: 'Ready is True',
        found: 'Ready is True',
      },
      count: {
        checklist: 'check-kubernetes',
        item: 'Number of nodes',
        expected: 'as many as the inventory has',
        found: '{count:count}, {controlPlane:count} of them with the control plane',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/node/node-status/#condition',
      'kubernetes/kubernetes pkg/kubelet/nodestatus/setters.go and runtime.go: reasons and messages of Ready',
      'https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats',
    ],
  },
  needs: { nodes, heartbeats: optional(nodeHeartbeats) },
  analyze(inputs, context) {
    const { items, coverage } = inputs.nodes;
    const silent = items.filter((node) => readyCondition(node)?.condition.status === 'Unknown').length;
    // Of one node of a cluster that was seen in part, nothing is said of the others.
    const everySilent = coverage.complete && items.length > 1 && silent === items.length;
    const count = items.length;
    if (coverage.complete) {
      const values = { count, controlPlane: items.filter(isControlPlane).length };
      context.looked({ check: 'count', values, subject: ALL_NODES });
    }
    for (const node of items) {
      const subject = subjectOf(node);
      if (node.metadata.deletionTimestamp) continue;
      if (nodeState(node) === 'ready') {
        context.looked({ check: 'ready', values: {}, subject });
        continue;
      }
      const unsettled = whyNotSettled(node, context);
      if (unsettled !== undefined) {
        context.looked({ check: 'ready', unseen: unsettled, subject });
        continue;
      }
      const beat = inputs.heartbeats.of(node.metadata.name);
      reportNode(node, beat.state === 'present' ? beat.item : undefined, {
        context,
        total: everySilent ? count : undefined,
      });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof notReady.meta.messages, NonNullable<typeof notReady.meta.checks>>;

interface Surroundings {
  readonly context: Context;
  /** Number of nodes when every one of them is silent. */
  readonly total: number | undefined;
}

/** Why a node that is not ready is not judged: it has just come, or its kubelet has just started. */
function whyNotSettled(node: NodeItem, { age }: Context): string | Gap | undefined {
  const settled = isOlder(age(node.metadata.creationTimestamp, node), STARTUP_SECONDS);
  if (settled === undefined) return undecidedAge(node);
  if (!settled) return 'it was registered less than a minute before';
  const { condition } = readyCondition(node) ?? {};
  if (condition?.status !== 'False' || !isStarting(condition.message ?? '')) return undefined;
  const up = isOlder(age(condition.lastTransitionTime, node), KUBELET_START_SECONDS);
  return up === false ? 'its kubelet has just started' : undefined;
}

function reportNode(node: NodeItem, beat: Heartbeat | undefined, { context, total }: Surroundings): void {
  const { condition, pointer } = readyCondition(node) ?? {};
  const { reason = '', message = '', lastTransitionTime: since } = condition ?? {};
  const detail = (message || reason || 'it has no Ready condition').replace(/\.$/, '');
  const values = { node: subjectOf(node) };
  const common = {
    subject: subjectOf(node),
    ...(since ? { since } : {}),
    evidence: [
      context.at(node, pointer ?? '/status'),
      ...(beat?.age ? [context.at(beat.lease, '/spec')] : []),
    ] as const,
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
    const silent = beat?.moved ? false : isOlder(beat?.age, HEARTBEAT_SECONDS);
    const age = Math.max(0, Math.round(beat?.age?.seconds ?? 0));
    if (silent === undefined) context.report({ message: 'stoppedReporting', values, ...common });
    else if (silent) context.report({ message: 'kubeletSilent', values: { ...values, age }, ...common });
    else context.report({ message: 'statusNotPosted', values: { ...values, age }, ...common });
  }
}

function isControlPlane({ metadata }: NodeItem): boolean {
  const labels = metadata.labels ?? {};
  return CONTROL_PLANE_LABELS.some((label) => labels[label] !== undefined);
}
