import type { IstioProxyConfig, RefusedListener } from '../artifacts/istio-proxy-config.ts';
import type { IstioSyncStatus } from '../artifacts/istio-sync-status.ts';
import type { EnvoyFilterItem } from '../artifacts/istio-workload-resources.ts';
import type { DocumentItem } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';

/** Finds the EnvoyFilters a refusal of Envoy is about, by its words. */
export type NamedFilters = (detail: string) => readonly EnvoyFilterItem[];

/** Shorter names are words that stand in any text. */
const NAME_LENGTH = 4;
/** Filters of one name: more would be no answer. */
const MOST = 3;

/** EnvoyFilters whose patch bears a name that is quoted; all proxies quote the same, so it is asked once. */
export function namedFilters(items: readonly EnvoyFilterItem[]): NamedFilters {
  const known = new Map<string, readonly EnvoyFilterItem[]>();
  return (detail) =>
    detail === '' ? [] : getOrCreate(known, detail, () => items.filter(isNamedIn(detail)).slice(0, MOST));
}

function isNamedIn(detail: string) {
  return ({ spec }: EnvoyFilterItem): boolean =>
    (spec?.configPatches ?? []).some(({ patch }) => {
      const name = patch?.value?.name;
      return typeof name === 'string' && name.length >= NAME_LENGTH && detail.includes(name);
    });
}

/** A refusal of a proxy, and where it is told. */
export interface Refusal {
  /** `LDS`, `CDS`, … */
  readonly type: string;
  readonly detail: string;
  /** `namespace/pod`. */
  readonly proxy: string;
  readonly document: DocumentItem<unknown>;
  readonly pointer: string;
}

/** What is refused of which EnvoyFilter, as istiod heard it and as proxies keep it; not that of KtEnv. */
export function refusedFilters(
  status: readonly DocumentItem<IstioSyncStatus>[],
  configs: readonly DocumentItem<IstioProxyConfig>[],
  named: NamedFilters,
): ReadonlyMap<EnvoyFilterItem, readonly [Refusal, ...Refusal[]]> {
  const found = new Map<EnvoyFilterItem, [Refusal, ...Refusal[]]>();
  for (const refusal of refusals(status, configs)) {
    for (const filter of named(refusal.detail)) {
      const known = found.get(filter);
      if (known) known.push(refusal);
      else found.set(filter, [refusal]);
    }
  }
  return found;
}

function* refusals(
  status: readonly DocumentItem<IstioSyncStatus>[],
  configs: readonly DocumentItem<IstioProxyConfig>[],
): Generator<Refusal> {
  for (const document of status) {
    for (const { namespace, pod, states, pointer } of document.value.rows) {
      for (const { type, lastError } of states) {
        if (lastError === undefined || isOfVirtualEnvironments(lastError)) continue;
        yield { type, detail: lastError, proxy: `${namespace}/${pod}`, document, pointer };
      }
    }
  }
  for (const document of configs) {
    const { scope, value } = document;
    if (scope.type !== 'object') continue;
    for (const { error, pointer } of value.listeners) {
      if (!error || isOfVirtualEnvironments(refusalText(error))) continue;
      const proxy = `${scope.namespace}/${scope.name}`;
      yield { type: 'LDS', detail: error.details, proxy, document, pointer };
    }
  }
}

/** The words of Envoy, with the names of all filters of the listener: more than what it refuses. */
export function refusalText({ details, httpFilters }: RefusedListener): string {
  return `${details} ${httpFilters.join(' ')}`;
}

/** Names what another domain has its own findings for. */
export function isOfVirtualEnvironments(text: string): boolean {
  return /virtual\.environment|virtual-environment/i.test(text);
}
