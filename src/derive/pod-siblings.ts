import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { groupOf, type ObjectRef, subjectKey, subjectOf } from '../model/subject.ts';
import { hasEnded, isReady } from './pod-readiness.ts';

/** How the pods of one owner fare. Pods that have ended or are being deleted are not counted. */
export interface PodCounts {
  readonly live: number;
  readonly ready: number;
}

/** Pods by what controls them. */
export interface PodSiblings {
  /** Of the workload a pod belongs to, all revisions; the pod itself included. */
  ofOwner(pod: PodItem): PodCounts;
  /** Of the pod's own revision: its ReplicaSet, or the same template of a StatefulSet or DaemonSet. */
  ofRevision(pod: PodItem): PodCounts;
}

/** The pods of each workload counted once. */
export const podSiblings = defineDerived({
  id: 'pod-siblings',
  title: 'Pods by owner',
  needs: { pods: optional(pods) },
  derive({ pods: collection }): PodSiblings {
    const owners = new Map<string, { live: number; ready: number }>();
    const revisions = new Map<string, { live: number; ready: number }>();
    for (const pod of collection.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      const ready = isReady(pod) ? 1 : 0;
      for (const counts of [
        getOrCreate(owners, subjectKey(podOwner(pod)), () => ({ live: 0, ready: 0 })),
        getOrCreate(revisions, revisionKey(pod), () => ({ live: 0, ready: 0 })),
      ]) {
        counts.live += 1;
        counts.ready += ready;
      }
    }
    const none = { live: 0, ready: 0 };
    return {
      ofOwner: (pod) => owners.get(subjectKey(podOwner(pod))) ?? none,
      ofRevision: (pod) => revisions.get(revisionKey(pod)) ?? none,
    };
  },
});

/**
 * The workload that controls a pod: its controller, or for a ReplicaSet's pod the Deployment its template hash
 * tells of. A pod nobody controls, or that its node does (a static pod), stands for itself.
 */
export function podOwner(pod: PodItem): ObjectRef {
  const references = pod.metadata.ownerReferences ?? [];
  const reference = references.find((one) => one.controller) ?? references[0];
  if (!reference || reference.kind === 'Node') return subjectOf(pod);
  const { namespace = '' } = pod.metadata;
  const { apiVersion, kind, name } = reference;
  const hash = pod.metadata.labels?.['pod-template-hash'];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`))
    return { group: 'apps', kind: 'Deployment', namespace, name: name.slice(0, -hash.length - 1) };
  return { group: groupOf(apiVersion), kind, namespace, name };
}

function revisionKey(pod: PodItem): string {
  const labels = pod.metadata.labels ?? {};
  const revision = labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? '';
  return `${subjectKey(podOwner(pod))} ${revision}`;
}
