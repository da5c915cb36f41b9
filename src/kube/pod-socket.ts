import type { IncomingMessage } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import type { PolicyRule } from '../model/coverage.ts';
import { KubeError } from '../model/kube.ts';
import { connectionError } from './failure.ts';
import { statusError } from './status-error.ts';
import { portOf, type Transport } from './transport.ts';
import { openTunnel } from './tunnel.ts';

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_ERROR_BODY = 64 * 1024;
const TUNNEL_TIMEOUT_MS = 10_000;

/** A subresource of a pod that speaks channels over WebSocket. */
export interface PodSocketRequest {
  readonly path: string;
  /** Offered in order; the server takes the first it knows. */
  readonly protocols: readonly string[];
  /** What would have allowed it, for a 403. */
  readonly rule: PolicyRule;
}

/** The socket and what is to be done before its first message can arrive, and when it cannot be opened. */
export interface PodSocketUser {
  attach(socket: WebSocket): void;
  fail(error: Error): void;
}

/** Opens with the present credentials and once more with renewed ones after a 401. Throws KubeError. */
export async function withRenewal<T>(transport: Transport, open: () => Promise<T>): Promise<T> {
  const used = transport.credentials();
  try {
    return await open();
  } catch (error) {
    const refused = error instanceof KubeError && error.kind === 'unauthorized';
    if (!refused || !(await transport.renew(used))) throw error;
    return open();
  }
}

/** Begins the handshake; the user hears of everything that follows through the socket's events. */
export function openPodSocket(transport: Transport, request: PodSocketRequest, user: PodSocketUser): void {
  const { path, protocols, rule } = request;
  const { tls, headers } = transport.credentials();
  const socket = new WebSocket(webSocketUrl(transport.server, path), [...protocols], {
    ...tls,
    headers: { ...headers, 'user-agent': 'kubecase' },
    ...throughProxy(transport),
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  user.attach(socket);
  socket.on('unexpected-response', (_request, response) => {
    readRefusal(transport, { path, rule }, response).then((error) => user.fail(error));
  });
  socket.on('error', (error) => user.fail(connectionError(error, transport.endpoint)));
}

/** How the socket connects when a proxy is in the way: `ws` knows none itself. */
function throughProxy({ server, proxyFor, credentials }: Transport): object {
  const proxy = proxyFor(server);
  if (!proxy) return {};
  const target = { host: server.hostname, port: portOf(server) };
  return {
    createConnection(_options: object, done: (error: Error | null, socket?: Socket) => void): void {
      openTunnel(proxy, target, TUNNEL_TIMEOUT_MS).then((socket) => {
        if (server.protocol === 'http:') return done(null, socket);
        const { tls } = credentials();
        const servername = tls.servername ?? (isIP(server.hostname) ? undefined : server.hostname);
        // The check of the name is by the server asked for, not by the socket's other end.
        done(null, connectTls({ ...tls, socket, servername, host: server.hostname.replace(/^\[|\]$/g, '') }));
      }, done);
    },
  };
}

function webSocketUrl(server: URL, path: string): string {
  const scheme = server.protocol === 'http:' ? 'ws:' : 'wss:';
  return `${scheme}//${server.host}${server.pathname.replace(/\/$/, '')}${path}`;
}

async function readRefusal(
  transport: Transport,
  { path, rule }: Pick<PodSocketRequest, 'path' | 'rule'>,
  response: IncomingMessage,
): Promise<KubeError> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ERROR_BODY) break;
    }
  } catch (error) {
    return connectionError(error, transport.endpoint);
  }
  const answer = { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
  return statusError(answer, { endpoint: transport.endpoint, path, rule });
}
