import type { NamespaceItem } from '../artifacts/resources.ts';

type Condition = NonNullable<NonNullable<NamespaceItem['status']>['conditions']>[number];

/** What keeps a namespace from going away, as its conditions say (facts: control-plane-and-nodes.md §7.7). */
export type NamespaceObstacle =
  /** Kinds of these group versions cannot be listed, so that nobody knows whether any are left. */
  | {
      readonly kind: 'discovery';
      readonly groupVersions: readonly string[];
      readonly pointer: string;
      readonly since?: string;
    }
  /** Objects that wait for their finalizers. */
  | {
      readonly kind: 'finalizers';
      readonly finalizers: readonly string[];
      readonly remaining: readonly string[];
      readonly pointer: string;
      readonly since?: string;
    }
  /** Deleting the content fails. */
  | { readonly kind: 'failure'; readonly detail: string; readonly pointer: string; readonly since?: string }
  | {
      readonly kind: 'content';
      readonly remaining: readonly string[];
      readonly pointer: string;
      readonly since?: string;
    }
  /** No condition says anything: the finalizers of the Namespace itself are left, or nobody has looked yet. */
  | { readonly kind: 'silent'; readonly finalizers: readonly string[]; readonly pointer: string };

const REMAINING = /(\S+) has (\d+) resource instances/g;
const FINALIZERS = /(\S+) in (\d+) resource instances/g;
const GROUP_VERSION = /([a-z0-9.-]+\/v\d\w*): /g;

/** Reads the conditions of a namespace that is being deleted; the one that holds up the others comes first. */
export function obstacleOf(namespace: NamespaceItem): NamespaceObstacle {
  const conditions = namespace.status?.conditions ?? [];
  const bad = (type: string): (Condition & { readonly pointer: string }) | undefined => {
    const index = conditions.findIndex((one) => one.type === type && one.status === 'True');
    const found = conditions[index];
    return found && { ...found, pointer: `/status/conditions/${index}` };
  };
  const remaining = countsOf(REMAINING, bad('NamespaceContentRemaining')?.message);
  const discovery =
    bad('NamespaceDeletionDiscoveryFailure') ?? bad('NamespaceDeletionGroupVersionParsingFailure');
  if (discovery) {
    const groupVersions = [
      ...new Set([...(discovery.message ?? '').matchAll(GROUP_VERSION)].map(([, one = '']) => one)),
    ];
    return { kind: 'discovery', groupVersions, ...placeOf(discovery) };
  }
  const held = bad('NamespaceFinalizersRemaining');
  if (held)
    return {
      kind: 'finalizers',
      finalizers: countsOf(FINALIZERS, held.message),
      remaining,
      ...placeOf(held),
    };
  const failure = bad('NamespaceDeletionContentFailure');
  if (failure)
    return { kind: 'failure', detail: failure.message ?? failure.reason ?? '', ...placeOf(failure) };
  const content = bad('NamespaceContentRemaining');
  if (content) return { kind: 'content', remaining, ...placeOf(content) };
  const finalizers = [...(namespace.spec?.finalizers ?? []), ...(namespace.metadata.finalizers ?? [])];
  return { kind: 'silent', finalizers, pointer: '/spec' };
}

function placeOf({ pointer, lastTransitionTime }: Condition & { readonly pointer: string }) {
  return { pointer, ...(lastTransitionTime === undefined ? {} : { since: lastTransitionTime }) };
}

/** `configmaps. has 1 resource instances` → `1 × configmaps`; the core group ends in a dot. */
function countsOf(pattern: RegExp, message: string | undefined): string[] {
  return [...(message ?? '').matchAll(pattern)].map(
    ([, name = '', count]) => `${count} × ${name.replace(/\.$/, '')}`,
  );
}
