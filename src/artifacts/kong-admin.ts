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

/** Where a control plane takes its data planes; undefined for other pods, and where the listener is switched off. */
export function kongClusterListener(pod: PodItem): Omit<KongAdmin, 'scheme'> | undefined {
  const container = pod.spec?.containers?.find(isControlPlane);
  const listen = container?.env?.find(({ name }) => name === 'KONG_CLUSTER_LISTEN')?.value?.trim();
  if (!container || listen === 'off') return undefined;
  const [listener] = (listen ?? '').split(',').flatMap(listenerOf);
  return { container: container.name, port: listener?.port ?? CLUSTER_PORT };
}

function isControlPlane(container: Container): boolean {
  const role = container.env?.find(({ name }) => name === 'KONG_ROLE');
  if (role?.value !== undefined && role.value !== '') return role.value === 'control_plane';
  if (!KONG_IMAGE.test(container.image ?? '')) return false;
  // The gateway operator switches the listener off on its data planes.
  const listen = container.env?.find(({ name }) => name === 'KONG_CLUSTER_LISTEN');
  if (listen?.value?.trim() === 'off') return false;
  return (
    listen !== undefined ||
    (container.ports?.some(({ containerPort }) => containerPort === CLUSTER_PORT) ?? false)
  );
}

/** A container that runs Kong, whatever its role. */
export interface KongNode {
  readonly container: Container;
  /** `KONG_ROLE` where it is shown; `data_plane` for one that is told a control plane. */
  readonly role: string | undefined;
  /** Where its Status API listens; undefined when it is switched off or not shown. */
  readonly status: Omit<KongAdmin, 'container'> | undefined;
}

/** Port of the Status API in the Helm chart and the gateway operator (Kong itself leaves it off). */
const STATUS_PORT = 8100;

/** The container of a pod that runs Kong Gateway: by its role, the control plane it is told, or its image. */
export function kongNode(pod: PodItem): KongNode | undefined {
  const container = pod.spec?.containers?.find(
    ({ env = [], image = '' }) =>
      env.some(({ name }) => name === 'KONG_ROLE' || name === 'KONG_CLUSTER_CONTROL_PLANE') ||
      KONG_IMAGE.test(image),
  );
  if (!container) return undefined;
  const setting = (variable: string) => container.env?.find(({ name }) => name === variable);
  const shown = setting('KONG_ROLE')?.value?.trim();
  const told = setting('KONG_CLUSTER_CONTROL_PLANE') === undefined ? undefined : 'data_plane';
  return { container, role: shown || told, status: statusListener(container) };
}

function statusListener(container: Container): KongNode['status'] {
  const listen = container.env?.find(({ name }) => name === 'KONG_STATUS_LISTEN');
  if (listen?.value?.trim() === 'off') return undefined;
  const listeners = (listen?.value ?? '').split(',').flatMap(listenerOf);
  const port = container.ports?.find((one) => one.name === 'status' || one.containerPort === STATUS_PORT);
  const declared = port && ({ port: port.containerPort, scheme: 'http' } as const);
  const assumed = listen === undefined ? undefined : ({ port: STATUS_PORT, scheme: 'http' } as const);
  return listeners.find(({ scheme }) => scheme === 'http') ?? listeners[0] ?? declared ?? assumed;
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
