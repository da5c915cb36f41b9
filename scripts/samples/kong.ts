import { samplePem } from './certificates.ts';
import { type ClusterPart, DAY, logOf, MINUTE, objectOf, type Parts, TIME } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';
import { service } from './services.ts';
import { deployment, podsIn, type Replica } from './workloads.ts';

const NAMESPACE = 'kong';
/** Version of Kong unless a scenario says another. */
const VERSION = '3.6.1';
/** Where data planes find their control plane. */
const CONTROL_PLANE = 'kong-cp-kong-cluster.kong.svc.cluster.local';
/** The configuration all connected data planes have applied. */
const CONFIG_HASH = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
/** `cluster_data_plane_purge_delay`, Kong's default of 14 days. */
const PURGE_DELAY = 14 * DAY;
const NOW = Date.parse(TIME) / 1000;

/** A data plane as its control plane lists it. */
export interface RegistryRow {
  readonly id: string;
  readonly hostname: string;
  readonly ip: string;
  /** Seconds since its last ping. */
  readonly age: number;
}

/** One data plane deployment. */
export interface DataPlanes {
  readonly name: string;
  readonly hash: string;
  readonly age: number;
  /** Host of the control plane it is told. */
  readonly controlPlane?: string;
  readonly clusterIP: string;
  readonly replicas: readonly Replica[];
  /** Size limit of its prefix, on a volume of its own as in the chart. */
  readonly prefix?: string;
  /** Pods of it that have ended and are still listed. */
  readonly ended?: readonly Replica[];
  /** Seconds since it lacks pods. */
  readonly unavailable?: number;
}

/** Kong in hybrid mode: its objects, and the replies of the Admin API. */
export interface KongPart extends ClusterPart {
  readonly podReplies: Readonly<Record<string, SampleReply>>;
  /** Data plane pods by deployment. */
  readonly dataPlanes: ReadonlyMap<string, readonly ApiObject[]>;
}

/** Where the chart mounts the prefix. */
const PREFIX_PATH = '/kong_prefix/';
const MOUNT = { name: 'cluster-cert', mountPath: '/etc/secrets/kong-cluster-cert', readOnly: true };
const VOLUME = { name: 'cluster-cert', secret: { secretName: 'kong-cluster-cert' } };

/** One control plane and the given data planes, as the Helm chart `kong` installs them. */
export async function kong(
  sets: readonly DataPlanes[],
  rows: readonly RegistryRow[],
  version: string = VERSION,
): Promise<KongPart> {
  const controlPlane = controlPlaneObjects(version);
  const [pod] = podsIn(controlPlane);
  const planes = sets.map((set) => ({ set, objects: dataPlaneObjects(set, version) }));
  const name = pod!.metadata.name;
  return {
    objects: [
      await clusterSecret(),
      objectOf(
        { kind: 'Secret', namespace: NAMESPACE, name: 'kong-postgres' },
        { type: 'Opaque', data: { password: Buffer.from('battery staple').toString('base64') } },
      ),
      ...controlPlane,
      ...planes.flatMap(({ objects }) => objects),
    ],
    logs: [[`${NAMESPACE}/${name}/proxy`, controlPlaneLog()]],
    podReplies: Object.fromEntries(
      Object.entries(adminReplies(name, rows, version)).map(([path, reply]) => [
        `${NAMESPACE}/${name}:8001${path}`,
        reply,
      ]),
    ),
    dataPlanes: new Map(planes.map(({ set, objects }) => [set.name, podsIn(objects)])),
  };
}

function controlPlaneObjects(version: string): ApiObject[] {
  const labels = {
    'app.kubernetes.io/name': 'kong',
    'app.kubernetes.io/instance': 'kong-cp',
    'app.kubernetes.io/component': 'app',
  };
  const objects = deployment({
    namespace: NAMESPACE,
    name: 'kong-cp-kong',
    hash: '7c9d6f5b8',
    age: 20 * DAY,
    labels,
    container: {
      name: 'proxy',
      image: `kong:${version}`,
      env: environment({
        KONG_ROLE: 'control_plane',
        KONG_DATABASE: 'postgres',
        KONG_PG_HOST: 'postgres.kong.svc.cluster.local',
        KONG_ADMIN_LISTEN: '0.0.0.0:8001',
        KONG_CLUSTER_LISTEN: '0.0.0.0:8005',
        KONG_CLUSTER_MTLS: 'shared',
      }).concat({
        name: 'KONG_PG_PASSWORD',
        valueFrom: { secretKeyRef: { name: 'kong-postgres', key: 'password' } },
      }),
      ports: [
        { name: 'admin', containerPort: 8001, protocol: 'TCP' },
        { name: 'cluster', containerPort: 8005, protocol: 'TCP' },
        { name: 'status', containerPort: 8100, protocol: 'TCP' },
      ],
      readinessProbe: { httpGet: { path: '/status/ready', port: 'status' }, periodSeconds: 10 },
      volumeMounts: [MOUNT],
    },
    volumes: [VOLUME],
    replicas: [{ suffix: 'k2m4x', node: 'worker-1', ip: '10.244.1.31' }],
  });
  const pods = podsIn(objects);
  const ports = [{ name: 'cluster', port: 8005, targetPort: 8005 }];
  const cluster = {
    namespace: NAMESPACE,
    name: 'kong-cp-kong-cluster',
    selector: labels,
    clusterIP: '10.97.3.88',
    ports,
    pods,
  };
  return [...objects, ...service({ ...cluster, age: 20 * DAY })];
}

function dataPlaneObjects(set: DataPlanes, version: string): ApiObject[] {
  const { name, hash, age, controlPlane = CONTROL_PLANE, clusterIP, replicas, prefix, ended = [] } = set;
  const labels = {
    'app.kubernetes.io/name': 'kong',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/component': 'app',
  };
  const workload = {
    namespace: NAMESPACE,
    name: `${name}-kong`,
    hash,
    age,
    labels,
    container: {
      name: 'proxy',
      image: `kong:${version}`,
      env: environment({
        KONG_ROLE: 'data_plane',
        KONG_DATABASE: 'off',
        KONG_CLUSTER_CONTROL_PLANE: `${controlPlane}:8005`,
        KONG_CLUSTER_MTLS: 'shared',
        ...(prefix === undefined ? {} : { KONG_PREFIX: PREFIX_PATH }),
      }),
      ports: [
        { name: 'proxy', containerPort: 8000, protocol: 'TCP' },
        { name: 'status', containerPort: 8100, protocol: 'TCP' },
      ],
      readinessProbe: { httpGet: { path: '/status/ready', port: 'status' }, periodSeconds: 10 },
      volumeMounts:
        prefix === undefined ? [MOUNT] : [MOUNT, { name: `${name}-kong-prefix-dir`, mountPath: PREFIX_PATH }],
    },
    volumes:
      prefix === undefined
        ? [VOLUME]
        : [VOLUME, { name: `${name}-kong-prefix-dir`, emptyDir: { sizeLimit: prefix } }],
    replicas,
    ...(set.unavailable === undefined ? {} : { unavailable: set.unavailable }),
  };
  const objects = deployment(workload);
  const left = podsIn(deployment({ ...workload, replicas: ended }));
  const ports = [{ name: 'kong-proxy', port: 80, targetPort: 8000 }];
  const proxy = { namespace: NAMESPACE, name: `${name}-kong-proxy`, selector: labels, clusterIP, ports };
  return [...objects, ...left, ...service({ ...proxy, pods: podsIn(objects), age: 20 * DAY })];
}

function environment(values: Readonly<Record<string, string>>): Parts[] {
  const all: Record<string, string> = {
    ...values,
    KONG_CLUSTER_CERT: '/etc/secrets/kong-cluster-cert/tls.crt',
    KONG_CLUSTER_CERT_KEY: '/etc/secrets/kong-cluster-cert/tls.key',
    KONG_STATUS_LISTEN: '0.0.0.0:8100',
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

async function clusterSecret(): Promise<ApiObject> {
  const certificate = await samplePem({
    name: 'kong_clustering',
    notBefore: '2026-02-10T00:00:00Z',
    notAfter: '2029-02-09T00:00:00Z',
  });
  const encoded = (text: string) => Buffer.from(text).toString('base64');
  return objectOf(
    { kind: 'Secret', namespace: NAMESPACE, name: 'kong-cluster-cert', age: 20 * DAY },
    {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encoded(certificate), 'tls.key': encoded('the key, which no bundle ever holds') },
    },
  );
}

/** Replies of the Admin API of Kong 3.6 (facts: kong.md §1.2–1.4). */
function adminReplies(
  hostname: string,
  rows: readonly RegistryRow[],
  version: string,
): Record<string, SampleReply> {
  const body = (value: unknown) => ({ body: JSON.stringify(value) });
  const seen = ({ age }: RegistryRow) => NOW - age;
  const data = rows.map((row) => ({
    id: row.id,
    ip: row.ip,
    hostname: row.hostname,
    version,
    sync_status: 'normal',
    config_hash: CONFIG_HASH,
    last_seen: seen(row),
    updated_at: seen(row),
    ttl: PURGE_DELAY - row.age,
    labels: null,
    cert_details: { expiry_timestamp: Date.parse('2029-02-09T00:00:00Z') / 1000 },
  }));
  const status = rows.map((row) => {
    return [row.id, { config_hash: CONFIG_HASH, hostname: row.hostname, ip: row.ip, last_seen: seen(row) }];
  });
  return {
    '/': body({
      tagline: 'Welcome to kong',
      version,
      edition: 'community',
      hostname,
      node_id: '5b1f6a3e-2d47-4c19-8f0b-9a7c4e21d630',
      plugins: { enabled_in_cluster: ['prometheus', 'rate-limiting'] },
      configuration: {
        role: 'control_plane',
        cluster_mtls: 'shared',
        cluster_listen: ['0.0.0.0:8005'],
        cluster_max_payload: 16777216,
        cluster_data_plane_purge_delay: PURGE_DELAY,
        database: 'postgres',
        log_level: 'notice',
      },
    }),
    '/clustering/status': body(Object.fromEntries(status)),
    '/clustering/data-planes': body({ data, next: null }),
    '/status': body({
      server: { connections_active: 4, connections_accepted: 9120, total_requests: 18833 },
      database: { reachable: true },
    }),
  };
}

function controlPlaneLog(): string {
  return logOf([
    [20 * DAY, '2026/02/11 09:30:00 [notice] 1#0: start worker processes'],
    [
      9 * MINUTE,
      '10.244.1.1 - - [03/Mar/2026:09:21:00 +0000] "GET /status/ready HTTP/1.1" 200 19 "-" "kube-probe/1.34"',
    ],
    [
      9,
      '10.244.1.1 - - [03/Mar/2026:09:29:51 +0000] "GET /status/ready HTTP/1.1" 200 19 "-" "kube-probe/1.34"',
    ],
  ]);
}

/** The log of a data plane that has its configuration. */
export function connectedLog(age: number): string {
  return logOf([
    [age - 3, `${nginxTime(age - 3)} [notice] 1#0: start worker processes`],
    [
      age - 5,
      `${nginxTime(age - 5)} [notice] 1258#0: *7 [lua] init.lua:259: purge(): [DB cache] purging (local) cache, context: ngx.timer`,
    ],
    [31, '10.244.1.1 - - [03/Mar/2026:09:29:29 +0000] "GET /cart HTTP/1.1" 200 4420 "-" "Mozilla/5.0"'],
    [
      8,
      '10.244.1.1 - - [03/Mar/2026:09:29:52 +0000] "GET /assets/app.css HTTP/1.1" 200 3720 "-" "Mozilla/5.0"',
    ],
  ]);
}

/** A time as nginx writes it, so many seconds before the collection. */
export function nginxTime(seconds: number): string {
  const iso = new Date(Date.parse(TIME) - seconds * 1000).toISOString();
  return iso.slice(0, 19).replaceAll('-', '/').replace('T', ' ');
}
