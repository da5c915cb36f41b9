import { type HelmRevision, helmReleases, helmRevision } from '../artifacts/helm-releases.ts';
import { configMaps, secrets } from '../artifacts/resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { scopeNamespace } from '../model/scope.ts';
import type { ObjectRef } from '../model/subject.ts';

/** A stored revision and what it was read from. */
export interface SeenRevision extends HelmRevision {
  /** The object or the document to be cited, and where in it. */
  readonly shown: { readonly item: object; readonly pointer: string };
}

/** A Helm release as its stored revisions tell. */
export interface HelmReleaseState {
  readonly namespace: string;
  readonly name: string;
  readonly subject: ObjectRef;
  /** Never empty, the newest one first. */
  readonly revisions: readonly [SeenRevision, ...SeenRevision[]];
  /** The newest revision that is `deployed`. */
  readonly deployed: SeenRevision | undefined;
  /** Why revisions of it may be missing from the bundle; undefined when all are there. */
  readonly gap: Gap | undefined;
}

/** The Helm releases of the cluster, as far as they were seen. */
export interface HelmReleaseStates {
  readonly all: readonly HelmReleaseState[];
  find(namespace: string, name: string): HelmReleaseState | undefined;
  /** Where releases may be that were not seen. */
  readonly gaps: readonly Gap[];
}

/** Stands for all namespaces; no namespace is called so. */
const EVERYWHERE = '';

/** What a release is called in findings: Helm has no object of its own in the API. */
export function helmReleaseRef(namespace: string, name: string): ObjectRef {
  return { group: 'helm.sh', kind: 'Release', namespace, name };
}

/** Helm releases by the labels of the Secrets and ConfigMaps their revisions are stored in. */
export const helmRevisions = defineDerived({
  id: 'helm-revisions',
  title: 'Helm releases',
  needs: { secrets: optional(secrets), configMaps: optional(configMaps), lists: optional(helmReleases) },
  derive({ secrets: secretList, configMaps: mapList, lists }): HelmReleaseStates {
    const revisions = new Map<string, SeenRevision>();
    const add = (revision: HelmRevision | undefined, item: object, pointer: string) => {
      if (!revision) return;
      const key = `${revision.storage}/${revision.namespace}/${revision.object}`;
      getOrCreate(revisions, key, () => ({ ...revision, shown: { item, pointer } }));
    };
    for (const item of secretList.items) add(helmRevision('Secret', item.metadata), item, '/metadata/labels');
    for (const item of mapList.items) add(helmRevision('ConfigMap', item.metadata), item, '/metadata/labels');
    for (const list of lists.items) {
      for (const [index, revision] of list.value.items.entries()) add(revision, list, `/items/${index}`);
    }

    const listed = new Set(lists.items.map(({ scope }) => scopeNamespace(scope) ?? EVERYWHERE));
    const everywhere = listed.has(EVERYWHERE);
    const gapOf = ({ storage, namespace }: HelmRevision): Gap | undefined => {
      const covered = (storage === 'Secret' ? secretList : mapList).coverage.covers(namespace);
      return everywhere || listed.has(namespace) || covered === true ? undefined : covered;
    };
    const byRelease = new Map<string, SeenRevision[]>();
    for (const revision of revisions.values())
      getOrCreate(byRelease, keyOf(revision.namespace, revision.release), () => []).push(revision);
    const states = new Map([...byRelease].map(([key, stored]) => [key, stateOf(stored, gapOf)] as const));
    return {
      all: [...states.values()],
      find: (namespace, name) => states.get(keyOf(namespace, name)),
      gaps: everywhere ? [] : secretList.coverage.gaps,
    };
  },
});

function stateOf(
  stored: readonly SeenRevision[],
  gapOf: (revision: HelmRevision) => Gap | undefined,
): HelmReleaseState {
  const revisions = [...stored].sort((a, b) => b.revision - a.revision) as [SeenRevision, ...SeenRevision[]];
  const [{ namespace, release: name }] = revisions;
  return {
    namespace,
    name,
    subject: helmReleaseRef(namespace, name),
    revisions,
    deployed: revisions.find(({ status }) => status === 'deployed'),
    gap: gapOf(revisions[0]),
  };
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
