import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** One reply of the Admin API as the document stores it. */
export interface StoredKongReply {
  /** Path with query, e.g. `/clustering/data-planes?size=1000`. */
  readonly path: string;
  readonly status?: number;
  /** `Date` header: the control plane's own clock. */
  readonly date?: string;
  /** The parsed body; a text that is no JSON is kept as a string. */
  readonly body?: unknown;
  /** Why there is no reply. */
  readonly error?: string;
}

/** Whom the replies come from. */
export type KongControlPlane =
  | { readonly namespace: string; readonly pod: string; readonly container: string }
  /** Scheme, host and port given with `--kong-admin-url`. */
  | { readonly url: string };

/** A data plane as its control plane lists it. Disconnected ones stay listed until they are purged. */
export interface KongDataPlaneRow {
  readonly id: string;
  /** Pod name, unless the deployment sets another. */
  readonly hostname?: string;
  /** As the control plane sees it: may be a load balancer's. */
  readonly ip?: string;
  /** Unix seconds of the last ping, by the control plane's clock. */
  readonly lastSeen?: number;
  /** Seconds since the last ping by the control plane's clock alone. */
  readonly ageSeconds?: number;
  /** Hash the data plane reports as applied. */
  readonly configHash?: string;
  readonly version?: string;
  /** Since Kong 2.3: `normal`, `kong_version_incompatible`, … */
  readonly syncStatus?: string;
  /** Seconds until the row is purged. */
  readonly ttl?: number;
  /** Unix seconds of the end of the data plane's certificate; since Kong 3.6. */
  readonly certExpiry?: number;
}

/** One control plane and the data planes it knows of. */
export interface KongClusteringStatus {
  readonly controlPlane: KongControlPlane | undefined;
  readonly version?: string;
  readonly nodeId?: string;
  readonly hostname?: string;
  readonly configuration: KongConfiguration;
  /** `cluster_data_plane_purge_delay`, seconds; Kong's default is 1209600. */
  readonly purgeDelay?: number;
  /** ISO 8601: the control plane's clock when it answered. */
  readonly servedAt?: string;
  /** The reply the rows were read from. */
  readonly shape: 'data-planes' | 'status-map' | 'data_planes' | 'none';
  readonly rows: readonly KongDataPlaneRow[];
  /** Paths that gave no usable answer, each with its reason. */
  readonly errors: readonly string[];
}

/** The settings of a control plane that are safe to store. */
export interface KongConfiguration {
  readonly role?: string;
  readonly cluster_mtls?: string;
  readonly cluster_listen?: unknown;
  readonly cluster_max_payload?: number;
  readonly cluster_data_plane_purge_delay?: number;
  readonly database?: string;
  readonly log_level?: string;
}

/** Replies of a Kong control plane's Admin API; scope object Pod, or endpoint when a URL was given. */
export const kongClusteringStatus = document<KongClusteringStatus>({
  id: 'kong-clustering-status',
  title: 'Data planes known to the Kong control plane',
  contentType: 'json',
  rearranged: true,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const replies = Array.isArray(stored.replies) ? storedReplies(stored.replies) : [bareReply(stored)];
    const information = objectIn(answer(replies, '/')?.body);
    const configuration = objectIn(information.configuration) as KongConfiguration;
    const purgeDelay = numberIn(configuration.cluster_data_plane_purge_delay);
    const { shape, rows, reply } = readRows(replies);
    const date = reply?.date === undefined ? Number.NaN : Date.parse(reply.date);
    const servedAt = Number.isNaN(date) ? undefined : new Date(date).toISOString();
    const clock = { purgeDelay, now: Number.isNaN(date) ? undefined : date / 1000 };
    return {
      controlPlane: stored.controlPlane as KongControlPlane | undefined,
      version: stringIn(information.version),
      nodeId: stringIn(information.node_id),
      hostname: stringIn(information.hostname),
      configuration,
      purgeDelay,
      servedAt,
      shape,
      rows: rows.map(([id, row]) => rowOf(id, objectIn(row), clock)),
      errors: replies.flatMap(errorOf),
    };
  },
});

/** The path of a stored reply without its query. */
function pathOf(reply: StoredKongReply): string {
  return reply.path.split('?', 1)[0]!;
}

function storedReplies(replies: readonly unknown[]): StoredKongReply[] {
  return replies.map((element) => {
    const { path, status, date, body, error } = objectIn(element);
    return {
      path: stringIn(path) ?? '',
      status: numberIn(status),
      date: stringIn(date),
      body,
      error: stringIn(error),
    };
  });
}

/** A file that holds nothing but one reply, as people save it with curl. */
function bareReply(body: Readonly<Record<string, unknown>>): StoredKongReply {
  const isList = Array.isArray(body.data) || Array.isArray(body.data_planes);
  return { path: isList ? '/clustering/data-planes' : '/clustering/status', status: 200, body };
}

function answer(replies: readonly StoredKongReply[], path: string): StoredKongReply | undefined {
  return replies.find((reply) => pathOf(reply) === path && reply.status === 200);
}

type Entry = readonly [id: string, row: unknown];

/** Rows of the first reply that has any shape known: pages of data planes, the older map, or `data_planes`. */
function readRows(replies: readonly StoredKongReply[]): {
  shape: KongClusteringStatus['shape'];
  rows: readonly Entry[];
  reply?: StoredKongReply;
} {
  const pages = replies.filter((one) => pathOf(one) === '/clustering/data-planes' && one.status === 200);
  const lists = pages.map((page) => objectIn(page.body));
  if (lists.some((list) => Array.isArray(list.data))) {
    const rows = lists.flatMap((list) => listIn(list.data)).map(withId);
    return { shape: 'data-planes', rows, reply: pages[0]! };
  }
  const named = [...pages, ...replies].find(
    (one) => one.status === 200 && Array.isArray(objectIn(one.body).data_planes),
  );
  if (named) {
    const rows = listIn(objectIn(named.body).data_planes).map(withId);
    return { shape: 'data_planes', rows, reply: named };
  }
  const map = answer(replies, '/clustering/status');
  if (!map) return { shape: 'none', rows: [] };
  return { shape: 'status-map', rows: Object.entries(objectIn(map.body)), reply: map };
}

function withId(row: unknown): Entry {
  return [stringIn(objectIn(row).id) ?? '', row];
}

/** Below this a `last_seen` is no time but an age: Unix seconds passed 10^9 in 2001. */
const FIRST_EPOCH = 1_000_000_000;

function rowOf(
  id: string,
  row: Readonly<Record<string, unknown>>,
  clock: { purgeDelay: number | undefined; now: number | undefined },
): KongDataPlaneRow {
  const seen = numberIn(row.last_seen);
  const lastSeen = seen !== undefined && seen >= FIRST_EPOCH ? seen : undefined;
  const ttl = numberIn(row.ttl);
  return {
    id,
    hostname: stringIn(row.hostname),
    ip: stringIn(row.ip),
    lastSeen,
    ageSeconds: ageOf({ seen, lastSeen, ttl }, clock),
    configHash: stringIn(row.config_hash),
    version: stringIn(row.version),
    syncStatus: stringIn(row.sync_status),
    ttl,
    certExpiry: numberIn(objectIn(row.cert_details).expiry_timestamp),
  };
}

/** From the two values of one clock where both are there, else from the reply's Date header. */
function ageOf(
  { seen, lastSeen, ttl }: { seen?: number; lastSeen?: number; ttl?: number },
  { purgeDelay, now }: { purgeDelay?: number; now?: number },
): number | undefined {
  if (ttl !== undefined && purgeDelay !== undefined && purgeDelay >= ttl) return purgeDelay - ttl;
  if (lastSeen === undefined) return seen;
  return now === undefined ? undefined : Math.max(0, now - lastSeen);
}

function errorOf(reply: StoredKongReply): string[] {
  if (reply.error !== undefined) return [`${reply.path}: ${reply.error}`];
  if (reply.status === 200) return [];
  const message = stringIn(objectIn(reply.body).message);
  return [`${reply.path}: HTTP ${reply.status ?? '?'}${message === undefined ? '' : ` ${message}`}`];
}
