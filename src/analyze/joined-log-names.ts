import {
  containerNames,
  createLogOwners,
  type LogOwner,
  type LogOwners,
  onlyOwner,
  type PodContainers,
  PREVIOUS,
} from '../layouts/log-owners.ts';
import { resourcesId } from '../model/artifact.ts';
import type { Scope } from '../model/scope.ts';
import { type Item, itemsOf, type LogSection, type Store } from './store.ts';

/**
 * Gives logs that are named `<pod>-<container>[-previous]` in one word (a container without pod) to the container
 * this can only mean, by the pods of the namespace. A word that fits two is nobody's: its log is left out, and the
 * row says so.
 */
export function partJoinedNames(store: Store): void {
  const joined = store.logs.filter(({ scope }) => isJoined(scope));
  if (joined.length === 0) return;
  const pods = itemsOf(store, resourcesId('', 'Pod')) as PodShape[];
  const owners = ownersOf(pods, new Set(joined.map(({ scope }) => (scope as JoinedScope).namespace)));
  const nobodys = new Map<Scope, string>();
  for (const section of joined) {
    const scope = section.scope as JoinedScope;
    const { namespace, container: word } = scope;
    const fitting = owners.fitting(namespace, word);
    const only = onlyOwner(owners, namespace, word);
    if (only) Object.assign(scope, only);
    else if (fitting.length > 0 || owners.hasPod(namespace, word))
      nobodys.set(scope, reasonOf(section, fitting));
    else if (pods.length > 0 && !owners.hasPods(namespace))
      Object.assign(scope, ofOtherFolder(namespace, word));
    else Object.assign(scope, { pod: word, container: '' });
  }
  leaveOut(store, nobodys);
}

function ownersOf(pods: readonly PodShape[], namespaces: ReadonlySet<string>): LogOwners {
  const owners = createLogOwners();
  for (const { metadata, spec } of pods) {
    const { namespace = '', name } = metadata;
    if (namespaces.has(namespace)) owners.add(namespace, name, containerNames(spec));
  }
  return owners;
}

function reasonOf({ path }: LogSection, fitting: readonly LogOwner[]): string {
  const fits = fitting.map(({ pod, container, previous }) => {
    return `${container} of ${pod}${previous ? ', the one before' : ''}`;
  });
  return `${path}: its name does not tell whose log it is${fits.length > 0 ? ` (${fits.join('; ')})` : ''}`;
}

/** Where a pod has the name of the folder, which is of logs that lie as `<pod>/<container>.log` then. */
function ofOtherFolder(pod: string, word: string): object {
  const previous = word.endsWith(PREVIOUS);
  const container = previous ? word.slice(0, -PREVIOUS.length) : word;
  return { namespace: '', pod, container, ...(previous ? { previous } : {}) };
}

function leaveOut(store: Store, nobodys: ReadonlyMap<Scope, string>): void {
  if (nobodys.size === 0) return;
  const kept = store.logs.filter(({ scope }) => !nobodys.has(scope));
  store.logs.length = 0;
  for (const section of kept) store.logs.push(section);
  for (const [index, row] of store.rows.entries()) {
    const reason = nobodys.get(row.scope);
    if (reason === undefined) continue;
    const { pod: _pod, container: word, ...scope } = row.scope as JoinedScope;
    store.rows[index] = { ...row, scope: { ...scope, pod: word, container: '' }, outcome: 'skipped', reason };
  }
}

type JoinedScope = Extract<Scope, { type: 'container' }>;

function isJoined(scope: Scope): boolean {
  return scope.type === 'container' && scope.pod === '';
}

interface PodShape extends Item {
  readonly spec?: PodContainers;
}
