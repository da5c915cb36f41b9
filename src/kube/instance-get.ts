import type { GetOptions, Reply } from '../model/kube.ts';
import { getReply } from './get.ts';
import { createTransport, type Transport } from './transport.ts';

/** A name every API server's certificate holds, whatever address it is reached at (kubeadm, k3s, OpenShift). */
const SERVER_NAME = 'kubernetes.default.svc';

/**
 * One GET from one instance of the API server, over a connection of its own that is closed again. Throws
 * KubeError; a certificate that is not of the cluster's CA ends it before anything is sent.
 */
export async function getFromInstance(
  transport: Transport,
  origin: string,
  path: string,
  options: GetOptions,
): Promise<Reply> {
  const { tls, headers } = transport.credentials();
  const credentials = { tls: { ...tls, servername: SERVER_NAME }, headers };
  const own = createTransport({
    server: new URL(origin),
    credentials,
    reread: async () => credentials,
    connections: 1,
    proxyFor: transport.proxyFor,
  });
  const signal = AbortSignal.any([options.signal, transport.closed]);
  return getReply(own, path, { ...options, signal }).finally(() => own.close());
}
