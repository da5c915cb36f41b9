import type { IngressItem } from '../artifacts/network-resources.ts';
import type { PodItem } from '../artifacts/resources.ts';
import type {
  PersistentVolumeClaimItem,
  PersistentVolumeItem,
  StorageClassItem,
} from '../artifacts/storage-resources.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** A field, label or annotation that Kubernetes has replaced. */
export interface DeprecatedField {
  /** As people write it. */
  readonly name: string;
  /** What stands in its place. */
  readonly use: string;
  /** Since when, and what becomes of it. */
  readonly fate: string;
  /** JSON Pointer to it in the object. */
  readonly pointer: string;
}

const LABELS: Readonly<Record<string, Pick<DeprecatedField, 'use' | 'fate'>>> = {
  'beta.kubernetes.io/os': { use: 'kubernetes.io/os', fate: 'deprecated since 1.14' },
  'beta.kubernetes.io/arch': { use: 'kubernetes.io/arch', fate: 'deprecated since 1.14' },
  'beta.kubernetes.io/instance-type': {
    use: 'node.kubernetes.io/instance-type',
    fate: 'deprecated since 1.17',
  },
  'failure-domain.beta.kubernetes.io/zone': {
    use: 'topology.kubernetes.io/zone',
    fate: 'deprecated since 1.17',
  },
  'failure-domain.beta.kubernetes.io/region': {
    use: 'topology.kubernetes.io/region',
    fate: 'deprecated since 1.17',
  },
  'node-role.kubernetes.io/master': {
    use: 'node-role.kubernetes.io/control-plane',
    fate: 'not set by kubeadm since 1.24: such pods find no node on new clusters',
  },
};

interface Templated extends ResourceIdentity {
  readonly spec?: {
    readonly template?: { readonly spec?: { readonly nodeSelector?: Readonly<Record<string, string>> } };
  };
}

/** Old names of node labels in the selector of a pod template. */
export function fieldsOfTemplate({ spec }: Templated): DeprecatedField[] {
  return Object.keys(spec?.template?.spec?.nodeSelector ?? {}).flatMap((label) => {
    const known = LABELS[label];
    return known ? [{ name: label, ...known, pointer: '/spec/template/spec/nodeSelector' }] : [];
  });
}

/** Annotations of pods that were replaced by fields. */
export function fieldsOfPod({ metadata }: PodItem): DeprecatedField[] {
  const { annotations } = metadata;
  return [
    annotated(annotations, 'scheduler.alpha.kubernetes.io/critical-pod', {
      use: 'priorityClassName: system-cluster-critical',
      fate: 'without effect since 1.16',
    }),
    annotated(annotations, 'seccomp.security.alpha.kubernetes.io/pod', {
      use: 'securityContext.seccompProfile',
      fate: 'without effect since 1.27',
    }),
  ].flat();
}

/** The class of an Ingress as an annotation. */
export function fieldsOfIngress({ metadata, spec }: IngressItem): DeprecatedField[] {
  // Some controllers want the annotation beside the field.
  if (spec?.ingressClassName) return [];
  return annotated(metadata.annotations, 'kubernetes.io/ingress.class', {
    use: 'spec.ingressClassName',
    fate: 'deprecated since 1.18',
  });
}

/** The class of a claim as an annotation. */
export function fieldsOfClaim({ metadata }: PersistentVolumeClaimItem): DeprecatedField[] {
  return annotated(metadata.annotations, 'volume.beta.kubernetes.io/storage-class', {
    use: 'spec.storageClassName',
    fate: 'deprecated since 1.6',
  });
}

/** Volume plugins that were part of Kubernetes: their code is gone, calls go to the CSI driver if it is installed. */
const IN_TREE: Readonly<Record<string, Pick<DeprecatedField, 'use' | 'fate'>>> = {
  awsElasticBlockStore: { use: 'the CSI driver ebs.csi.aws.com', fate: 'removed in 1.27' },
  azureDisk: { use: 'the CSI driver disk.csi.azure.com', fate: 'removed in 1.27' },
  azureFile: { use: 'the CSI driver file.csi.azure.com', fate: 'removed in 1.30' },
  cephfs: { use: 'the CSI driver cephfs.csi.ceph.com', fate: 'removed in 1.31' },
  cinder: { use: 'the CSI driver cinder.csi.openstack.org', fate: 'removed in 1.26' },
  gcePersistentDisk: { use: 'the CSI driver pd.csi.storage.gke.io', fate: 'removed in 1.28' },
  glusterfs: { use: 'another kind of storage', fate: 'removed in 1.26' },
  rbd: { use: 'the CSI driver rbd.csi.ceph.com', fate: 'removed in 1.31' },
  vsphereVolume: { use: 'the CSI driver csi.vsphere.vmware.com', fate: 'removed in 1.30' },
};
const PROVISIONERS: Readonly<Record<string, string>> = {
  'kubernetes.io/aws-ebs': 'awsElasticBlockStore',
  'kubernetes.io/azure-disk': 'azureDisk',
  'kubernetes.io/azure-file': 'azureFile',
  'kubernetes.io/cinder': 'cinder',
  'kubernetes.io/gce-pd': 'gcePersistentDisk',
  'kubernetes.io/glusterfs': 'glusterfs',
  'kubernetes.io/rbd': 'rbd',
  'kubernetes.io/vsphere-volume': 'vsphereVolume',
};

/** The in-tree plugin of a volume. */
export function fieldsOfVolume({ spec }: PersistentVolumeItem): DeprecatedField[] {
  return Object.entries(IN_TREE).flatMap(([plugin, known]) =>
    spec?.[plugin as keyof typeof spec] === undefined
      ? []
      : [{ name: `spec.${plugin}`, ...known, pointer: `/spec/${plugin}` }],
  );
}

/** The in-tree provisioner of a class. */
export function fieldsOfClass({ provisioner }: StorageClassItem): DeprecatedField[] {
  const known = IN_TREE[PROVISIONERS[provisioner] ?? ''];
  return known ? [{ name: provisioner, ...known, pointer: '/provisioner' }] : [];
}

function annotated(
  annotations: Readonly<Record<string, string | undefined>> | undefined,
  name: string,
  known: Pick<DeprecatedField, 'use' | 'fate'>,
): DeprecatedField[] {
  if (annotations?.[name] === undefined) return [];
  return [{ name, ...known, pointer: `/metadata/annotations/${name.replaceAll('/', '~1')}` }];
}
