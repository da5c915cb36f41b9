import { DEFAULT_LEASE_SECONDS, LEADER_LEASES, LEADER_NAMESPACE } from '../../src/artifacts/leader-leases.ts';
import { type LeaseItem, leases, nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import {
  CLOUD_CONTROLLERS_DOWN_REACHES,
  CONTROLLERS_DOWN_REACHES,
  SCHEDULER_DOWN_REACHES,
} from '../../src/derive/control-plane-reach.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, type Input, optional, samples } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

/** Without a second look, a lease counts as given up only this long after it ran out. */
const SINGLE_LOOK_SLACK_SECONDS = 60;
/** A vacant lease is taken within one retry period and the acquire jitter. */
const TAKEOVER_SECONDS = 30;

const TWO_LOOKS = { level: 'certain', reason: 'two looks at the lease show no renewal in between' } as const;
const ONE_LOOK = {
  level: 'likely',
  reason: 'the lease was looked at once, so a wrong clock of the holder is not ruled out',
} as const;
const REMEDY = [
  {
    text: 'See whether the component runs on the control plane nodes, and its last lines.',
    argv: ['kubectl', 'get', 'pods', '-n', 'kube-system', '-l', 'component={component}', '-o', 'wide'],
  },
  {
    text: 'It is a static pod on kubeadm clusters: read its log with crictl on the node and the manifest in /etc/kubernetes/manifests.',
    flavour: 'kubeadm',
  },
] as const;

const GONE = {
  severity: 'critical',
  confidence: TWO_LOOKS,
  text: 'No {component:text} is active: {lease:object} was last renewed {age:duration} before it was observed, by `{holder:text}`, and is valid for {duration:duration}.',
  remedy: REMEDY,
  check: 'renewed',
} as const;
const VACANT = {
  severity: 'critical',
  confidence: { level: 'certain', reason: 'the lease has no holder' },
  text: 'The last leader of {component:text} stepped down cleanly and nobody took over: {lease:object} has had no holder for {age:duration}.',
  remedy: REMEDY,
  check: 'renewed',
} as const;
const MESSAGES = {
  'kube-scheduler': ['schedulerGone', 'schedulerVacant'],
  'kube-controller-manager': ['controllersGone', 'controllersVacant'],
  'cloud-controller-manager': ['cloudControllersGone', 'cloudControllersVacant'],
} as const;

export const leaderLeaseStale = defineAnalyzer({
  meta: {
    id: 'control-plane/leader-lease-stale',
    title: 'Leader lease not renewed',
    description:
      'Whether kube-scheduler, kube-controller-manager and cloud-controller-manager have a leader that renews its lease.',
    messages: {
      schedulerGone: { ...GONE, effect: 'scheduler-not-running', explains: SCHEDULER_DOWN_REACHES },
      controllersGone: { ...GONE, effect: 'controllers-not-running', explains: CONTROLLERS_DOWN_REACHES },
      cloudControllersGone: {
        ...GONE,
        effect: 'controllers-not-running',
        explains: CLOUD_CONTROLLERS_DOWN_REACHES,
      },
      schedulerVacant: { ...VACANT, effect: 'scheduler-not-running', explains: SCHEDULER_DOWN_REACHES },
      controllersVacant: {
        ...VACANT,
        effect: 'controllers-not-running',
        explains: CONTROLLERS_DOWN_REACHES,
      },
      cloudControllersVacant: {
        ...VACANT,
        effect: 'controllers-not-running',
        explains: CLOUD_CONTROLLERS_DOWN_REACHES,
      },
      neverHeld: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'pods of the component exist, but it has no lease; it may run with leader election off',
        },
        text: 'Pods of {component:text} exist, but it never took its lease in namespace `kube-system`.',
        remedy: REMEDY,
        key: ['component'],
        effect: 'controllers-not-running',
      },
    },
    checks: {
      renewed: {
        checklist: 'control-plane',
        item: 'Leader renews its lease',
        expected: 'renewed within the lease duration',
        found: 'held by `{holder:text}`, renewed {age:duration} before it was observed',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/architecture/leases/#leader-election',
      'k8s.io/component-base/config/v1alpha1/defaults.go: LeaseDuration 15 s, RenewDeadline 10 s, RetryPeriod 2 s',
    ],
  },
  needs: { leases: samples(leases), nodes: optional(nodes), pods: optional(pods) },
  appliesTo({ leases: [first], pods: podCollection }) {
    const collection = first as Collection<LeaseItem>;
    const found = LEADER_LEASES.some(
      (name) => collection.lookup({ namespace: LEADER_NAMESPACE, name }).state === 'present',
    );
    const covered = collection.coverage.covers(LEADER_NAMESPACE);
    if (found || podsOf(podCollection, LEADER_LEASES).length > 0) return true;
    if (covered !== true) return { applies: 'unseen', gaps: [covered] };
    return { applies: false, reason: 'no control plane component is visible: it is managed by the provider' };
  },
  analyze(inputs, context) {
    const [first, second] = inputs.leases;
    for (const component of LEADER_LEASES) {
      const reference = { namespace: LEADER_NAMESPACE, name: component };
      const lease = (first as Collection<LeaseItem>).lookup(reference);
      if (lease.state === 'present') {
        const later = second?.lookup(reference);
        judge(component, lease.item, later?.state === 'present' ? later.item : undefined, {
          context,
          nodes: inputs.nodes,
          pods: podsOf(inputs.pods, [component]),
        });
      } else if (lease.state === 'absent' && component !== 'cloud-controller-manager') {
        const present = podsOf(inputs.pods, [component]).filter(takesPart);
        const pod = present[0];
        if (!pod) continue;
        context.report({
          message: 'neverHeld',
          values: { component },
          subject: subjectOf(pod),
          evidence: [
            context.at(pod, '/metadata'),
            context.absent({ artifact: leases, scope: CLUSTER_SCOPE, name: component }),
          ],
        });
      }
    }
    return undefined;
  },
});

interface Surroundings {
  readonly context: AnalyzeContext<
    typeof leaderLeaseStale.meta.messages,
    NonNullable<typeof leaderLeaseStale.meta.checks>
  >;
  readonly nodes: Input<typeof nodes>;
  /** Of the component: when one of them does not run, that explains the lease. */
  readonly pods: readonly PodItem[];
}

function judge(
  component: (typeof LEADER_LEASES)[number],
  lease: LeaseItem,
  later: LeaseItem | undefined,
  { context, nodes: nodeCollection, pods: componentPods }: Surroundings,
): void {
  const latest = later ?? lease;
  const {
    holderIdentity: holder = '',
    leaseDurationSeconds: duration = DEFAULT_LEASE_SECONDS,
    renewTime,
  } = latest.spec ?? {};
  const age = context.age(renewTime, latest);
  const subject = subjectOf(latest);
  if (age === undefined) {
    context.looked({
      check: 'renewed',
      unseen: untold('it is not known when the lease was observed'),
      subject,
    });
    return;
  }
  const common = { subject, evidence: [context.at(latest, '/spec')] as const, since: renewTime as string };
  const values = { component, lease: subject, age: Math.round(age.seconds) };
  const own = componentPods.map((pod) => subjectOf(pod));
  const [gone, vacant] = MESSAGES[component];
  if (!holder) {
    if (isOlder(age, TAKEOVER_SECONDS)) {
      context.report({ message: vacant, values, related: own, ...common });
    }
    return;
  }
  const verdict = staleness(lease, later, { age, duration, context });
  if (verdict === 'fine') {
    context.looked({
      check: 'renewed',
      values: { holder, age: Math.round(Math.max(0, age.seconds)) },
      subject,
      evidence: [context.at(latest, '/spec/renewTime')],
    });
    return;
  }
  if (verdict === 'unseen') {
    context.looked({
      check: 'renewed',
      unseen: untold(`the clock is known only to ${age.errorSeconds} s`),
      subject,
    });
    return;
  }
  context.report({
    message: gone,
    values: { ...values, holder, duration },
    related: [...hostOf(holder, nodeCollection), ...own],
    ...common,
    confidence: verdict === 'seen-twice' ? TWO_LOOKS : ONE_LOOK,
  });
}

/** Seen, but its age cannot be told. */
function untold(reason: string): Gap {
  return {
    artifact: leases.id,
    scope: { type: 'namespace', namespace: LEADER_NAMESPACE },
    outcome: 'partial',
    reason,
  };
}

/** The rules of facts control-plane-and-nodes.md §1.4: a second look a lease duration later decides. */
function staleness(
  lease: LeaseItem,
  later: LeaseItem | undefined,
  {
    age,
    duration,
    context,
  }: { age: { seconds: number; errorSeconds: number }; duration: number; context: Surroundings['context'] },
): 'fine' | 'unseen' | 'seen-twice' | 'seen-once' {
  // Renewed between the looks: alive, whatever the clocks say.
  if (later && later.spec?.renewTime !== lease.spec?.renewTime) return 'fine';
  const past = isOlder(age, duration);
  if (past === undefined) return 'unseen';
  if (!past) return 'fine';
  const between = later ? secondsBetween(context.observed(lease)?.time, context.observed(later)?.time) : 0;
  if (later && between >= duration + 2) return 'seen-twice';
  return isOlder(age, duration + SINGLE_LOOK_SLACK_SECONDS) ? 'seen-once' : 'unseen';
}

function secondsBetween(from: string | undefined, to: string | undefined): number {
  return (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000 || 0;
}

/** The node the holder runs on: identities begin with the host name. */
function hostOf(holder: string, nodeCollection: Input<typeof nodes>): Subject[] {
  const host = holder.slice(0, Math.max(0, holder.lastIndexOf('_')));
  const node = nodeCollection.items.find((item) => item.metadata.name === host);
  return node ? [subjectOf(node)] : [];
}

function podsOf(collection: Input<typeof pods>, components: readonly string[]) {
  return collection.items.filter(
    (pod) =>
      pod.metadata.namespace === LEADER_NAMESPACE &&
      components.includes(pod.metadata.labels?.component ?? ''),
  );
}

/** An instance that runs alone may have its election switched off: it takes no lease by design. */
function takesPart({ spec }: PodItem): boolean {
  const words = spec?.containers.flatMap(({ command = [], args = [] }) => [...command, ...args]) ?? [];
  return !words.includes('--leader-elect=false');
}
