import { resourcesId } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { scopeKey } from '../model/scope.ts';
import { type Item, itemsOf, type Store } from './store.ts';

interface StatusShape {
  readonly name?: unknown;
  readonly state?: { readonly running?: unknown; readonly terminated?: unknown } | null;
}

/**
 * Rows for the logs other tools left out without a word: of containers that run or ran, where the bundle holds
 * logs of others. One row per namespace.
 */
export function noteUnreadLogs(store: Store): void {
  const known = new Set<string>();
  for (const { artifact, scope } of store.rows) if (artifact === 'logs') known.add(scopeKey(scope));
  // Without any log the layout has the word.
  if (known.size === 0) return;
  const missing = new Map<string, string[]>();
  for (const pod of itemsOf(store, resourcesId('', 'Pod'))) {
    const { namespace = '', name } = pod.metadata;
    for (const container of startedContainers(pod)) {
      if (known.has(scopeKey({ type: 'container', namespace, pod: name, container }))) continue;
      getOrCreate(missing, namespace, () => []).push(`${name}/${container}`);
    }
  }
  for (const [namespace, names] of missing) {
    const more = names.length > 1 ? ` and of ${names.length - 1} more` : '';
    const reason = `the bundle holds no log of ${names[0]}${more}`;
    store.rows.push({
      artifact: 'logs',
      scope: { type: 'namespace', namespace },
      outcome: 'skipped',
      reason,
    });
  }
}

function startedContainers(pod: Item): string[] {
  const { status } = pod as Item & { readonly status?: { readonly containerStatuses?: unknown } | null };
  const statuses = status?.containerStatuses;
  if (!Array.isArray(statuses)) return [];
  return (statuses as readonly (StatusShape | null)[]).flatMap((one) => {
    const hasRun = Boolean(one?.state?.running ?? one?.state?.terminated);
    return hasRun && typeof one?.name === 'string' ? [one.name] : [];
  });
}
