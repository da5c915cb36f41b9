import { REPLIES, SERVER, servingCertificate } from './cluster.ts';
import { componentReplies, etcdCommands } from './component-replies.ts';
import { clusterCa, controlPlane } from './control-plane.ts';
import { kindsOf } from './kinds.ts';
import { leases } from './nodes.ts';
import { type ClusterPart, DAY, type LogEntry, logOf, objectOf, TIME } from './object.ts';
import type { ApiObject, Scenario } from './scenario.ts';
import { service } from './services.ts';
import { deployment, podsIn, type Workload } from './workloads.ts';

/** The namespace of the application every fault sample has. */
export const SHOP = 'shop';

/** What a fault changes in the small healthy cluster. */
export interface Fault extends Partial<Omit<Scenario, 'name' | 'objects' | 'logs'>> {
  /** Added; one of the kind, namespace and name of the cluster's own takes its place. */
  readonly objects?: readonly ApiObject[];
  /** One control plane node and two workers unless said. */
  readonly nodes?: readonly string[];
  /** Objects of the cluster's own that are gone, each as {@link placeOf} names it. */
  readonly gone?: readonly string[];
  /** Added, or in place of the cluster's own. */
  readonly logs?: readonly LogEntry[];
}

/**
 * The small cluster most samples break in one place: one control plane node and two workers made by
 * kubeadm, and a shop of a web front and an API. Whatever a fault does not name stays healthy.
 */
export async function faultScenario(name: string, fault: Fault = {}): Promise<Scenario> {
  const { objects = [], gone = [], logs = [], nodes, ...rest } = fault;
  const namespaces = namesOf(objects, 'Namespace').filter((one) => one !== SHOP);
  const parts = [await controlPlane([SHOP, ...namespaces], nodes), smallShop()];
  const changed = new Map(objects.map((one) => [placeOf(one), one]));
  const base = parts.flatMap((part) => part.objects);
  const own = base.filter((one) => !gone.includes(placeOf(one)));
  const all = [...new Map([...own.map((one) => [placeOf(one), one] as const), ...changed]).values()];
  const present = new Set(podsIn(all).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const kept = parts.flatMap((part) => part.logs).filter(([key]) => present.has(podOfLog(key)));
  return {
    time: TIME,
    context: 'shop-production',
    server: SERVER,
    credentials: {
      serverCa: await clusterCa(),
      clientCertificate: undefined,
      clusterName: 'shop-production',
      userName: 'support',
      tlsServerName: undefined,
      insecure: false,
    },
    handshake: {
      addresses: ['192.0.2.10'],
      chain: [await servingCertificate('2026-01-21T08:00:00Z', '2027-01-21T08:00:00Z')],
      authorized: true,
      authorizationError: undefined,
    },
    kinds: kindsOf(all),
    later: leases(-23, nodes),
    ...rest,
    replies: { ...REPLIES, ...rest.replies },
    podReplies: { ...componentReplies('cp-1'), ...rest.podReplies },
    commands: { ...etcdCommands('cp-1', '192.0.2.11'), ...rest.commands },
    name,
    objects: all.sort(byPlace),
    logs: new Map([...podsIn(all).flatMap(silent), ...kept, ...logs]),
  };
}

/** Logs without a line, for the containers of which nothing is told. */
function silent({ metadata, spec }: ApiObject): LogEntry[] {
  const { containers, initContainers = [] } = spec as Record<string, readonly { readonly name: string }[]>;
  return [...initContainers, ...containers!].flatMap(({ name }): LogEntry[] => {
    const key = `${metadata.namespace}/${metadata.name}/${name}`;
    return [
      [key, ''],
      [`${key}/previous`, ''],
    ];
  });
}

function namesOf(objects: readonly ApiObject[], kind: string): string[] {
  return objects.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name);
}

/** How {@link Fault.gone} names an object: `kind/namespace/name`, the namespace empty where there is none. */
export function placeOf({ kind, metadata }: ApiObject): string {
  return `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The order of a LIST: by namespace, then name. */
function byPlace(a: ApiObject, b: ApiObject): number {
  const key = ({ metadata }: ApiObject) => `${metadata.namespace ?? ''}/${metadata.name}`;
  return key(a) < key(b) ? -1 : 1;
}

function podOfLog(key: string): string {
  return key.split('/').slice(0, 2).join('/');
}

/** The web front: two pods over both workers, behind a Service. Scenarios change what they break. */
export const WEB: Workload = {
  namespace: SHOP,
  name: 'web',
  hash: '7d4b8c6f9d',
  age: 9 * DAY,
  labels: { app: 'web' },
  container: {
    name: 'nginx',
    image: 'registry.example/shop/web:4.12.0',
    ports: [{ name: 'http', containerPort: 8080 }],
    envFrom: [{ configMapRef: { name: 'web' } }],
    readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
  },
  replicas: [
    { suffix: '5p2mk', node: 'worker-1', ip: '10.244.1.14' },
    { suffix: 'hx8vn', node: 'worker-2', ip: '10.244.2.17' },
  ],
};

/** The API behind it: one pod, its database's password in a Secret. */
export const API: Workload = {
  namespace: SHOP,
  name: 'api',
  hash: '5c9f7db84b',
  age: 9 * DAY,
  labels: { app: 'api' },
  container: {
    name: 'api',
    image: 'registry.example/shop/api:2.8.3',
    ports: [{ name: 'http', containerPort: 9000 }],
    env: [
      { name: 'DATABASE_PASSWORD', valueFrom: { secretKeyRef: { name: 'api-database', key: 'password' } } },
    ],
    readinessProbe: { httpGet: { path: '/health', port: 'http' }, periodSeconds: 5 },
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '512Mi' } },
  },
  replicas: [{ suffix: 't6rqb', node: 'worker-2', ip: '10.244.2.23' }],
};

/** A workload of the shop with the Service in front of it, port 80 to the container's first port. */
export function servedDeployment(workload: Workload): ApiObject[] {
  const objects = deployment(workload);
  return [...objects, ...serviceOf(workload, podsIn(objects))];
}

/** The Service of a workload over the given pods. */
export function serviceOf({ namespace, name, labels, container, age }: Workload, pods: readonly ApiObject[]) {
  const [port] = container.ports as readonly { readonly containerPort: number }[];
  const ports = [{ name: 'http', port: 80, targetPort: port!.containerPort }];
  return service({ namespace, name, selector: labels, clusterIP: CLUSTER_IPS[name]!, ports, pods, age });
}

const CLUSTER_IPS: Readonly<Record<string, string>> = {
  web: '10.102.14.7',
  api: '10.102.91.30',
};

function smallShop(): ClusterPart {
  const password = Buffer.from('correct horse').toString('base64');
  return {
    objects: [
      ...servedDeployment(WEB),
      ...servedDeployment(API),
      objectOf(
        { kind: 'ConfigMap', namespace: SHOP, name: 'web' },
        { data: { API_URL: 'http://api.shop.svc', LOCALE: 'de-DE' } },
      ),
      objectOf(
        { kind: 'Secret', namespace: SHOP, name: 'api-database' },
        { type: 'Opaque', data: { password } },
      ),
    ],
    logs: [
      [`${SHOP}/web-7d4b8c6f9d-5p2mk/nginx`, accessLog('10.244.1.1')],
      [`${SHOP}/web-7d4b8c6f9d-hx8vn/nginx`, accessLog('10.244.2.1')],
      [
        `${SHOP}/api-5c9f7db84b-t6rqb/api`,
        logOf([
          [9 * DAY, '{"level":"info","msg":"listening","port":9000}'],
          [40, '{"level":"info","msg":"request","path":"/v2/products","status":200,"ms":9}'],
        ]),
      ],
    ],
  };
}

function accessLog(client: string): string {
  return logOf([
    [121, `${client} - - "GET / HTTP/1.1" 200 5120`],
    [12, `${client} - - "GET /ready HTTP/1.1" 200 3020`],
  ]);
}
