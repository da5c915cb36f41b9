import { createServer } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createAuthority } from './pki.ts';

/** A row of `/clustering/data-planes`, as Kong 3.6 writes it, with its age in place of times. */
export interface DataPlaneRow {
  readonly id: string;
  readonly hostname: string;
  readonly ip: string;
  /** Seconds since the control plane last heard of it; Kong's own limit for "connected" is 60. */
  readonly ageSeconds: number;
}

/** An Admin API of a Kong control plane, on plain HTTP and loopback, and a port with its cluster certificate. */
export interface KongStandIn {
  readonly port: number;
  /** Speaks TLS and nothing behind it. */
  readonly clusterPort: number;
  /** `METHOD /path?query` of every request so far. */
  readonly requests: readonly string[];
  setDataPlanes(rows: readonly DataPlaneRow[]): void;
  close(): Promise<void>;
}

/** A secret setting in the configuration `GET /` returns, one Kong does not mask itself. */
export const KONG_CONFIGURATION_CANARY = 'canary-kong-configuration-6f1d';

/** Kinds of entities the Admin API lists; there are none. */
const ENTITIES: ReadonlySet<string> = new Set(
  ['services', 'routes', 'consumers', 'plugins', 'upstreams', 'snis', 'ca_certificates'].map(
    (kind) => `/${kind}`,
  ),
);
const METRICS = '# TYPE kong_nginx_timers gauge\nkong_nginx_timers{state="running"} 0\n';
const VERSION = '3.6.1';
const CONFIG_HASH = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
// Kong's default for cluster_data_plane_purge_delay: 14 days.
const PURGE_DELAY = 1_209_600;

/** Starts the stand-in with no data planes. */
export async function startKongStandIn(): Promise<KongStandIn> {
  let rows: readonly DataPlaneRow[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const path = new URL(request.url ?? '/', 'http://kong').pathname;
    if (request.method === 'GET' && path === '/metrics') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8' });
      response.end(METRICS);
      return;
    }
    const body = request.method === 'GET' ? answer(path, rows) : undefined;
    const headers: Record<string, string> = {
      'content-type': 'application/json; charset=utf-8',
      server: `kong/${VERSION}`,
    };
    if (path === '/clustering/status') headers.deprecation = 'true';
    response.writeHead(body === undefined ? 404 : 200, headers);
    response.end(JSON.stringify(body ?? { message: 'Not found' }));
  });
  const authority = await createAuthority('kong-cluster-ca');
  const leaf = await authority.issue({ commonName: 'kong_clustering', names: ['kong_clustering'] });
  const cluster = createTlsServer({ cert: leaf.certificate, key: leaf.key }, (socket) => {
    socket.on('error', () => {});
    socket.resume();
  });
  const [port, clusterPort] = [await listen(server), await listen(cluster)];
  return {
    port,
    clusterPort,
    requests,
    setDataPlanes: (next) => {
      rows = next;
    },
    close: async () => {
      cluster.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function answer(path: string, rows: readonly DataPlaneRow[]): unknown {
  switch (path) {
    case '/':
      return information();
    case '/status':
      return status();
    case '/status/ready':
      return { message: 'ready' };
    case '/clustering/status':
      return Object.fromEntries(rows.map((row) => [row.id, statusRow(row)]));
    case '/clustering/data-planes':
      return { data: rows.map(dataPlaneRow), next: null };
    default:
      return ENTITIES.has(path) ? { data: [], next: null } : undefined;
  }
}

function statusRow(row: DataPlaneRow): Record<string, unknown> {
  return {
    config_hash: CONFIG_HASH,
    hostname: row.hostname,
    ip: row.ip,
    last_seen: Math.floor(Date.now() / 1000) - row.ageSeconds,
  };
}

function dataPlaneRow(row: DataPlaneRow): Record<string, unknown> {
  const seen = statusRow(row);
  return {
    id: row.id,
    ...seen,
    updated_at: seen.last_seen,
    version: VERSION,
    sync_status: 'normal',
    ttl: PURGE_DELAY - row.ageSeconds,
    labels: null,
    cert_details: { expiry_timestamp: Math.floor(Date.now() / 1000) + 300 * 86_400 },
  };
}

function information(): Record<string, unknown> {
  return {
    tagline: 'Welcome to kong',
    version: VERSION,
    edition: 'community',
    hostname: 'kong-cp',
    node_id: '0d9b3c52-7f7e-4b57-9f0a-5f4f0b7f2f01',
    lua_version: 'LuaJIT 2.1.0-20231117',
    timers: { running: 0, pending: 7 },
    pids: { master: 1, workers: [1258, 1259] },
    plugins: { available_on_server: {}, enabled_in_cluster: [] },
    configuration: {
      role: 'control_plane',
      database: 'postgres',
      cluster_mtls: 'shared',
      cluster_listen: ['0.0.0.0:8005'],
      cluster_max_payload: 16_777_216,
      cluster_data_plane_purge_delay: PURGE_DELAY,
      log_level: 'notice',
      pg_user: 'kong',
      pg_password: '******',
      vault_hcv_token: KONG_CONFIGURATION_CANARY,
    },
  };
}

function status(): Record<string, unknown> {
  const connections = { active: 3, reading: 0, writing: 1, waiting: 2, accepted: 812, handled: 812 };
  const server = Object.fromEntries(
    Object.entries(connections).map(([name, count]) => [`connections_${name}`, count]),
  );
  return {
    memory: {
      workers_lua_vms: [{ pid: 1258, http_allocated_gc: '61.20 MiB' }],
      lua_shared_dicts: { kong: { allocated_slabs: '0.04 MiB', capacity: '5.00 MiB' } },
    },
    server: { ...server, total_requests: 5120 },
    database: { reachable: true },
  };
}
