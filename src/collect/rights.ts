import type { RequiredRule } from '../model/collector.ts';
import type { ApiResource, Discovery } from '../model/kube.ts';
import { planLists } from './plan.ts';
import type { Selection } from './selection.ts';

/** Verbs on one resource, or on one URL outside the resources, and where they are needed. */
export interface Right {
  /** API group, empty for the core group; absent for a URL. */
  readonly group?: string;
  /** Plural, with a subresource behind a slash: `pods/log`. */
  readonly resource?: string;
  /** A path that is no resource, e.g. `/metrics`. */
  readonly url?: string;
  /** Absent: in the whole cluster. */
  readonly namespace?: string;
  /** Sorted. */
  readonly verbs: readonly string[];
  /** What it is needed for; sorted. */
  readonly whys: readonly string[];
}

/** What decides which rights a selection needs, beside the selection itself. */
export interface RightsOptions {
  /** Namespaces asked for; empty: all. */
  readonly namespaces: readonly string[];
  readonly portForward: boolean;
  readonly optIns: readonly string[];
  /** Where objects for the time of a collection are made. */
  readonly nodeNamespace: string;
}

interface Growing {
  readonly at: Pick<Right, 'group' | 'resource' | 'url' | 'namespace'>;
  readonly verbs: Set<string>;
  readonly whys: Set<string>;
}

const PORT_FORWARD = 'pods/portforward';
/** The engine lists namespaces whatever is selected: for the cluster's identity and as places to fall back on. */
const NAMESPACES_WHY = 'names the namespaces and tells the cluster from others';

/**
 * The least rights a selection needs: kinds enumerated as the server has them, each right once, sorted; what is
 * not served needs no right. What every authenticated user has (discovery, reviews of oneself) is not among them.
 */
export function rightsOf(
  { selected }: Pick<Selection, 'selected'>,
  discovery: Discovery,
  options: RightsOptions,
): Right[] {
  const rights = new Map<string, Growing>();
  const served = new Map(discovery.resources.map((one) => [`${one.group}/${one.plural}`, one]));
  for (const collector of selected) {
    const fixed = collector.meta.createsObjects ? [options.nodeNamespace] : options.namespaces;
    for (const required of collector.rbac(discovery)) {
      if (required.optIn !== undefined && !options.optIns.includes(required.optIn)) continue;
      for (const at of placesOf(required, served, fixed)) {
        if (at.resource === PORT_FORWARD && !options.portForward) continue;
        grant(rights, at, required.rule.verbs, required.why);
      }
    }
  }
  for (const { resource } of planLists(selected, discovery)) {
    const isNamespaces = resource.group === '' && resource.plural === 'namespaces';
    for (const namespace of scopesOf(resource, options.namespaces)) {
      const at = { group: resource.group, resource: resource.plural, ...namespaced(namespace) };
      if (isNamespaces) grant(rights, at, ['list'], NAMESPACES_WHY);
      else if (!rights.get(keyOf(at))?.verbs.has('list'))
        grant(rights, at, ['list'], `other parts go by ${resource.kind} objects`);
    }
  }
  return [...rights.values()].map(finished).sort(byPlace);
}

function placesOf(
  { rule }: RequiredRule,
  served: ReadonlyMap<string, ApiResource>,
  namespaces: readonly string[],
): Growing['at'][] {
  const urls = (rule.nonResourceURLs ?? []).map((url) => ({ url }));
  const resources = (rule.apiGroups ?? []).flatMap((group) =>
    (rule.resources ?? []).flatMap((resource) => {
      const kind = served.get(`${group}/${resource.split('/', 1)[0]}`);
      if (!kind) return [];
      return scopesOf(kind, namespaces).map((namespace) => ({ group, resource, ...namespaced(namespace) }));
    }),
  );
  return [...urls, ...resources];
}

function scopesOf(
  { namespaced: isNamespaced }: ApiResource,
  namespaces: readonly string[],
): readonly (string | undefined)[] {
  return isNamespaced && namespaces.length > 0 ? namespaces : [undefined];
}

function namespaced(namespace: string | undefined): Pick<Right, 'namespace'> {
  return namespace === undefined ? {} : { namespace };
}

function grant(rights: Map<string, Growing>, at: Growing['at'], verbs: readonly string[], why: string): void {
  const right = rights.get(keyOf(at)) ?? { at, verbs: new Set(), whys: new Set() };
  rights.set(keyOf(at), right);
  for (const verb of verbs) right.verbs.add(verb);
  right.whys.add(why);
}

function keyOf({ group = '', resource = '', url = '', namespace = '' }: Growing['at']): string {
  return [namespace, group, resource, url].join('\n');
}

function finished({ at, verbs, whys }: Growing): Right {
  return { ...at, verbs: [...verbs].sort(), whys: [...whys].sort() };
}

function byPlace(a: Right, b: Right): number {
  const [left, right] = [keyOf(a), keyOf(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
