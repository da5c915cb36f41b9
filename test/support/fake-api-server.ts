import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Authority, createAuthority } from '../cluster/pki.ts';

/** Answers one request; the key of a route is a pathname. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

/** What the fake serves. */
export interface FakeOptions {
  readonly routes?: Readonly<Record<string, Route>>;
  /** Answers what no route does; a 404 Status without it. */
  readonly fallback?: Route;
  /** Plain HTTP on loopback, as `kubectl proxy` gives it. */
  readonly plain?: boolean;
  /** Where a port-forward leads: `namespace/pod:port` to a port of this machine, or `refuse`. */
  readonly forwards?: Readonly<Record<string, number | 'refuse' | 'silent'>>;
  /** What a command in a container sends, by `<namespace>/<pod>/<container> <command and arguments>`. */
  readonly commands?: Readonly<Record<string, readonly ExecFrame[]>>;
}

/** A running fake API server. */
export interface FakeApiServer {
  readonly url: string;
  readonly port: number;
  readonly authority: Authority;
  /** TCP connections accepted so far. */
  connections(): number;
  /** Method, path and query of each request, in order. */
  readonly requests: readonly string[];
  /** A kubeconfig for it; fields of the cluster and the user can be replaced. */
  kubeconfig(overrides?: { cluster?: object; user?: object; context?: object }): string;
  close(): Promise<void>;
}

/** Starts an HTTP API on 127.0.0.1 with a certificate made for it; it knows only what the routes say. */
export async function startFakeApiServer(options: FakeOptions = {}): Promise<FakeApiServer> {
  const authority = await createAuthority('fake-ca');
  const leaf = await authority.issue({ commonName: 'fake', names: ['127.0.0.1', 'localhost'] });
  const folder = mkdtempSync(join(tmpdir(), 'kubecase-fake-'));
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    const url = new URL(request.url ?? '/', 'http://fake');
    const route = options.routes?.[url.pathname] ?? options.fallback ?? notFound;
    route(request, response, url);
  };
  const server = options.plain
    ? createPlainServer(handle)
    : createTlsServer({ cert: leaf.certificate, key: leaf.key }, handle);
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    requests.push(`UPGRADE ${request.url}`);
    upgrade(options, request, { socket, head });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${options.plain ? 'http' : 'https'}://127.0.0.1:${port}`;
  let written = 0;
  return {
    url,
    port,
    authority,
    connections: () => accepted,
    requests,
    kubeconfig(overrides = {}) {
      const file = join(folder, `config-${written++}`);
      writeFileSync(file, JSON.stringify(configFor(url, authority, overrides)));
      return file;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Sends JSON with a Date header a test can rely on. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  const date = 'Fri, 20 Nov 2026 05:15:50 GMT';
  response.writeHead(status, { 'content-type': 'application/json', date });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Sends an error as the API server words it. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  fields: { reason?: string; message: string; metadata?: object },
): void {
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...fields }, code);
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  sendStatus(response, 404, {
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
  });
}

function configFor(
  url: string,
  authority: Authority,
  overrides: { cluster?: object; user?: object; context?: object },
): object {
  const ca = Buffer.from(authority.certificate).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'fake', cluster: { server: url, 'certificate-authority-data': ca, ...overrides.cluster } },
    ],
    users: [{ name: 'tester', user: { token: 'first-token', ...overrides.user } }],
    contexts: [{ name: 'test', context: { cluster: 'fake', user: 'tester', ...overrides.context } }],
    'current-context': 'test',
  };
}

interface Upgrade {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** A frame of an exec: its channel (1 stdout, 2 stderr, 3 outcome) and its text; `hang` keeps the command running. */
export type ExecFrame = readonly [channel: number, text: string] | 'hang' | 'break';

/** Exec in the framing of `remotecommand`: the server closes when the command has ended. */
function upgradeExec(options: FakeOptions, url: URL, request: IncomingMessage, raw: Upgrade): boolean {
  const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(url.pathname);
  if (!match) return false;
  const command = url.searchParams.getAll('command').join(' ');
  const key = `${match[1]}/${match[2]}/${url.searchParams.get('container')} ${command}`;
  const frames = options.commands?.[key];
  if (!frames) {
    refuse(raw.socket);
    return true;
  }
  const server = new WebSocketServer({ noServer: true, handleProtocols: () => 'v5.channel.k8s.io' });
  server.handleUpgrade(request, raw.socket, raw.head, (socket) => {
    for (const frame of frames) {
      if (frame === 'hang') return;
      if (frame === 'break') return void socket.terminate();
      socket.send(Buffer.concat([Buffer.of(frame[0]), Buffer.from(frame[1])]));
    }
    socket.close();
  });
  return true;
}

/** Port-forward in the binary framing of the kubelet; errors before the upgrade are ordinary replies. */
function upgrade(options: FakeOptions, request: IncomingMessage, raw: Upgrade): void {
  const url = new URL(request.url ?? '/', 'http://fake');
  if (upgradeExec(options, url, request, raw)) return;
  const match = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/portforward$/.exec(url.pathname);
  const port = Number(url.searchParams.get('ports'));
  const target = match ? options.forwards?.[`${match[1]}/${match[2]}:${port}`] : undefined;
  if (target === undefined) {
    refuse(raw.socket);
    return;
  }
  const server = new WebSocketServer({
    noServer: true,
    handleProtocols: (protocols) => protocols.has('v4.channel.k8s.io') && 'v4.channel.k8s.io',
  });
  server.handleUpgrade(request, raw.socket, raw.head, (socket) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(port);
    const send = (channel: number, data: Buffer) =>
      socket.send(Buffer.concat([Buffer.of(channel), data]), () => {});
    send(0, number);
    send(1, number);
    if (target === 'silent') return;
    const upstream = connectTcp(target === 'refuse' ? 1 : target, '127.0.0.1');
    upstream.on('data', (data) => send(0, data));
    upstream.on('error', (error) =>
      send(1, Buffer.from(`an error occurred forwarding ${port}: ${error.message}`)),
    );
    upstream.on('close', () => socket.close());
    socket.on('message', (frame) => {
      const message = frame as Buffer;
      if (message[0] === 0) upstream.write(message.subarray(1));
    });
    socket.on('close', () => upstream.destroy());
    if (target === 'refuse') {
      upstream.destroy(
        new Error('failed to connect to localhost:1 inside namespace: connect: connection refused'),
      );
    }
  });
}

function refuse(socket: Duplex): void {
  const body = JSON.stringify({
    kind: 'Status',
    code: 403,
    reason: 'Forbidden',
    message: 'pods "x" is forbidden: User "viewer" cannot create resource "pods/portforward"',
  });
  socket.end(
    `HTTP/1.1 403 Forbidden\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}
