import type { PodItem } from '../artifacts/resources.ts';
import type { statefulSets } from '../artifacts/workload-resources.ts';
import type { Collection, ItemOf } from '../model/artifact.ts';
import { isReady } from './pod-readiness.ts';

/** A StatefulSet with the fields kept of it. */
export type StatefulSetItem = ItemOf<typeof statefulSets>;

/** One place of a StatefulSet and the pod that holds it. */
export interface Place {
  readonly name: string;
  readonly ordinal: number;
  readonly pod: PodItem | undefined;
}

/** The places of a StatefulSet from the first ordinal, each with its pod if there is one. */
export function* placesOf(set: StatefulSetItem, pods: Collection<PodItem>): Generator<Place> {
  const start = set.spec?.ordinals?.start ?? 0;
  const end = start + (set.spec?.replicas ?? 1);
  const { namespace } = set.metadata;
  for (let ordinal = start; ordinal < end; ordinal++) {
    const name = `${set.metadata.name}-${ordinal}`;
    const found = pods.lookup({ namespace, name });
    yield { name, ordinal, pod: found.state === 'present' ? found.item : undefined };
  }
}

/** Whether the pods are made one after the other, each once the ones before it are ready (the default). */
export function isOrdered(set: StatefulSetItem): boolean {
  return (set.spec?.podManagementPolicy ?? 'OrderedReady') === 'OrderedReady';
}

/**
 * The name of the pod the controller is to create next; undefined when all exist, or when an earlier one
 * that is not ready holds it up. The pods of its namespace must have been seen whole.
 */
export function missingOrdinal(set: StatefulSetItem, pods: Collection<PodItem>): string | undefined {
  for (const { name, pod } of placesOf(set, pods)) {
    if (!pod) return name;
    if (isOrdered(set) && !isReady(pod)) return undefined;
  }
  return undefined;
}
