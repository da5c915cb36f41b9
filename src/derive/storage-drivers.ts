import { leases, type PodItem, pods } from '../artifacts/resources.ts';
import { csiDrivers, csiNodes, persistentVolumes, storageClasses } from '../artifacts/storage-resources.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { hasEnded } from './pod-readiness.ts';
import { driverOf } from './storage-class.ts';

/** What the bundle shows of one storage driver. */
export interface StorageDriver {
  /** Pods that make, attach and resize volumes. */
  readonly controllers: readonly PodItem[];
  /** Pods that mount volumes, one a node. */
  readonly nodePlugins: readonly PodItem[];
  /** Whether the driver has a CSIDriver object; undefined when those were not seen. */
  readonly registered: boolean | undefined;
}

/** Storage drivers by name. */
export interface StorageDrivers {
  get(driver: string): StorageDriver;
  /** Whether all pods were seen: only then does an empty list mean that there are none. */
  readonly complete: boolean;
}

/**
 * Finds the pods of each driver that a class, a volume or a node names. A node plugin registers below
 * `/plugins/<driver>/`; a controller names the driver in arguments or environment, holds a lease named after
 * it, or runs a csi-* sidecar in the namespace of the node plugin.
 */
export const storageDrivers = defineDerived({
  id: 'storage-drivers',
  title: 'Storage drivers',
  needs: {
    pods: optional(pods),
    classes: optional(storageClasses),
    volumes: optional(persistentVolumes),
    drivers: optional(csiDrivers),
    csiNodes: optional(csiNodes),
    leases: optional(leases),
  },
  derive(inputs): StorageDrivers {
    const names = new Set([
      ...inputs.classes.items.map((one) => driverOf(one.provisioner)),
      ...inputs.volumes.items.map((one) => one.spec?.csi?.driver ?? ''),
      ...inputs.drivers.items.map((one) => one.metadata.name),
      ...inputs.csiNodes.items.flatMap((one) => (one.spec.drivers ?? []).map(({ name }) => name)),
    ]);
    names.delete('');
    const holders = leaseHolders(inputs.leases.items, names);
    const found = podsByDriver(inputs.pods.items, names, holders);
    return {
      complete: inputs.pods.coverage.complete,
      get(driver) {
        const { controllers = byNameOnly(inputs.pods.items, driver), nodePlugins = [] } =
          found.get(driver) ?? {};
        const seen = inputs.drivers.lookup({ name: driver }).state;
        return { controllers, nodePlugins, registered: seen === 'unseen' ? undefined : seen === 'present' };
      },
    };
  },
});

interface Found {
  readonly controllers: PodItem[];
  readonly nodePlugins: PodItem[];
}

function podsByDriver(
  all: readonly PodItem[],
  names: ReadonlySet<string>,
  holders: ReadonlyMap<string, string>,
): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  if (names.size === 0) return found;
  const of = (name: string): Found => getOrCreate(found, name, () => ({ controllers: [], nodePlugins: [] }));
  // Longer names first: one may begin another.
  const ordered = [...names].sort((a, b) => b.length - a.length);
  const mention = new RegExp(ordered.map(escaped).join('|'), 'g');
  const sidecars: PodItem[] = [];
  for (const pod of all) {
    if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
    const texts = textsOf(pod);
    const mentioned = new Set(texts.flatMap((text) => text.match(mention) ?? []));
    for (const name of mentioned) {
      const isPlugin = texts.some((text) => text.includes(`/plugins/${name}`));
      (isPlugin ? of(name).nodePlugins : of(name).controllers).push(pod);
    }
    const held = holders.get(pod.metadata.name);
    if (held !== undefined && !mentioned.has(held)) of(held).controllers.push(pod);
    else if (mentioned.size === 0 && hasSidecar(pod)) sidecars.push(pod);
  }
  for (const pod of sidecars) {
    for (const { controllers, nodePlugins } of found.values()) {
      if (nodePlugins.some((one) => one.metadata.namespace === pod.metadata.namespace)) controllers.push(pod);
    }
  }
  return found;
}

/**
 * Provisioners that are no CSI drivers (`rancher.io/local-path`) need not name themselves anywhere: their pods
 * are known by the last part of the name, or as some provisioner at least.
 */
function byNameOnly(all: readonly PodItem[], driver: string): PodItem[] {
  if (!driver.includes('/') || driver.startsWith('kubernetes.io/')) return [];
  const last = driver.slice(driver.lastIndexOf('/') + 1);
  const running = all.filter((pod) => !hasEnded(pod) && !pod.metadata.deletionTimestamp);
  const named = running.filter((pod) => pod.metadata.name.includes(last));
  if (named.length > 0) return named;
  return running.filter((pod) =>
    (pod.spec?.containers ?? []).some(({ image = '' }) => /(?<!csi-)provisioner/.test(image)),
  );
}

/** What of a pod's spec may name a driver. */
function textsOf(pod: PodItem): string[] {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const texts = containers.flatMap(({ command = [], args = [], env = [] }) => [
    ...command,
    ...args,
    ...env.map((one) => one.value ?? ''),
  ]);
  for (const { hostPath } of pod.spec?.volumes ?? []) if (hostPath) texts.push(hostPath.path);
  return texts;
}

const SIDECAR = /(?:^|\/)csi-(?:provisioner|attacher|resizer)(?:[:@]|$)/;

function hasSidecar(pod: PodItem): boolean {
  return (pod.spec?.containers ?? []).some(
    ({ image = '', name }) => SIDECAR.test(image) || SIDECAR.test(name),
  );
}

/**
 * The driver whose lease a pod holds: the sidecars name leases after the driver with dashes for dots and
 * slashes, with a prefix of their own (`external-attacher-leader-ebs-csi-aws-com`).
 */
function leaseHolders(
  items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec?: { readonly holderIdentity?: string };
  }[],
  names: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const byLease = new Map([...names].map((name) => [name.replace(/[./]/g, '-'), name]));
  const holders = new Map<string, string>();
  for (const { metadata, spec } of items) {
    const name = metadata.name.replace(/^external-(?:attacher|resizer|provisioner|snapshotter)-leader-/, '');
    const driver = byLease.get(name);
    if (driver !== undefined && spec?.holderIdentity) holders.set(spec.holderIdentity, driver);
  }
  return holders;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
