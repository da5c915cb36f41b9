import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { KubeError } from '../model/kube.ts';
import { connectionError, oneLine } from './failure.ts';
import { PORT_FORWARD_RULE } from './rbac-rule.ts';
import { statusError } from './status-error.ts';
import type { Transport } from './transport.ts';

/** Binary framing: the first byte of a message is the channel (kubelet, pkg/cri/streaming/portforward/websocket.go). */
const PROTOCOL = 'v4.channel.k8s.io';
const DATA_CHANNEL = 0;
const ERROR_CHANNEL = 1;

/** Each channel begins with the port number, little-endian. */
const PORT_BYTES = 2;

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_ERROR_BODY = 64 * 1024;

/** The port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/**
 * A byte stream to a port of a pod. Opening throws KubeError; so does the stream, when the port refuses or the
 * connection breaks. Credentials are read again once after a 401.
 */
export async function openPortForward(
  transport: Transport,
  target: PodPort,
  signal: AbortSignal,
): Promise<Duplex> {
  const used = transport.credentials();
  try {
    return await openOnce(transport, target, signal);
  } catch (error) {
    const refused = error instanceof KubeError && error.kind === 'unauthorized';
    if (!refused || !(await transport.renew(used))) throw error;
    return openOnce(transport, target, signal);
  }
}

async function openOnce(transport: Transport, target: PodPort, signal: AbortSignal): Promise<Duplex> {
  const path = forwardPath(target);
  const { tls, headers } = transport.credentials();
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const socket = new WebSocket(webSocketUrl(transport.server, path), [PROTOCOL], {
    ...tls,
    headers: { ...headers, 'user-agent': 'kubecase' },
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const duplex = asDuplex(socket, target);
  const onAbort = () => duplex.destroy(signal.reason);
  socket.on('open', () => resolve(duplex));
  socket.on('unexpected-response', (_request, response) => {
    readRefusal(transport, path, response).then((error) => duplex.destroy(error));
  });
  socket.on('error', (error) => duplex.destroy(connectionError(error, transport.endpoint)));
  duplex.on('error', reject);
  duplex.on('close', () => signal.removeEventListener('abort', onAbort));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return promise;
}

function forwardPath(target: PodPort): string {
  const pod = `/api/v1/namespaces/${encodeURIComponent(target.namespace)}/pods/${encodeURIComponent(target.pod)}`;
  return `${pod}/portforward?ports=${target.port}`;
}

function webSocketUrl(server: URL, path: string): string {
  const scheme = server.protocol === 'http:' ? 'ws:' : 'wss:';
  return `${scheme}//${server.host}${server.pathname.replace(/\/$/, '')}${path}`;
}

function asDuplex(socket: WebSocket, target: PodPort): Duplex {
  const duplex = new Duplex({
    read: () => socket.resume(),
    write: (chunk: Buffer, _encoding, done) =>
      socket.send(Buffer.concat([Buffer.of(DATA_CHANNEL), chunk]), done),
    // The protocol cannot close one direction alone.
    final: (done) => done(),
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  const toSkip = new Map([
    [DATA_CHANNEL, PORT_BYTES],
    [ERROR_CHANNEL, PORT_BYTES],
  ]);
  // Binary frames arrive as one Buffer: `binaryType` of ws is `nodebuffer` unless changed.
  socket.on('message', (frame) => {
    const message = frame as Buffer;
    const channel = message[0] ?? -1;
    const skip = Math.min(toSkip.get(channel) ?? 0, message.length - 1);
    toSkip.set(channel, (toSkip.get(channel) ?? 0) - skip);
    const data = message.subarray(1 + skip);
    if (data.length === 0 || duplex.destroyed) return;
    if (channel === ERROR_CHANNEL) duplex.destroy(forwardError(data.toString('utf8'), target));
    else if (channel === DATA_CHANNEL && !duplex.push(data)) socket.pause();
  });
  socket.on('close', () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  return duplex;
}

function forwardError(text: string, target: PodPort): KubeError {
  const where = `port ${target.port} of pod ${target.namespace}/${target.pod}`;
  if (/connection refused/i.test(text))
    return new KubeError('refused', `${where}: connection refused in the pod`);
  return new KubeError('other', `${where}: ${oneLine(text)}`);
}

async function readRefusal(
  transport: Transport,
  path: string,
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
  return statusError(answer, { endpoint: transport.endpoint, path, rule: PORT_FORWARD_RULE });
}
