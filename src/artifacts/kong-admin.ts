import type { PodItem } from './resources.ts';

type Container = NonNullable<NonNullable<PodItem['spec']>['containers']>[number];

/** Where a container's Admin API listens. */
export interface KongAdmin {
  readonly container: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
}

/** A Kong control plane among the containers of a pod. */
export type KongControlPlaneContainer = KongAdmin | { readonly container: string; readonly off: string };

/** Image of Kong Gateway, open source or enterprise, without its registry. */
const KONG_IMAGE = /(?:^|\/)kong(?:-gateway|-ee)?(?:-dev)?(?:[:@]|$)/;

/** Port of the cluster listener, which only a control plane has (kong_defaults.lua). */
const CLUSTER_PORT = 8005;

/** Kong's own `admin_listen` where nothing is set: 127.0.0.1:8001 and 8444 with TLS. */
const DEFAULT_HTTP = 8001;
const DEFAULT_HTTPS = 8444;

/**
 * The control plane in a pod: a container with `KONG_ROLE=control_plane`, or a Kong image whose role comes
 * from elsewhere and that listens for data planes.
 */
export function kongControlPlane(pod: PodItem): KongControlPlaneContainer | undefined {
  const container = pod.spec?.containers?.find(isControlPlane);
  if (!container) return undefined;
  const admin = adminOf(container);
  return (
    admin ?? { container: container.name, off: 'its Admin API is switched off (`KONG_ADMIN_LISTEN=off`)' }
  );
}

function isControlPlane(container: Container): boolean {
  const role = container.env?.find(({ name }) => name === 'KONG_ROLE');
  if (role?.value !== undefined && role.value !== '') return role.value === 'control_plane';
  if (!KONG_IMAGE.test(container.image ?? '')) return false;
  const listens = container.env?.some(({ name }) => name === 'KONG_CLUSTER_LISTEN') ?? false;
  return listens || (container.ports?.some(({ containerPort }) => containerPort === CLUSTER_PORT) ?? false);
}

/** Plain HTTP where there is a choice: the way there is the API server's own TLS. */
function adminOf(container: Container): KongAdmin | undefined {
  const listen = container.env?.find(({ name }) => name === 'KONG_ADMIN_LISTEN')?.value;
  if (listen?.trim() === 'off') return undefined;
  const listeners = (listen ?? '').split(',').flatMap(listenerOf);
  const ports = container.ports?.map(({ containerPort }) => containerPort) ?? [];
  const declared: Omit<KongAdmin, 'container'>[] = [
    ...(ports.includes(DEFAULT_HTTP) ? [{ port: DEFAULT_HTTP, scheme: 'http' } as const] : []),
    ...(ports.includes(DEFAULT_HTTPS) ? [{ port: DEFAULT_HTTPS, scheme: 'https' } as const] : []),
  ];
  const fallback = { port: DEFAULT_HTTP, scheme: 'http' } as const;
  const known = listeners.length > 0 ? listeners : declared;
  const chosen = known.find(({ scheme }) => scheme === 'http') ?? known[0] ?? fallback;
  return { container: container.name, ...chosen };
}

/** `0.0.0.0:8444 http2 ssl reuseport` → port 8444, https. */
function listenerOf(text: string): Omit<KongAdmin, 'container'>[] {
  const [address = '', ...flags] = text.trim().split(/\s+/);
  const port = Number(/:(\d+)$/.exec(address)?.[1]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return [];
  return [{ port, scheme: flags.includes('ssl') ? 'https' : 'http' }];
}
