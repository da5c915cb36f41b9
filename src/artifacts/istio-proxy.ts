import { perItem } from '../model/per-item.ts';
import type { PodItem } from './resources.ts';

type Container = NonNullable<NonNullable<PodItem['spec']>['containers']>[number];

/** What a proxy of Istio is there for: beside an application, at the edge, for a namespace, or for a node. */
export type IstioProxyRole = 'sidecar' | 'gateway' | 'waypoint' | 'ztunnel';

/** The container of a pod that runs a proxy of Istio. */
export interface IstioProxyContainer {
  readonly name: string;
  readonly spec: Container;
  /** JSON Pointer to the container inside the pod. */
  readonly pointer: string;
  readonly role: IstioProxyRole;
  /** It is an init container that runs on (`restartPolicy: Always`), as Istio injects it by default since 1.27. */
  readonly native: boolean;
}

/** The container of a pod that runs a control plane of Istio. */
export interface IstioControlPlaneContainer {
  readonly name: string;
  readonly spec: Container;
  /** JSON Pointer to the container inside the pod. */
  readonly pointer: string;
  /** Port of the debug endpoints and of metrics: 15014 unless `--monitoringAddr` says otherwise. */
  readonly monitoringPort: number;
}

/** Name every injection template gives the proxy, in sidecars, gateways and ztunnel alike. */
export const PROXY_CONTAINER = 'istio-proxy';
/** Port of Envoy's admin interface, on localhost. */
export const ENVOY_ADMIN_PORT = 15000;

/** Istio's proxy image; before 1.1 it was called `proxy` or `proxy_debug`. */
const PROXY_IMAGE = /(?:^|\/)(?:proxyv2|ztunnel)(?:[:@]|$)/;
const PILOT_IMAGE = /(?:^|\/)pilot(?:[:@]|$)/;
const MONITORING_PORT = 15014;

/** The proxy of a pod, of any role; init containers count only under the name of the proxy, as `istio-init` has its image. */
export const istioProxyContainer: (pod: PodItem) => IstioProxyContainer | undefined = perItem(findProxy);

function findProxy(pod: PodItem): IstioProxyContainer | undefined {
  const regular = pod.spec?.containers ?? [];
  const named = regular.findIndex(({ name }) => name === PROXY_CONTAINER);
  const index = named >= 0 ? named : regular.findIndex(({ image = '' }) => PROXY_IMAGE.test(image));
  const spec = regular[index];
  if (spec) return view(pod, spec, `/spec/containers/${index}`, false);
  const before = pod.spec?.initContainers ?? [];
  const nativeIndex = before.findIndex(
    ({ name, restartPolicy }) => name === PROXY_CONTAINER && restartPolicy === 'Always',
  );
  const native = before[nativeIndex];
  return native && view(pod, native, `/spec/initContainers/${nativeIndex}`, true);
}

function view(pod: PodItem, spec: Container, pointer: string, native: boolean): IstioProxyContainer {
  return { name: spec.name, spec, pointer, role: roleOf(pod, spec), native };
}

/** By the second word of `proxy <role>`; images built on the proxy for one's own use show none. */
function roleOf(pod: PodItem, { args = [], image = '' }: Container): IstioProxyRole {
  const word = args[args.indexOf('proxy') + 1];
  if (word === 'ztunnel' || /(?:^|\/)ztunnel(?:[:@]|$)/.test(image)) return 'ztunnel';
  if (word === 'waypoint') return 'waypoint';
  if (word === 'router' || word === 'ingress') return 'gateway';
  if (word === 'sidecar') return 'sidecar';
  return (pod.spec?.containers ?? []).length === 1 && pod.metadata.labels?.istio !== undefined
    ? 'gateway'
    : 'sidecar';
}

/** The container of istiod, or of Pilot before 1.5: by what it runs, whatever its Deployment is called. */
export const istiodContainer: (pod: PodItem) => IstioControlPlaneContainer | undefined = perItem((pod) =>
  controlPlaneContainer(pod.spec?.containers),
);

/** The same among the containers of a pod template. */
export function controlPlaneContainer<
  C extends { readonly name: string; readonly image?: string; readonly args?: readonly string[] },
>(
  containers: readonly C[] = [],
): { name: string; spec: C; pointer: string; monitoringPort: number } | undefined {
  const index = containers.findIndex(
    ({ name, image = '', args = [] }) =>
      (args[0] === 'discovery' && (name === 'discovery' || PILOT_IMAGE.test(image))) ||
      (args.length === 0 && PILOT_IMAGE.test(image)),
  );
  const spec = containers[index];
  if (!spec) return undefined;
  const { name, args = [] } = spec;
  return { name, spec, pointer: `/spec/containers/${index}`, monitoringPort: monitoringPort(args) };
}

function monitoringPort(args: readonly string[]): number {
  const place = args.findIndex((one) => one.startsWith('--monitoringAddr'));
  const [, value = args[place + 1]] = (args[place] ?? '').split('=');
  const port = place < 0 ? Number.NaN : Number(value?.slice(value.lastIndexOf(':') + 1));
  return Number.isInteger(port) && port > 0 ? port : MONITORING_PORT;
}
