import { changed, withConditions } from './change.ts';
import { ago, condition, DAY, logOf, microAgo, type Parts } from './object.ts';
import type { ApiObject, SampleReply } from './scenario.ts';
import { notReady } from './workloads.ts';

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
  /** The revision of another control plane that made it, with its version and where it is found. */
  readonly by?: { readonly revision: string; readonly version: string; readonly address: string };
  /** Seconds since its proxy runs without becoming ready. */
  readonly unready?: number;
}

/** A pod as the injector leaves it. */
export function injected(pod: ApiObject, { native, env = [], by, unready }: Injected): ApiObject {
  const { revision, version, address } = by ?? { revision: REVISION, version: ISTIO, address: undefined };
  const image = `docker.io/istio/proxyv2:${version}`;
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
    image,
    imagePullPolicy: 'IfNotPresent',
    args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local', '--proxyLogLevel=warning'],
    env: [
      ...env,
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'CA_ADDR', value: address ?? 'istiod.istio-system.svc:15012' },
      { name: 'PROXY_CONFIG', value: address ? `{"discoveryAddress":"${address}"}\n` : '{}\n' },
    ],
    ports: [{ name: 'http-envoy-prom', containerPort: 15090, protocol: 'TCP' }],
    readinessProbe: { httpGet: { path: '/healthz/ready', port: 15021 }, periodSeconds: 15 },
    resources: { requests: { cpu: '10m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    securityContext: { runAsUser: 1337, runAsNonRoot: true, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' }],
  };
  const init = {
    name: 'istio-init',
    image,
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
    image,
    imageID: '',
  });
  const ended = {
    terminated: { exitCode: 0, reason: 'Completed', startedAt: startTime, finishedAt: startTime },
  };
  const since = unready === undefined ? startTime : ago(unready);
  const runs = status('istio-proxy', { running: { startedAt: since } }, unready === undefined);
  const names = native
    ? { initContainers: ['istio-init', 'istio-proxy'], containers: [] }
    : { initContainers: ['istio-init'], containers: ['istio-proxy'] };
  const whole = changed(pod, {
    metadata: {
      labels: { ...(pod.metadata.labels as Parts), 'security.istio.io/tlsMode': 'istio' },
      annotations: { 'sidecar.istio.io/status': JSON.stringify({ ...names, revision }) },
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
  if (unready === undefined) return whole;
  return native ? held(whole, unready) : withConditions(whole, ...notServing(unready));
}

function notServing(unready: number): Parts[] {
  return ['ContainersReady', 'Ready'].map((type) =>
    condition(type, 'False', unready, notReady('istio-proxy')),
  );
}

/** A native sidecar that does not become ready keeps the containers behind it from being started. */
function held(pod: ApiObject, unready: number): ApiObject {
  const { containerStatuses, initContainerStatuses } = pod.status as Record<string, readonly Parts[]>;
  const waits = { waiting: { reason: 'PodInitializing' } };
  const waiting = containerStatuses!.map((one) => ({ ...one, state: waits, ready: false, started: false }));
  const begun = initContainerStatuses!.map((one) =>
    one.name === 'istio-proxy' ? { ...one, started: false } : one,
  );
  return withConditions(
    changed(pod, {
      status: { phase: 'Pending', containerStatuses: waiting, initContainerStatuses: begun },
    }),
    condition('Initialized', 'False', unready, {
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [istio-proxy]',
    }),
    ...notServing(unready),
  );
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

/** What Envoy says of the listeners it has. */
function dump(listeners: readonly Parts[]): SampleReply {
  const type = 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump';
  return { body: JSON.stringify({ configs: [{ '@type': type, dynamic_listeners: listeners }] }) };
}

function listener(name: string, direction: string, port: number, filters: readonly string[]): Parts {
  const manager = 'envoy.filters.network.http_connection_manager';
  const typed_config = {
    '@type':
      'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
    http_filters: [...filters, 'envoy.filters.http.router'].map((one) => ({ name: one })),
  };
  return {
    name,
    traffic_direction: direction,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    filter_chains: [{ filters: [{ name: manager, typed_config }] }],
  };
}

/** The listeners of a proxy: one for the port of the applications, with these HTTP filters, and the inbound one. */
export function listenersOf(port: number, filters: readonly string[]): SampleReply {
  const own = ['istio.metadata_exchange', ...filters, 'envoy.filters.http.fault', 'istio.stats'];
  return dump(
    [
      listener(`0.0.0.0_${port}`, 'OUTBOUND', port, own),
      listener('virtualInbound', 'INBOUND', 15006, ['istio.metadata_exchange', 'istio.stats']),
    ].map((one) => ({
      name: one.name,
      active_state: {
        version_info: '2026-03-01T09:30:05Z/41',
        last_updated: ago(2 * DAY - 5),
        listener: one,
      },
    })),
  );
}

/** The listeners of a proxy that has none: those it refused, and why. */
export function refusedListeners(names: readonly string[], details: string, age: number): SampleReply {
  return dump(
    names.map((name) => ({
      name,
      error_state: { details, last_update_attempt: ago(age), version_info: '' },
    })),
  );
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
