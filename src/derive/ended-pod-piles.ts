import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { type EndedPodCause, endedPodCause, shownStatus } from './ended-pods.ts';
import type { EventIndex } from './event-index.ts';
import { endedAt } from './kubelet-refusal.ts';
import { podOwner } from './pod-siblings.ts';
import type { RolloutTimes } from './rollout-times.ts';

/** Pods of one workload that ended for one cause. */
export interface Pile {
  readonly owner: ObjectRef;
  readonly cause: EndedPodCause;
  /** Those that ended last come first. */
  readonly pods: readonly PodItem[];
}

/** So many within the last hour, and they still come. */
const GROWING = 5;
const RECENT_SECONDS = 3600;
/** A rollout replaces its pods, and Helm runs its hooks, within this time. */
const WINDOW_SECONDS = 600;
/** Events of at most so many pods are read: the newest ones, others have expired. */
const EVENTS_OF = 50;

/** Sorts ended pods into piles by workload and cause, the largest first. */
export function pilesOf(ended: readonly PodItem[]): Pile[] {
  const piles = new Map<string, { owner: ObjectRef; cause: EndedPodCause; pods: PodItem[] }>();
  for (const pod of ended) {
    const cause = endedPodCause(pod);
    const owner = podOwner(pod);
    const key = `${subjectKey(owner)} ${JSON.stringify(cause)}`;
    getOrCreate(piles, key, () => ({ owner, cause, pods: [] })).pods.push(pod);
  }
  for (const { pods } of piles.values()) {
    pods.sort((a, b) => (endedAt(b) ?? '').localeCompare(endedAt(a) ?? ''));
  }
  return [...piles.values()].sort((a, b) => b.pods.length - a.pods.length);
}

/** Whether more are coming: several of a pile ended within the last hour; undefined when the clock does not tell. */
export function isGrowing({ pods }: Pile, { age }: Pick<DeriveContext, 'age'>): boolean | undefined {
  const nth = pods[GROWING - 1];
  if (nth === undefined) return false;
  const past = isOlder(age(endedAt(nth), nth), RECENT_SECONDS);
  return past === undefined ? undefined : !past;
}

/** What kubectl prints for the pods of a pile: `Completed: 12`, the most frequent first. */
export function shownAs(pods: readonly PodItem[]): string[] {
  return counted(pods.map(shownStatus)).map(([status, count]) => `${status}: ${count}`);
}

/** Whether the pods of a pile ended when their workload was rolled out, in words. */
export function coincidence(pile: Pile, rollouts: RolloutTimes): string {
  const { owner, pods } = pile;
  const release = pods[0]?.metadata.labels?.['app.kubernetes.io/instance'];
  const times = rollouts.of(owner, release);
  const gap = rollouts.unseen(owner.namespace ?? '');
  if (times.length === 0)
    return gap ? 'no rollout of it was seen' : 'no revision and no Helm release of it is kept';
  const moments = times.map(({ time }) => Date.parse(time) / 1000).sort((a, b) => a - b);
  const near = pods.filter((pod) => isNear(Date.parse(endedAt(pod) ?? '') / 1000, moments)).length;
  const kept = `rollouts and Helm releases kept (${times.length}, the last ${times[0]?.what} at ${times[0]?.time})`;
  if (near === 0) return `none of them ended within ten minutes of one of the ${kept}`;
  if (near === pods.length) return `all of them ended within ten minutes of one of the ${kept}`;
  return `${near} of them ended within ten minutes of one of the ${kept}`;
}

/** Whether a moment lies in the window after one of the sorted moments, or a minute before it for the clocks. */
function isNear(moment: number, sorted: readonly number[]): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= moment + 60) low = middle + 1;
    else high = middle;
  }
  const before = sorted[low - 1];
  return before !== undefined && moment - before <= WINDOW_SECONDS;
}

/** What the events still there say of a pile: `Evicted: 3`; empty when they have expired. */
export function eventsOf({ pods }: Pile, events: EventIndex): string[] {
  const reasons = pods
    .slice(0, EVENTS_OF)
    .flatMap((pod) => events.about(pod).map(({ reason = 'Event' }) => reason));
  return counted(reasons)
    .slice(0, 4)
    .map(([reason, count]) => `${reason}: ${count}`);
}

function counted(words: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}
