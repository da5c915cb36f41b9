import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { isCrashLoop } from '../../src/derive/container-crash.ts';
import { type ContainerView, conditionSince, containersOf } from '../../src/derive/containers.ts';
import { isKongPrefix } from '../../src/derive/kong-prefix.ts';
import { type OwnerWellness, ownerWellness } from '../../src/derive/owner-wellness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { isToRun } from '../../src/derive/pod-start.ts';
import { POD_SYMPTOMS } from '../../src/derive/pod-symptoms.ts';
import { readStorageEviction, type StorageEviction } from '../../src/derive/storage-eviction.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Input, logSignals, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** An eviction or a full volume longer ago than this explains nothing of now. */
const RECENT_SECONDS = 3600;
/** A pod nobody replaces is missed for a day; after that nobody asked for it. */
const DAY_SECONDS = 86_400;

const EVICTED = {
  severity: ['critical', 'info'],
  confidence: { level: 'certain', reason: 'the kubelet says so in the status of the evicted pod' },
  // No effect: pressure of its node is not the cause of a pod's own limit.
  explains: POD_SYMPTOMS,
} as const;
const CLEAN = {
  text: 'Pods that were evicted stay listed until somebody deletes them.',
  argv: ['kubectl', 'delete', 'pods', '-n', '{pod.namespace}', '--field-selector', 'status.phase=Failed'],
} as const;

/** Written by whatever meets a full file system (errno ENOSPC). */
const fullVolume = logSignals({
  component: { id: 'any' },
  patterns: { noSpace: { any: ['o space left on device'] } },
});

export const ephemeralStorageEvicted = defineAnalyzer({
  meta: {
    id: 'workload/ephemeral-storage-evicted',
    title: 'Pod over its limit of local storage',
    description:
      'Pods evicted because an emptyDir, a container or the pod wrote more than its limit; memory volumes that are full.',
    messages: {
      emptyDirLimit: {
        ...EVICTED,
        text: '{pod:object} was evicted: its emptyDir `{volume:text}` exceeded its `sizeLimit` of {limit:quantity}; {owner:object} has {count:count} such evictions listed.',
        remedy: [
          {
            text: 'Raise `sizeLimit` of the volume, or make the application write less or clean up; a PersistentVolumeClaim suits what must be kept.',
          },
          CLEAN,
        ],
        key: ['volume'],
      },
      containerLimit: {
        ...EVICTED,
        text: '{pod:object} was evicted: container `{container:text}` exceeded its `ephemeral-storage` limit of {limit:quantity}; {owner:object} has {count:count} such evictions listed.',
        remedy: [
          {
            text: 'Raise the limit, or write less: files in the container and its logs on the node both count.',
          },
          CLEAN,
        ],
        key: ['container'],
      },
      podLimit: {
        ...EVICTED,
        text: '{pod:object} was evicted: its containers and emptyDirs together exceeded their `ephemeral-storage` limits of {limit:quantity}; {owner:object} has {count:count} such evictions listed.',
        remedy: [
          {
            text: 'Raise the limits of the containers: emptyDirs on disk count against their sum, whatever their own `sizeLimit`.',
          },
          CLEAN,
        ],
      },
      memoryVolumeFull: {
        severity: 'critical',
        confidence: {
          level: 'likely',
          reason: 'the container writes that a file system is full, and names a path in the volume',
        },
        text: 'Container `{container:text}` of {pod:object} has filled its memory volume `{volume:text}` at `{path:text}` ({limit:text}): a volume with `medium: Memory` refuses further writes, and the pod is not evicted.',
        remedy: [
          {
            text: 'Raise `sizeLimit` of the volume and, since its files count as memory, the memory limit of the container too; or drop `medium: Memory`.',
          },
          {
            text: 'See how full it is.',
            argv: [
              'kubectl',
              'exec',
              '{pod.name}',
              '-n',
              '{pod.namespace}',
              '-c',
              '{container}',
              '--',
              'df',
              '-h',
              '{path}',
            ],
          },
        ],
        key: ['container', 'volume'],
        effect: 'pod-not-ready',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }, ...POD_SYMPTOMS],
      },
    },
    checks: {
      withinLimits: {
        item: 'Pod keeps to its limits of local storage',
        expected: 'not evicted for them',
        found: 'not evicted',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage',
      'https://kubernetes.io/docs/concepts/storage/volumes/#emptydir',
      'kubernetes/kubernetes pkg/kubelet/eviction/helpers.go: emptyDirMessageFmt, containerEphemeralStorageMessageFmt, podEphemeralStorageMessageFmt',
    ],
  },
  needs: { pods, owners: ownerWellness, logs: optional(fullVolume) },
  analyze(inputs, context) {
    const groups = new Map<string, Evicted[]>();
    for (const pod of inputs.pods.items) {
      const eviction = evictionOf(pod);
      if (eviction) getOrCreate(groups, groupKey(pod, eviction), () => []).push({ pod, eviction });
      else {
        context.looked({ check: 'withinLimits', values: {}, subject: subjectOf(pod) });
        if (isToRun(pod)) reportFull(pod, inputs.logs, context);
      }
    }
    for (const group of groups.values()) report(group, inputs.owners.of(group[0]!.pod), context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof ephemeralStorageEvicted.meta.messages,
  NonNullable<typeof ephemeralStorageEvicted.meta.checks>
>;

interface Evicted {
  readonly pod: PodItem;
  readonly eviction: StorageEviction;
}

function evictionOf(pod: PodItem): StorageEviction | undefined {
  const { status } = pod;
  if (status?.phase !== 'Failed' || status.reason !== 'Evicted') return undefined;
  const eviction = readStorageEviction(status.message ?? '');
  // kong/prefix-volume-full knows what fills it.
  return eviction?.type === 'emptyDir' && isKongPrefix(pod, eviction.volume) ? undefined : eviction;
}

/** Pods of one owner that were evicted for the same limit are one finding, about the newest. */
function groupKey(pod: PodItem, eviction: StorageEviction): string {
  const part = eviction.type === 'emptyDir' ? eviction.volume : '';
  const container = eviction.type === 'container' ? eviction.container : '';
  return `${subjectKey(podOwner(pod))} ${eviction.type} ${part} ${container}`;
}

function report(group: readonly Evicted[], wellness: OwnerWellness, context: Context): void {
  const { pod, eviction } = group.reduce((newest, one) =>
    evictedAt(one.pod) > evictedAt(newest.pod) ? one : newest,
  );
  const { state } = wellness;
  if (state === 'unknown' && wellness.gap) {
    context.looked({ check: 'withinLimits', unseen: wellness.gap, subject: subjectOf(pod) });
  }
  const since = evictedAt(pod);
  // An old leftover explains nothing of how its owner fares now, and one of an unknown owner accuses nobody.
  const limit = { unwell: RECENT_SECONDS, alone: DAY_SECONDS, well: 0, unknown: 0 }[state];
  const severity: 'critical' | 'info' =
    limit > 0 && isOlder(context.age(since, pod), limit) === false ? 'critical' : 'info';
  const owner = podOwner(pod);
  const common = {
    severity,
    subject: subjectOf(pod),
    evidence: [context.at(pod, '/status/message')] as const,
    related: owner.kind === 'Pod' ? [] : [owner],
    ...(since ? { since } : {}),
  };
  const values = { pod: subjectOf(pod), owner, count: group.length, limit: eviction.limit };
  if (eviction.type === 'emptyDir') {
    context.report({ message: 'emptyDirLimit', values: { ...values, volume: eviction.volume }, ...common });
  } else if (eviction.type === 'container') {
    const { container } = eviction;
    context.report({ message: 'containerLimit', values: { ...values, container }, ...common });
  } else context.report({ message: 'podLimit', values, ...common });
}

function evictedAt(pod: PodItem): string {
  return conditionSince(pod, 'Ready', 'False') ?? pod.status?.startTime ?? '';
}

/** A volume in memory that is full shows in the words of the container only. */
function reportFull(pod: PodItem, logs: Input<typeof fullVolume>, context: Context): void {
  const volumes = (pod.spec?.volumes ?? []).filter(
    ({ name, emptyDir }) => emptyDir?.medium === 'Memory' && !isKongPrefix(pod, name),
  );
  if (volumes.length === 0) return;
  const { namespace = '', name } = pod.metadata;
  for (const container of containersOf(pod)) {
    if (container.status.ready && !isCrashLoop(pod, container, context)) continue;
    for (const matches of logs.matches('noSpace', { namespace, pod: name, container: container.name })) {
      if (isOlder(context.age(matches.last, pod), RECENT_SECONDS) === true) continue;
      const full = fullMount(container, matches, volumes);
      if (!full) continue;
      const since = conditionSince(pod, 'Ready', 'False');
      context.report({
        message: 'memoryVolumeFull',
        values: { container: container.name, pod: subjectOf(pod), ...full.values },
        subject: subjectOf(pod, container.pointer),
        evidence: [{ cite: 'matches', matches, hit: full.hit }, context.at(pod, full.pointer)],
        ...(since ? { since } : {}),
      });
      break;
    }
  }
}

type Volume = NonNullable<NonNullable<PodItem['spec']>['volumes']>[number];

/** The memory volume whose path a line about a full file system names. */
function fullMount({ spec }: ContainerView, { hits }: LogMatches, volumes: readonly Volume[]) {
  for (const { name, mountPath } of spec?.volumeMounts ?? []) {
    const volume = volumes.find((one) => one.name === name);
    const path = mountPath.replace(/\/+$/, '');
    const hit = volume && path && hits.find(({ text }) => text.includes(`${path}/`));
    if (!hit) continue;
    const size = volume.emptyDir?.sizeLimit;
    const limit = size ? `sizeLimit ${size}` : 'no sizeLimit';
    return { values: { volume: name, path, limit }, hit, pointer: '/spec/volumes' };
  }
  return undefined;
}
