import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../model/errors.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { ApiError, statusBody } from './api-error.ts';
import { type Catalog, openCatalog } from './catalog.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { PROTOBUF, readReview } from './protobuf-review.ts';
import { type ApiRequest, answer } from './router.ts';
import type { BundleSource } from './source.ts';

/** Bytes of a request body; reviews are the only ones. */
const MAX_BODY = 64 * 1024;

/** What to serve and where. */
export interface ServeOptions {
  /** Closed with the server, and when it cannot start. */
  readonly source: BundleSource;
  /** 0: a free one. */
  readonly port: number;
}

/** A server that is listening. */
export interface ServedBundle {
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  /** Text of a kubeconfig with the only token the server takes. */
  readonly kubeconfig: string;
  /** Name of the cluster's context when it was collected. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Serves a bundle as a read-only Kubernetes API on 127.0.0.1. The `Date` of every answer is the time its
 * content was observed: to a client, ages are those of the collection. Throws UserError when the port cannot
 * be used.
 */
export async function startServe({ source, port }: ServeOptions): Promise<ServedBundle> {
  try {
    const catalog = await openCatalog(source);
    const { issueCertificate } = await import('./certificate.ts');
    const { certificate, key, authority } = await issueCertificate(source.metadata.createdAt);
    const token = randomBytes(32).toString('base64url');
    const server = createServer({ cert: certificate, key });
    await listen(server, port);
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => {
      void respond(catalog, { request, response }, { token, address });
    });
    const name = source.metadata.cluster?.context ?? 'cluster';
    const url = `https://${address}`;
    return {
      url,
      name,
      kubeconfig: kubeconfigText({ context: `bundle-of-${name}`, server: url, authority, token }),
      async close() {
        const closed = new Promise((resolve) => server.close(resolve));
        server.closeAllConnections();
        await closed;
        await source.close();
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        new UserError('port-unusable', `127.0.0.1:${port}: cannot be listened on (${error.code ?? error})`, {
          hint: 'Give another --port, or none for a free one.',
          cause: error,
        }),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Gate {
  readonly token: string;
  /** `127.0.0.1:port`. */
  readonly address: string;
}

async function respond(catalog: Catalog, exchange: Exchange, gate: Gate): Promise<void> {
  const { request, response } = exchange;
  try {
    await send(exchange, await admit(catalog, request, gate));
  } catch (error) {
    // The client sees a broken answer and not a short one.
    if (response.headersSent) response.destroy();
    else {
      const known = error instanceof ApiError ? error : internal(error);
      await send(exchange, jsonAnswer(statusBody(known), catalog.observed, known.status)).catch(() => {
        response.destroy();
      });
    }
  }
}

/** What is wrong inside a bundle is said to the client: the server is its user's own. */
function internal(error: unknown): ApiError {
  return new ApiError(500, `the bundle cannot be read: ${error instanceof Error ? error.message : error}`);
}

async function admit(catalog: Catalog, request: IncomingMessage, gate: Gate): Promise<Answer> {
  const { host = '', authorization = '' } = request.headers;
  const port = gate.address.slice(gate.address.lastIndexOf(':'));
  // A page of a stranger can make a browser call this port under a name of its own.
  if (host !== gate.address && host !== `localhost${port}`)
    throw new ApiError(421, 'this server answers to 127.0.0.1 only');
  if (!isSame(authorization, `Bearer ${gate.token}`)) throw new ApiError(401, 'Unauthorized');
  return answer(catalog, readRequest(request, gate));
}

function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

function readRequest(request: IncomingMessage, { address }: Gate): ApiRequest {
  const target = request.url ?? '/';
  const base = `https://${address}`;
  if (!target.startsWith('/') || !URL.canParse(base + target))
    throw new ApiError(400, 'the request has no path');
  const { pathname, searchParams } = new URL(base + target);
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: searchParams,
    accept: request.headers.accept,
    json: () => readJson(request),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'application/json';
  const isProtobuf = type.startsWith(PROTOBUF);
  if (!isProtobuf && !type.startsWith('application/json'))
    throw new ApiError(415, 'the body of the request must be application/json');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new ApiError(400, `the body of the request is above ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  if (isProtobuf) return readReview(Buffer.concat(chunks));
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new ApiError(400, 'the body of the request is not JSON');
  }
}

async function send({ request, response }: Exchange, reply: Answer): Promise<void> {
  const { status, type, body, observed, warning } = reply;
  response.sendDate = false;
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    date: new Date(observed).toUTCString(),
    ...(Buffer.isBuffer(body) ? { 'content-length': body.length } : {}),
    ...(warning === undefined ? {} : { warning: `299 - ${JSON.stringify(headerText(warning))}` }),
  });
  if (request.method === 'HEAD') {
    response.end();
    if (!Buffer.isBuffer(body)) await body[Symbol.asyncIterator]().return?.();
  } else if (Buffer.isBuffer(body)) response.end(body);
  else await pipeline(Readable.from(body, { objectMode: false, highWaterMark: SEND_AHEAD }), response);
}

/** Bytes read ahead of a slow client. */
const SEND_AHEAD = 256 * 1024;

/** A header holds one line of Latin-1. */
function headerText(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, ' ');
}
