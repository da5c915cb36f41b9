import { replicaSets } from '../artifacts/workload-resources.ts';
import { defineDerived, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** A ReplicaSet with the fields kept of it. */
export type ReplicaSetItem = ItemOf<typeof replicaSets>;

/** The ReplicaSets of Deployments by revision. */
export interface WorkloadRevisions {
  /** The ReplicaSets of a Deployment, the newest revision first. */
  of(deployment: ResourceIdentity): readonly ReplicaSetItem[];
}

/** ReplicaSets by the Deployment that controls them. */
export const workloadRevisions = defineDerived({
  id: 'workload-revisions',
  title: 'Revisions of Deployments',
  needs: { replicaSets: optional(replicaSets) },
  derive({ replicaSets: collection }): WorkloadRevisions {
    const byOwner = new Map<string, ReplicaSetItem[]>();
    for (const item of collection.items) {
      const owner = item.metadata.ownerReferences?.find((one) => one.controller && one.kind === 'Deployment');
      if (owner) getOrCreate(byOwner, `${item.metadata.namespace}/${owner.name}`, () => []).push(item);
    }
    for (const list of byOwner.values()) list.sort((a, b) => revisionOf(b) - revisionOf(a));
    return { of: ({ metadata: { namespace, name } }) => byOwner.get(`${namespace}/${name}`) ?? [] };
  },
});

function revisionOf(item: ReplicaSetItem): number {
  return Number(item.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0);
}

interface Containers {
  readonly spec?: {
    readonly template?: {
      readonly spec?: { readonly containers?: readonly { readonly name: string; readonly image?: string }[] };
    };
  };
}

/** The images that differ between two revisions, `app: web:1 → web:2`; empty when none does. */
export function imageChanges(from: Containers | undefined, to: Containers | undefined): string[] {
  const before = new Map(from?.spec?.template?.spec?.containers?.map((one) => [one.name, one.image]));
  const changes: string[] = [];
  for (const { name, image = '' } of to?.spec?.template?.spec?.containers ?? []) {
    const old = before.get(name);
    if (old !== undefined && old !== image) changes.push(`${name}: ${old} → ${image}`);
  }
  return changes;
}

/** Since when the spec of a workload is as it is, at the latest: its last write that was not one of its status. */
export function specWritten(item: {
  readonly metadata: {
    readonly managedFields?: readonly { readonly subresource?: string; readonly time?: string }[];
  };
}): string | undefined {
  const times = (item.metadata.managedFields ?? []).flatMap(({ subresource, time }) =>
    subresource !== 'status' && time ? [time] : [],
  );
  return times.sort().at(-1);
}
