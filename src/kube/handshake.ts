import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import { type Handshake, type HandshakeFailure, type HandshakeOptions, KubeError } from '../model/kube.ts';
import { abortedError, codeOf, connectionError } from './failure.ts';
import { observeHere } from './observation.ts';
import type { ProxyFor } from './proxy.ts';
import { openTunnel } from './tunnel.ts';

const TIMEOUT_MS = 10_000;

/** A chain longer than this is a loop or a joke. */
const MAX_CHAIN = 16;

/** Looks up, connects and shakes hands, sending no credentials; only the caller's own abort is thrown. */
export async function shakeHands(
  options: HandshakeOptions,
  ca: string | undefined,
  proxyFor: ProxyFor = () => undefined,
): Promise<Handshake> {
  const endpoint = `${options.host}:${options.port}`;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const limit = AbortSignal.any([options.signal, AbortSignal.timeout(timeoutMs)]);
  let stage: HandshakeFailure['stage'] = 'dns';
  let addresses: readonly string[] = [];
  let socket: Socket | undefined;
  let secure: TLSSocket | undefined;
  try {
    const proxy = proxyFor(new URL(`https://${options.host}:${options.port}`));
    // Behind a proxy names are resolved there.
    if (!proxy) addresses = await withLimit(resolveHost(options.host), limit);
    stage = 'tcp';
    if (proxy) {
      socket = await withLimit(openTunnel(proxy, options, timeoutMs), limit);
    } else {
      socket = connectTcp({ host: bare(options.host), port: options.port });
      await withLimit(ready(socket, 'connect'), limit);
    }
    stage = 'tls';
    const servername = options.servername ?? (isIP(bare(options.host)) ? undefined : options.host);
    secure = connectTls({ socket, ca, host: bare(options.host), servername, rejectUnauthorized: false });
    await withLimit(ready(secure, 'secureConnect'), limit);
    return { ...described(options, addresses), ...readSession(secure) };
  } catch (cause) {
    if (options.signal.aborted) throw abortedError(endpoint, cause);
    const late = new KubeError('timeout', `${endpoint}: no answer within ${timeoutMs / 1000} s`);
    const error = limit.aborted ? late : connectionError(cause, endpoint);
    return {
      ...described(options, addresses),
      failure: { stage, kind: error.kind, message: error.message },
      chain: [],
      authorized: false,
      authorizationError: undefined,
      protocol: undefined,
    };
  } finally {
    secure?.destroy();
    socket?.destroy();
  }
}

function described(options: HandshakeOptions, addresses: readonly string[]) {
  return { host: options.host, port: options.port, addresses, observedAt: observeHere(new Date()) };
}

function readSession(secure: TLSSocket) {
  return {
    failure: undefined,
    chain: servedChain(secure.getPeerCertificate(true)),
    authorized: secure.authorized,
    authorizationError: secure.authorized ? undefined : authorizationText(secure.authorizationError),
    protocol: secure.getProtocol() ?? undefined,
  };
}

function authorizationText(error: unknown): string {
  const code = typeof error === 'string' ? error : codeOf(error);
  const message = error instanceof Error ? error.message : '';
  if (message === '' || message === code) return code;
  return code === '' ? message : `${code}: ${message}`;
}

/**
 * The chain as PEM. A self-signed root above the leaf is left out: Node completes chains from the trust store,
 * so whether the server sent it is not known.
 */
export function servedChain(leaf: DetailedPeerCertificate): string[] {
  const chain: string[] = [];
  const seen = new Set<string>();
  let certificate: DetailedPeerCertificate | undefined = leaf;
  while (certificate?.raw && !seen.has(certificate.fingerprint256) && chain.length < MAX_CHAIN) {
    seen.add(certificate.fingerprint256);
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate;
    const isRoot = issuer?.fingerprint256 === certificate.fingerprint256;
    if (chain.length === 0 || !isRoot) chain.push(toPem(certificate.raw));
    certificate = issuer;
  }
  return chain;
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Resolves as the sockets do, so hosts files count. */
async function resolveHost(host: string): Promise<string[]> {
  const found = await lookup(bare(host), { all: true });
  return found.map((entry) => entry.address);
}

/** A URL writes IPv6 addresses in brackets, sockets do not take them. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function ready(socket: Socket | TLSSocket, event: 'connect' | 'secureConnect'): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once(event, resolve);
  socket.on('error', reject);
  socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  return promise;
}

async function withLimit<T>(work: Promise<T>, limit: AbortSignal): Promise<T> {
  // The loser of the race must not become an unhandled rejection.
  work.catch(() => {});
  limit.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(limit.reason);
  limit.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    limit.removeEventListener('abort', onAbort);
  }
}
