import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { type KongPrefix, kongPrefix } from './kong-prefix.ts';
import { endedAt } from './kubelet-refusal.ts';
import type { OwnerWellness } from './owner-wellness.ts';
import { podOwner } from './pod-siblings.ts';
import { readStorageEviction } from './storage-eviction.ts';

/** Pods of one workload whose prefix grew over its limit. */
export interface PrefixEvictions {
  readonly owner: ObjectRef;
  readonly newest: PodItem;
  readonly prefix: KongPrefix;
  /** The limit in the words of the kubelet. */
  readonly limit: string;
  readonly count: number;
  /** When the newest was evicted. */
  readonly since: string | undefined;
  severity(
    state: OwnerWellness['state'],
    context: Pick<DeriveContext, 'age'>,
  ): 'critical' | 'warning' | 'info';
}

const HOUR = 3600;
const DAY = 86_400;

/** Evictions for the prefix by workload: a Deployment replaces such a pod and leaves it listed. */
export function evictionsByOwner(pods: readonly PodItem[]): PrefixEvictions[] {
  const groups = new Map<string, { pod: PodItem; prefix: KongPrefix; limit: string }[]>();
  for (const pod of pods) {
    if (pod.status?.phase !== 'Failed' || pod.status.reason !== 'Evicted') continue;
    const eviction = readStorageEviction(pod.status.message ?? '');
    if (eviction?.type !== 'emptyDir') continue;
    const prefix = kongPrefix(pod);
    if (prefix?.volume.name !== eviction.volume) continue;
    const entry = { pod, prefix, limit: eviction.limit };
    getOrCreate(groups, `${subjectKey(podOwner(pod))} ${eviction.limit}`, () => []).push(entry);
  }
  return [...groups.values()].map((group) => {
    const sorted = group.toSorted((a, b) => (endedAt(b.pod) ?? '').localeCompare(endedAt(a.pod) ?? ''));
    const { pod, prefix, limit } = sorted[0] as (typeof sorted)[number];
    return {
      owner: podOwner(pod),
      newest: pod,
      prefix,
      limit,
      count: group.length,
      since: endedAt(pod),
      severity: (state, context) =>
        severityOf(
          state,
          sorted.slice(0, 2).map((one) => one.pod),
          context,
        ),
    };
  });
}

/**
 * A fault now where pods are missing and the last eviction is fresh; one that comes back where replacements are
 * ready but two were evicted within a day, or one within the hour. What is older is history.
 */
function severityOf(
  state: OwnerWellness['state'],
  [newest, second]: readonly PodItem[],
  { age }: Pick<DeriveContext, 'age'>,
): 'critical' | 'warning' | 'info' {
  const within = (pod: PodItem | undefined, seconds: number) =>
    pod !== undefined && isOlder(age(endedAt(pod), pod), seconds) === false;
  if (state === 'unwell' && within(newest, HOUR)) return 'critical';
  if (state === 'alone' && within(newest, DAY)) return 'critical';
  if (state === 'unknown') return 'info';
  return within(newest, HOUR) || within(second, DAY) ? 'warning' : 'info';
}
