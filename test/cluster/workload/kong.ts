import type { KongStandIn } from '../kong-stand-in.ts';
import { type KwokDocument, kwokDocument } from '../kwok.ts';
import { CANARIES } from './canaries.ts';
import { deployment, type KubernetesObject, service } from './object.ts';

/** Namespace of the Kong control plane and its data planes. */
export const KONG_NAMESPACE = 'kong';

/** Port of the Admin API within the control plane's pod; kwok forwards it to the stand-in. */
export const KONG_ADMIN_PORT = 8001;

/** Port of the Status API of a data plane; kwok forwards it to the same stand-in. */
const KONG_STATUS_PORT = 8100;

/** Port data planes connect to; kwok forwards it to where the stand-in shows its certificate. */
const KONG_CLUSTER_PORT = 8005;

const IMAGE = 'docker.io/library/kong:3.6.1';

/** A hybrid-mode Kong: one control plane with a local Admin API, two data planes. */
export function kong(): KubernetesObject[] {
  return [
    deployment(KONG_NAMESPACE, 'kong-cp', {
      containers: [
        {
          name: 'admin',
          image: IMAGE,
          ports: [{ name: 'cluster', containerPort: 8005 }],
          env: environment({
            KONG_ROLE: 'control_plane',
            KONG_DATABASE: 'postgres',
            KONG_ADMIN_LISTEN: `127.0.0.1:${KONG_ADMIN_PORT}`,
            KONG_CLUSTER_LISTEN: '0.0.0.0:8005',
            KONG_PG_HOST: 'postgres.kong.svc',
            KONG_PG_PASSWORD: CANARIES.environment,
          }),
        },
      ],
    }),
    service(KONG_NAMESPACE, 'kong-cp-cluster', 'kong-cp', 8005),
    deployment(KONG_NAMESPACE, 'kong-dp', {
      replicas: 2,
      containers: [
        {
          name: 'proxy',
          image: IMAGE,
          ports: [{ name: 'proxy', containerPort: 8000 }],
          env: environment({
            KONG_ROLE: 'data_plane',
            KONG_DATABASE: 'off',
            KONG_CLUSTER_MTLS: 'shared',
            KONG_CLUSTER_CONTROL_PLANE: 'kong-cp-cluster.kong.svc.cluster.local:8005',
            KONG_STATUS_LISTEN: `0.0.0.0:${KONG_STATUS_PORT}`,
          }),
        },
      ],
    }),
    service(KONG_NAMESPACE, 'kong-proxy', 'kong-dp', 8000),
  ];
}

/** The ports of the pods of this namespace lead to the stand-in; each container has a log. */
export function kongDocuments(
  standIn: Pick<KongStandIn, 'port' | 'clusterPort'>,
  files: { readonly kongControlPlane: string; readonly kongDataPlane: string },
): KwokDocument[] {
  const selector = { matchNamespaces: [KONG_NAMESPACE] };
  const at = (port: number) => ({ port, address: '127.0.0.1' });
  const forwards = [
    { ports: [KONG_ADMIN_PORT, KONG_STATUS_PORT], target: at(standIn.port) },
    { ports: [KONG_CLUSTER_PORT], target: at(standIn.clusterPort) },
  ];
  return [
    kwokDocument('ClusterPortForward', { name: 'kong' }, { selector, forwards }),
    kwokDocument(
      'ClusterLogs',
      { name: 'kong' },
      {
        selector,
        logs: [
          { containers: ['admin'], logsFile: files.kongControlPlane },
          { containers: ['proxy'], logsFile: files.kongDataPlane },
        ],
      },
    ),
  ];
}

function environment(values: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
