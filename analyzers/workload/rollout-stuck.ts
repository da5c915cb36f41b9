import { daemonSets, deployments, statefulSets } from '../../src/artifacts/workload-resources.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import {
  imageChanges,
  type ReplicaSetItem,
  specWritten,
  workloadRevisions,
} from '../../src/derive/workload-revisions.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { ItemOf } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

type Deployment = ItemOf<typeof deployments>;

/** The default of `progressDeadlineSeconds`: what moves nothing for so long is stuck. */
const STUCK_SECONDS = 600;
/** Rollouts without a deadline may be long ones. */
const UNBOUNDED_SECONDS = 3600;
/** A controller that runs looks at a changed object within seconds. */
const RECONCILE_SECONDS = 120;

const CERTAIN = { level: 'certain', reason: 'the status of the workload says so' } as const;
const SYMPTOM = { confidence: CERTAIN, effect: 'workload-not-available' } as const;
const EXPLAINS = [
  { effect: 'service-without-endpoints', via: ['same-object'] },
  { effect: 'not-reconciled', via: ['same-object'] },
  { effect: 'autoscaling-failing', via: ['scaled-by'] },
] as const;
const PODS = {
  text: 'Look at the pods of the new revision: what keeps one of them from becoming ready keeps the rollout.',
  argv: ['kubectl', 'get', 'pods', '-n', '{workload.namespace}', '-o', 'wide'],
} as const;
const UNDO = {
  text: 'Go back to the revision before if the change is at fault.',
  argv: ['kubectl', 'rollout', 'undo', 'deployment/{workload.name}', '-n', '{workload.namespace}'],
} as const;

export const rolloutStuck = defineAnalyzer({
  meta: {
    id: 'workload/rollout-stuck',
    title: 'Rollout does not get on',
    description:
      'Deployments whose new revision does not become ready, that are not available or paused, and workloads no controller looks at.',
    messages: {
      deadlineExceeded: {
        ...SYMPTOM,
        severity: ['critical', 'warning'],
        text: 'The rollout of {workload:object} is stuck: {updated:count} of {wanted:count} pods are of the new revision, {ready:count} are ready; {change:text}.',
        remedy: [PODS, UNDO],
        explains: EXPLAINS,
      },
      stalled: {
        ...SYMPTOM,
        severity: ['critical', 'warning'],
        text: 'The rollout of {workload:object} has not moved for {age:duration}: {updated:count} of {wanted:count} pods are of the new revision, {ready:count} are ready; {change:text}.',
        remedy: [PODS, UNDO],
        explains: EXPLAINS,
      },
      notAvailable: {
        ...SYMPTOM,
        severity: 'warning',
        text: '{workload:object} has not been available for {age:duration}: {ready:count} of {wanted:count} pods are ready.',
        remedy: [PODS],
        explains: EXPLAINS,
      },
      notReconciled: {
        ...SYMPTOM,
        severity: 'warning',
        text: '{workload:object} was changed {age:duration} before the collection and its controller has not looked at it since.',
        remedy: [
          { text: 'The controller manager does this work: see whether it runs, has a leader and can write.' },
          {
            text: 'See who leads.',
            argv: ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system', '-o', 'yaml'],
          },
        ],
      },
      paused: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{workload:object} is paused: changes of its template are not rolled out.',
        remedy: [
          {
            text: 'Resume it when the changes are complete.',
            argv: [
              'kubectl',
              'rollout',
              'resume',
              'deployment/{workload.name}',
              '-n',
              '{workload.namespace}',
            ],
          },
        ],
      },
    },
    checks: {
      progress: {
        item: 'Rollout gets on',
        expected: 'available and up to date',
        found: '{ready:count} ready',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#deployment-status',
      'kubernetes/kubernetes pkg/controller/deployment/progress.go: ProgressDeadlineExceeded, lastUpdateTime',
    ],
  },
  needs: { deployments, statefulSets, daemonSets, revisions: workloadRevisions },
  analyze(inputs, context) {
    for (const item of inputs.deployments.items) {
      if (item.metadata.deletionTimestamp) continue;
      if (reportUnseenChange(item, item.status?.observedGeneration, context)) continue;
      const change = changeOf(item, inputs.revisions.of(item));
      if (reportDeployment(item, change, context)) continue;
      const ready = item.status?.readyReplicas ?? 0;
      context.looked({ check: 'progress', values: { ready }, subject: subjectOf(item) });
    }
    for (const item of [...inputs.statefulSets.items, ...inputs.daemonSets.items]) {
      if (!item.metadata.deletionTimestamp)
        reportUnseenChange(item, item.status?.observedGeneration, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof rolloutStuck.meta.messages,
  NonNullable<typeof rolloutStuck.meta.checks>
>;

/** A generation the controller has not observed, once it had time to. */
function reportUnseenChange(
  item: Deployment | ItemOf<typeof statefulSets> | ItemOf<typeof daemonSets>,
  observed: number | undefined,
  context: Context,
): boolean {
  const { generation, creationTimestamp } = item.metadata;
  if (generation === undefined || (observed ?? 0) >= generation) return false;
  // Without a trace of the last write the age of the change is known for an object never looked at only.
  const written = specWritten(item) ?? (observed === undefined ? creationTimestamp : undefined);
  const age = context.age(written, item);
  const subject = subjectOf(item);
  const old = isOlder(age, RECONCILE_SECONDS);
  if (age && old === undefined) context.looked({ check: 'progress', unseen: undecidedAge(item), subject });
  if (age && old) {
    context.report({
      message: 'notReconciled',
      values: { workload: subject, age: age.seconds },
      subject,
      evidence: [context.at(item, '/metadata/generation'), context.at(item, '/status')],
      ...(written === undefined ? {} : { since: written }),
    });
    return true;
  }
  return false;
}

function changeOf(item: Deployment, revisions: readonly ReplicaSetItem[]): Change {
  const [newest, ...older] = revisions;
  const previous = older.find((one) => (one.status?.replicas ?? 0) > 0) ?? older[0];
  const changes = imageChanges(previous, item);
  const related: Subject[] = newest ? [subjectOf(newest)] : [];
  if (changes.length > 0) return { text: changes.join(', '), related };
  return {
    text: previous ? 'the images are those of the revision before' : 'there is no revision before',
    related,
  };
}

interface Change {
  readonly text: string;
  readonly related: readonly Subject[];
}

function reportDeployment(item: Deployment, change: Change, context: Context): boolean {
  const subject = subjectOf(item);
  if (!item.spec?.paused) return reportRollout(item, change, context) || reportUnavailable(item, context);
  const evidence = [context.at(item, '/spec')] as const;
  context.report({ message: 'paused', values: { workload: subject }, subject, evidence });
  return reportUnavailable(item, context) || true;
}

function reportRollout(item: Deployment, change: Change, context: Context): boolean {
  const { status } = item;
  const wanted = item.spec?.replicas ?? 1;
  const { updatedReplicas: updated = 0, readyReplicas: ready = 0, availableReplicas = 0 } = status ?? {};
  const subject = subjectOf(item);
  const values = { workload: subject, updated, wanted, ready, change: change.text };
  const index = (status?.conditions ?? []).findIndex((one) => one.type === 'Progressing');
  const progress = status?.conditions?.[index];
  const common = {
    subject,
    severity: availableReplicas === 0 && wanted > 0 ? 'critical' : 'warning',
    evidence: [
      context.at(item, progress ? `/status/conditions/${index}` : '/spec'),
      context.at(item, '/status'),
    ],
    related: change.related,
  } as const;
  if (progress?.status === 'False' && progress.reason === 'ProgressDeadlineExceeded') {
    const since = progress.lastTransitionTime;
    context.report({
      message: 'deadlineExceeded',
      values,
      ...common,
      ...(since === undefined ? {} : { since }),
    });
    return true;
  }
  if (updated >= wanted) return false;
  const age = unmovedFor(item, context);
  if (age === 'undecided') context.looked({ check: 'progress', unseen: undecidedAge(item), subject });
  if (age === undefined || age === 'undecided') return false;
  context.report({ message: 'stalled', values: { ...values, age }, ...common });
  return true;
}

/**
 * Seconds a rollout has not moved, when that is too long. Without a deadline the controller keeps no
 * condition `Progressing`: then the last write of the spec began the rollout.
 */
function unmovedFor(item: Deployment, { age }: Context): number | 'undecided' | undefined {
  const progress = item.status?.conditions?.find((one) => one.type === 'Progressing');
  if (progress?.reason === 'NewReplicaSetAvailable') return undefined;
  const deadline = Math.max(STUCK_SECONDS, item.spec?.progressDeadlineSeconds ?? STUCK_SECONDS);
  const moved = age(
    progress ? (progress.lastUpdateTime ?? progress.lastTransitionTime) : specWritten(item),
    item,
  );
  const old = isOlder(moved, progress ? deadline : UNBOUNDED_SECONDS);
  if (moved && old === undefined) return 'undecided';
  return moved && old ? moved.seconds : undefined;
}

function reportUnavailable(item: Deployment, context: Context): boolean {
  const wanted = item.spec?.replicas ?? 1;
  const ready = item.status?.readyReplicas ?? 0;
  const conditions = item.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === 'Available' && one.status === 'False');
  const since = conditions[index]?.lastTransitionTime;
  const age = context.age(since, item);
  if (index < 0 || wanted === 0) return false;
  const subject = subjectOf(item);
  const old = isOlder(age, STUCK_SECONDS);
  if (old === undefined) {
    context.looked({ check: 'progress', unseen: undecidedAge(item), subject });
    return true;
  }
  if (!age || !old) return false;
  context.report({
    message: 'notAvailable',
    values: { workload: subject, age: age.seconds, wanted, ready },
    subject,
    evidence: [context.at(item, `/status/conditions/${index}`)],
    ...(since === undefined ? {} : { since }),
  });
  return true;
}
