import { type PodItem, pods } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { podClaims } from './pod-claims.ts';
import { hasEnded } from './pod-readiness.ts';

/** Which pods mount which claims. */
export interface ClaimUsers {
  /** Pods that have not ended and mount the claim. */
  of(claim: {
    readonly metadata: { readonly namespace?: string; readonly name: string };
  }): readonly PodItem[];
  /** Whether all pods of the namespace were seen: only then does an empty list mean that nobody mounts it. */
  covers(namespace: string | undefined): boolean;
}

const NOBODY: readonly PodItem[] = [];

/** Indexes pods by the claims they mount. */
export const claimUsers = defineDerived({
  id: 'claim-users',
  title: 'Pods by claim',
  needs: { pods: optional(pods) },
  derive({ pods: collection }): ClaimUsers {
    const users = new Map<string, PodItem[]>();
    for (const pod of collection.items) {
      if (hasEnded(pod)) continue;
      for (const { namespace, name } of podClaims(pod)) {
        getOrCreate(users, `${namespace ?? ''}/${name}`, () => []).push(pod);
      }
    }
    return {
      of: ({ metadata }) => users.get(`${metadata.namespace ?? ''}/${metadata.name}`) ?? NOBODY,
      covers: (namespace) => collection.coverage.covers(namespace) === true,
    };
  },
});

/** Whether a pod waits for its volumes: it has a node, and no container of it has started. */
export function waitsForVolumes(pod: PodItem): boolean {
  if (!pod.spec?.nodeName || pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending') return false;
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  return statuses.every(({ state, lastState }) => {
    const reason = state?.waiting?.reason;
    const untouched = reason === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing';
    return untouched && !state?.running && !state?.terminated && !lastState?.terminated;
  });
}
