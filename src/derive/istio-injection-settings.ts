import type { ConfigMapItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { LabelSelector } from './label-selector.ts';

/** What the injector of a control plane does, by the key `values` of its ConfigMap, JSON. */
export interface InjectionSettings {
  /**
   * The image it puts into new pods: `docker.io/istio/proxyv2:1.27.0-distroless`, of `global.hub`, `global.tag`,
   * `global.variant`, and `global.proxy.image`, which may name a whole image. Undefined where it cannot be told.
   */
  readonly image: string | undefined;
  /** Pods with such labels are left alone (`neverInjectSelector`), unless they ask themselves. */
  readonly never: readonly LabelSelector[];
  /** False: only pods that ask themselves get a proxy (`global.proxy.autoInject: disabled`). */
  readonly byDefault: boolean;
}

/** Reads the settings of an injector. */
export function injectionSettings(
  { data }: ConfigMapItem,
  { safely }: Pick<DeriveContext, 'safely'>,
): InjectionSettings {
  const values = fields(safely<unknown>(() => JSON.parse(data?.values ?? ''), undefined));
  const { neverInjectSelector: never } = fields(values.sidecarInjectorWebhook);
  const proxy = fields(fields(values.global).proxy);
  return {
    image: imageIn(fields(values.global)),
    never: Array.isArray(never) ? never.map((one) => fields(one) as LabelSelector) : [],
    byDefault: proxy.autoInject !== 'disabled',
  };
}

function imageIn(global: Fields): string | undefined {
  const name = textIn(fields(global.proxy).image);
  if (name === undefined || name.includes('/')) return name;
  const [hub, tag, variant] = [textIn(global.hub), textIn(global.tag), textIn(global.variant)];
  if (hub === undefined || tag === undefined) return undefined;
  const suffix = variant === undefined || tag.endsWith(`-${variant}`) ? '' : `-${variant}`;
  return `${hub}/${name}:${tag}${suffix}`;
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** A tag written as a number is not what it was: 1.10 is 1.1. */
function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
