import { changed } from './change.ts';
import { ago, DAY, logOf, microAgo, type Parts } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';

/** Version of Istio in every sample with a mesh: the first one whose sidecars are native by default. */
export const ISTIO = '1.27.3';
/** The revision of its control plane. */
export const REVISION = 'default';

/** How the sidecar is put into the pods of a workload. */
export interface Injected {
  /** As an init container that runs on, which Istio does since 1.27 where all kubelets are of 1.33. */
  readonly native: boolean;
  /** Further environment of the proxy, before its own. */
  readonly env?: readonly Parts[];
}

/** A pod as the injector leaves it. */
export function injected(pod: ApiObject, { native, env = [] }: Injected): ApiObject {
  const { containers, volumes = [] } = pod.spec as {
    containers: readonly Parts[];
    volumes?: readonly Parts[];
  };
  const { containerStatuses, startTime } = pod.status as {
    containerStatuses: readonly Parts[];
    startTime: string;
  };
  const proxy = {
    name: 'istio-proxy',
    image: `docker.io/istio/proxyv2:${ISTIO}`,
    imagePullPolicy: 'IfNotPresent',
    args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
    env: [
      ...env,
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'CA_ADDR', value: 'istiod.istio-system.svc:15012' },
      { name: 'PROXY_CONFIG', value: '{}\n' },
    ],
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 }, periodSeconds: 15 },
    resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    securityContext: { runAsUser: 1337, runAsNonRoot: true, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' }],
  };
  const init = {
    name: 'istio-init',
    image: `docker.io/istio/proxyv2:${ISTIO}`,
    args: ['istio-iptables', '-p', '15001', '-z', '15006', '-u', '1337'],
    securityContext: { runAsUser: 0 },
  };
  const status = (name: string, state: Parts, ready: boolean) => ({
    name,
    state,
    lastState: {},
    ready,
    started: state.running !== undefined,
    restartCount: 0,
    image: `docker.io/istio/proxyv2:${ISTIO}`,
    imageID: '',
  });
  const ended = {
    terminated: { exitCode: 0, reason: 'Completed', startedAt: startTime, finishedAt: startTime },
  };
  const runs = status('istio-proxy', { running: { startedAt: startTime } }, true);
  const names = native
    ? { initContainers: ['istio-init', 'istio-proxy'], containers: [] }
    : { initContainers: ['istio-init'], containers: ['istio-proxy'] };
  return changed(pod, {
    metadata: {
      labels: { ...(pod.metadata.labels as Parts), 'security.istio.io/tlsMode': 'istio' },
      annotations: { 'sidecar.istio.io/status': JSON.stringify({ ...names, revision: REVISION }) },
    },
    spec: {
      containers: native ? containers : [...containers, proxy],
      initContainers: native ? [init, { ...proxy, restartPolicy: 'Always' }] : [init],
      volumes: [...volumes, { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } }],
    },
    status: {
      containerStatuses: native ? containerStatuses : [...containerStatuses, runs],
      initContainerStatuses: [status('istio-init', ended, true), ...(native ? [runs] : [])],
    },
  });
}

/** A line's time as Istio writes it. */
export function istioTime(age: number): string {
  return microAgo(age);
}

/** What a proxy that has its configuration writes. */
export function proxyLog(age: number): string {
  return logOf([
    [
      age - 2,
      `${istioTime(age - 2)}\tinfo\txdsproxy\tInitializing with upstream address "istiod.istio-system.svc:15012" and cluster "Kubernetes"`,
    ],
    [
      age - 3,
      `${istioTime(age - 3)}\tinfo\txdsproxy\tconnected to delta upstream XDS server: istiod.istio-system.svc:15012\tid=1`,
    ],
    [age - 4, `${istioTime(age - 4)}\tinfo\tReadiness succeeded in 1.6s`],
    [age - 4, `${istioTime(age - 4)}\tinfo\tEnvoy proxy is ready`],
  ]);
}

/** The listeners of a proxy: one for the port of the applications, with these HTTP filters, and the inbound one. */
export function listenersOf(port: number, filters: readonly string[]): SampleReply {
  const chain = (names: readonly string[]) => ({
    filters: [
      {
        name: 'envoy.filters.network.http_connection_manager',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
          http_filters: [...names, 'envoy.filters.http.router'].map((name) => ({ name })),
        },
      },
    ],
  });
  const state = (name: string, direction: string, at: number, names: readonly string[]) => ({
    name,
    active_state: {
      version_info: '2026-03-01T09:30:05Z/41',
      last_updated: ago(2 * DAY - 5),
      listener: {
        name,
        traffic_direction: direction,
        address: { socket_address: { address: '0.0.0.0', port_value: at } },
        filter_chains: [chain(names)],
      },
    },
  });
  const own = ['istio.metadata_exchange', ...filters, 'envoy.filters.http.fault', 'istio.stats'];
  return {
    body: JSON.stringify({
      configs: [
        {
          '@type': 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump',
          dynamic_listeners: [
            state(`0.0.0.0_${port}`, 'OUTBOUND', port, own),
            state('virtualInbound', 'INBOUND', 15006, ['istio.metadata_exchange', 'istio.stats']),
          ],
        },
      ],
    }),
  };
}

/** What istiod says of a proxy that has taken everything. */
export function syncRow({ metadata: { name, namespace } }: ApiObject): Parts {
  const acked = ['cluster', 'listener', 'route', 'endpoint'].flatMap((type) => {
    const nonce = `${type}-${name.slice(-5)}-7`;
    return [[`${type}_sent`, nonce] as const, [`${type}_acked`, nonce] as const];
  });
  return {
    cluster_id: 'Kubernetes',
    proxy: `${name}.${namespace}`,
    proxy_type: 'SidecarProxy',
    istio_version: ISTIO,
    ...Object.fromEntries(acked),
  };
}
