import { leases, type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import {
  HEARTBEAT_NAMESPACE,
  HEARTBEAT_SECONDS,
  type Heartbeat,
  nodeHeartbeats,
} from '../../src/derive/node-heartbeats.ts';
import { nodeState, readyCondition } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Nodes and leases that have just come are not judged. */
const SETTLED_SECONDS = 300;
const NAMESPACE: ObjectRef = { group: '', kind: 'Namespace', name: HEARTBEAT_NAMESPACE };

const BY_SERVER = {
  level: 'certain',
  reason: 'the API server recorded when the lease was last written',
} as const;
const BY_KUBELET = {
  level: 'likely',
  reason: 'the lease was read once and its time is the clock of the node, which may be wrong',
} as const;

export const leaseStale = defineAnalyzer({
  meta: {
    id: 'node/lease-stale',
    title: 'Node lease not renewed',
    description: 'Nodes whose kubelet no longer renews their lease though they do not count as unknown.',
    messages: {
      silentUnnoticed: {
        severity: 'critical',
        confidence: BY_SERVER,
        text: 'The kubelet of {node:object} renewed its lease last {age:duration} before it was observed, yet its Ready condition still says {status:text}: the kubelet is silent, and no controller notices.',
        remedy: [
          {
            text: 'Look at kube-controller-manager first: its node-lifecycle controller marks such a node as unknown within a minute.',
            argv: ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system', '-o', 'yaml'],
          },
          {
            text: 'Then reach the node by other means than the cluster: is the host up, and what does `journalctl -u kubelet` say.',
          },
        ],
        check: 'renewed',
        effect: 'node-not-ready',
        explains: [
          { effect: 'pod-not-starting', via: ['runs'] },
          { effect: 'pod-not-ready', via: ['runs'] },
          { effect: 'pod-not-terminating', via: ['runs'] },
          { effect: 'connection-failing', via: ['runs'] },
        ],
      },
      allStale: {
        severity: 'info',
        confidence: {
          level: 'possible',
          reason:
            'what all kubelets share is more likely at fault than each of them, the time of the bundle included',
        },
        text: 'No node lease of {total:count} in {namespace:object} was renewed within {age:duration} before it was observed, yet no node counts as unknown: leases are not written, or the bundle is later than it says.',
        remedy: [
          {
            text: 'Look at the API server and etcd, whether they accept writes, before looking at any node.',
            argv: ['kubectl', 'get', '--raw', '/readyz?verbose'],
          },
        ],
      },
      nodeObjectGone: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'a kubelet without a Node object makes its lease anew, without an owner',
        },
        text: 'A kubelet renews {lease:object}, but there is no Node of that name: the Node was deleted under a kubelet that still runs.',
        remedy: [
          {
            text: 'Restart the kubelet on that machine, `systemctl restart kubelet`, so that it registers again; or shut the machine down if it was removed on purpose.',
          },
        ],
        effect: 'node-not-ready',
      },
      noLease: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'all leases of the namespace were seen' },
        text: '{node:object} has no lease, unlike other nodes: whether its kubelet is alive shows in its conditions only, up to five minutes late.',
        remedy: [
          {
            text: 'See whether the kubelet may write leases: its log says `Failed to ensure lease exists`.',
            argv: ['kubectl', 'get', 'leases', '-n', 'kube-node-lease'],
          },
        ],
      },
    },
    checks: {
      renewed: {
        checklist: 'check-nodes',
        item: 'Kubelet renews the lease of its node',
        expected: 'renewed within a minute',
        found: 'renewed {age:duration} before it was observed',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats',
      'kubernetes/kubernetes pkg/controller/nodelifecycle: nodeMonitorGracePeriod 40 s, 50 s from 1.31 on',
    ],
  },
  needs: { nodes, heartbeats: nodeHeartbeats },
  analyze({ nodes: collection, heartbeats }, context) {
    const alive = collection.items.filter((node) => !node.metadata.deletionTimestamp);
    const known = alive.map((node) => ({ node, found: heartbeats.of(node.metadata.name) }));
    const leased = known.flatMap(({ node, found }) =>
      found.state === 'present' ? [{ node, beat: found.item }] : [],
    );
    const stale = leased.filter(({ beat }) => beat.stale === true);
    const noticed = stale.some(({ node }) => nodeState(node) === 'silent');
    const everyone = leased.length > 0 && stale.length === leased.length && !noticed;
    const whole = collection.coverage.complete && known.every(({ found }) => found.state !== 'unseen');
    if (everyone && !whole) {
      // Whether the others are silent too decides whose fault it is.
      const unseen = 'not every node and lease was seen';
      for (const { node } of leased) context.looked({ check: 'renewed', unseen, subject: subjectOf(node) });
    } else if (everyone && leased.length > 1) reportAll(stale, context);
    else for (const { node, beat } of leased) judge(node, beat, context);
    for (const { node, found } of known) {
      const subject = subjectOf(node);
      if (found.state === 'unseen') context.looked({ check: 'renewed', unseen: found.gap, subject });
      else if (found.state === 'absent' && leased.length > 0) reportMissing(node, context);
    }
    for (const beat of heartbeats.all) {
      if (collection.lookup({ name: beat.lease.metadata.name }).state === 'absent')
        reportOrphan(beat, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof leaseStale.meta.messages, NonNullable<typeof leaseStale.meta.checks>>;

function judge(node: NodeItem, beat: Heartbeat, context: Context): void {
  const subject = subjectOf(node);
  const ready = readyCondition(node);
  if (beat.stale === false) {
    const evidence = [context.at(beat.lease, '/spec')];
    context.looked({ check: 'renewed', values: { age: secondsOf(beat) }, subject, evidence });
  } else if (beat.stale === undefined) {
    context.looked({ check: 'renewed', unseen: 'the clocks do not decide it', subject });
  } else if (nodeState(node) === 'silent') {
    context.looked({ check: 'renewed', unseen: 'the node counts as unknown already', subject });
  } else {
    context.report({
      message: 'silentUnnoticed',
      values: { node: subject, age: secondsOf(beat), status: ready?.condition.status ?? 'nothing' },
      subject,
      evidence: [context.at(beat.lease, '/spec'), context.at(node, ready?.pointer ?? '/status')],
      confidence: beat.by === 'api-server' ? BY_SERVER : BY_KUBELET,
      ...(beat.renewed ? { since: beat.renewed } : {}),
    });
  }
}

function reportAll(stale: readonly { readonly beat: Heartbeat }[], { report, at }: Context): void {
  const beats = stale.map(({ beat }) => beat);
  const youngest = beats.reduce((a, b) => (secondsOf(b) < secondsOf(a) ? b : a));
  report({
    message: 'allStale',
    values: { namespace: NAMESPACE, total: beats.length, age: secondsOf(youngest) },
    subject: NAMESPACE,
    evidence: [at(youngest.lease, '/spec')],
  });
}

function reportMissing(node: NodeItem, { report, absent, at, age }: Context): void {
  const { name, creationTimestamp } = node.metadata;
  if (nodeState(node) !== 'ready' || !isOlder(age(creationTimestamp, node), SETTLED_SECONDS)) return;
  const scope = { type: 'namespace', namespace: HEARTBEAT_NAMESPACE } as const;
  report({
    message: 'noLease',
    values: { node: subjectOf(node) },
    subject: subjectOf(node),
    evidence: [absent({ artifact: leases, scope, name }), at(node, '/metadata')],
  });
}

/** The garbage collector removes the lease of a deleted Node; one without an owner was made by a kubelet afterwards. */
function reportOrphan({ lease, moved, age }: Heartbeat, context: Context): void {
  const { name, creationTimestamp, ownerReferences = [] } = lease.metadata;
  const fresh = moved || isOlder(age, HEARTBEAT_SECONDS) === false;
  // A Node that has just come may be younger than the list of nodes.
  if (!fresh || ownerReferences.length > 0) return;
  if (!isOlder(context.age(creationTimestamp, lease), SETTLED_SECONDS)) return;
  context.report({
    message: 'nodeObjectGone',
    values: { lease: subjectOf(lease) },
    subject: subjectOf(lease),
    related: [{ group: '', kind: 'Node', name }],
    evidence: [context.at(lease, '/spec'), context.absent({ artifact: nodes, scope: CLUSTER_SCOPE, name })],
  });
}

function secondsOf({ age }: Heartbeat): number {
  return Math.max(0, Math.round(age?.seconds ?? 0));
}
