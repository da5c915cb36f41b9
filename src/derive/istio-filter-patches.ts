import type { EnvoyConfigPatch, EnvoyFilterItem } from '../artifacts/istio-workload-resources.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { isBefore, oldestFirst } from './creation-order.ts';

/** What is wrong with one patch of an EnvoyFilter. */
export type PatchFault =
  /** The operation is not one for what the patch is applied to. */
  | { readonly is: 'ignored'; readonly index: number; readonly operation: string; readonly target: string }
  /** It refers to a filter that another EnvoyFilter of the same rank adds, after it or before it. */
  | {
      readonly is: 'tooEarly' | 'byChance';
      readonly index: number;
      readonly operation: string;
      readonly filter: string;
      readonly provider: EnvoyFilterItem;
    };

/** The EnvoyFilters that add a filter, by their namespace, their priority and its name. */
export type AddedFilters = ReadonlyMap<string, readonly EnvoyFilterItem[]>;

const ADDING = new Set(['ADD', 'INSERT_BEFORE', 'INSERT_AFTER', 'INSERT_FIRST']);
const RELATIVE = new Set(['INSERT_BEFORE', 'INSERT_AFTER', 'REPLACE', 'MERGE', 'REMOVE']);
/** `REPLACE` works on filters and virtual hosts only (IST0152). */
const REPLACEABLE = new Set(['HTTP_FILTER', 'NETWORK_FILTER', 'LISTENER_FILTER', 'VIRTUAL_HOST']);
/** `ADD` and `REMOVE` are passed over there (IST0153, IST0154). */
const FIXED = new Set(['ROUTE_CONFIGURATION', 'HTTP_ROUTE']);

/** Which EnvoyFilter adds which filter. */
export function addedFilters(items: readonly EnvoyFilterItem[]): AddedFilters {
  const found = new Map<string, EnvoyFilterItem[]>();
  for (const item of items) {
    for (const { patch } of item.spec?.configPatches ?? []) {
      const name = patch?.value?.name;
      if (name && ADDING.has(patch?.operation ?? ''))
        getOrCreate(found, rankedName(item, name), () => []).push(item);
    }
  }
  return found;
}

/**
 * Patches that have no effect, or have one by the age of the object only: EnvoyFilters of a namespace are
 * applied by priority, then by creation, then by name, those of the root namespace before (pilot/pkg/model).
 */
export function* patchFaults(item: EnvoyFilterItem, added: AddedFilters): Generator<PatchFault> {
  for (const [index, patch] of (item.spec?.configPatches ?? []).entries()) {
    const operation = patch.patch?.operation ?? '';
    const target = patch.applyTo ?? '';
    if (isIgnored(operation, target)) {
      yield { is: 'ignored', index, operation, target };
      continue;
    }
    const filter = filterNamed(patch);
    if (!filter || !RELATIVE.has(operation)) continue;
    const providers = (added.get(rankedName(item, filter)) ?? []).filter((one) => one !== item);
    const [first] = oldestFirst(providers);
    if (!first) continue;
    const is = isBefore(first, item) ? 'byChance' : 'tooEarly';
    yield { is, index, operation, filter, provider: first };
  }
}

function isIgnored(operation: string, target: string): boolean {
  if (operation === 'REPLACE') return target !== '' && !REPLACEABLE.has(target);
  return (operation === 'ADD' || operation === 'REMOVE') && FIXED.has(target);
}

/** The filter a patch is placed by: the inner one where both are named. */
function filterNamed({ match }: EnvoyConfigPatch): string | undefined {
  const filter = match?.listener?.filterChain?.filter;
  return filter?.subFilter?.name ?? filter?.name;
}

/** Only those of one namespace and priority are applied by age. */
function rankedName({ metadata, spec }: EnvoyFilterItem, name: string): string {
  return `${metadata.namespace} ${spec?.priority ?? 0} ${name}`;
}
