import { ago, type Built, containerStatus, controlledBy, pod } from './builders.ts';

type Parts = Record<string, unknown>;

/** What a case says of a pod of the mesh. */
export interface MeshPodParts {
  readonly namespace?: string;
  readonly version?: string;
  readonly revision?: string;
  readonly native?: boolean;
  /** `discoveryAddress` of PROXY_CONFIG; without it the variable is there and says nothing. */
  readonly discovery?: string;
  /** State of the proxy's container; ready unless it is given. */
  readonly proxyStatus?: Parts;
  readonly labels?: Parts;
  readonly annotations?: Parts;
  readonly ownerReferences?: readonly object[];
  readonly created?: string;
  readonly spec?: Parts;
  readonly status?: Parts;
}

/** A proxy's container as the injector writes it. */
export function proxyContainer(version = '1.27.0', discovery?: string, parts: Parts = {}): Parts {
  return {
    name: 'istio-proxy',
    image: `docker.io/istio/proxyv2:${version}`,
    args: ['proxy', 'sidecar', '--domain', '$(POD_NAMESPACE).svc.cluster.local'],
    env: [
      { name: 'CA_ADDR', value: discovery ?? 'istiod.istio-system.svc:15012' },
      {
        name: 'PROXY_CONFIG',
        value: discovery === undefined ? '{}\n' : `{"discoveryAddress":"${discovery}"}\n`,
      },
    ],
    ...parts,
  };
}

/** A pod with an application and Istio's proxy, both running; the proxy as given. */
export function meshPod(name: string, parts: MeshPodParts = {}): Built {
  const { namespace = 'shop', version = '1.27.0', revision = 'default', native = false } = parts;
  const container = proxyContainer(version, parts.discovery, native ? { restartPolicy: 'Always' } : {});
  const status = containerStatus('istio-proxy', {
    image: container.image,
    ...parts.proxyStatus,
  });
  const app = { name: 'app', image: 'registry.example/shop/app:1.2' };
  const ready = status.ready === true;
  return pod(name, {
    metadata: {
      namespace,
      labels: { app: name, 'istio.io/rev': revision, ...parts.labels },
      annotations: {
        'sidecar.istio.io/status': JSON.stringify({ containers: ['istio-proxy'], revision }),
        ...parts.annotations,
      },
      ...(parts.ownerReferences ? { ownerReferences: parts.ownerReferences } : {}),
      creationTimestamp: parts.created ?? ago(3600),
    },
    spec: {
      containers: native ? [app] : [app, container],
      ...(native ? { initContainers: [container] } : {}),
      ...parts.spec,
    },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(1800) }],
      containerStatuses: native ? [containerStatus('app')] : [containerStatus('app'), status],
      ...(native ? { initContainerStatuses: [status] } : {}),
      ...parts.status,
    },
  });
}

/** What a case says of a control plane. */
export interface PlaneParts {
  readonly namespace?: string;
  readonly version?: string;
  readonly revision?: string;
  readonly name?: string;
  readonly ready?: boolean;
  readonly replicas?: number;
}

/** Of the pods of every Deployment built here. */
const HASH = '7d9c5f8b6';

/** istiod: Deployment, pods, Service and its slice, as its chart installs them. */
export function istiod(parts: PlaneParts = {}): Built[] {
  const { namespace = 'istio-system', version = '1.27.0', revision = 'default', ready = true } = parts;
  const name = parts.name ?? (revision === 'default' ? 'istiod' : `istiod-${revision}`);
  const replicas = parts.replicas ?? 1;
  const labels = { app: 'istiod', istio: 'pilot', 'istio.io/rev': revision };
  const container = {
    name: 'discovery',
    image: `docker.io/istio/pilot:${version}`,
    args: ['discovery', '--monitoringAddr=:15014', '--log_output_level=default:info'],
    env: [{ name: 'REVISION', value: revision }],
  };
  const pods = Array.from({ length: replicas }, (_, index) =>
    pod(`${name}-${index}`, {
      metadata: {
        namespace,
        labels: { ...labels, 'pod-template-hash': HASH },
        creationTimestamp: ago(86_400),
        ...controlledBy('ReplicaSet', `${name}-${HASH}`),
      },
      spec: { containers: [container] },
      status: {
        podIP: `10.9.0.${index + 1}`,
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(900) }],
        containerStatuses: [containerStatus('discovery', { ready, image: container.image })],
      },
    }),
  );
  const meta = { namespace, creationTimestamp: ago(86_400) };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...meta, name, labels },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'istiod', 'istio.io/rev': revision } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
      status: { replicas, readyReplicas: ready ? replicas : 0 },
    },
    ...pods,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { ...meta, name },
      spec: {
        selector: { app: 'istiod', 'istio.io/rev': revision },
        ports: [
          { name: 'grpc-xds', port: 15010 },
          { name: 'https-dns', port: 15012 },
          { name: 'https-webhook', port: 443, targetPort: 15017 },
          { name: 'http-monitoring', port: 15014 },
        ],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...meta, name: `${name}-abc`, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      endpoints: pods.map((one, index) => ({
        addresses: [`10.9.0.${index + 1}`],
        conditions: { ready },
        targetRef: { kind: 'Pod', namespace, name: one.metadata.name },
      })),
    },
  ];
}

/** The injector's webhooks of a revision as its chart writes them since 1.10. */
export function injector(parts: PlaneParts & { readonly tag?: string } = {}): Built {
  const { namespace = 'istio-system', revision = 'default', tag } = parts;
  const service = parts.name ?? (revision === 'default' ? 'istiod' : `istiod-${revision}`);
  const label = tag ?? revision;
  const hook = (name: string, namespaceSelector: object, objectSelector: object) => ({
    name: `${name}.sidecar-injector.istio.io`,
    clientConfig: { service: { namespace, name: service, path: '/inject', port: 443 } },
    failurePolicy: 'Fail',
    rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
    namespaceSelector: { matchExpressions: namespaceSelector },
    objectSelector: { matchExpressions: objectSelector },
  });
  const is = (key: string, ...values: string[]) => ({ key, operator: 'In', values });
  const isNot = (key: string, ...values: string[]) => ({ key, operator: 'NotIn', values });
  const lacks = (key: string) => ({ key, operator: 'DoesNotExist' });
  const hooks = [
    hook(
      'rev.namespace',
      [is('istio.io/rev', label), lacks('istio-injection')],
      [isNot('sidecar.istio.io/inject', 'false')],
    ),
    hook(
      'rev.object',
      [lacks('istio.io/rev'), lacks('istio-injection')],
      [isNot('sidecar.istio.io/inject', 'false'), is('istio.io/rev', label)],
    ),
  ];
  if (label === 'default') {
    hooks.push(
      hook('namespace', [is('istio-injection', 'enabled')], [isNot('sidecar.istio.io/inject', 'false')]),
      hook(
        'object',
        [lacks('istio-injection'), lacks('istio.io/rev')],
        [is('sidecar.istio.io/inject', 'true'), lacks('istio.io/rev')],
      ),
    );
  }
  const name =
    tag === undefined
      ? `istio-sidecar-injector${revision === 'default' ? '' : `-${revision}`}`
      : `istio-revision-tag-${tag}`;
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name, creationTimestamp: ago(86_400) },
    webhooks: hooks,
  };
}

/** A namespace with labels. */
export function meshNamespace(name: string, labels: Parts = {}): Built {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
    status: { phase: 'Active' },
  };
}

/** A ConfigMap of the control plane's namespace. */
export function istioSettings(name: string, data: Parts, namespace = 'istio-system'): Built {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** The log of a proxy: lines as Istio writes them behind its time, or the same as JSON. */
export function proxyLogOf(
  name: string,
  lines: readonly string[],
  parts: { readonly namespace?: string; readonly container?: string; readonly json?: boolean } = {},
) {
  const text = lines
    .map((line, index) => {
      const time = ago(300 - index);
      if (!parts.json) return `${time} ${line}\n`;
      const [level, ...rest] = line.split('\t');
      return `${time} ${JSON.stringify({ level, time, scope: rest.length > 1 ? rest[0] : undefined, msg: rest.at(-1) })}\n`;
    })
    .join('');
  return {
    namespace: parts.namespace ?? 'shop',
    pod: name,
    container: parts.container ?? 'istio-proxy',
    text,
  };
}
