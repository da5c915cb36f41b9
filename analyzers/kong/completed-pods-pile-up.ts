import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import {
  coincidence,
  eventsOf,
  isGrowing,
  type Pile,
  pilesOf,
  shownAs,
} from '../../src/derive/ended-pod-piles.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { kongContainer } from '../../src/derive/kong-containers.ts';
import { isMigration } from '../../src/derive/kong-migrations.ts';
import { PILE_CHECKS, PILE_MESSAGES } from '../../src/derive/kong-pile-messages.ts';
import { isKongPrefix } from '../../src/derive/kong-prefix.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { rolloutTimes } from '../../src/derive/rollout-times.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Fewer pods of one cause are no pile; a Job's pod is told at once, since people ask what it is. */
const PILE = 3;
/** So many ended pods of a namespace are worth their price. */
const COSTLY = 20;
/** `--terminated-pod-gc-threshold` of the controller manager where it is not set. */
const THRESHOLD = 12_500;
const RELATED = 50;

const needs = { pods, rollouts: rolloutTimes, events: optional(eventIndex) };

export const completedPodsPileUp = defineAnalyzer({
  meta: {
    id: 'kong/completed-pods-pile-up',
    title: 'Ended Kong pods pile up',
    description:
      'What the Kong pods that kubectl shows as `Completed` or `Error` are: migrations, evictions, node shutdowns, counted per cause and set against rollouts.',
    messages: PILE_MESSAGES,
    checks: PILE_CHECKS,
    references: [
      'kubernetes/kubernetes pkg/printers/internalversion/printers.go: the reason of a container hides status.reason',
      'kubernetes/kubernetes pkg/kubelet/eviction/{eviction_manager,helpers}.go, pkg/kubelet/nodeshutdown, pkg/controller/podgc',
      'Kong/charts charts/kong/templates/migrations*.yaml: no ttlSecondsAfterFinished unless set',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => kongContainer(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Kong' };
  },
  analyze(inputs, context) {
    const all = inputs.pods.items.filter(hasEnded);
    const ended = all.filter((pod) => !pod.metadata.deletionTimestamp && kongContainer(pod));
    const counts = new Map<string, PodItem[]>();
    for (const pod of ended) getOrCreate(counts, pod.metadata.namespace ?? '', () => []).push(pod);
    for (const pile of pilesOf(ended)) reportPile(pile, inputs, context);
    for (const [namespace, own] of counts) {
      if (own.length >= COSTLY) reportCost(namespace, own, { total: all.length, inputs, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof PILE_MESSAGES, typeof PILE_CHECKS>;

function reportPile(pile: Pile, inputs: Inputs<typeof needs>, context: Context): void {
  const { owner, cause, pods: ended } = pile;
  const newest = ended[0] as PodItem;
  const count = ended.length;
  if (cause.is !== 'job' && count < PILE) {
    context.looked({ check: 'cleared', values: { count }, subject: owner });
    return;
  }
  const events = eventsOf(pile, inputs.events);
  const seen = events.length > 0 ? `; events still there: ${events.join(', ')}` : '';
  const values = {
    workload: owner,
    pod: subjectOf(newest),
    count,
    shown: shownAs(ended),
    coincidence: `${coincidence(pile, inputs.rollouts)}${seen}`,
  };
  const grows = isGrowing(pile, context);
  const growing = grows ? 'warning' : 'info';
  const common = {
    subject: owner,
    related: ended.slice(0, RELATED).map((pod) => subjectOf(pod)),
    evidence: ended.slice(0, 3).map((pod) => context.at(pod, '/status')) as unknown as EvidenceRefs,
  };
  if (grows === undefined && dependsOnGrowth(cause, newest))
    context.looked({ check: 'cleared', unseen: undecidedAge(newest), subject: owner });
  switch (cause.is) {
    case 'job': {
      const message = isMigration(newest) ? 'migrations' : 'jobs';
      context.report({ message, values, ...common });
      break;
    }
    case 'volumeLimit': {
      const { volume, limit } = cause;
      // Another volume's limit is told by workload/ephemeral-storage-evicted.
      const severity = isKongPrefix(newest, volume) ? growing : 'info';
      context.report({ message: 'volumeLimit', values: { ...values, volume, limit }, severity, ...common });
      break;
    }
    case 'storageLimit':
      context.report({ message: 'storageLimit', values: { ...values, limit: cause.limit }, ...common });
      break;
    case 'nodePressure':
      context.report({ message: 'nodePressure', values: { ...values, resource: cause.resource }, ...common });
      break;
    case 'nodeShutdown':
      context.report({ message: 'nodeShutdown', values, ...common });
      break;
    case 'turnedAway':
      context.report({ message: 'turnedAway', values: { ...values, reason: cause.reason }, ...common });
      break;
    case 'allExitedZero':
      context.report({ message: 'exitedZero', values, severity: growing, ...common });
      break;
    case 'failed':
      context.report({
        message: 'failed',
        values: { ...values, reason: cause.reason },
        severity: growing,
        ...common,
      });
  }
}

/** Whether a pile is a warning while it grows and a remark when it does not. */
function dependsOnGrowth(cause: Pile['cause'], newest: PodItem): boolean {
  if (cause.is === 'volumeLimit') return isKongPrefix(newest, cause.volume);
  return cause.is === 'allExitedZero' || cause.is === 'failed';
}

interface Surroundings {
  /** Ended pods of the whole cluster. */
  readonly total: number;
  readonly inputs: Inputs<typeof needs>;
  readonly context: Context;
}

function reportCost(
  namespace: string,
  own: readonly PodItem[],
  { total, inputs, context }: Surroundings,
): void {
  const set = inputs.pods.items.map(thresholdOf).find((one) => one !== undefined);
  const size = own.reduce((sum, pod) => sum + JSON.stringify(pod).length, 0);
  const threshold = set ?? THRESHOLD;
  const rule = set === undefined ? ' unless set otherwise' : '';
  context.report({
    message: 'cost',
    values: { namespace, count: own.length, size, total, threshold, rule },
    subject: { group: '', kind: 'Namespace', name: namespace },
    evidence: [context.at(own[0] as PodItem, '/status')],
  });
}

/** The flag of the controller manager, where its pod is seen. */
function thresholdOf({ spec }: PodItem): number | undefined {
  const manager = spec?.containers?.find(({ name }) => name === 'kube-controller-manager');
  const words = [...(manager?.command ?? []), ...(manager?.args ?? [])];
  const flag = words.find((word) => word.startsWith('--terminated-pod-gc-threshold='));
  const value = Number(flag?.split('=')[1]);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
