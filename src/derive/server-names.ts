import type { EndpointSliceItem, ServiceItem } from '../artifacts/network-resources.ts';
import type { ConfigMapItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';

/** A name or address the API server is called by, and by whom. */
export interface ServerName {
  readonly host: string;
  readonly calledBy: string;
  /** What says so, with the field. */
  readonly item: object;
  readonly pointer: string;
  readonly severity: 'critical' | 'warning';
  /** An address of one of several instances, each of which has a certificate for its own. */
  readonly ofInstance?: boolean;
}

/** The names and addresses clients inside the cluster call the API server by. */
export function serverNamesInside(inputs: {
  readonly services: Collection<ServiceItem>;
  readonly endpointSlices: Collection<EndpointSliceItem>;
  readonly configMaps: Collection<ConfigMapItem>;
}): ServerName[] {
  const names: ServerName[] = [];
  const own = inputs.services.items.find(isKubernetes);
  if (own?.spec?.clusterIP && own.spec.clusterIP !== 'None') {
    const service = { item: own, pointer: '/spec/clusterIP', severity: 'critical' } as const;
    names.push({ host: own.spec.clusterIP, calledBy: 'every pod, as KUBERNETES_SERVICE_HOST', ...service });
    names.push({
      host: 'kubernetes.default.svc',
      calledBy: 'pods, by name',
      ...service,
      severity: 'warning',
    });
  }
  names.push(...instanceAddresses(inputs.endpointSlices));
  return [...names, ...controlPlaneEndpoint(inputs.configMaps)];
}

/** The addresses of the instances behind Service `kubernetes`. */
function instanceAddresses({ items }: Collection<EndpointSliceItem>): ServerName[] {
  const own = items.filter(
    ({ metadata }) =>
      metadata.namespace === 'default' && metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes',
  );
  const calledBy = 'the endpoints of Service kubernetes';
  const names = own.flatMap((item) =>
    (item.endpoints ?? []).flatMap(({ addresses = [] }, index) =>
      addresses.map((host): ServerName => {
        return { host, calledBy, item, pointer: `/endpoints/${index}`, severity: 'warning' };
      }),
    ),
  );
  const ofInstance = new Set(names.map(({ host }) => host)).size > 1;
  return names.map((name) => ({ ...name, ofInstance }));
}

function isKubernetes({ metadata }: ServiceItem): boolean {
  return metadata.namespace === 'default' && metadata.name === 'kubernetes';
}

/** `controlPlaneEndpoint` of kubeadm's configuration: what kubelets and kubeconfigs are made with. */
function controlPlaneEndpoint({ items }: Collection<ConfigMapItem>): ServerName[] {
  const config = items.find(
    ({ metadata }) => metadata.namespace === 'kube-system' && metadata.name === 'kubeadm-config',
  );
  const text = config?.data?.ClusterConfiguration ?? '';
  const endpoint = /^controlPlaneEndpoint:\s*["']?([^"'\s#]+)/m.exec(text)?.[1];
  const host = endpoint && hostOfEndpoint(endpoint);
  if (!config || !host) return [];
  const calledBy = 'kubelets and kubeconfigs, as controlPlaneEndpoint';
  return [{ host, calledBy, item: config, pointer: '/data/ClusterConfiguration', severity: 'critical' }];
}

/** `host:port`, `[address]:port` or a bare host without its port. */
export function hostOfEndpoint(endpoint: string): string {
  const bracketed = /^\[([^\]]+)\]/.exec(endpoint);
  if (bracketed) return bracketed[1] as string;
  const colons = endpoint.split(':').length - 1;
  return colons === 1 ? endpoint.slice(0, endpoint.indexOf(':')) : endpoint;
}

/** Host of a URL without its port and brackets; the text itself when it is no URL. */
export function hostOfUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : hostOfEndpoint(url);
}
