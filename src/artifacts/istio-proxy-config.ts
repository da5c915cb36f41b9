import { document } from '../model/artifact.ts';
import { jsonBytes, listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** One version of a listener: the one that serves, warms up or drains, or the one Envoy refused. */
export interface ListenerVersion {
  /** As the control plane numbers its configurations. */
  readonly version?: string;
  /** ISO 8601: when it was taken, or refused. */
  readonly updated?: string;
  /** `INBOUND`, `OUTBOUND`; absent: not said. */
  readonly direction?: string;
  /** `0.0.0.0:15006`. */
  readonly address?: string;
  /** Names of the network filters of all chains, each once, in order of their first appearance. */
  readonly networkFilters: readonly string[];
  /** Names of the HTTP filters of all connection managers, each once, in order of their first appearance. */
  readonly httpFilters: readonly string[];
}

/** The version of a listener that Envoy refused: it goes on with the one before, or without the listener. */
export interface RefusedListener extends ListenerVersion {
  /** Envoy's reason. */
  readonly details: string;
}

/** One listener of a proxy with its states (`DynamicListener` of envoy.admin.v3). */
export interface ProxyListener {
  readonly name: string;
  /** `true`: from the bootstrap, not from the control plane. */
  readonly fixed?: boolean;
  readonly active?: ListenerVersion;
  /** Waits for what it needs, such as secrets or clusters. */
  readonly warming?: ListenerVersion;
  readonly draining?: ListenerVersion;
  readonly error?: RefusedListener;
  /** JSON Pointer to the listener in the stored document. */
  readonly pointer: string;
}

/** What a proxy's listeners are. */
export interface IstioProxyConfig {
  readonly proxy: { readonly namespace: string; readonly pod: string } | undefined;
  readonly listeners: readonly ProxyListener[];
  /** Listeners beyond the first {@link MAX_LISTENERS} that have no error, left out. */
  readonly leftOut: number;
}

/** What is stored: {@link keptListeners} of a reply, and whose it is. */
export interface StoredProxyConfig {
  readonly proxy: { readonly namespace: string; readonly pod: string };
  /** What was asked for: `/config_dump?resource=dynamic_listeners`. */
  readonly path: string;
  readonly listeners: readonly Omit<ProxyListener, 'pointer'>[];
  readonly leftOut?: number;
}

/** Listeners kept of a proxy; those with an error come first. */
export const MAX_LISTENERS = 2000;
/** Bytes of a config_dump that are read at all; whole ones reach tens of megabytes. */
export const CONFIG_DUMP_MAX_BYTES = 64 * 1024 * 1024;
const DETAILS_LENGTH = 2000;
const MAX_NAMES = 100;

/**
 * The listeners of one proxy of Istio. Scope `{type: 'object', kind: 'Pod', namespace, name}`, so that the entry is
 * `documents/istio-proxy-config/_object/Pod/<namespace>/<pod>.json`.
 *
 * Stored: {@link StoredProxyConfig} as {@link storedProxyConfig} makes it of the body of
 * `/config_dump?resource=dynamic_listeners` (or the whole `/config_dump`) of Envoy's admin interface: names, states
 * and reasons only, since a dump is large and holds whatever an EnvoyFilter holds. Read too: the dump itself.
 */
export const istioProxyConfig = document<IstioProxyConfig>({
  id: 'istio-proxy-config',
  title: 'Listeners of an Istio proxy',
  contentType: 'json',
  maxBytes: CONFIG_DUMP_MAX_BYTES,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const isDump = Array.isArray(stored.configs);
    const { listeners, leftOut } = isDump ? keptListeners(stored) : readStored(stored);
    return {
      proxy: proxyIn(stored.proxy),
      listeners: listeners.map((one, index) => ({
        ...one,
        pointer: isDump ? '' : `/listeners/${index}`,
      })),
      leftOut,
    };
  },
});

/** The bytes to store for a proxy, from the body of a config_dump; throws where it is none. */
export function storedProxyConfig(
  proxy: StoredProxyConfig['proxy'],
  path: string,
  body: Uint8Array,
): Uint8Array {
  const dump = parseJsonObject(body);
  if (!Array.isArray(dump.configs)) throw new Error('the reply is no config_dump: it has no `configs`');
  const { listeners, leftOut } = keptListeners(dump);
  const stored: StoredProxyConfig = { proxy, path, listeners, ...(leftOut > 0 ? { leftOut } : {}) };
  return jsonBytes(stored);
}

type Kept = Omit<ProxyListener, 'pointer'>;
type Fields = Readonly<Record<string, unknown>>;

/** Names, states and reasons of the listeners in a config_dump: of a whole one, or of its dynamic listeners. */
function keptListeners(dump: Fields): { listeners: readonly Kept[]; leftOut: number } {
  const found = listIn(dump.configs).flatMap((one) => {
    const config = objectIn(one);
    const type = stringIn(config['@type']) ?? '';
    if (type.endsWith('.ListenersConfigDump')) {
      const fixed = listIn(config.static_listeners).flatMap(staticListener);
      return [...listIn(config.dynamic_listeners).flatMap(dynamicListener), ...fixed];
    }
    return type.endsWith('.DynamicListener') ? dynamicListener(config) : [];
  });
  const ordered = [...found.filter(({ error }) => error), ...found.filter(({ error }) => !error)];
  return { listeners: ordered.slice(0, MAX_LISTENERS), leftOut: Math.max(0, ordered.length - MAX_LISTENERS) };
}

function dynamicListener(value: unknown): Kept[] {
  const fields = objectIn(value);
  const name = stringIn(fields.name);
  if (name === undefined) return [];
  const [active, warming, draining] = ['active_state', 'warming_state', 'draining_state'].map((state) =>
    stateOf(fields[state]),
  );
  const error = errorOf(fields.error_state);
  return [
    {
      name,
      ...(active ? { active } : {}),
      ...(warming ? { warming } : {}),
      ...(draining ? { draining } : {}),
      ...(error ? { error } : {}),
    },
  ];
}

function staticListener(value: unknown): Kept[] {
  const state = stateOf(value);
  const name = stringIn(objectIn(objectIn(value).listener).name);
  return state && name !== undefined ? [{ name, fixed: true, active: state }] : [];
}

function stateOf(value: unknown): ListenerVersion | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { listener, version_info: version, last_updated: updated } = objectIn(value);
  return versionOf(objectIn(listener), version, updated);
}

function errorOf(value: unknown): RefusedListener | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const state = objectIn(value);
  const refused = versionOf(
    objectIn(state.failed_configuration),
    state.version_info,
    state.last_update_attempt,
  );
  return { ...refused, details: (stringIn(state.details) ?? '').slice(0, DETAILS_LENGTH) };
}

function versionOf(listener: Fields, version: unknown, updated: unknown): ListenerVersion {
  const time = stringIn(updated);
  const number = stringIn(version);
  const direction = stringIn(listener.traffic_direction);
  const socket = objectIn(objectIn(listener.address).socket_address);
  const [host, port] = [stringIn(socket.address), numberIn(socket.port_value)];
  const chains = [...listIn(listener.filter_chains), listener.default_filter_chain].map(objectIn);
  const filters = chains.flatMap((chain) => listIn(chain.filters).map(objectIn));
  return {
    ...(number === undefined || number === '' ? {} : { version: number }),
    ...(time === undefined ? {} : { updated: time }),
    ...(direction === undefined ? {} : { direction }),
    ...(host === undefined ? {} : { address: port === undefined ? host : `${host}:${port}` }),
    networkFilters: namesOf(filters),
    httpFilters: namesOf(
      filters.flatMap((filter) =>
        // `config` in dumps of Envoy before 1.17.
        listIn(objectIn(filter.typed_config ?? filter.config).http_filters).map(objectIn),
      ),
    ),
  };
}

function namesOf(filters: readonly Fields[]): string[] {
  const names = new Set(filters.map(({ name }) => stringIn(name)).filter((name) => name !== undefined));
  return [...names].slice(0, MAX_NAMES);
}

function readStored(stored: Fields): { listeners: readonly Kept[]; leftOut: number } {
  if (!Array.isArray(stored.listeners)) throw new Error('it holds neither listeners nor `configs`');
  return { listeners: stored.listeners.flatMap(storedListener), leftOut: numberIn(stored.leftOut) ?? 0 };
}

function storedListener(value: unknown): Kept[] {
  const { name, fixed, active, warming, draining, error } = objectIn(value);
  const text = stringIn(name);
  if (text === undefined) return [];
  const refused = storedVersion(error);
  const [now, next, last] = [storedVersion(active), storedVersion(warming), storedVersion(draining)];
  return [
    {
      name: text,
      ...(fixed === true ? { fixed } : {}),
      ...(now ? { active: now } : {}),
      ...(next ? { warming: next } : {}),
      ...(last ? { draining: last } : {}),
      ...(refused ? { error: { ...refused, details: stringIn(objectIn(error).details) ?? '' } } : {}),
    },
  ];
}

function storedVersion(value: unknown): ListenerVersion | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = objectIn(value);
  const texts = ['version', 'updated', 'direction', 'address'].flatMap((key) => {
    const text = stringIn(fields[key]);
    return text === undefined ? [] : [[key, text] as const];
  });
  const list = (names: unknown) => listIn(names).flatMap((name) => (typeof name === 'string' ? [name] : []));
  return {
    ...Object.fromEntries(texts),
    networkFilters: list(fields.networkFilters),
    httpFilters: list(fields.httpFilters),
  };
}

function proxyIn(value: unknown): IstioProxyConfig['proxy'] {
  const { namespace, pod } = objectIn(value);
  const names = [stringIn(namespace), stringIn(pod)] as const;
  return names[0] === undefined || names[1] === undefined
    ? undefined
    : { namespace: names[0], pod: names[1] };
}
