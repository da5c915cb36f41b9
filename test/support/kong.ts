import { kongClusteringStatus } from '../../src/artifacts/kong-clustering-status.ts';
import type { Scope } from '../../src/model/scope.ts';
import { ago, type Built, containerStatus, endpointSlice, pod, secret, service } from './builders.ts';
import { base64 } from './certificates.ts';
import { type GivenLog, OBSERVED } from './given.ts';

/** Where the builders below put the control plane's Service, as the chart names it. */
export const ADDRESS = 'kong-cp-kong-cluster.kong.svc.cluster.local:8005';
const PURGE_DELAY = 1_209_600;
const HASH = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';

/** What a case changes of a Kong pod. */
export interface KongPodParts {
  readonly env?: Readonly<Record<string, string>>;
  readonly status?: Record<string, unknown>;
  readonly container?: Record<string, unknown>;
  readonly metadata?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
}

function kongPod(name: string, env: Readonly<Record<string, string>>, parts: KongPodParts): Built {
  const variables = Object.entries({ ...env, ...parts.env }).map(([key, value]) => ({ name: key, value }));
  return pod(name, {
    metadata: { namespace: 'kong', ...parts.metadata },
    spec: {
      containers: [
        {
          name: 'proxy',
          image: 'kong:3.6.1',
          env: variables,
          volumeMounts: [{ name: 'cluster-cert', mountPath: '/etc/secrets/kong-cluster-cert' }],
        },
      ],
      volumes: [{ name: 'cluster-cert', secret: { secretName: 'kong-cluster-cert' } }],
      ...parts.spec,
    },
    status: {
      podIP: '10.20.0.15',
      containerStatuses: [containerStatus('proxy', parts.container)],
      ...parts.status,
    },
  });
}

const CERTIFICATE = { KONG_CLUSTER_CERT: '/etc/secrets/kong-cluster-cert/tls.crt' };

/** A data plane that runs, is ready and is told {@link ADDRESS}. */
export function dataPlane(name = 'kong-dp-0', parts: KongPodParts = {}): Built {
  const env = { KONG_ROLE: 'data_plane', KONG_CLUSTER_CONTROL_PLANE: ADDRESS, ...CERTIFICATE };
  return kongPod(name, env, parts);
}

/** The control plane behind the Service of {@link ADDRESS}. */
export function controlPlane(name = 'kong-cp-0', parts: KongPodParts = {}): Built {
  const metadata = { labels: { app: 'kong-cp-kong' }, ...parts.metadata };
  const status = { podIP: '10.20.0.2', ...parts.status };
  return kongPod(name, { KONG_ROLE: 'control_plane', ...CERTIFICATE }, { ...parts, metadata, status });
}

/** Service and endpoints of {@link ADDRESS}; no endpoint is ready when `ready` is false. */
export function clusterService({ ready = true, port = 8005 } = {}): Built[] {
  return [
    service('kong-cp-kong-cluster', {
      metadata: { namespace: 'kong' },
      spec: { selector: { app: 'kong-cp-kong' }, ports: [{ name: 'cluster', port, protocol: 'TCP' }] },
    }),
    endpointSlice('kong-cp-kong-cluster', [{ ip: '10.20.0.2', ready }], {
      metadata: { namespace: 'kong', labels: { 'kubernetes.io/service-name': 'kong-cp-kong-cluster' } },
    }),
  ];
}

/** The Secret both builders mount, or another one. */
export function clusterCertificate(pem: string, name = 'kong-cluster-cert'): Built {
  return secret(name, { metadata: { namespace: 'kong' }, data: { 'tls.crt': base64(pem) } });
}

/** A row of `/clustering/data-planes`, as Kong 3.6 writes it, with its age in place of times. */
export function row(
  hostname: string,
  age: number,
  parts: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    id: `00000000-0000-4000-8000-${hostname
      .replace(/[^0-9a-f]/g, '')
      .padStart(12, '0')
      .slice(-12)}`,
    hostname,
    ip: '10.20.0.15',
    version: '3.6.1',
    sync_status: 'normal',
    config_hash: HASH,
    last_seen: Date.parse(OBSERVED) / 1000 - age,
    ttl: PURGE_DELAY - age,
    ...parts,
  };
}

/** The reply of a control plane with these rows. */
export function registry(rows: readonly Record<string, unknown>[], controlPlanePod = 'kong-cp-0') {
  return replies(
    [
      {
        path: '/',
        status: 200,
        body: { version: '3.6.1', configuration: { cluster_data_plane_purge_delay: PURGE_DELAY } },
      },
      { path: '/clustering/data-planes?size=1000', status: 200, body: { data: rows, next: null } },
    ],
    controlPlanePod,
  );
}

/** Any replies of a control plane's Admin API. */
export function replies(list: readonly Record<string, unknown>[], controlPlanePod = 'kong-cp-0') {
  const from = { namespace: 'kong', pod: controlPlanePod, container: 'proxy' };
  const scope: Scope = { type: 'object', kind: 'Pod', namespace: 'kong', name: controlPlanePod };
  return {
    artifact: kongClusteringStatus,
    scope,
    bytes: JSON.stringify({ controlPlane: from, replies: list }),
  };
}

/** What the collector records where no control plane could be asked. */
export function notAsked(reason = 'no pod runs a Kong control plane here') {
  return {
    artifact: kongClusteringStatus.id,
    scope: { type: 'cluster' },
    outcome: 'not-found',
    reason,
  } as const;
}

/** A log of a Kong pod with kubelet timestamps, one line for each `[age in seconds, text]`. */
export function kongLogOf(podName: string, ...lines: readonly (readonly [number, string])[]): GivenLog {
  const text = lines.map(([age, line]) => `${ago(age).replace('Z', '.000000000Z')} ${line}\n`).join('');
  return { namespace: 'kong', pod: podName, container: 'proxy', text };
}

/** The line of a data plane whose link breaks, as Kong 3.6 writes it. */
export function broken(error: string, podName = 'kong-dp-0'): string {
  const url = `wss://${ADDRESS}/v1/outlet?node_id=1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11&node_hostname=${podName}&node_version=3.6.1`;
  return `2026/01/15 11:59:50 [error] 1258#0: *139 [lua] data_plane.lua:122: communicate(): [clustering] connection to control plane ${url} broken: ${error} (retrying after 7 seconds) [${ADDRESS}], context: ngx.timer`;
}
