import type { PolicyRule } from '../model/coverage.ts';
import type { AskedRight, Kube } from '../model/kube.ts';
import type { Right } from './rights.ts';

/** What we may do, as the API server tells before anything is tried. */
export interface OwnRights {
  /** Undefined: only a try can tell. Without a namespace: everywhere. */
  allows(right: AskedRight): Promise<boolean | undefined>;
}

/** A namespace nobody has: the rules there are the cluster-wide ones alone. */
const NOWHERE = 'kubecase-no-such-namespace';

/** Nothing is known: everything is tried. */
export const UNKNOWN_RIGHTS: OwnRights = { allows: async () => undefined };

/** Asks for the rules of each namespace once, when they are first wanted. */
export function createOwnRights(kube: Pick<Kube, 'ownRules' | 'may'>, signal: AbortSignal): OwnRights {
  const rules = new Map<string, Promise<readonly PolicyRule[] | undefined>>();
  let trusted: Promise<boolean> | undefined;

  function rulesIn(namespace: string): Promise<readonly PolicyRule[] | undefined> {
    const known = rules.get(namespace);
    if (known) return known;
    const asked = kube.ownRules(namespace, signal).then(
      (found) => (found.complete ? found.rules : undefined),
      () => undefined,
    );
    rules.set(namespace, asked);
    return asked;
  }

  /** The first refusal is checked once by asking the authorizers: rights may come from elsewhere than roles. */
  function refusalHolds(right: AskedRight): Promise<boolean> {
    trusted ??= kube.may(right, signal).then(
      (allowed) => !allowed,
      () => false,
    );
    return trusted;
  }

  return {
    async allows(right) {
      const found = await rulesIn(right.namespace ?? NOWHERE);
      if (!found) return undefined;
      if (found.some((rule) => covers(rule, right))) return true;
      return (await refusalHolds(right)) ? false : undefined;
    },
  };
}

/** The rights known to be refused, with the verbs that are. */
export async function missingRights(rights: readonly Right[], own: OwnRights): Promise<Right[]> {
  const missing: Right[] = [];
  for (const right of rights) {
    const verbs: string[] = [];
    for (const verb of right.verbs) if ((await own.allows(askedOf(right, verb))) === false) verbs.push(verb);
    if (verbs.length > 0) missing.push({ ...right, verbs });
  }
  return missing;
}

function askedOf({ group = '', resource, url, namespace }: Right, verb: string): AskedRight {
  const within = namespace === undefined ? {} : { namespace };
  return resource === undefined ? { verb, url: url ?? '' } : { verb, group, resource, ...within };
}

/** Whether a rule allows a request, by the rules of RBAC; one that names objects does not allow all of them. */
export function covers(rule: PolicyRule, right: AskedRight): boolean {
  if (!has(rule.verbs, right.verb)) return false;
  if ('url' in right) return (rule.nonResourceURLs ?? []).some((url) => coversUrl(url, right.url));
  if ((rule.resourceNames ?? []).length > 0 || !has(rule.apiGroups, right.group)) return false;
  const [, subresource] = right.resource.split('/');
  return (
    has(rule.resources, right.resource) ||
    (subresource !== undefined && rule.resources?.includes(`*/${subresource}`) === true)
  );
}

function has(values: readonly string[] | undefined, wanted: string): boolean {
  return values?.some((value) => value === '*' || value === wanted) ?? false;
}

function coversUrl(pattern: string, url: string): boolean {
  return pattern.endsWith('*') ? url.startsWith(pattern.slice(0, -1)) : pattern === url;
}
