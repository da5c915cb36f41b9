import type { Kube } from '../model/kube.ts';
import { may, ownRules } from './access-review.ts';
import { publicCredentials, readCredentials } from './credentials.ts';
import { discover } from './discovery.ts';
import { getReply, readVersion, streamReply } from './get.ts';
import { shakeHands } from './handshake.ts';
import { getFromInstance } from './instance-get.ts';
import { readTarget } from './kubeconfig.ts';
import { listPages } from './list.ts';
import { podExec } from './pod-exec.ts';
import { podGet } from './pod-get.ts';
import { podHandshake } from './pod-handshake.ts';
import { proxies } from './proxy.ts';
import { createTransport } from './transport.ts';

/** Which cluster, and by which kubeconfig. */
export interface ConnectOptions {
  /** The `--kubeconfig` flag. */
  readonly kubeconfig?: string | undefined;
  /** The `--context` flag; the kubeconfig's current context when absent. */
  readonly context?: string | undefined;
  readonly signal: AbortSignal;
  /** Environment to look for a kubeconfig in; that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the kubeconfig and its credentials and opens a pool of connections, without a request yet: an unreachable
 * cluster shows on first use. Throws UserError when the kubeconfig or the credentials are not usable.
 */
export async function connect(options: ConnectOptions): Promise<Kube> {
  const source = { kubeconfig: options.kubeconfig, env: options.env ?? process.env };
  const target = readTarget(source, options.context);
  const credentials = await readCredentials(target, options.signal);
  const transport = createTransport({
    server: target.server,
    credentials,
    proxyFor: proxies(source.env, target.proxyUrl),
    reread: async () => readCredentials(readTarget(source, options.context), options.signal),
  });
  return {
    context: target.context,
    server: target.server.href.replace(/\/$/, ''),
    namespace: target.namespace,
    publicCredentials: publicCredentials(target),
    versionInfo: (signal) => readVersion(transport, signal),
    discover: (signal) => discover(transport, signal),
    list: (resource, how) => listPages(transport, resource, how),
    ownRules: (namespace, signal) => ownRules(transport, namespace, signal),
    may: (right, signal) => may(transport, right, signal),
    get: (path, how) => getReply(transport, path, how),
    getAt: (origin, path, how) => getFromInstance(transport, origin, path, how),
    stream: (path, how) => streamReply(transport, path, how),
    podGet: (how) => podGet(transport, how),
    podHandshake: (how) => podHandshake(transport, how),
    exec: (how) => podExec(transport, how),
    handshake: (how) => shakeHands(how, transport.credentials().tls.ca, transport.proxyFor),
    close: () => transport.close(),
  };
}
