import type { IstioProxyConfig, ListenerVersion, RefusedListener } from '../artifacts/istio-proxy-config.ts';
import type { EnvoyFilterItem } from '../artifacts/istio-workload-resources.ts';
import { perItem } from '../model/per-item.ts';

/** Name of the Lua filter that adds the header (router/istio/envoy/envoy_tag_appender.go). */
export const TAG_FILTER = 'virtual.environment.lua';
/** Names of the network filter in whose list of HTTP filters it stands: Istio's own, and the one before Envoy 1.15. */
const CONNECTION_MANAGER = 'envoy.filters.network.http_connection_manager';
const OLD_CONNECTION_MANAGER = 'envoy.http_connection_manager';
/** The type of its configuration up to KtEnv v0.5.4, which proxies that speak v3 of Envoy's API only do not know. */
const OLD_TYPE = 'envoy.config.filter.http.lua.v2.Lua';

/** The EnvoyFilter that puts KtEnv's script into proxies, and what may keep it from working. */
export interface TagFilter {
  readonly item: EnvoyFilterItem;
  /** JSON Pointer to the patch. */
  readonly pointer: string;
  /** It is to stand before a filter of the name that Istio 1.19 forgot. */
  readonly matchesOldName: boolean;
  /** Its configuration is of v2 of Envoy's API. */
  readonly hasOldType: boolean;
}

/** The script of KtEnv in an EnvoyFilter; undefined in one of other content. */
export const tagFilter: (filter: EnvoyFilterItem) => TagFilter | undefined = perItem((item) => {
  const patches = item.spec?.configPatches ?? [];
  const index = patches.findIndex(({ patch }) => patch?.value?.name === TAG_FILTER);
  const found = patches[index];
  if (!found) return undefined;
  const type = found.patch?.value?.typed_config?.['@type'];
  return {
    item,
    pointer: `/spec/configPatches/${index}`,
    matchesOldName: found.match?.listener?.filterChain?.filter?.name === OLD_CONNECTION_MANAGER,
    hasOldType: typeof type === 'string' && type.endsWith(OLD_TYPE),
  };
});

/** What the listeners of one proxy say of the script. */
export type FilterInProxy =
  | { readonly state: 'active' }
  | {
      readonly state: 'refused';
      readonly error: RefusedListener;
      readonly listener: string;
      /** JSON Pointer into the document. */
      readonly pointer: string;
      /** Other listeners have it. */
      readonly elsewhere: boolean;
    }
  | { readonly state: 'absent' }
  /** No listener it could be in: nothing is sent through HTTP, or nothing was received. */
  | { readonly state: 'noPlace' };

/**
 * Reads the listeners of a proxy as the seed does, `active_state` or `error_state`: refused where an error of a
 * listener names the script, active where a listener that serves has it.
 */
export function filterInProxy({ listeners, leftOut }: IstioProxyConfig): FilterInProxy {
  const isOutbound = ({ direction }: ListenerVersion) => direction !== 'INBOUND';
  const serving = listeners.flatMap(({ active }) => (active && isOutbound(active) ? [active] : []));
  const isActive = serving.some((one) => one.httpFilters.includes(TAG_FILTER));
  for (const { name, error, pointer } of listeners) {
    if (!error || !(error.httpFilters.includes(TAG_FILTER) || error.details.includes(TAG_FILTER))) continue;
    return { state: 'refused', error, listener: name, pointer, elsewhere: isActive };
  }
  if (isActive) return { state: 'active' };
  const hasPlace = serving.some(({ networkFilters }) =>
    networkFilters.some((name) => name === CONNECTION_MANAGER || name === OLD_CONNECTION_MANAGER),
  );
  return hasPlace && leftOut === 0 ? { state: 'absent' } : { state: 'noPlace' };
}
