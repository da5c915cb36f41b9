import { createHash } from 'node:crypto';
import type { Value } from '../model/message.ts';
import { groupOf, type ObjectRef, type Subject, subjectKey, subjectOf } from '../model/subject.ts';
import type { Item, Store } from './store.ts';

/** Finds the object at the top of an owner chain. */
export interface Owners {
  rootOf(subject: Subject): Subject;
}

/** Indexes every item of the store for walks along `metadata.ownerReferences`. */
export function createOwners(store: Store): Owners {
  const items = new Map<string, Item>();
  for (const bySample of store.resources.values()) {
    for (const item of bySample.get(0) ?? []) items.set(subjectKey(subjectOf(item)), item);
  }
  return {
    rootOf(subject) {
      if ('external' in subject) return subject;
      let current: ObjectRef = withoutDetail(subject);
      const visited = new Set<string>();
      while (!visited.has(subjectKey(current))) {
        visited.add(subjectKey(current));
        const owner = ownerOf(items.get(subjectKey(current)));
        if (!owner) break;
        current = owner;
      }
      return current;
    },
  };
}

/** The controlling owner; a ReplicaSet nobody collected is looked through by the pod's template hash. */
function ownerOf(item: Item | undefined): ObjectRef | undefined {
  const references = item?.metadata.ownerReferences ?? [];
  const reference = references.find((one) => one.controller) ?? references[0];
  // A mirror pod's owner is its node: the pod is what one looks for.
  if (!item || !reference || reference.kind === 'Node') return undefined;
  const { namespace } = item.metadata;
  const owner = {
    group: groupOf(reference.apiVersion),
    kind: reference.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name: reference.name,
  };
  const hash = (item.metadata as { labels?: Record<string, string> }).labels?.['pod-template-hash'];
  if (item.kind === 'Pod' && owner.kind === 'ReplicaSet' && hash && owner.name.endsWith(`-${hash}`)) {
    return { ...owner, kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) };
  }
  return owner;
}

function withoutDetail({ group, kind, namespace, name }: ObjectRef): ObjectRef {
  return { group, kind, ...(namespace === undefined ? {} : { namespace }), name };
}

/** Hash of analyzer, message, root owner and the message's key: the same after a rollout and in a second run. */
export function fingerprintOf(
  analyzerId: string,
  messageId: string,
  rootOwner: Subject,
  key: readonly Value[],
): string {
  return hash([analyzerId, messageId, subjectKey(rootOwner), key]);
}

/** Hash of a fingerprint, the exact subject and all values that are part of the finding's identity. */
export function findingIdOf(fingerprint: string, subject: Subject, occurrence: number): string {
  const field = 'external' in subject ? '' : (subject.fieldPath ?? '');
  return hash([fingerprint, subjectKey(subject), field, occurrence]);
}

function hash(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
