import { services } from '../artifacts/network-resources.ts';
import { persistentVolumeClaims } from '../artifacts/storage-resources.ts';
import { daemonSets, deployments, statefulSets } from '../artifacts/workload-resources.ts';
import { type DeriveContext, defineDerived, type Inputs, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';
import { subjectKey, subjectOf } from '../model/subject.ts';

/** An object of a release that is not as it is to be. */
export interface UnwellPart {
  readonly item: ResourceIdentity;
  /** JSON Pointer to what shows it. */
  readonly pointer: string;
  /** What is wrong with it: `Deployment traefik-kubeaddons has 0 of 2 pods ready`. */
  readonly text: string;
}

/** The objects of Helm releases. */
export interface ReleaseParts {
  /** Workloads without all their pods, claims without a volume and load balancers without an address. */
  unwell(namespace: string, release: string): readonly UnwellPart[];
  /** Whether any workload is marked as part of the release. */
  seen(namespace: string, release: string): boolean;
}

/** An object as the index needs it. */
interface Marked extends ResourceIdentity {
  readonly metadata: ResourceIdentity['metadata'] & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: { readonly 'meta.helm.sh/release-name'?: string };
  };
}

const needs = {
  deployments: optional(deployments),
  statefulSets: optional(statefulSets),
  daemonSets: optional(daemonSets),
  services: optional(services),
  claims: optional(persistentVolumeClaims),
};

/**
 * What belongs to which Helm release: by the annotation Helm 3 writes, else by the labels charts write
 * (`app.kubernetes.io/instance`, and `release` of older charts).
 */
export const releaseParts = defineDerived({
  id: 'release-parts',
  title: 'Objects of Helm releases',
  needs,
  derive(inputs, context): ReleaseParts {
    // A cluster without anything that failed is not indexed.
    let built: PartsIndex | undefined;
    const parts = () => {
      built ??= indexParts(inputs, context);
      return built;
    };
    return {
      unwell: (namespace, release) => unique(parts().index.get(keyOf(namespace, release)) ?? []),
      seen: (namespace, release) => parts().workloads.has(keyOf(namespace, release)),
    };
  },
});

interface PartsIndex {
  readonly index: ReadonlyMap<string, readonly UnwellPart[]>;
  /** Releases with a workload. */
  readonly workloads: ReadonlySet<string>;
}

function indexParts(inputs: Inputs<typeof needs>, { safely }: Pick<DeriveContext, 'safely'>): PartsIndex {
  const index = new Map<string, UnwellPart[]>();
  const add = (item: Marked, found: () => Omit<UnwellPart, 'item'> | undefined) => {
    const keys = releasesOf(item);
    if (keys.length === 0 || item.metadata.deletionTimestamp) return;
    const unwell = safely(found, undefined);
    for (const key of keys) {
      const parts = getOrCreate(index, key, () => []);
      if (unwell) parts.push({ item, ...unwell });
    }
  };
  for (const item of inputs.deployments.items)
    add(item, () => shortOf(item, item.spec?.replicas ?? 1, item.status?.readyReplicas));
  for (const item of inputs.statefulSets.items)
    add(item, () => shortOf(item, item.spec?.replicas ?? 1, item.status?.readyReplicas));
  for (const item of inputs.daemonSets.items)
    add(item, () => shortOf(item, item.status?.desiredNumberScheduled ?? 0, item.status?.numberReady));
  const workloads = new Set(index.keys());
  for (const item of inputs.claims.items) {
    const { phase } = item.status ?? {};
    add(item, () =>
      phase === 'Pending' || phase === 'Lost'
        ? { pointer: '/status/phase', text: `${nameOf(item)} is ${phase}` }
        : undefined,
    );
  }
  for (const item of inputs.services.items) {
    const given = (item.status?.loadBalancer?.ingress ?? []).length + (item.spec?.externalIPs ?? []).length;
    add(item, () =>
      item.spec?.type === 'LoadBalancer' && given === 0
        ? { pointer: '/status', text: `${nameOf(item)} has no external address` }
        : undefined,
    );
  }
  return { index, workloads };
}

function keyOf(namespace: string | undefined, release: string): string {
  return `${namespace ?? ''}/${release}`;
}

function releasesOf({ metadata: { namespace, labels, annotations } }: Marked): string[] {
  const told = annotations?.['meta.helm.sh/release-name'];
  const names = told ? [told] : [labels?.['app.kubernetes.io/instance'], labels?.release];
  return [...new Set(names.flatMap((name) => (name ? [keyOf(namespace, name)] : [])))];
}

function shortOf(item: ResourceIdentity, wanted: number, ready = 0): Omit<UnwellPart, 'item'> | undefined {
  if (ready >= wanted) return undefined;
  return { pointer: '/status', text: `${nameOf(item)} has ${ready} of ${wanted} pods ready` };
}

function nameOf({ kind, metadata }: ResourceIdentity): string {
  return `${kind} ${metadata.name}`;
}

function unique(parts: readonly UnwellPart[]): UnwellPart[] {
  return [...new Map(parts.map((part) => [subjectKey(subjectOf(part.item)), part])).values()];
}
