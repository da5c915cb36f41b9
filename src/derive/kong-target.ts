import type { EndpointSliceItem, ServiceItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { KongPlane } from './kong-environment.ts';

/** Port of the cluster listener of a control plane (kong_defaults.lua). */
const CLUSTER_PORT = 8005;

/** Where the address of a data plane leads, as far as the cluster's objects tell. */
export type ControlPlaneTarget =
  | {
      readonly found: 'service';
      readonly service: ServiceItem;
      readonly port: number;
      readonly offered: boolean;
      /** Endpoints that are ready, or why they were not seen. */
      readonly ready: number | { readonly unseen: string };
    }
  /** The name of a Service of this cluster, but there is no such Service. */
  | { readonly found: 'nothing'; readonly namespace: string; readonly name: string }
  /** A host that is no Service of this cluster. */
  | { readonly found: 'outside'; readonly host: string }
  | { readonly found: 'unseen'; readonly reason: string };

/** What is looked through for an address. */
export interface NetworkObjects {
  readonly services: Collection<ServiceItem>;
  readonly endpointSlices: Collection<EndpointSliceItem>;
}

/** Finds the Service behind `KONG_CLUSTER_CONTROL_PLANE` of a pod in a namespace. */
export type FindTarget = (address: string | undefined, namespace: string) => ControlPlaneTarget;

/** The finder over one cluster's objects, indexed once: many data planes ask. */
export function targetFinder({ services, endpointSlices }: NetworkObjects): FindTarget {
  const byAddress = servicesByAddress(services.items);
  const namespaces = new Set(services.items.map(({ metadata }) => metadata.namespace));
  const slices = new Map<string, EndpointSliceItem[]>();
  for (const slice of endpointSlices.items) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (name) getOrCreate(slices, `${slice.metadata.namespace}/${name}`, () => []).push(slice);
  }

  function serviceTarget(service: ServiceItem, port: number): ControlPlaneTarget {
    const { namespace, name } = service.metadata;
    // A headless Service resolves to its pods, whatever ports it lists.
    const isHeadless = service.spec?.clusterIP === 'None';
    const offered = isHeadless || (service.spec?.ports?.some((one) => one.port === port) ?? false);
    const covered = endpointSlices.coverage.covers(namespace);
    const endpoints = (slices.get(`${namespace}/${name}`) ?? []).flatMap((slice) => slice.endpoints ?? []);
    // A missing condition counts as ready (discovery/v1 EndpointConditions).
    const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready !== false).length;
    const seen = covered === true || ready > 0;
    return {
      found: 'service',
      service,
      port,
      offered,
      ready: seen ? ready : { unseen: `EndpointSlices were not seen: ${covered.reason}` },
    };
  }

  return (address, namespace) => {
    if (address === undefined)
      return { found: 'unseen', reason: '`KONG_CLUSTER_CONTROL_PLANE` is not shown in the pod' };
    const [, bracketed, plain, given] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
    const host = bracketed ?? plain?.replace(/\.$/, '').toLowerCase() ?? address;
    const port = Number(given ?? CLUSTER_PORT);
    const behind = byAddress.get(host);
    if (behind) return serviceTarget(behind, port);
    const name = serviceName(host, namespace, namespaces);
    if (!name) return { found: 'outside', host };
    const found = services.lookup(name);
    if (found.state === 'unseen')
      return { found: 'unseen', reason: `Services were not seen: ${found.gap.reason}` };
    if (found.state === 'absent') return { found: 'nothing', ...name };
    if (found.item.spec?.type === 'ExternalName') return { found: 'outside', host };
    return serviceTarget(found.item, port);
  };
}

/** Services by their cluster IP, their external IPs and what their load balancers are called. */
function servicesByAddress(items: readonly ServiceItem[]): Map<string, ServiceItem> {
  const byAddress = new Map<string, ServiceItem>();
  for (const service of items) {
    const balancers = service.status?.loadBalancer?.ingress ?? [];
    const addresses = [
      service.spec?.clusterIP,
      ...(service.spec?.externalIPs ?? []),
      ...balancers.flatMap((one) => [one.ip, one.hostname?.toLowerCase()]),
    ];
    for (const address of addresses) {
      if (address && address !== 'None' && !byAddress.has(address)) byAddress.set(address, service);
    }
  }
  return byAddress;
}

/** `name`, `name.namespace`, `name.namespace.svc` and all that follows; two labels may also be a domain. */
function serviceName(
  host: string,
  namespace: string,
  namespaces: ReadonlySet<string | undefined>,
): { namespace: string; name: string } | undefined {
  const [name = '', second, third] = host.split('.');
  if (name === '' || name === 'localhost' || /^[\d.]+$/.test(host) || host.includes(':')) return undefined;
  if (second === undefined) return { namespace, name };
  if (third === 'svc') return { namespace: second, name };
  if (third !== undefined) return undefined;
  return namespaces.has(second) || second === namespace ? { namespace: second, name } : undefined;
}

/** What the objects say of the way to a control plane: in order, in the way, or not seen. */
export type NetworkPath =
  | { readonly fine: string }
  | { readonly problem: string }
  | { readonly unseen: string };

/** Judges the Service behind an address by its port, where that leads, and its endpoints. */
export function networkPath(
  target: ControlPlaneTarget,
  controlPlanes: readonly KongPlane[] = [],
): NetworkPath {
  switch (target.found) {
    case 'nothing':
      return { problem: `there is no Service \`${target.name}\` in namespace \`${target.namespace}\`` };
    case 'outside':
      return { unseen: `\`${target.host}\` is no Service of this cluster` };
    case 'unseen':
      return { unseen: target.reason };
    case 'service': {
      const { port, offered, ready, service } = target;
      const name = `Service \`${service.metadata.name}\``;
      if (!offered) return { problem: `${name} offers no port ${port}` };
      const wrong = wrongPort(service, port, controlPlanes);
      if (wrong) return { problem: `${name} ${wrong}` };
      if (typeof ready !== 'number') return ready;
      if (ready === 0) return { problem: `${name} has no ready endpoint` };
      return {
        fine: `${name} offers port ${port} and has ${ready} ready endpoint${ready === 1 ? '' : 's'}${httpName(service, port)}`,
      };
    }
  }
}

/** Where a port of the Service leads, if that is no cluster listener of the control planes behind it. */
function wrongPort(
  service: ServiceItem,
  port: number,
  controlPlanes: readonly KongPlane[],
): string | undefined {
  if (service.spec?.clusterIP === 'None' || controlPlanes.length === 0) return undefined;
  const leads = service.spec?.ports?.find((one) => one.port === port);
  const wanted = leads?.targetPort ?? port;
  for (const { pod, container } of controlPlanes) {
    const ports = pod.spec?.containers.flatMap((one) => one.ports ?? []) ?? [];
    const number =
      typeof wanted === 'number' ? wanted : ports.find(({ name }) => name === wanted)?.containerPort;
    if (number === undefined)
      return `leads port ${port} to the port named \`${wanted}\`, which \`${pod.metadata.name}\` does not have`;
    const listens = clusterListeners(pod, container);
    // A sidecar may take the port and pass it on.
    const elsewhere =
      ports.some(({ containerPort }) => containerPort === number) && pod.spec?.containers.length !== 1;
    if (listens && !listens.includes(number) && !elsewhere)
      return `leads port ${port} to port ${number} of \`${pod.metadata.name}\`, which listens for data planes at ${listens.join(', ')}`;
  }
  return undefined;
}

/** Ports of `KONG_CLUSTER_LISTEN`; undefined when its value is not shown. */
function clusterListeners(pod: PodItem, container: string): number[] | undefined {
  const env = pod.spec?.containers.find(({ name }) => name === container)?.env ?? [];
  const listen = env.find(({ name }) => name === 'KONG_CLUSTER_LISTEN');
  if (!listen) return [CLUSTER_PORT];
  const ports = [...(listen.value ?? '').matchAll(/:(\d+)(?=\s|,|$)/g)].map(([, port]) => Number(port));
  return ports.length > 0 ? ports : undefined;
}

/** A mesh reads the protocol off the name of the port; the link is TLS that has to pass untouched. */
function httpName(service: ServiceItem, port: number): string {
  const found = service.spec?.ports?.find((one) => one.port === port);
  const isHttp = /^(?:http|https|http2|grpc)(?:-|$)/.test(found?.name ?? '');
  return isHttp ? `; by the name \`${found?.name}\` of its port a service mesh takes it for HTTP` : '';
}
