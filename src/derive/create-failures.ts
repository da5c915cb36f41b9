import { type EventItem, pods } from '../artifacts/resources.ts';
import { daemonSets, deployments, jobs, replicaSets, statefulSets } from '../artifacts/workload-resources.ts';
import { type Collection, defineDerived, type Inputs, type ItemOf, optional } from '../model/artifact.ts';
import type { Condition } from '../model/condition.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { OwnerReference, ResourceIdentity } from '../model/json.ts';
import { eventIndex, eventTime } from './event-index.ts';
import { missingOrdinal } from './stateful-set-ordinals.ts';

/** Pods (or claims, or ReplicaSets) that a controller wants and that do not exist now. */
export interface CreateFailure {
  /** The workload people know: the Deployment of a ReplicaSet, else the controller itself. */
  readonly workload: ResourceIdentity;
  /** The object that carries or is named by what the API server said. */
  readonly controller: ResourceIdentity;
  readonly wanted: number;
  readonly existing: number;
  readonly ready: number;
  /** The API server's words with where they stand; undefined when neither condition nor event has them. */
  readonly said:
    | { readonly message: string; readonly item: object; readonly pointer: string; readonly since?: string }
    | undefined;
  /** The pod template as far as it was kept. */
  readonly template: PodTemplate | undefined;
}

type PodTemplate = NonNullable<NonNullable<ItemOf<typeof statefulSets>['spec']>['template']>;

/** What is missing now, and what the API server says of it. */
export interface CreateFailures {
  /** One per workload. */
  readonly failures: readonly CreateFailure[];
  /** Workloads of which it is not known whether something is missing. */
  readonly unseen: readonly { readonly item: ResourceIdentity; readonly gap: Gap }[];
  /** The failure of a workload, by the key `Kind/namespace/name`. */
  of(workload: ResourceIdentity): CreateFailure | undefined;
}

const needs = {
  pods: optional(pods),
  replicaSets: optional(replicaSets),
  deployments: optional(deployments),
  statefulSets: optional(statefulSets),
  daemonSets: optional(daemonSets),
  jobs: optional(jobs),
  events: eventIndex,
};
type Seen = Inputs<typeof needs>;

/**
 * Pods that are wanted and do not exist, with the refusal. ReplicaSets and Deployments carry it as a
 * condition that the controller takes away; the other controllers leave events only, which count while
 * the pod is missing.
 */
export const createFailures = defineDerived({
  id: 'create-failures',
  title: 'Objects that controllers could not create',
  needs,
  derive(inputs): CreateFailures {
    const unseen: { item: ResourceIdentity; gap: Gap }[] = [];
    const failures = [
      ...inputs.replicaSets.items.flatMap((item) => ofReplicaSet(item, inputs.deployments)),
      ...inputs.deployments.items.flatMap(ofDeployment),
      ...inputs.statefulSets.items.flatMap((item) => ofStatefulSet(item, inputs, unseen)),
      ...inputs.daemonSets.items.flatMap((item) => ofDaemonSet(item, inputs)),
      ...inputs.jobs.items.flatMap((item) => ofJob(item, inputs)),
    ];
    const byWorkload = new Map<string, CreateFailure>();
    for (const failure of failures) getOrCreate(byWorkload, keyOf(failure.workload), () => failure);
    return {
      failures: [...byWorkload.values()],
      unseen,
      of: (workload) => byWorkload.get(keyOf(workload)),
    };
  },
});

function keyOf({ kind, metadata: { namespace, name } }: ResourceIdentity): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

type Conditioned = ResourceIdentity & {
  readonly status?: {
    readonly conditions?: readonly Condition[];
  };
};

function saidByCondition(
  item: Conditioned,
  type: string,
  status: string,
  reason: string,
): CreateFailure['said'] {
  const conditions = item.status?.conditions ?? [];
  const index = conditions.findIndex(
    (one) => one.type === type && one.status === status && one.reason === reason,
  );
  const condition = conditions[index];
  if (!condition?.message) return undefined;
  const { message, lastTransitionTime: since } = condition;
  return { message, item, pointer: `/status/conditions/${index}`, ...(since === undefined ? {} : { since }) };
}

function ofReplicaSet(
  item: ItemOf<typeof replicaSets>,
  owners: Collection<ItemOf<typeof deployments>>,
): CreateFailure[] {
  const wanted = item.spec?.replicas ?? 1;
  const existing = item.status?.replicas ?? 0;
  const said = saidByCondition(item, 'ReplicaFailure', 'True', 'FailedCreate');
  if (!said || existing >= wanted || item.metadata.deletionTimestamp) return [];
  const owner = item.metadata.ownerReferences?.find((one) => one.controller && one.kind === 'Deployment');
  const { namespace } = item.metadata;
  const found = owner && owners.lookup({ namespace, name: owner.name });
  if (found?.state !== 'present') {
    const ready = item.status?.readyReplicas ?? 0;
    const workload = owner && found?.state === 'unseen' ? named(owner, namespace) : item;
    return [{ workload, controller: item, wanted, existing, ready, said, template: undefined }];
  }
  const { spec, status } = found.item;
  const ready = status?.readyReplicas ?? 0;
  return [
    { workload: found.item, controller: item, wanted, existing, ready, said, template: spec?.template },
  ];
}

/** A Deployment that was not seen, as far as its ReplicaSet names it. */
function named({ apiVersion, kind, name, uid }: OwnerReference, namespace?: string): ResourceIdentity {
  return { apiVersion, kind, metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) } };
}

function ofDeployment(item: ItemOf<typeof deployments>): CreateFailure[] {
  if (item.metadata.deletionTimestamp) return [];
  const wanted = item.spec?.replicas ?? 1;
  const refused = saidByCondition(item, 'Progressing', 'False', 'ReplicaSetCreateError');
  // Without its ReplicaSet the new revision has no pod; those of the old one go on running.
  const existing = (refused ? item.status?.updatedReplicas : item.status?.replicas) ?? 0;
  const said =
    refused ??
    (existing < wanted ? saidByCondition(item, 'ReplicaFailure', 'True', 'FailedCreate') : undefined);
  if (!said) return [];
  const { template } = item.spec ?? {};
  return [
    {
      workload: item,
      controller: item,
      wanted,
      existing,
      ready: item.status?.readyReplicas ?? 0,
      said,
      template,
    },
  ];
}

function ofStatefulSet(
  item: ItemOf<typeof statefulSets>,
  { pods: podItems, events }: Seen,
  unseen: { item: ResourceIdentity; gap: Gap }[],
): CreateFailure[] {
  const wanted = item.spec?.replicas ?? 1;
  const existing = item.status?.replicas ?? 0;
  if (item.metadata.deletionTimestamp || existing >= wanted) return [];
  const covered = podItems.coverage.covers(item.metadata.namespace);
  if (covered !== true) {
    unseen.push({ item, gap: covered });
    return [];
  }
  const missing = missingOrdinal(item, podItems);
  if (missing === undefined) return [];
  const said = newestEvent(events.about(item), 'FailedCreate', (message) =>
    message.includes(`Pod ${missing} in StatefulSet`),
  );
  const { template } = item.spec ?? {};
  const ready = item.status?.readyReplicas ?? 0;
  return [{ workload: item, controller: item, wanted, existing, ready, said, template }];
}

function ofDaemonSet(item: ItemOf<typeof daemonSets>, { events }: Seen): CreateFailure[] {
  const { desiredNumberScheduled = 0, currentNumberScheduled = 0, numberReady = 0 } = item.status ?? {};
  if (item.metadata.deletionTimestamp || currentNumberScheduled >= desiredNumberScheduled) return [];
  return [
    {
      workload: item,
      controller: item,
      wanted: desiredNumberScheduled,
      existing: currentNumberScheduled,
      ready: numberReady,
      said: newestEvent(events.about(item), 'FailedCreate'),
      template: item.spec?.template,
    },
  ];
}

function ofJob(item: ItemOf<typeof jobs>, { events }: Seen): CreateFailure[] {
  const { spec, status } = item;
  if (item.metadata.deletionTimestamp || spec?.suspend) return [];
  const over = ['Complete', 'Failed', 'SuccessCriteriaMet', 'FailureTarget'];
  if (status?.conditions?.some((one) => over.includes(one.type) && one.status === 'True')) return [];
  const { active = 0, succeeded = 0 } = status ?? {};
  const parallelism = spec?.parallelism ?? 1;
  // Without completions the first pod that succeeds ends the work.
  const left =
    spec?.completions === undefined ? (succeeded > 0 ? 0 : parallelism) : spec.completions - succeeded;
  const wanted = Math.min(parallelism, left);
  if (active >= wanted) return [];
  // A Job also waits between two attempts: only the server's refusal tells that it cannot go on.
  const said = newestEvent(events.about(item), 'FailedCreate');
  if (!said) return [];
  return [
    { workload: item, controller: item, wanted, existing: active, ready: 0, said, template: spec?.template },
  ];
}

/** The newest event of this reason, unless a creation has succeeded since. */
function newestEvent(
  events: readonly EventItem[],
  reason: string,
  accepts: (message: string) => boolean = () => true,
): CreateFailure['said'] {
  for (const event of events) {
    if (event.reason === 'SuccessfulCreate' && accepts(event.message ?? '')) return undefined;
    if (event.reason !== reason || !event.message || !accepts(event.message)) continue;
    const since = event.firstTimestamp ?? eventTime(event);
    return { message: event.message, item: event, pointer: '/message', ...(since === '' ? {} : { since }) };
  }
  return undefined;
}
