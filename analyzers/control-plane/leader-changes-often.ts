import { componentMetrics } from '../../src/artifacts/component-health.ts';
import { LEADER_LEASES, LEADER_NAMESPACE } from '../../src/artifacts/leader-leases.ts';
import { type EventItem, type LeaseItem, leases } from '../../src/artifacts/resources.ts';
import { type EventIndex, eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { citeSample } from '../../src/derive/metric-samples.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Collection, type Input, optional, samples } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A rolling restart of three control-plane nodes changes the leader up to three times. */
const CHANGES = 4;
const WINDOW_SECONDS = 3600;

const REMEDY = [
  {
    text: 'Each change means that a leader could not renew within 10 s or ended. Its log says which: `leaderelection lost`, and before it why the API server did not answer.',
    argv: [
      'kubectl',
      'logs',
      '-n',
      'kube-system',
      '-l',
      'component={component}',
      '--previous',
      '--tail=50',
      '--prefix',
    ],
  },
  {
    text: 'Look at the API server and at etcd’s disk: leaders of several components that change together are lost to the same cause.',
  },
] as const;

export const leaderChangesOften = defineAnalyzer({
  meta: {
    id: 'control-plane/leader-changes-often',
    title: 'Leader of a control-plane component keeps changing',
    description: 'Whether the lease of scheduler and controller-managers goes from holder to holder.',
    messages: {
      changes: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'each change is recorded as an event of the lease' },
        text: 'The leader of {component:text} changed {count:count} times within an hour; {lease:object} is held by `{holder:text}`.',
        remedy: REMEDY,
        key: ['component'],
        effect: 'controllers-not-running',
      },
      flips: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'two looks at the lease, seconds apart, show two holders' },
        text: 'The leader of {component:text} changed while the bundle was collected: {lease:object} went from `{before:text}` to `{holder:text}`.',
        remedy: [
          ...REMEDY,
          {
            text: 'Two instances on machines of the same hostname, or with different election flags, take the lease from each other again and again.',
          },
        ],
        key: ['component'],
        effect: 'controllers-not-running',
      },
      twoLeaders: {
        severity: 'critical',
        confidence: {
          level: 'likely',
          reason:
            'the instances were asked one after the other, a change of the leader in between looks the same',
        },
        text: '{count:count} instances of {component:text} take themselves for the leader at once: {pod:object} and {other:object}. They undo each other’s work.',
        remedy: [
          {
            text: 'See whether all instances use the same lease: flags `--leader-elect`, `--leader-elect-resource-name` and `-namespace` in their manifests. Clocks that differ do no harm here, a machine that was suspended does: it takes the old lease for its own until it looks again.',
          },
          {
            text: 'Until it is mended, stop all but one: move their manifests out of /etc/kubernetes/manifests.',
            flavour: 'kubeadm',
          },
        ],
        key: ['component'],
        effect: 'controllers-not-running',
      },
    },
    checks: {
      steady: {
        item: 'Leader is steady',
        expected: 'fewer than four changes in an hour',
        found: '{count:count} changes',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/architecture/leases/#leader-election',
      'client-go tools/leaderelection: event LeaderElection, became leader',
    ],
  },
  needs: { leases: samples(leases), events: eventIndex, metrics: optional(componentMetrics) },
  appliesTo({ leases: [first] }) {
    const collection = first as Collection<LeaseItem>;
    const has = LEADER_LEASES.some(
      (name) => collection.lookup({ namespace: LEADER_NAMESPACE, name }).state === 'present',
    );
    const covered = collection.coverage.covers(LEADER_NAMESPACE);
    if (has) return true;
    if (covered !== true) return { applies: 'unseen', gaps: [covered] };
    return {
      applies: false,
      reason: 'no control-plane component holds a lease: it is managed, or runs alone',
    };
  },
  analyze({ leases: [first, second], events, metrics }, context) {
    for (const component of LEADER_LEASES) {
      reportLeaders(component, metrics, context);
      const reference = { namespace: LEADER_NAMESPACE, name: component };
      const lease = (first as Collection<LeaseItem>).lookup(reference);
      if (lease.state !== 'present') continue;
      const later = second?.lookup(reference);
      judge(component, lease.item, {
        later: later?.state === 'present' ? later.item : undefined,
        events,
        context,
      });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof leaderChangesOften.meta.messages,
  NonNullable<typeof leaderChangesOften.meta.checks>
>;

/** Instances whose own metrics say that they lead. */
function reportLeaders(component: string, metrics: Input<typeof componentMetrics>, context: Context): void {
  const labels = { name: component };
  const leading = metrics.items.flatMap((item) => {
    const led = item.value
      .named(STATUS)
      .some((sample) => sample.labels.name === component && sample.value === 1);
    const { scope } = item;
    if (!led || scope.type !== 'object') return [];
    const { kind, namespace, name } = scope;
    return [{ item, subject: { group: '', kind, ...(namespace === undefined ? {} : { namespace }), name } }];
  });
  const [first, second] = leading;
  if (!first || !second) return;
  context.report({
    message: 'twoLeaders',
    values: { component, count: leading.length, pod: first.subject, other: second.subject },
    subject: first.subject,
    related: leading.slice(1).map(({ subject }) => subject),
    evidence: [
      citeSample(context, first.item, STATUS, { labels }),
      citeSample(context, second.item, STATUS, { labels }),
    ],
  });
}

const STATUS = 'leader_election_master_status';

interface Looks {
  readonly later: LeaseItem | undefined;
  readonly events: EventIndex;
  readonly context: Context;
}

function judge(component: string, lease: LeaseItem, { later, events, context }: Looks): void {
  const subject = subjectOf(lease);
  const elections = events.about(lease).filter((event) => isElection(event, context));
  const count = elections.reduce((sum, event) => sum + (event.series?.count ?? event.count ?? 1), 0);
  const before = lease.spec?.holderIdentity ?? '';
  const holder = later?.spec?.holderIdentity ?? before;
  const values = { component, lease: subject, holder };
  const [newest] = elections;
  if (newest && count >= CHANGES) {
    const evidence = [context.at(newest, '/message'), context.at(later ?? lease, '/spec')] as const;
    context.report({ message: 'changes', values: { ...values, count }, subject, evidence });
  } else if (later && before !== '' && holder !== '' && before !== holder) {
    const evidence = [context.at(lease, '/spec'), context.at(later, '/spec')] as const;
    context.report({ message: 'flips', values: { ...values, before }, subject, evidence });
  } else {
    context.looked({ check: 'steady', values: { count }, subject });
  }
}

function isElection(event: EventItem, context: Context): boolean {
  if (event.reason !== 'LeaderElection' || !event.message?.includes('became leader')) return false;
  return isOlder(context.age(eventTime(event), event), WINDOW_SECONDS) !== true;
}
