import type { PersistentVolumeClaimItem, StorageClassItem } from '../artifacts/storage-resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { Gap } from '../model/coverage.ts';
import { isDefaultClass } from './used-objects.ts';

/** Provisioner of classes whose volumes people make by hand. */
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

/** CSI drivers that serve the in-tree provisioners' names (kubernetes CSI migration, k8s.io/csi-translation-lib). */
const MIGRATED: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
};

/** The class a claim asks for, as far as the bundle shows it. */
export type ClaimClass =
  /** `storageClassName: ""`: an existing volume without a class. */
  | { readonly state: 'none' }
  | { readonly state: 'found'; readonly name: string; readonly item: StorageClassItem }
  | { readonly state: 'missing'; readonly name: string }
  /** It names none, and no class is the default. */
  | { readonly state: 'no-default' }
  | { readonly state: 'unseen'; readonly gap: Gap };

/** Resolves the class of a claim; a claim that names none gets the default class, of several the newest. */
export function classOfClaim(
  claim: PersistentVolumeClaimItem,
  classes: Collection<StorageClassItem>,
): ClaimClass {
  const beta = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  const name = beta ?? claim.spec?.storageClassName;
  if (name === '') return { state: 'none' };
  if (name !== undefined) {
    const found = classes.lookup({ name });
    if (found.state === 'present') return { state: 'found', name, item: found.item };
    return found.state === 'absent' ? { state: 'missing', name } : { state: 'unseen', gap: found.gap };
  }
  const [item] = defaultClasses(classes.items);
  if (item) return { state: 'found', name: item.metadata.name, item };
  const covered = classes.coverage.covers(undefined);
  return covered === true ? { state: 'no-default' } : { state: 'unseen', gap: covered };
}

/** The default classes, the one that is used first: the newest (since Kubernetes 1.26). */
export function defaultClasses(classes: readonly StorageClassItem[]): StorageClassItem[] {
  return classes.filter(isDefaultClass).sort((a, b) => {
    const [first = '', second = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
    if (first !== second) return first < second ? 1 : -1;
    return a.metadata.name < b.metadata.name ? -1 : 1;
  });
}

/** Whether volumes of the class are made by hand. */
export function isStatic(item: StorageClassItem): boolean {
  return item.provisioner === NO_PROVISIONER;
}

/** The driver behind a provisioner: the CSI driver in-tree names are served by, else the name itself. */
export function driverOf(provisioner: string): string {
  return MIGRATED[provisioner] ?? provisioner;
}

/** Whether claims of the class wait until a pod needs them. */
export function waitsForConsumer(item: StorageClassItem): boolean {
  return item.volumeBindingMode === 'WaitForFirstConsumer';
}
