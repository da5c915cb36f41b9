import type { Value } from '../model/message.ts';
import type { ObjectRef, Subject } from '../model/subject.ts';
import type { Item } from './store.ts';

/**
 * What a bundle says of an object has the types the API server gives it, or not: a bundle may have been edited
 * or made by hand. Identity is checked once, here; an analyzer that meets another wrong type ends in `error`.
 */
export function soundItem(item: Item): Item | undefined {
  const metadata = item.metadata as Item['metadata'] | null | undefined;
  if (typeof metadata?.name !== 'string') return undefined;
  const { ownerReferences } = metadata;
  const wrong = TEXT_FIELDS.filter((field) => !isTextOrAbsent(metadata[field]));
  const areReferences = ownerReferences === undefined || isReferenceList(ownerReferences);
  if (wrong.length === 0 && areReferences) return item;
  const fields: Record<string, unknown> = { ...metadata };
  for (const field of wrong) delete fields[field];
  if (!areReferences) delete fields.ownerReferences;
  return { ...item, metadata: fields as unknown as Item['metadata'] };
}

const TEXT_FIELDS = [
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
] as const;

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isReferenceList(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.every((one: unknown) => {
    const { apiVersion, kind, name } = (one ?? {}) as Record<string, unknown>;
    return typeof apiVersion === 'string' && typeof kind === 'string' && typeof name === 'string';
  });
}

/** A value as reports hold it, whatever the field it was read from turned out to be. */
export function soundValue(value: unknown): Value {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(text);
  const { name } = value as { name?: unknown };
  return 'external' in (value as object) || name !== undefined ? soundSubject(value as Subject) : text(value);
}

/** A subject whose names are texts. */
export function soundSubject(subject: Subject): Subject {
  if ('external' in subject) return { ...subject, name: text(subject.name) };
  const { group, kind, namespace, name, uid, fieldPath } = subject;
  const sound: { -readonly [K in keyof ObjectRef]: ObjectRef[K] } = {
    group: text(group),
    kind: text(kind),
    name: text(name),
  };
  if (namespace !== undefined) sound.namespace = text(namespace);
  if (uid !== undefined) sound.uid = text(uid);
  if (fieldPath !== undefined) sound.fieldPath = fieldPath;
  return sound;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
