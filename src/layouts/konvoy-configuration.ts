import { KONVOY_API, konvoyCluster, reduceKonvoyCluster } from '../artifacts/konvoy-cluster.ts';
import { isKonvoyInventory, konvoyInventory, reduceKonvoyInventory } from '../artifacts/konvoy-inventory.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import type { Layout, LayoutEntry } from './layout.ts';

const COMMON = { kind: 'document', scope: CLUSTER_SCOPE, whole: true, sample: 0 } as const;

/** The entry of cluster.yaml or inventory.yaml by its first bytes; undefined for any other file. */
export function konvoyConfigurationFile(first: Buffer): LayoutEntry | undefined {
  if (first.includes(0)) return undefined;
  const text = first.toString('utf8');
  // `convert` leaves passwords of registries, values of addons and users behind.
  if (KONVOY_API.test(text)) return { ...COMMON, artifact: konvoyCluster.id, convert: reduceKonvoyCluster };
  if (!isKonvoyInventory(text)) return undefined;
  return { ...COMMON, artifact: konvoyInventory.id, convert: reduceKonvoyInventory };
}

/** cluster.yaml or inventory.yaml of Konvoy, given beside a bundle. */
export const konvoyConfiguration: Layout = {
  id: 'konvoy-configuration',
  title: 'configuration of Konvoy',

  // Beside other files it may be one of theirs: a ConfigMap of some bundle.
  recognise: (_path, first, alone) => (alone && konvoyConfigurationFile(first) ? '' : undefined),

  classify: (_path, first) => konvoyConfigurationFile(first) ?? { kind: 'ignored' },

  absent: (artifact) =>
    artifact === konvoyCluster.id || artifact === konvoyInventory.id
      ? undefined
      : 'the configuration of a cluster says nothing of how it is',
};
