import {
  certificatePem,
  certificates,
  type FoundCertificates,
  type ServedPurpose,
} from '../../src/artifacts/certificates.ts';
import { etcdFlag, isEtcdPod } from '../../src/artifacts/etcd-pod.ts';
import {
  apiServices,
  customResourceDefinitions,
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from '../../src/artifacts/extension-resources.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { kongClusterListener } from '../../src/artifacts/kong-admin.ts';
import { endpointSlices, type ServiceItem, services } from '../../src/artifacts/network-resources.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { optional } from '../../src/model/artifact.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { PodHandshake } from '../../src/model/pod-requests.ts';
import type { Scope } from '../../src/model/scope.ts';

// Optional: a kind that is refused leaves the ports the others lead to.
const needs = {
  apiServices: optional(apiServices),
  definitions: optional(customResourceDefinitions),
  endpointSlices: optional(endpointSlices),
  mutating: optional(mutatingWebhookConfigurations),
  pods: optional(pods),
  services: optional(services),
  validating: optional(validatingWebhookConfigurations),
};
type Context = CollectContext<typeof needs>;

/** Pods asked behind one Service: replicas that were not restarted show among the first. */
const MAX_REPLICAS = 3;
/** Pods asked in all. */
const MAX_PODS = 60;
/** Pods asked at the same time. */
const PARALLEL = 4;
const TIMEOUT_MS = 10_000;
/** Client port of etcd where its command names none. */
const ETCD_PORT = 2379;
/** The name data planes ask for in shared mode (kong/clustering/utils.lua). */
const KONG_SERVER_NAME = 'kong_clustering';
const DEFAULT_PORT = 443;

/** One port of a pod, and why it is asked. */
interface Target {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly purpose: ServedPurpose;
  readonly serverName?: string;
  readonly services: readonly ServiceName[];
}

interface ServiceName {
  readonly namespace: string;
  readonly name: string;
}

/** Certificates as pods serve them, whatever the Secrets hold by now. */
export const servedCertificates = defineCollector({
  meta: {
    id: 'certificate/served-certificates',
    title: 'Certificates served by pods',
    description:
      'Shakes hands with what the API server calls for webhooks, API services and conversions, with the cluster port of Kong and with etcd, through port-forward, and keeps the public certificates.',
    produces: [certificates],
    priority: 46,
  },
  needs,
  keeps: { pods: (pod) => ofPod(pod).length > 0 },
  rbac: () => [
    ...Object.values(needs).map(({ artifact: { group, kind } }) => ({
      rule: { apiGroups: [group], resources: [PLURALS[kind] ?? ''], verbs: ['list'] },
      why: `finds ports with certificates by ${kind} objects`,
    })),
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'shakes hands with ports of pods',
    },
  ],
  async collect(context) {
    const { bundle, options } = context;
    const byPod = [
      ...Map.groupBy(targetsOf(context), ({ namespace, name }) => `${namespace}/${name}`).values(),
    ];
    if (!options.portForward) {
      for (const targets of byPod)
        bundle.unread(certificates, scopeOf(targets), 'skipped', 'port-forward was switched off');
      return;
    }
    const queue = byPod.slice(0, MAX_PODS).values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    for (const targets of byPod.slice(MAX_PODS))
      bundle.unread(certificates, scopeOf(targets), 'skipped', `only ${MAX_PODS} pods are asked`);
  },
});

const PLURALS: Readonly<Record<string, string>> = {
  APIService: 'apiservices',
  CustomResourceDefinition: 'customresourcedefinitions',
  EndpointSlice: 'endpointslices',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations',
  Pod: 'pods',
  Service: 'services',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};

function targetsOf({ inputs }: Context): Target[] {
  return [...inputs.pods.items.flatMap(ofPod), ...ofServices(inputs)];
}

/** etcd and the control plane of Kong, by what their pods run. */
function ofPod(pod: PodItem): Target[] {
  const { namespace = '', name } = pod.metadata;
  if (isEtcdPod(pod)) {
    const url = etcdFlag(pod, 'listen-client-urls')?.split(',')[0] ?? '';
    const { protocol, port } = URL.canParse(url) ? new URL(url) : { protocol: 'https:', port: '' };
    if (protocol !== 'https:') return [];
    return [{ namespace, name, port: Number(port) || ETCD_PORT, purpose: 'etcd', services: [] }];
  }
  const listener = kongClusterListener(pod);
  const isRunning = pod.status?.containerStatuses?.some(
    (status) => status.name === listener?.container && status.state?.running,
  );
  if (!listener || !isRunning || pod.metadata.deletionTimestamp) return [];
  const { port } = listener;
  return [{ namespace, name, port, purpose: 'kong-cluster', serverName: KONG_SERVER_NAME, services: [] }];
}

/** The ready pods behind the Services the API server calls, each port once. */
function ofServices(inputs: Context['inputs']): Target[] {
  const known = new Map(
    inputs.services.items.map((one) => [`${one.metadata.namespace}/${one.metadata.name}`, one]),
  );
  const slices = Map.groupBy(
    inputs.endpointSlices.items,
    ({ metadata }) => `${metadata.namespace}/${metadata.labels?.['kubernetes.io/service-name']}`,
  );
  const found = new Map<string, Target>();
  for (const { namespace, name, port } of calledServices(inputs)) {
    const key = `${namespace}/${name}`;
    const portName = portNameOf(known.get(key), port);
    let asked = 0;
    for (const slice of slices.get(key) ?? []) {
      const target = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
      for (const { targetRef, conditions } of slice.endpoints ?? []) {
        if (target === undefined || targetRef?.kind !== 'Pod' || conditions?.ready === false) continue;
        const pod = { namespace: targetRef.namespace ?? namespace, name: targetRef.name ?? '' };
        const id = `${pod.namespace}/${pod.name}:${target}`;
        const before = found.get(id)?.services ?? [];
        // Of two families of addresses there are two slices.
        if (before.some((one) => one.namespace === namespace && one.name === name)) continue;
        if (asked++ >= MAX_REPLICAS) break;
        const services = [...before, { namespace, name }];
        const serverName = `${name}.${namespace}.svc`;
        found.set(id, { ...pod, port: target, purpose: 'service', serverName, services });
      }
    }
  }
  return [...found.values()];
}

/** Services of webhooks, API services and conversions, each port once. */
function calledServices(inputs: Context['inputs']): (ServiceName & { port: number })[] {
  const hooks = [...inputs.validating.items, ...inputs.mutating.items].flatMap(({ webhooks }) =>
    (webhooks ?? []).map(({ clientConfig }) => clientConfig?.service),
  );
  const conversions = inputs.definitions.items.map(({ spec }) =>
    spec?.conversion?.strategy === 'Webhook' ? spec.conversion.webhook?.clientConfig?.service : undefined,
  );
  const called = [...hooks, ...inputs.apiServices.items.map(({ spec }) => spec?.service), ...conversions];
  const refs = called.flatMap((service) =>
    service?.name
      ? [
          {
            namespace: service.namespace ?? 'default',
            name: service.name,
            port: service.port ?? DEFAULT_PORT,
          },
        ]
      : [],
  );
  return [...new Map(refs.map((one) => [`${one.namespace}/${one.name}:${one.port}`, one])).values()];
}

/** Endpoints name the port as the Service does; a Service with one port may leave it unnamed. */
function portNameOf(service: ServiceItem | undefined, port: number): string {
  return service?.spec?.ports?.find((one) => one.port === port)?.name ?? '';
}

function scopeOf([first]: readonly Target[]): Scope {
  const { namespace, name } = first as Target;
  return { type: 'object', kind: 'Pod', namespace, name };
}

async function work(queue: Iterator<readonly Target[]>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const targets = next.value;
    await context.bundle.add(certificates, scopeOf(targets), () => shakeAll(targets, context));
  }
}

async function shakeAll(targets: readonly Target[], { kube, signal }: Context): Promise<SourceReply> {
  const settled = await Promise.allSettled(
    targets.map(({ namespace, name, port, serverName }) =>
      kube.podHandshake({
        ...{ namespace, pod: name, port, timeoutMs: TIMEOUT_MS, signal },
        ...(serverName === undefined ? {} : { servername: serverName }),
      }),
    ),
  );
  const failed = settled.find((one) => one.status === 'rejected')?.reason as Error | undefined;
  const shown = settled.find((one) => one.status === 'fulfilled')?.value;
  const found = settled.flatMap((one, index) =>
    one.status === 'fulfilled' ? foundIn(targets[index] as Target, one.value) : [],
  );
  if (!shown || found.length === 0) throw failed ?? new KubeError('tls', 'no certificate was served');
  const body = jsonBytes({ certificates: found });
  const { observedAt } = shown;
  return failed
    ? { body, observedAt, shortfall: { outcome: 'partial', reason: failed.message } }
    : { body, observedAt };
}

function foundIn({ serverName: _, ...target }: Target, { chain }: PodHandshake): FoundCertificates[] {
  const pem = certificatePem(chain.join('\n'));
  return pem === undefined ? [] : [{ source: { type: 'pod', ...target }, pem }];
}
