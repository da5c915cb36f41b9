import type { IstioProxyContainer } from '../artifacts/istio-proxy.ts';
import type { ConfigMapItem, PodItem } from '../artifacts/resources.ts';
import type { IstioVersion } from './istio-version.ts';

/** Where a proxy looks for its control plane, and what says so. */
export interface DiscoveryAddress {
  /** `istiod.istio-system.svc:15012`. */
  readonly text: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly source: 'annotation' | 'environment' | 'argument' | 'mesh configuration' | 'default';
  /** The object that says it, with the JSON Pointer of the field; the pod for defaults. */
  readonly item: PodItem | ConfigMapItem;
  readonly pointer: string;
}

/** Built into the agent since 1.6 (pkg/config/mesh DefaultProxyConfig). */
const DEFAULT_ADDRESS = 'istiod.istio-system.svc:15012';
/** The same up to 1.5, where mutual TLS with the control plane is off. */
const DEFAULT_PILOT_ADDRESS = 'istio-pilot.istio-system:15010';
const CONFIG_ANNOTATION = 'proxy.istio.io/config';
const CONFIG_VARIABLE = 'PROXY_CONFIG';

/**
 * The discovery address as the agent finds it: annotation, `PROXY_CONFIG`, `--discoveryAddress`, the mesh
 * configuration of its revision, the default of its version.
 */
export function discoveryAddress(
  pod: PodItem,
  container: IstioProxyContainer,
  mesh: ConfigMapItem | undefined,
  version: IstioVersion | undefined,
): DiscoveryAddress {
  const { annotations = {} } = pod.metadata;
  const env = container.spec.env ?? [];
  const variable = env.findIndex(({ name }) => name === CONFIG_VARIABLE);
  const argument = argumentOf(container.spec.args ?? []);
  const old = version !== undefined && version.major === 1 && version.minor < 6;
  const found = [
    {
      text: addressIn(annotations[CONFIG_ANNOTATION]),
      source: 'annotation',
      item: pod,
      pointer: '/metadata/annotations/proxy.istio.io~1config',
    },
    {
      text: addressIn(env[variable]?.value),
      source: 'environment',
      item: pod,
      pointer: `${container.pointer}/env/${variable}`,
    },
    { text: argument, source: 'argument', item: pod, pointer: `${container.pointer}/args` },
    {
      text: addressIn(mesh?.data?.mesh),
      source: 'mesh configuration',
      item: mesh ?? pod,
      pointer: '/data/mesh',
    },
  ] as const;
  const said = found.find(({ text }) => text !== undefined);
  if (said) return { ...said, ...addressParts(said.text!) };
  const text = old ? DEFAULT_PILOT_ADDRESS : DEFAULT_ADDRESS;
  return { ...addressParts(text), source: 'default', item: pod, pointer: container.pointer };
}

/** The address in JSON or YAML of a proxy or mesh configuration; a mesh has only one (`defaultConfig`). */
function addressIn(text: string | undefined): string | undefined {
  const value = /(?:^|[\s{,"'])discoveryAddress["']?\s*:\s*["']?([^\s"',}]+)/.exec(text ?? '')?.[1];
  return value === '' ? undefined : value;
}

function argumentOf(args: readonly string[]): string | undefined {
  const place = args.findIndex((one) => /^--discoveryAddress(?:=|$)/.test(one));
  if (place < 0) return undefined;
  const [, value = args[place + 1]] = args[place]!.split('=');
  return value;
}

/** Host and port of `host:port`; an IPv6 host in brackets. */
export function addressParts(text: string): { text: string; host: string; port: number | undefined } {
  const [, host = text, port] = /^(.*?)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return { text, host, port: port === undefined ? undefined : Number(port) };
}
