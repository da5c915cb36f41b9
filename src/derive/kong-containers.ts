import type { PodItem } from '../artifacts/resources.ts';
import { perItem } from '../model/per-item.ts';
import { type KongVersion, kongVersion } from './kong-plane-version.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** A container that runs Kong Gateway or one of its commands: a node, or a migration. */
export interface KongContainer {
  readonly name: string;
  readonly spec: Container;
  /** JSON Pointer to the container inside the pod. */
  readonly pointer: string;
  /** From the tag of the image, where it is one of versions. */
  readonly version: KongVersion | undefined;
}

/** Kong's own images, whatever registry serves them. */
const IMAGE = /(?:^|\/)kong(?:-gateway|-ee)?(?:-dev)?(?:[:@]|$)/;
/** Settings only Kong Gateway reads; images of one's own bear other names. */
const SETTINGS: ReadonlySet<string> = new Set([
  'KONG_ROLE',
  'KONG_DATABASE',
  'KONG_PREFIX',
  'KONG_CLUSTER_CONTROL_PLANE',
  'KONG_DECLARATIVE_CONFIG',
  'KONG_NGINX_DAEMON',
]);

/** The container of a pod that runs Kong, also of a pod that has ended; the ingress controller is none. */
export const kongContainer: (pod: PodItem) => KongContainer | undefined = perItem(findKong);

function findKong(pod: PodItem): KongContainer | undefined {
  const containers = pod.spec?.containers ?? [];
  const index = containers.findIndex(isKong);
  const spec = containers[index];
  if (!spec) return undefined;
  return { name: spec.name, spec, pointer: `/spec/containers/${index}`, version: versionOf(pod, spec) };
}

function isKong({ image = '', env = [] }: Container): boolean {
  return IMAGE.test(image) || env.some(({ name }) => SETTINGS.has(name));
}

/** The value of a setting where it stands in the pod itself. */
export function kongSetting({ spec }: Pick<KongContainer, 'spec'>, name: string): string | undefined {
  const value = spec.env?.find((one) => one.name === name)?.value?.trim();
  return value === '' ? undefined : value;
}

/** Whether a node keeps its configuration in its prefix: data planes, and nodes without a database. */
export function isDbless(kong: Pick<KongContainer, 'spec'>): boolean {
  return kongSetting(kong, 'KONG_ROLE') === 'data_plane' || kongSetting(kong, 'KONG_DATABASE') === 'off';
}

/** The tag of the image; the chart's label where the tag is none of a version (`latest`, a digest). */
function versionOf({ metadata }: PodItem, { image = '' }: Container): KongVersion | undefined {
  const tag = /:([^/@]+)(?:@|$)/.exec(image)?.[1];
  return kongVersion(tag) ?? kongVersion(metadata.labels?.['app.kubernetes.io/version']);
}

/** Whether a version is at least another one. */
export function isAtLeast(version: KongVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
