import { getOrCreate } from '../model/get-or-create.ts';
import type { Scope } from '../model/scope.ts';

/** How the name of the log of the container before ends. */
export const PREVIOUS = '-previous';

/** Whose log a word may be. */
export interface LogOwner {
  readonly pod: string;
  readonly container: string;
  readonly previous?: true;
}

/** What the pods tell of a log named `<pod>-<container>[-previous]` in one word. */
export interface LogOwners {
  /** Takes a pod, init containers among its containers. */
  add(namespace: string, pod: string, containers: readonly string[]): void;
  /** Whether the namespace has pods. */
  hasPods(namespace: string): boolean;
  hasPod(namespace: string, pod: string): boolean;
  /** Every container the word can mean. */
  fitting(namespace: string, word: string): readonly LogOwner[];
}

interface KnownNamespace {
  readonly pods: Set<string>;
  readonly byWord: Map<string, LogOwner[]>;
}

/** Knows no pod yet. */
export function createLogOwners(): LogOwners {
  const known = new Map<string, KnownNamespace>();
  return {
    add(namespace, pod, containers) {
      const { pods, byWord } = getOrCreate(known, namespace, () => ({ pods: new Set(), byWord: new Map() }));
      pods.add(pod);
      for (const container of containers) {
        const word = `${pod}-${container}`;
        take(byWord, word, { pod, container });
        take(byWord, `${word}${PREVIOUS}`, { pod, container, previous: true });
      }
    },
    hasPods: (namespace) => known.has(namespace),
    hasPod: (namespace, pod) => known.get(namespace)?.pods.has(pod) === true,
    fitting: (namespace, word) => known.get(namespace)?.byWord.get(word) ?? [],
  };
}

/** Several bundles may have a pod: it is one. */
function take(byWord: Map<string, LogOwner[]>, word: string, owner: LogOwner): void {
  const owners = getOrCreate(byWord, word, () => []);
  if (!owners.some(({ pod, container }) => pod === owner.pod && container === owner.container))
    owners.push(owner);
}

/** The container a word can only mean; undefined for a word that fits several or none. */
export function onlyOwner(owners: LogOwners, namespace: string, word: string): LogOwner | undefined {
  const [only, ...others] = owners.fitting(namespace, word);
  return others.length === 0 ? only : undefined;
}

/**
 * The scope of a log with the pod and container its joined name can only mean. One that fits several or none keeps
 * its name: nothing of it is lost, and the pods of another bundle may tell more.
 */
export function scopeByOwner(scope: Scope, owners: LogOwners): Scope {
  if (scope.type !== 'container' || scope.pod !== '') return scope;
  const owner = onlyOwner(owners, scope.namespace, scope.container);
  return owner === undefined ? scope : { ...scope, ...owner };
}

/** Names of the containers of a pod's spec, those of initialization among them. */
export function containerNames(spec: PodContainers | undefined): string[] {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name }) => name);
}

/** What of the spec of a pod names its containers. */
export interface PodContainers {
  readonly containers?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly name: string }[];
}
