import type { ResourceIdentity } from './json.ts';

/** A Kubernetes object a finding is about. */
export interface ObjectRef {
  /** API group; the empty string is the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
  /** JSON Pointer into the object, e.g. a container. */
  readonly fieldPath?: string;
}

/** Something outside the cluster's objects. */
export interface ExternalRef {
  readonly external: 'host' | 'registry' | 'member' | 'machine';
  readonly name: string;
}

export type Subject = ObjectRef | ExternalRef;

/** The API group of an apiVersion: `apps/v1` → `apps`, `v1` → ``. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The subject an item is; with a JSON Pointer when the finding is about a part of it. */
export function subjectOf(item: ResourceIdentity, fieldPath?: string): ObjectRef {
  const { namespace, name, uid } = item.metadata;
  return {
    group: groupOf(item.apiVersion),
    kind: item.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(fieldPath === undefined ? {} : { fieldPath }),
  };
}

/** Identity of a subject without uid and field: equal for the same object seen twice. */
export function subjectKey(subject: Subject): string {
  if ('external' in subject) return `${subject.external}:${subject.name}`;
  return `${subject.group}/${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
}
