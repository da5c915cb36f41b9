import { services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { persistentVolumeClaims, storageClasses } from '../../src/artifacts/storage-resources.ts';
import { statefulSets } from '../../src/artifacts/workload-resources.ts';
import { isReady, readinessSince } from '../../src/derive/pod-readiness.ts';
import {
  isOrdered,
  type Place,
  placesOf,
  type StatefulSetItem,
} from '../../src/derive/stateful-set-ordinals.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A pod that is not ready for so long (alert KubeStatefulSetUpdateNotRolledOut waits 15 min) holds up the others. */
const BLOCKED_SECONDS = 600;
/** Places looked at of one set: more say nothing new. */
const MAX_PLACES = 2000;

const CERTAIN = { level: 'certain', reason: 'the pods and the revisions of the StatefulSet say so' } as const;
const BLOCKED = {
  severity: ['critical', 'warning'],
  confidence: CERTAIN,
  effect: 'workload-not-available',
  explains: [
    { effect: 'service-without-endpoints', via: ['same-object'] },
    { effect: 'not-reconciled', via: ['same-object'] },
  ],
} as const;
const SHOW_POD = {
  text: 'Find out why the pod is not ready.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;

const needs = {
  statefulSets,
  pods,
  services: optional(services),
  claims: optional(persistentVolumeClaims),
  classes: optional(storageClasses),
};

export const statefulSetBlocked = defineAnalyzer({
  meta: {
    id: 'workload/stateful-set-blocked',
    title: 'StatefulSet held up by one of its pods',
    description:
      'StatefulSets whose pods are not made or not updated because an earlier one is not ready, and the Service or StorageClass they name that does not exist.',
    messages: {
      brokenRevision: {
        ...BLOCKED,
        text: '{set:object} does not replace {pod:object}, which has not been ready for {age:duration} and is of revision `{revision:text}`: it waits for the pod to become ready before it brings out `{wanted:text}`.',
        remedy: [
          {
            text: 'Delete the pod: the StatefulSet makes it again from the new template, which it does not do by itself.',
            argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
        ],
      },
      updateHeld: {
        ...BLOCKED,
        text: 'The update of {set:object} stops at {pod:object}, not ready for {age:duration}: {updated:count} of {wanted:count} pods are updated.',
        remedy: [SHOW_POD],
      },
      ordinalHeld: {
        ...BLOCKED,
        text: '{set:object} makes no further pod: {pod:object} has not been ready for {age:duration}, and {missing:count} pods after it wait for it.',
        remedy: [
          SHOW_POD,
          { text: 'Pods that need not start one after the other: set `podManagementPolicy: Parallel`.' },
        ],
      },
      notReady: {
        ...BLOCKED,
        text: '{ready:count} of {wanted:count} pods of {set:object} are ready; {pod:object} has not been for {age:duration}.',
        remedy: [SHOW_POD],
      },
      serviceMissing: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the Services of the namespace were all seen' },
        text: 'The Service `{service:text}` that {set:object} names does not exist: its pods have no names of their own in DNS.',
        remedy: [
          {
            text: 'Create it as a headless Service (`clusterIP: None`) that selects the pods of the StatefulSet.',
          },
        ],
      },
      storageClassMissing: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'all StorageClasses were seen' },
        text: 'The StorageClass `{class:text}` of the claims of {set:object} does not exist: the claims it has stay, a new pod would get none.',
        remedy: [
          { text: 'Create the class again before the StatefulSet is scaled up or a claim is replaced.' },
        ],
        key: ['class'],
      },
    },
    checks: {
      complete: { item: 'StatefulSet is complete', expected: 'each pod ready', found: '{ready:count} ready' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback',
      'kubernetes/kubernetes pkg/controller/statefulset/stateful_set_control.go: processReplica, updateStatefulSet',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const set of inputs.statefulSets.items) {
      if (set.metadata.deletionTimestamp) continue;
      reportReferences(set, inputs, context);
      if ((set.spec?.replicas ?? 1) === 0) continue;
      const subject = subjectOf(set);
      const covered = inputs.pods.coverage.covers(set.metadata.namespace);
      if (covered !== true) context.looked({ check: 'complete', unseen: covered, subject });
      else if (!reportHeld(set, inputs, context)) {
        const ready = set.status?.readyReplicas ?? 0;
        context.looked({ check: 'complete', values: { ready }, subject });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof statefulSetBlocked.meta.messages,
  NonNullable<typeof statefulSetBlocked.meta.checks>
>;

interface Held extends Place {
  readonly pod: PodItem;
}

/** The pod that holds up the set: the lowest place for making pods, the highest for updating them. */
function reportHeld(
  set: StatefulSetItem,
  { pods: collection }: Inputs<typeof needs>,
  context: Context,
): boolean {
  const held: Held[] = [];
  let missing = 0;
  for (const place of placesOf(set, collection)) {
    if (held.length + missing >= MAX_PLACES) break;
    if (!place.pod) missing += 1;
    else if (!isReady(place.pod) && !place.pod.metadata.deletionTimestamp)
      held.push({ ...place, pod: place.pod });
  }
  const first = held.find(({ pod }) => isOlder(context.age(readinessSince(pod), pod), BLOCKED_SECONDS));
  if (!first) return false;
  const { pod } = first;
  const since = readinessSince(pod);
  const wanted = set.spec?.replicas ?? 1;
  const ready = set.status?.readyReplicas ?? 0;
  const common = {
    subject: subjectOf(set),
    severity: ready === 0 ? 'critical' : 'warning',
    evidence: [context.at(pod, '/status/conditions'), context.at(set, '/status')],
    related: held.slice(0, 50).map((one) => subjectOf(one.pod)),
    ...(since === undefined ? {} : { since }),
  } as const;
  const values = { set: subjectOf(set), pod: subjectOf(pod), age: context.age(since, pod)?.seconds ?? 0 };
  const update = updateOf(set);
  const old = update && oldRevision(first, set);
  if (update && old) {
    const revisions = { revision: old, wanted: update.revision };
    context.report({ message: 'brokenRevision', values: { ...values, ...revisions }, ...common });
  } else if (update) {
    const counts = { updated: update.updated, wanted: update.wanted };
    context.report({ message: 'updateHeld', values: { ...values, ...counts }, ...common });
  } else if (missing > 0 && isOrdered(set)) {
    context.report({ message: 'ordinalHeld', values: { ...values, missing }, ...common });
  } else context.report({ message: 'notReady', values: { ...values, ready, wanted }, ...common });
  return true;
}

/** The update under way, if one is: what it brings out, and how far it has come of how far it goes. */
function updateOf({ spec, status }: StatefulSetItem) {
  const revision = status?.updateRevision;
  if ((spec?.updateStrategy?.type ?? 'RollingUpdate') !== 'RollingUpdate') return undefined;
  const updated = status?.updatedReplicas ?? 0;
  const wanted = (spec?.replicas ?? 1) - partitionOf(spec);
  const done = revision === undefined || status?.currentRevision === revision || updated >= wanted;
  return done ? undefined : { revision, updated, wanted };
}

function partitionOf(spec: StatefulSetItem['spec']): number {
  return spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
}

/** The revision of a pod the update ought to replace and waits for instead. */
function oldRevision({ pod, ordinal }: Held, set: StatefulSetItem): string | undefined {
  const revision = pod.metadata.labels?.['controller-revision-hash'];
  if (revision === set.status?.updateRevision || !isOrdered(set)) return undefined;
  return ordinal >= partitionOf(set.spec) ? revision : undefined;
}

function reportReferences(
  set: StatefulSetItem,
  { services: known, claims, classes }: Inputs<typeof needs>,
  context: Context,
): void {
  const { namespace = '', name } = set.metadata;
  const service = set.spec?.serviceName;
  if (service && known.lookup({ namespace, name: service }).state === 'absent') {
    context.report({
      message: 'serviceMissing',
      values: { set: subjectOf(set), service },
      subject: subjectOf(set),
      evidence: [
        context.at(set, '/spec/serviceName'),
        context.absent({ artifact: services, scope: { type: 'namespace', namespace }, name: service }),
      ],
      related: [{ group: '', kind: 'Service', namespace, name: service }],
    });
  }
  for (const [index, { metadata, spec }] of (set.spec?.volumeClaimTemplates ?? []).entries()) {
    const storageClass = spec?.storageClassName;
    if (!storageClass || classes.lookup({ name: storageClass }).state !== 'absent') continue;
    // A claim that waits for the class is a fault of its own; volumes made by hand need no class object.
    const claim = claims.lookup({
      namespace,
      name: `${metadata?.name}-${name}-${set.spec?.ordinals?.start ?? 0}`,
    });
    if (claim.state !== 'present' || claim.item.status?.phase !== 'Bound') continue;
    if (!claim.item.metadata.annotations?.['volume.kubernetes.io/storage-provisioner']) continue;
    context.report({
      message: 'storageClassMissing',
      values: { set: subjectOf(set), class: storageClass },
      subject: subjectOf(set),
      evidence: [
        context.at(set, `/spec/volumeClaimTemplates/${index}`),
        context.absent({ artifact: storageClasses, scope: CLUSTER_SCOPE, name: storageClass }),
      ],
    });
  }
}
