import type { ConfigMapItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';

/**
 * The image a control plane puts into new pods: `docker.io/istio/proxyv2:1.27.0-distroless`. Read from the key `values`
 * of the injector's ConfigMap, JSON: `global.hub`, `global.tag`, `global.variant`, and `global.proxy.image`, which may
 * name a whole image. Undefined where it cannot be told.
 */
export function injectedImage(
  { data }: ConfigMapItem,
  { safely }: Pick<DeriveContext, 'safely'>,
): string | undefined {
  const values = safely<unknown>(() => JSON.parse(data?.values ?? ''), undefined);
  const global = fields(fields(values).global);
  const name = textIn(fields(global.proxy).image);
  if (name === undefined || name.includes('/')) return name;
  const [hub, tag, variant] = [textIn(global.hub), textIn(global.tag), textIn(global.variant)];
  if (hub === undefined || tag === undefined) return undefined;
  const suffix = variant === undefined || tag.endsWith(`-${variant}`) ? '' : `-${variant}`;
  return `${hub}/${name}:${tag}${suffix}`;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A tag written as a number is not what it was: 1.10 is 1.1. */
function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
