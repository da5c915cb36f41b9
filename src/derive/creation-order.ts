import type { ResourceIdentity } from '../model/json.ts';

/** Objects by age, oldest first; of one second by name, then namespace (istio pilot/pkg/model, sortConfigByCreationTime). */
export function oldestFirst<T extends ResourceIdentity>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (isBefore(a, b) ? -1 : 1));
}

/** Whether the first of two different objects comes first in that order. */
export function isBefore(a: ResourceIdentity, b: ResourceIdentity): boolean {
  return keyOf(a) < keyOf(b);
}

function keyOf({ metadata }: ResourceIdentity): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.name}.${metadata.namespace}`;
}
