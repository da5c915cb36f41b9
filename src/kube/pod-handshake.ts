import type { Duplex } from 'node:stream';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { KubeError } from '../model/kube.ts';
import type { PodHandshake, PodHandshakeOptions } from '../model/pod-requests.ts';
import { abortedError, connectionError } from './failure.ts';
import { servedChain } from './handshake.ts';
import { observeHere } from './observation.ts';
import { openPortForward } from './port-forward.ts';
import type { Transport } from './transport.ts';

const TIMEOUT_MS = 15_000;

/** A TLS handshake with a port of a pod, without a certificate of ours and without a byte of data. */
export async function podHandshake(
  transport: Transport,
  options: PodHandshakeOptions,
): Promise<PodHandshake> {
  const where = `port ${options.port} of pod ${options.namespace}/${options.pod}`;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new KubeError('timeout', `${where}: no TLS handshake within ${timeoutMs / 1000} s`));
  }, timeoutMs);
  const signal = AbortSignal.any([options.signal, transport.closed, late.signal]);
  let tunnel: Duplex | undefined;
  let secure: TLSSocket | undefined;
  try {
    signal.throwIfAborted();
    tunnel = await openPortForward(transport, options, signal);
    const { servername } = options;
    secure = connectTls({
      socket: tunnel,
      rejectUnauthorized: false,
      ...(servername === undefined ? {} : { servername }),
    });
    return await shown(secure, tunnel, where);
  } catch (error) {
    if (signal.aborted) throw signal.reason instanceof KubeError ? signal.reason : abortedError(where, error);
    throw connectionError(error, where);
  } finally {
    secure?.destroy();
    tunnel?.destroy();
    clearTimeout(timer);
  }
}

function shown(secure: TLSSocket, tunnel: Duplex, where: string): Promise<PodHandshake> {
  const { promise, resolve, reject } = Promise.withResolvers<PodHandshake>();
  const read = () =>
    resolve({
      chain: servedChain(secure.getPeerCertificate(true)),
      protocol: secure.getProtocol() ?? undefined,
      observedAt: observeHere(new Date()),
    });
  tunnel.on('error', reject);
  // Up to TLS 1.2 a port that insists on a certificate of ours has shown its own before it refuses.
  secure.on('error', (error) => {
    if (Buffer.isBuffer(secure.getPeerCertificate()?.raw)) read();
    else reject(error);
  });
  secure.once('secureConnect', read);
  secure.once('close', () => reject(new KubeError('tls', `${where}: closed before the handshake ended`)));
  return promise;
}
