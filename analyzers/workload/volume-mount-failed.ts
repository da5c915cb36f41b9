import { type EventItem, events, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { claimHolders } from '../../src/derive/claim-holders.ts';
import { artifactOf, type ConfigSource, configSources } from '../../src/derive/config-source.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { type MountError, readMountError } from '../../src/derive/mount-failure.ts';
import { MOUNT_FAILURE_MESSAGES } from '../../src/derive/mount-failure-messages.ts';
import { claimRef } from '../../src/derive/pod-claims.ts';
import {
  lacksSandbox,
  MOUNT_REASONS,
  severityOfStart,
  startEvents,
  startingSince,
} from '../../src/derive/pod-start.ts';
import { volumeSources } from '../../src/derive/volume-sources.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

const WITHOUT_EVENT = {
  level: 'likely',
  reason: 'the pod has not started and the object does not exist; no event was seen',
} as const;

export const volumeMountFailed = defineAnalyzer({
  meta: {
    id: 'workload/volume-mount-failed',
    title: 'Volume of a pod not mounted',
    description:
      'Pods that do not start because a volume is not attached or mounted, told apart by what it fails with.',
    messages: MOUNT_FAILURE_MESSAGES,
    checks: {
      mounted: { item: 'Pod has its volumes', expected: 'attached and mounted', found: 'mounted' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/storage/volumes/',
      'kubernetes/kubernetes pkg/volume/util/operationexecutor: MountVolume.SetUp failed, Multi-Attach error; pkg/volume/csi: driver name not found',
    ],
  },
  needs: {
    pods,
    events: eventIndex,
    allEvents: optional(events),
    sources: configSources,
    holders: claimHolders,
  },
  analyze(inputs, context) {
    for (const pod of inputs.pods.items) {
      if (!lacksSandbox(pod)) {
        if (pod.status?.phase === 'Running') {
          context.looked({ check: 'mounted', values: {}, subject: subjectOf(pod) });
        }
        continue;
      }
      const events = startEvents(pod, inputs.events);
      // An event about the sandbox that is newer says that the volumes are there.
      if (events[0] && !MOUNT_REASONS.includes(events[0].reason)) continue;
      const surroundings = { context, ...inputs };
      const told = reportMissing(pod, events, surroundings);
      reportEvents(pod, events, { ...surroundings, told });
      const covered = inputs.allEvents.coverage.covers(pod.metadata.namespace);
      if (events.length === 0 && told.size === 0 && covered !== true && usesVolumes(pod))
        context.looked({ check: 'mounted', unseen: covered, subject: subjectOf(pod) });
    }
    return undefined;
  },
});

function usesVolumes({ spec }: PodItem): boolean {
  return (spec?.volumes ?? []).length > 0;
}

interface Surroundings {
  readonly context: AnalyzeContext<
    typeof volumeMountFailed.meta.messages,
    NonNullable<typeof volumeMountFailed.meta.checks>
  >;
  readonly sources: Input<typeof configSources>;
  readonly holders: Input<typeof claimHolders>;
}

/** What surely does not exist, by the lists or, where those were not seen, by an event; returns the volumes told. */
function reportMissing(
  pod: PodItem,
  events: readonly EventItem[],
  { context, sources }: Surroundings,
): Set<string> {
  const told = new Set<string>();
  for (const { volume, ...source } of volumeSources(pod)) {
    const found = sources.lookup(source);
    const event = events.find((one) => names(one, source));
    if (found.state === 'present' || (found.state === 'unseen' && !event)) continue;
    if (told.has(volume)) continue;
    told.add(volume);
    const { kind, namespace, name } = source;
    const missing: ObjectRef = { group: '', kind, namespace, name };
    const scope = { type: 'namespace', namespace } as const;
    const evidence: EvidenceRefs = [
      context.at(pod, '/status'),
      ...(event ? [context.at(event, '/message')] : []),
      ...(found.state === 'absent' ? [context.absent({ artifact: artifactOf(kind), scope, name })] : []),
    ];
    const common = {
      ...place(pod, context),
      evidence,
      related: [missing],
      ...(event ? {} : { confidence: WITHOUT_EVENT }),
    };
    const values = { pod: subjectOf(pod), volume, missing };
    const nearest = sources.nearest(source);
    if (nearest) context.report({ message: 'sourceMisspelt', values: { ...values, nearest }, ...common });
    else context.report({ message: 'sourceMissing', values, ...common });
  }
  return told;
}

/** Whether an event says that this object does not exist. */
function names({ message = '' }: EventItem, { kind, name }: ConfigSource): boolean {
  const { error } = readMountError(message);
  return error.type === 'sourceMissing' && error.kind === kind && error.name === name;
}

/** The newest event of each volume; that something takes long is told when nothing else is. */
function reportEvents(
  pod: PodItem,
  events: readonly EventItem[],
  surroundings: Surroundings & { readonly told: ReadonlySet<string> },
): void {
  const seen = new Set(surroundings.told);
  let slow: { event: EventItem; volumes: readonly string[] } | undefined;
  let count = seen.size;
  for (const event of events) {
    const { error, volume = '', detail } = readMountError(event.message ?? '');
    if (error.type === 'timedOut') {
      slow ??= { event, volumes: error.volumes };
      continue;
    }
    if (seen.has(volume)) continue;
    seen.add(volume);
    count++;
    reportVolume({ pod, event, error, volume, detail }, surroundings);
  }
  if (count > 0 || !slow) return;
  const { context } = surroundings;
  const node = nodeOf(pod);
  context.report({
    message: 'volumesNotReady',
    values: { pod: subjectOf(pod), volume: slow.volumes, node },
    ...place(pod, context),
    evidence: [context.at(pod, '/status'), context.at(slow.event, '/message')],
    related: [node, ...claimsOf(pod, surroundings, undefined)],
  });
}

interface Told {
  readonly pod: PodItem;
  readonly event: EventItem;
  readonly error: MountError;
  readonly volume: string;
  readonly detail: string;
}

function reportVolume({ pod, event, error, volume, detail }: Told, surroundings: Surroundings): void {
  const { context } = surroundings;
  const node = nodeOf(pod);
  const evidence: EvidenceRefs = [context.at(pod, '/status'), context.at(event, '/message')];
  const related = claimsOf(pod, surroundings, volume);
  const common = { ...place(pod, context), evidence, related };
  const base = { pod: subjectOf(pod), volume };
  const values = { ...base, node, detail };
  switch (error.type) {
    case 'keyMissing':
      context.report({ message: 'keyMissing', values: { ...base, name: error.key }, ...common });
      break;
    case 'tokenRefused': {
      const { namespace = '' } = pod.metadata;
      const name = pod.spec?.serviceAccountName ?? 'default';
      const account: ObjectRef = { group: '', kind: 'ServiceAccount', namespace, name };
      context.report({
        message: 'tokenRefused',
        values: { pod: base.pod, account, detail },
        ...common,
        related: [account],
      });
      break;
    }
    case 'claimMissing': {
      const { namespace = '' } = pod.metadata;
      const claim: ObjectRef = { group: '', kind: 'PersistentVolumeClaim', namespace, name: error.name };
      context.report({
        message: 'claimMissing',
        values: { pod: base.pod, claim },
        ...common,
        related: [claim],
      });
      break;
    }
    case 'attachedElsewhere':
      reportHolder({ pod, event, error, volume, detail }, surroundings);
      break;
    case 'hostPathMissing':
      context.report({ message: error.type, values: { ...values, path: error.path }, ...common });
      break;
    case 'driverMissing':
      context.report({
        message: error.type,
        values: { ...base, node, driver: error.driver },
        ...common,
        related: [node, ...related],
      });
      break;
    case 'helperMissing':
      context.report({ message: error.type, values: { ...base, node, helper: error.helper }, ...common });
      break;
    case 'sourceNotRead':
      // Common for a moment while many pods start on a node.
      if (common.severity === 'critical') context.report({ message: error.type, values, ...common });
      break;
    case 'other':
      context.report({ message: 'mountFails', values, ...common });
      break;
    case 'sourceMissing': {
      // Told by its lookup when it is missing still.
      const { namespace } = pod.metadata;
      const missing: ObjectRef = { group: '', kind: error.kind, namespace, name: error.name };
      const { severity: _, ...rest } = common;
      context.report({
        message: 'sourceAppeared',
        values: { ...base, missing },
        ...rest,
        related: [missing],
      });
      break;
    }
    case 'timedOut':
      break;
    default:
      context.report({ message: error.type, values, ...common });
  }
}

/** A volume for one node at a time: who holds it, by the pods with the same claim, else by the attachment. */
function reportHolder({ pod, event, volume }: Told, { context, holders }: Surroundings): void {
  const claim = holders.claimOf(pod, volume);
  const holder = claim && holders.holderOf(pod, claim);
  const evidence: EvidenceRefs = [context.at(pod, '/status'), context.at(event, '/message')];
  const base = { pod: subjectOf(pod), volume, node: nodeOf(pod) };
  const refs: ObjectRef[] = [
    { group: '', kind: 'PersistentVolume', name: volume },
    ...(claim ? [claimRef(claim)] : []),
  ];
  if (holder) {
    context.report({
      message: 'attachedElsewhere',
      values: { ...base, holder: subjectOf(holder), other: nodeOf(holder) },
      ...place(pod, context),
      evidence: [...evidence, context.at(holder, '/spec/nodeName')],
      related: [...refs, subjectOf(holder), nodeOf(holder)],
    });
    return;
  }
  const nodes = holders.attachedTo(pod, volume);
  const others = nodes.map((name): ObjectRef => ({ group: '', kind: 'Node', name }));
  context.report({
    message: 'stillAttached',
    values: { ...base, other: nodes.length > 0 ? nodes : 'its attachment was not seen' },
    ...place(pod, context),
    evidence,
    related: [...refs, ...others],
  });
}

function place(pod: PodItem, context: Surroundings['context']) {
  const since = startingSince(pod);
  return {
    subject: subjectOf(pod),
    severity: severityOfStart(since, pod, context),
    ...(since ? { since } : {}),
  };
}

function nodeOf(pod: PodItem): ObjectRef {
  return { group: '', kind: 'Node', name: pod.spec?.nodeName ?? '' };
}

/** The claim behind a volume, by which findings about storage join. */
function claimsOf(pod: PodItem, { holders }: Surroundings, volume: string | undefined): ObjectRef[] {
  const claim = holders.claimOf(pod, volume);
  return claim ? [claimRef(claim)] : [];
}
