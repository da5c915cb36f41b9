import type { PodItem } from '../artifacts/resources.ts';
import { isAtLeast, isDbless, type KongContainer, kongContainer, kongSetting } from './kong-containers.ts';
import { parseQuantity, quantityText } from './quantity.ts';

type Volume = NonNullable<NonNullable<PodItem['spec']>['volumes']>[number];

/** The volume a Kong node writes its run-time files and its copy of the configuration to. */
export interface KongPrefix {
  readonly kong: KongContainer;
  /** Where it is mounted. */
  readonly path: string;
  readonly volume: Volume;
  /** JSON Pointer to the volume inside the pod. */
  readonly pointer: string;
  /** Held in memory: writes beyond the limit fail, and nobody is evicted. */
  readonly inMemory: boolean;
  /** `sizeLimit` as it is set, and in bytes. */
  readonly limit: { readonly text: string; readonly bytes: number } | undefined;
  /** How large the database of the configuration may grow; undefined where version and setting are unknown. */
  readonly map: LmdbMap | undefined;
}

/** `lmdb_map_size`: a bound, not a reservation. */
export interface LmdbMap {
  readonly bytes: number;
  readonly text: string;
  /** Whether `KONG_LMDB_MAP_SIZE` is set; else it is the default of the version. */
  readonly isSet: boolean;
}

/** Of the chart and of the images (`KONG_PREFIX`). */
const CHART_PATH = '/kong_prefix/';
const MEBIBYTE = 2 ** 20;
/** Default of `lmdb_map_size` (kong_defaults.lua): raised in 3.4. */
const MAP_BEFORE_3_4 = 128 * MEBIBYTE;
const MAP_SINCE_3_4 = 2048 * MEBIBYTE;

/** The prefix volume of a pod that runs Kong, or ran it; undefined when the prefix is on no volume of its own. */
export function kongPrefix(pod: PodItem): KongPrefix | undefined {
  const kong = kongContainer(pod);
  if (!kong) return undefined;
  const wanted = normal(kongSetting(kong, 'KONG_PREFIX') ?? CHART_PATH);
  const mount = kong.spec.volumeMounts?.find(({ mountPath }) => normal(mountPath) === wanted);
  const index = pod.spec?.volumes?.findIndex(({ name }) => name === mount?.name) ?? -1;
  const volume = pod.spec?.volumes?.[index];
  if (!mount || !volume) return undefined;
  return {
    kong,
    path: wanted,
    volume,
    pointer: `/spec/volumes/${index}`,
    inMemory: volume.emptyDir?.medium === 'Memory',
    limit: limitOf(volume),
    map: isDbless(kong) ? mapOf(kong) : undefined,
  };
}

/** Whether a volume of a pod is the prefix of its Kong: `kong/prefix-volume-full` judges it then. */
export function isKongPrefix(pod: PodItem, volume: string): boolean {
  return kongPrefix(pod)?.volume.name === volume;
}

function limitOf({ emptyDir }: Volume): KongPrefix['limit'] {
  const text = emptyDir?.sizeLimit;
  const bytes = parseQuantity(text);
  return text === undefined || bytes === undefined || bytes <= 0 ? undefined : { text, bytes };
}

function mapOf(kong: KongContainer): LmdbMap | undefined {
  const set = kongSetting(kong, 'KONG_LMDB_MAP_SIZE');
  if (set !== undefined) {
    const bytes = nginxSize(set);
    return bytes === undefined ? undefined : { bytes, text: set, isSet: true };
  }
  // Before 3.0 the configuration was kept in a file of its own size.
  if (!kong.version || !isAtLeast(kong.version, 3, 0)) return undefined;
  const bytes = isAtLeast(kong.version, 3, 4) ? MAP_SINCE_3_4 : MAP_BEFORE_3_4;
  return { bytes, text: quantityText('memory', bytes), isSet: false };
}

/** Sizes as nginx writes them: `2048m`, `2g`, `131072k`, plain bytes. */
export function nginxSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([kmg]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const factor = { '': 1, k: 2 ** 10, m: MEBIBYTE, g: 2 ** 30 }[unit.toLowerCase()] ?? 1;
  return Number(digits) * factor;
}

function normal(path: string): string {
  return path.replace(/\/+$/, '') || '/';
}
