import { pipeline, type Readable } from 'node:stream';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { type Dispatcher, request } from 'undici';
import { KubeError } from '../model/kube.ts';
import type { Observation } from '../model/observation.ts';
import { createAgent } from './agent.ts';
import type { Credentials } from './credentials.ts';
import { abortedError, connectionError } from './failure.ts';
import { observeReply } from './observation.ts';
import { createPace, putOffSeconds } from './pace.ts';
import type { ProxyFor } from './proxy.ts';
import { ruleForPath } from './rbac-rule.ts';
import { statusError } from './status-error.ts';
import type { Watch } from './watch.ts';

/** At most this many connections for requests, whatever runs in parallel: with one that only shakes hands they are eight. */
const MAX_CONNECTIONS = 7;

/** Requests per second at most: a member of `system:masters` is held back by nobody else. */
const MAX_PER_SECOND = 500;

/** Inflating in pieces of 256 KiB takes less than half the time of the default 16 KiB. */
const GUNZIP_CHUNK = 256 * 1024;

/** As much of an error body as is read. */
const MAX_ERROR_BODY = 64 * 1024;

/** JSON preferred, anything taken, as kubectl sends it. */
const DEFAULT_ACCEPT = 'application/json, */*';

/** An answer whose body is still to be read; iterate it or call `discard`. */
export interface OpenReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. Throws KubeError, never anything else. */
  readonly body: AsyncIterable<Buffer>;
  readonly observedAt: Observation;
  readonly sentAt: string;
  readonly receivedAt: string;
  discard(): void;
}

/** What may be sent beside reads: by src/kube/write.ts, and POST by src/kube/access-review.ts, which changes nothing. */
export type WriteMethod = 'POST' | 'DELETE';

/** One request, a GET unless said. The watch runs while we wait; its controller also ends the request. */
export interface OpenOptions {
  readonly method?: WriteMethod;
  /** JSON, with a method. */
  readonly body?: string;
  readonly accept?: string | undefined;
  readonly signal: AbortSignal;
  readonly controller: AbortController;
  readonly watch: Watch;
}

/** One pool of connections to one API server. */
export interface Transport {
  /** `host:port`, for messages. */
  readonly endpoint: string;
  readonly server: URL;
  /** The proxy that leads to a URL. */
  readonly proxyFor: ProxyFor;
  /** Fires when the transport is closed. */
  readonly closed: AbortSignal;
  credentials(): Credentials;
  /** Reads the credentials again after a 401; true when they are other ones now, so that a retry makes sense. */
  renew(refused: Credentials): Promise<boolean>;
  open(path: string, options: OpenOptions): Promise<OpenReply>;
  /** Reads the rest of an error answer and makes a KubeError of it. */
  failure(path: string, reply: OpenReply, method?: WriteMethod): Promise<KubeError>;
  close(): Promise<void>;
}

/** What a transport is made of; `reread` loads the kubeconfig anew. */
export interface TransportOptions {
  readonly server: URL;
  readonly credentials: Credentials;
  readonly reread: () => Promise<Credentials>;
  /** 7 unless given. */
  readonly connections?: number;
  /** No proxy unless given. */
  readonly proxyFor?: ProxyFor;
}

/** Opens no connection until the first request. */
export function createTransport(options: TransportOptions): Transport {
  const { server, connections = MAX_CONNECTIONS, proxyFor = () => undefined } = options;
  const proxy = proxyFor(server);
  const pace = createPace(MAX_PER_SECOND);
  const endpoint = endpointOf(server);
  const prefix = server.pathname.replace(/\/$/, '');
  const closing = new AbortController();
  let current = options.credentials;
  let agent = createAgent(current, { endpoint, connections, proxy });
  let renewal: Promise<boolean> | undefined;
  const useless = new WeakSet<Credentials>();

  async function renew(refused: Credentials): Promise<boolean> {
    if (refused !== current) return true;
    if (useless.has(refused)) return false;
    renewal ??= reread(refused).finally(() => {
      renewal = undefined;
    });
    return renewal;
  }

  async function reread(refused: Credentials): Promise<boolean> {
    const fresh = await options.reread().catch(() => refused);
    if (JSON.stringify(fresh) === JSON.stringify(refused)) {
      useless.add(refused);
      return false;
    }
    if (JSON.stringify(fresh.tls) !== JSON.stringify(refused.tls)) {
      const old = agent;
      agent = createAgent(fresh, { endpoint, connections, proxy });
      old.close().catch(() => {});
    }
    current = fresh;
    return true;
  }

  async function open(path: string, how: OpenOptions): Promise<OpenReply> {
    const signal = AbortSignal.any([how.signal, how.controller.signal, closing.signal]);
    for (let attempt = 1; ; attempt++) {
      try {
        await pace.turn(signal);
        const reply = await sendRenewed(path, how);
        const seconds = how.method === undefined ? putOffSeconds(reply, attempt, new Date()) : undefined;
        if (seconds === undefined) return reply;
        await readUpTo(reply, MAX_ERROR_BODY);
        pace.slower();
        await delay(seconds * 1000, undefined, { signal });
      } catch (error) {
        throw requestError(error, signal, endpoint);
      }
    }
  }

  async function sendRenewed(path: string, how: OpenOptions): Promise<OpenReply> {
    const used = current;
    const reply = await send(path, how, used);
    if (reply.status !== 401 || !(await renew(used))) return reply;
    await readUpTo(reply, MAX_ERROR_BODY);
    return send(path, how, current);
  }

  async function send(path: string, how: OpenOptions, used: Credentials): Promise<OpenReply> {
    const signal = AbortSignal.any([how.signal, how.controller.signal, closing.signal]);
    const sentAt = new Date();
    how.watch.start();
    try {
      signal.throwIfAborted();
      const response = await request(new URL(`${server.origin}${prefix}${path}`), {
        dispatcher: agent,
        method: how.method ?? 'GET',
        body: how.body ?? null,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
        headers: {
          ...used.headers,
          accept: how.accept ?? DEFAULT_ACCEPT,
          'accept-encoding': 'gzip',
          'user-agent': 'kubecase',
          ...(how.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      });
      return openReply(response, { endpoint, sentAt, signal, watch: how.watch });
    } catch (error) {
      throw requestError(error, signal, endpoint);
    } finally {
      how.watch.stop();
    }
  }

  async function failure(path: string, reply: OpenReply, method?: WriteMethod): Promise<KubeError> {
    const { body } = await readUpTo(reply, MAX_ERROR_BODY);
    const rule = ruleForPath(path, method);
    return statusError({ status: reply.status, body }, { endpoint, path, rule, method });
  }

  async function close(): Promise<void> {
    closing.abort(abortedError(endpoint));
    await agent.destroy().catch(() => {});
  }

  return {
    endpoint,
    server,
    proxyFor,
    closed: closing.signal,
    credentials: () => current,
    renew,
    open,
    failure,
    close,
  };
}

/** `host:port` of a server, with the default port of its scheme written out. */
export function endpointOf(server: URL): string {
  return `${server.hostname}:${portOf(server)}`;
}

/** The port of a server, also when the URL leaves it out. */
export function portOf(server: URL): number {
  if (server.port !== '') return Number(server.port);
  return server.protocol === 'http:' ? 80 : 443;
}

/** Reads a body up to a number of bytes and drops the rest with its connection. */
export async function readUpTo(
  reply: OpenReply,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes };
}

interface BodySource {
  readonly endpoint: string;
  readonly sentAt: Date;
  readonly signal: AbortSignal;
  readonly watch: Watch;
}

function openReply(response: Dispatcher.ResponseData, source: BodySource): OpenReply {
  const receivedAt = new Date();
  const headers = flatten(response.headers);
  const stream = decompressed(response.body, headers['content-encoding']);
  return {
    status: response.statusCode,
    headers,
    body: readBody(stream, source),
    observedAt: observeReply(headers.date, receivedAt),
    sentAt: source.sentAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
    discard: () => void stream.destroy(),
  };
}

function decompressed(body: Readable, encoding: string | undefined): Readable {
  // The iterator reports errors; without a listener a late one would end the process.
  body.on('error', () => {});
  if (encoding !== 'gzip') return body;
  const gunzip = createGunzip({ chunkSize: GUNZIP_CHUNK });
  pipeline(body, gunzip, () => {});
  return gunzip;
}

async function* readBody(stream: Readable, source: BodySource): AsyncGenerator<Buffer> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    while (true) {
      source.watch.start();
      const next = await iterator.next().finally(() => source.watch.stop());
      if (next.done) break;
      yield next.value as Buffer;
    }
    // undici counts the connection as free a moment after the end; a request before that would open another one.
    await setImmediate();
  } catch (error) {
    throw requestError(error, source.signal, source.endpoint);
  } finally {
    stream.destroy();
  }
}

function requestError(error: unknown, signal: AbortSignal, endpoint: string): KubeError {
  if (error instanceof KubeError) return error;
  if (!signal.aborted) return connectionError(error, endpoint);
  return signal.reason instanceof KubeError ? signal.reason : abortedError(endpoint, error);
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}
