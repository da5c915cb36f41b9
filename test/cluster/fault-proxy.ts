import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as send } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { createAuthority } from './pki.ts';
import { type Link, shapedLink } from './shaped-link.ts';

/** What is done to an answer; without any of it the API server's own goes through untouched. */
export interface Fault {
  /** Awaited before the API server is asked. */
  readonly before?: (request: IncomingMessage) => Promise<void> | void;
  /** Answered by the proxy itself. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Takes the connection away after this many bytes of the body: with RST, or as a program that ends. */
  readonly cut?: { readonly after: number; readonly how: 'reset' | 'close' };
  /** Takes the request, or the upgrade, and sends nothing of what the API server answers. */
  readonly silent?: boolean;
  /** Goes on with this text, 20 times a second, when the API server's own answer is over. */
  readonly endless?: string;
}

/** Which requests get a fault; of several rules the first one that fits. */
export interface Rule extends Fault {
  /** Tested against path and query. */
  readonly path: RegExp;
  /** `Authorization: Bearer …` it must come with. */
  readonly token?: string;
  /** Requests that fit and go through before the first fault. */
  readonly after?: number;
  /** Faults in all; unlimited unless given. */
  readonly times?: number;
}

/** What the proxy does to every answer. */
export interface FaultProxyOptions {
  /** URL of the API server. */
  readonly server: string;
  /** PEM of the authority the API server is verified by. */
  readonly ca: string | Buffer;
  readonly rules?: readonly Rule[];
  /** Seconds added to every `Date` header. */
  readonly dateShiftSeconds?: number;
  /** A slow connection, shared by all answers. */
  readonly link?: Link;
}

/** A proxy on 127.0.0.1 with TLS of its own; credentials in headers pass, client certificates cannot. */
export interface FaultProxy {
  readonly url: string;
  /** Path and query of each request, in order. */
  readonly requests: readonly string[];
  /** How often a fault was made. */
  faults(): number;
  /** Bytes of bodies sent to the client. */
  bytes(): number;
  /** Writes a kubeconfig of the proxy for a user and returns its path. */
  kubeconfig(file: string, user: object): Promise<string>;
  close(): Promise<void>;
}

/** Names of headers of one connection (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const ENDLESS_EVERY_MS = 50;
const RESET_AFTER_MS = 200;

interface State {
  readonly options: FaultProxyOptions;
  readonly agent: Agent;
  readonly link: ReturnType<typeof shapedLink>;
  /** TCP connections by the client's port: TLS sockets cannot be reset. */
  readonly raw: Map<number, Socket>;
  readonly sockets: Set<Duplex>;
  readonly requests: string[];
  readonly fits: Map<Rule, number>;
  faults: number;
}

/** Starts a proxy in front of an API server that does to its answers what the rules say. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const authority = await createAuthority('fault-proxy-ca');
  const leaf = await authority.issue({ commonName: 'fault-proxy', names: ['127.0.0.1', 'localhost'] });
  const state: State = {
    options,
    agent: new Agent({ keepAlive: true, ca: options.ca }),
    link: shapedLink(options.link),
    raw: new Map(),
    sockets: new Set(),
    requests: [],
    fits: new Map(),
    faults: 0,
  };
  const server = createServer({ cert: leaf.certificate, key: leaf.key }, (request, response) => {
    void answer(state, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    keep(state, socket);
    state.raw.set(socket.remotePort ?? 0, socket);
  });
  server.on('upgrade', (request: IncomingMessage, socket: TLSSocket, head: Buffer) => {
    void upgrade(state, request, socket, head).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    requests: state.requests,
    faults: () => state.faults,
    bytes: () => state.link.bytes(),
    async kubeconfig(file, user) {
      const ca = Buffer.from(authority.certificate).toString('base64');
      const content = {
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'proxied',
        clusters: [{ name: 'proxied', cluster: { server: url, 'certificate-authority-data': ca } }],
        users: [{ name: 'proxied', user }],
        contexts: [{ name: 'proxied', context: { cluster: 'proxied', user: 'proxied' } }],
      };
      await writeFile(file, JSON.stringify(content), { mode: 0o600 });
      return file;
    },
    async close() {
      state.agent.destroy();
      for (const socket of state.sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function faultFor(state: State, request: IncomingMessage): Fault {
  const url = request.url ?? '/';
  state.requests.push(url);
  for (const rule of state.options.rules ?? []) {
    if (!rule.path.test(url)) continue;
    if (rule.token !== undefined && request.headers.authorization !== `Bearer ${rule.token}`) continue;
    const nth = state.fits.get(rule) ?? 0;
    state.fits.set(rule, nth + 1);
    const { after = 0, times = Number.POSITIVE_INFINITY } = rule;
    if (nth < after || nth >= after + times) continue;
    state.faults++;
    return rule;
  }
  return {};
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = faultFor(state, request);
  await fault.before?.(request);
  await state.link.latency();
  if (fault.status !== undefined) {
    response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
    response.end(fault.body);
    return;
  }
  if (fault.silent) return;
  const upstream = await ask(state, request, response);
  response.writeHead(upstream.statusCode ?? 502, headersOf(state, upstream, fault));
  response.flushHeaders();
  await pass(state, upstream, { request, response, fault });
}

/** The API server's answer to the same request; it goes away with the client. */
function ask(state: State, request: IncomingMessage, response: ServerResponse): Promise<IncomingMessage> {
  const { server } = state.options;
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers, host: new URL(server).host };
    const upstream = send(`${server}${request.url}`, { agent: state.agent, method: request.method, headers });
    upstream.on('response', resolve).on('error', reject);
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  });
}

function headersOf(
  { options }: State,
  { headers }: IncomingMessage,
  { endless }: Fault,
): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) passed[name] = value;
  }
  // A body that is made longer has no length that can be told.
  if (endless !== undefined) delete passed['content-length'];
  const { dateShiftSeconds = 0 } = options;
  if (dateShiftSeconds !== 0)
    passed.date = new Date(Date.parse(headers.date ?? '') + dateShiftSeconds * 1000).toUTCString();
  return passed;
}

async function pass(
  state: State,
  upstream: IncomingMessage,
  { request, response, fault }: { request: IncomingMessage; response: ServerResponse; fault: Fault },
): Promise<void> {
  let left = fault.cut?.after ?? Number.POSITIVE_INFINITY;
  for await (const chunk of upstream as AsyncIterable<Buffer>) {
    await state.link.turn(Math.min(chunk.length, left));
    if (response.destroyed) return;
    if (chunk.length >= left) {
      response.write(chunk.subarray(0, left), () => cutOff(state, request, fault));
      return;
    }
    left -= chunk.length;
    if (!response.write(chunk)) await drained(response);
  }
  if (fault.cut !== undefined) return cutOff(state, request, fault);
  if (fault.endless === undefined) return void response.end();
  const timer = setInterval(() => response.write(fault.endless), ENDLESS_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}

/** A client that has gone needs nobody to wait for it. */
async function drained(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const events = ['drain', 'close'].map((event) => once(response, event, { signal }));
  await Promise.race(events);
  // The other one leaves no listener behind.
  settled.abort();
  await Promise.allSettled(events);
}

/** A reset overtakes what was sent before it, so it waits a little. */
function cutOff(state: State, { socket }: IncomingMessage, { cut }: Fault): void {
  if (cut?.how === 'close') return void socket.destroy();
  setTimeout(() => state.raw.get(socket.remotePort ?? 0)?.resetAndDestroy(), RESET_AFTER_MS);
}

/** Hands an upgraded connection on in both directions. */
async function upgrade(
  state: State,
  request: IncomingMessage,
  socket: TLSSocket,
  head: Buffer,
): Promise<void> {
  keep(state, socket);
  const fault = faultFor(state, request);
  await fault.before?.(request);
  const { server, ca } = state.options;
  const { hostname, port, host } = new URL(server);
  const upstream = connect({ host: hostname, port: Number(port), ca });
  keep(state, upstream);
  // Whoever is to wait for an answer is not told that there will be none.
  if (!fault.silent) upstream.on('close', () => socket.destroy());
  socket.on('close', () => upstream.destroy());
  const fields = Object.entries({ ...request.headers, host }).map(([name, value]) => `${name}: ${value}\r\n`);
  upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${fields.join('')}\r\n`);
  upstream.write(head);
  socket.pipe(upstream);
  if (!fault.silent) return void upstream.pipe(socket);
  let said = '';
  upstream.on('data', (chunk: Buffer) => {
    const before = said.length;
    if (said.includes('\r\n\r\n')) return;
    said += chunk.toString('latin1');
    const end = said.indexOf('\r\n\r\n');
    socket.write(end < 0 ? chunk : chunk.subarray(0, end + 4 - before));
  });
}

function keep(state: State, socket: Duplex): void {
  state.sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => state.sockets.delete(socket));
}
