import { KubeError } from '../model/kube.ts';
import type { CreatedObject, KubeWrites } from '../model/kube-writes.ts';
import type { ConnectOptions } from './connect.ts';
import { readCredentials } from './credentials.ts';
import { parseObject } from './get.ts';
import { readTarget } from './kubeconfig.ts';
import { proxies } from './proxy.ts';
import { createTransport, type OpenReply, readUpTo, type Transport } from './transport.ts';
import { createDeadline } from './watch.ts';

const TIMEOUT_MS = 30_000;
const MAX_REPLY = 1024 * 1024;

/** A request that changes something. */
interface WriteRequest {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly body: object;
  readonly signal: AbortSignal;
}

/** Opens write access over a connection of its own. Throws UserError when the kubeconfig is not usable. */
export async function connectWrites(options: ConnectOptions): Promise<KubeWrites> {
  const source = { kubeconfig: options.kubeconfig, env: options.env ?? process.env };
  const target = readTarget(source, options.context);
  const transport = createTransport({
    server: target.server,
    credentials: await readCredentials(target, options.signal),
    reread: async () => readCredentials(readTarget(source, options.context), options.signal),
    connections: 1,
    proxyFor: proxies(source.env, target.proxyUrl),
  });
  return {
    async create(collection, body, signal) {
      const request: WriteRequest = { method: 'POST', path: collection, body, signal };
      const reply = await send(transport, request);
      if (reply.status >= 300) throw await transport.failure(collection, reply, 'POST');
      return createdOf(transport, (await readUpTo(reply, MAX_REPLY)).body);
    },
    async remove(path, signal) {
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
      const reply = await send(transport, { method: 'DELETE', path, body, signal });
      if (reply.status !== 404 && reply.status >= 300) throw await transport.failure(path, reply, 'DELETE');
      await readUpTo(reply, MAX_REPLY);
      return reply.status !== 404;
    },
    close: () => transport.close(),
  };
}

function send(transport: Transport, { method, path, body, signal }: WriteRequest): Promise<OpenReply> {
  const controller = new AbortController();
  const watch = createDeadline(controller, TIMEOUT_MS, () => {
    const seconds = TIMEOUT_MS / 1000;
    return new KubeError(
      'timeout',
      `${transport.endpoint}: no answer to ${method} ${path} within ${seconds} s`,
    );
  });
  return transport.open(path, { method, body: JSON.stringify(body), signal, controller, watch });
}

function createdOf(transport: Transport, body: Buffer): CreatedObject {
  const metadata = parseObject(body)?.metadata as Partial<CreatedObject> | undefined;
  if (typeof metadata?.name === 'string' && typeof metadata.uid === 'string') {
    return { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid };
  }
  throw new KubeError('bad-reply', `${transport.endpoint}: the created object is not in the answer`);
}
