import { document } from '../model/artifact.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** The container that was asked. */
export interface KongPlaneRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** One reply of a Status API as the document stores it. */
export interface StoredPlaneReply {
  /** Path with query, e.g. `/status?unit=b`. */
  readonly path: string;
  readonly status?: number;
  /** The parsed body; a text that is no JSON is kept in its beginning. */
  readonly body?: unknown;
  /** Why there is no reply. */
  readonly error?: string;
}

/** Memory of one nginx worker, bytes that its Lua garbage collector manages. */
export interface KongWorkerMemory {
  readonly pid?: number;
  readonly bytes: number;
}

/** What a Kong node says of itself. */
export interface KongPlaneStatus {
  readonly plane: KongPlaneRef | undefined;
  /** Of a node without a database, since Kong 3.4: the hash of the configuration it serves. */
  readonly configurationHash?: string;
  /** Of a node with a database. */
  readonly databaseReachable?: boolean;
  /** `/status/ready`, since Kong 3.3; absent where it was not answered. */
  readonly ready?: { readonly ok: boolean; readonly message: string };
  readonly workers: readonly KongWorkerMemory[];
  /** Requests since the start of the node. */
  readonly requests?: number;
  /** Paths that gave no usable answer, each with its reason. */
  readonly errors: readonly string[];
}

/**
 * `/status` and `/status/ready` of one Kong node, by its Status API (port 8100 in the chart). Scope object Pod.
 * Stored: `{plane, replies: [{path, status, body} | {path, error}]}`.
 */
export const kongPlaneStatus = document<KongPlaneStatus>({
  id: 'kong-plane-status',
  title: 'Status of a Kong node',
  contentType: 'json',
  rearranged: true,
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const replies = Array.isArray(stored.replies)
      ? stored.replies.map(replyOf)
      : [{ path: '/status', status: 200, body: stored }];
    const status = objectIn(
      replies.find(({ path, status }) => isOf(path, '/status') && status === 200)?.body,
    );
    const hash = stringIn(status.configuration_hash);
    const reachable = objectIn(status.database).reachable;
    const requests = numberIn(objectIn(status.server).total_requests);
    const ready = readiness(replies);
    return {
      plane: planeIn(stored.plane),
      ...(hash === undefined ? {} : { configurationHash: hash }),
      ...(typeof reachable === 'boolean' ? { databaseReachable: reachable } : {}),
      ...(ready === undefined ? {} : { ready }),
      workers: listIn(objectIn(status.memory).workers_lua_vms).flatMap(workerOf),
      ...(requests === undefined ? {} : { requests }),
      errors: replies.flatMap(errorOf),
    };
  },
});

/** The container a stored document names. */
export function planeIn(value: unknown): KongPlaneRef | undefined {
  const { namespace, pod, container } = objectIn(value);
  const names = [stringIn(namespace), stringIn(pod), stringIn(container)] as const;
  if (names[0] === undefined || names[1] === undefined) return undefined;
  return { namespace: names[0], pod: names[1], container: names[2] ?? '' };
}

function replyOf(value: unknown): StoredPlaneReply {
  const { path, status, body, error } = objectIn(value);
  const code = numberIn(status);
  const reason = stringIn(error);
  return {
    path: stringIn(path) ?? '',
    body,
    ...(code === undefined ? {} : { status: code }),
    ...(reason === undefined ? {} : { error: reason }),
  };
}

function isOf(path: string, wanted: string): boolean {
  return path.split('?', 1)[0] === wanted;
}

/** 404 is that of a Kong before 3.3: it has no such endpoint. */
function readiness(replies: readonly StoredPlaneReply[]): KongPlaneStatus['ready'] {
  const reply = replies.find(({ path }) => isOf(path, '/status/ready'));
  if (reply?.status !== 200 && reply?.status !== 503) return undefined;
  return { ok: reply.status === 200, message: stringIn(objectIn(reply.body).message) ?? '' };
}

/** `61.20 MiB`, or with `unit=b` a number of bytes. */
function workerOf(value: unknown): KongWorkerMemory[] {
  const { pid, http_allocated_gc: allocated } = objectIn(value);
  const bytes = numberIn(allocated) ?? bytesIn(stringIn(allocated));
  const id = numberIn(pid);
  return bytes === undefined ? [] : [{ bytes, ...(id === undefined ? {} : { pid: id }) }];
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

function bytesIn(text: string | undefined): number | undefined {
  const [, amount, unit = 'B'] = /^([\d.]+)(?: ?([KMG]iB|B))?$/.exec(text ?? '') ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNITS[unit] ?? 1));
}

function errorOf({ path, status, body, error }: StoredPlaneReply): string[] {
  if (error !== undefined) return [`${path}: ${error}`];
  if (status === 200 || (isOf(path, '/status/ready') && (status === 503 || status === 404))) return [];
  const message = stringIn(objectIn(body).message);
  return [`${path}: HTTP ${status ?? '?'}${message === undefined ? '' : ` ${message}`}`];
}
