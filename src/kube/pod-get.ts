import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { KubeError, type Reply } from '../model/kube.ts';
import type { PodGetOptions } from '../model/pod-requests.ts';
import type { Credentials } from './credentials.ts';
import { abortedError, connectionError } from './failure.ts';
import { observeReply } from './observation.ts';
import { openPortForward } from './port-forward.ts';
import type { Transport } from './transport.ts';

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** One GET to a port of a pod; the deadline covers everything from the upgrade to the last byte. */
export async function podGet(transport: Transport, options: PodGetOptions): Promise<Reply> {
  const where = `port ${options.port} of pod ${options.namespace}/${options.pod}`;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new KubeError('timeout', `${where}: no answer to GET ${pathOf(options)} within ${timeoutMs / 1000} s`),
    );
  }, timeoutMs);
  const signal = AbortSignal.any([options.signal, transport.closed, late.signal]);
  try {
    signal.throwIfAborted();
    const tunnel = await openPortForward(transport, options, signal);
    const identity = options.identify ? clientCertificate(transport) : {};
    return await getOver(tunnel, options, { signal, identity }).finally(() => tunnel.destroy());
  } catch (error) {
    if (signal.aborted) throw signal.reason instanceof KubeError ? signal.reason : abortedError(where, error);
    throw connectionError(error, where);
  } finally {
    clearTimeout(timer);
  }
}

function pathOf(options: PodGetOptions): string {
  return options.path.split('?', 1)[0] ?? '';
}

type Identity = Pick<Credentials['tls'], 'cert' | 'key'>;

function clientCertificate(transport: Transport): Identity {
  const { cert, key } = transport.credentials().tls;
  return cert === undefined || key === undefined ? {} : { cert, key };
}

async function getOver(
  tunnel: Duplex,
  options: PodGetOptions,
  { signal, identity }: { readonly signal: AbortSignal; readonly identity: Identity },
): Promise<Reply> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // Losing the race below is normal; it must not count as unhandled.
  broken.catch(() => {});
  tunnel.on('error', reject);
  const stream =
    options.scheme === 'https'
      ? connectTls({ socket: tunnel, rejectUnauthorized: false, ...identity })
      : tunnel;
  stream.on('error', reject);
  const sentAt = new Date();
  const { promise: answered, resolve } = Promise.withResolvers<IncomingMessage>();
  const request = httpRequest({
    method: 'GET',
    path: options.path,
    createConnection: () => stream,
    headers: {
      host: `localhost:${options.port}`,
      'user-agent': 'kubecase',
      ...options.headers,
      connection: 'close',
    },
    signal,
  });
  request.on('response', resolve);
  request.on('error', reject);
  request.end();
  const response = await Promise.race([answered, broken]);
  const receivedAt = new Date();
  const { body, truncated } = await Promise.race([readBody(response, options.maxBytes ?? MAX_BYTES), broken]);
  return {
    status: response.statusCode ?? 0,
    headers: joinedHeaders(response),
    body,
    truncated,
    observedAt: observeReply(response.headers.date, receivedAt),
    sentAt: sentAt.toISOString(),
    receivedAt: receivedAt.toISOString(),
  };
}

async function readBody(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ body: Buffer; truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, maxBytes), truncated: size > maxBytes };
}

function joinedHeaders(response: IncomingMessage): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) joined[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
