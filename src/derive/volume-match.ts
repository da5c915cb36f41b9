import type { PersistentVolumeClaimItem, PersistentVolumeItem } from '../artifacts/storage-resources.ts';
import { parseQuantity } from './quantity.ts';

/** A field in which a volume is not what a claim asks for. */
export interface VolumeMismatch {
  readonly field: 'storageClassName' | 'capacity' | 'accessModes' | 'volumeMode' | 'selector';
  readonly wanted: string;
  readonly offered: string;
}

/** What keeps an existing volume from a claim; `className` is the class after defaults, empty for none. */
export function volumeMismatches(
  claim: PersistentVolumeClaimItem,
  className: string,
  volume: PersistentVolumeItem,
): VolumeMismatch[] {
  const { accessModes: wantedModes = [], resources, volumeMode = 'Filesystem' } = claim.spec ?? {};
  const {
    accessModes = [],
    capacity,
    storageClassName = '',
    volumeMode: mode = 'Filesystem',
  } = volume.spec ?? {};
  const found: VolumeMismatch[] = [];
  if (storageClassName !== className)
    found.push({
      field: 'storageClassName',
      wanted: className || 'none',
      offered: storageClassName || 'none',
    });
  const wanted = resources?.requests?.storage;
  const offered = capacity?.storage;
  if ((parseQuantity(wanted) ?? 0) > (parseQuantity(offered) ?? 0))
    found.push({ field: 'capacity', wanted: wanted ?? '0', offered: offered ?? '0' });
  if (!wantedModes.every((one) => accessModes.includes(one)))
    found.push({
      field: 'accessModes',
      wanted: wantedModes.join(', '),
      offered: accessModes.join(', ') || 'none',
    });
  if (volumeMode !== mode) found.push({ field: 'volumeMode', wanted: volumeMode, offered: mode });
  const unmet = unmetSelector(claim, volume.metadata.labels ?? {});
  if (unmet.length > 0)
    found.push({ field: 'selector', wanted: unmet.join(', '), offered: labelText(volume) });
  return found;
}

function unmetSelector(claim: PersistentVolumeClaimItem, labels: Readonly<Record<string, string>>): string[] {
  const { matchLabels = {}, matchExpressions = [] } = claim.spec?.selector ?? {};
  return [
    ...Object.entries(matchLabels)
      .filter(([key, value]) => labels[key] !== value)
      .map(([key, value]) => `${key}=${value}`),
    ...matchExpressions
      .filter(({ key, operator, values = [] }) => !holds(operator, values, labels[key]))
      .map(({ key, operator, values = [] }) =>
        values.length > 0 ? `${key} ${operator.toLowerCase()} (${values.join(', ')})` : `${operator} ${key}`,
      ),
  ];
}

function holds(operator: string, values: readonly string[], label: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return label !== undefined && values.includes(label);
    case 'NotIn':
      return label === undefined || !values.includes(label);
    case 'Exists':
      return label !== undefined;
    case 'DoesNotExist':
      return label === undefined;
    default:
      return true;
  }
}

function labelText(volume: PersistentVolumeItem): string {
  const labels = Object.entries(volume.metadata.labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return labels.join(', ') || 'no labels';
}

/** The volume that comes nearest to a claim, with what still keeps it away. */
export interface NearestVolume {
  readonly volume: PersistentVolumeItem;
  readonly mismatches: readonly VolumeMismatch[];
}

/**
 * Of the volumes free for a claim the one with fewest mismatches; of equals the largest. Volumes of another
 * class are near only when nothing else speaks against them.
 */
export function nearestVolume(
  claim: PersistentVolumeClaimItem,
  className: string,
  volumes: readonly PersistentVolumeItem[],
): NearestVolume | undefined {
  let best: NearestVolume | undefined;
  for (const volume of volumes) {
    const candidate = { volume, mismatches: volumeMismatches(claim, className, volume) };
    if (!best || isNearer(candidate, best)) best = candidate;
  }
  return best;
}

function isNearer(a: NearestVolume, b: NearestVolume): boolean {
  const difference = a.mismatches.length - b.mismatches.length;
  if (difference !== 0) return difference < 0;
  return sizeOf(a.volume) > sizeOf(b.volume);
}

function sizeOf(volume: PersistentVolumeItem): number {
  return parseQuantity(volume.spec?.capacity?.storage) ?? 0;
}
