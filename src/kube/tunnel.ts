import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { KubeError } from '../model/kube.ts';
import { connectionError } from './failure.ts';

/** Where a tunnel ends. */
export interface TunnelTarget {
  readonly host: string;
  readonly port: number;
}

/** A byte stream to a host through a proxy, by CONNECT. Throws KubeError whose message names the proxy, never its password. */
export function openTunnel(proxy: URL, target: TunnelTarget, timeoutMs: number): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const authority = `${target.host}:${target.port}`;
  const name = `proxy ${proxy.host}`;
  const request = proxy.protocol === 'https:' ? tlsRequest : plainRequest;
  const connect = request({
    method: 'CONNECT',
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    path: authority,
    agent: false,
    headers: { host: authority, 'user-agent': 'kubecase', ...authorizationOf(proxy) },
    timeout: timeoutMs,
  });
  connect.on('timeout', () => {
    connect.destroy(new KubeError('timeout', `${name}: no way to ${authority} within ${timeoutMs / 1000} s`));
  });
  connect.on('error', (error) => reject(connectionError(error, name)));
  connect.on('response', (response) => {
    response.resume();
    reject(refusal(name, authority, response.statusCode));
  });
  connect.on('connect', (response, socket) => {
    socket.setTimeout(0);
    if (response.statusCode === 200) return resolve(socket as Socket);
    socket.destroy();
    reject(refusal(name, authority, response.statusCode));
  });
  connect.end();
  return promise;
}

function refusal(name: string, authority: string, status: number | undefined): KubeError {
  const why = status === 407 ? ', it wants other credentials' : '';
  return new KubeError('unavailable', `${name}: HTTP ${status} to CONNECT ${authority}${why}`);
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const plain = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(plain).toString('base64')}` };
}

/** How undici connects: straight, or through a tunnel and with TLS inside it. */
export function connectorFor(
  options: buildConnector.BuildOptions,
  proxy: URL | undefined,
): buildConnector.connector {
  const connect = buildConnector(options);
  if (!proxy) return connect;
  return (how, callback) => {
    const isPlain = how.protocol === 'http:';
    const target = { host: how.hostname, port: Number(how.port) || (isPlain ? 80 : 443) };
    openTunnel(proxy, target, options.timeout ?? 10_000).then(
      (socket) => (isPlain ? callback(null, socket) : connect({ ...how, httpSocket: socket }, callback)),
      (error: Error) => callback(error, null),
    );
  };
}
