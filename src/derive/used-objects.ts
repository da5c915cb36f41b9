import type { PodItem } from '../artifacts/resources.ts';
import type { PersistentVolumeClaimItem, StorageClassItem } from '../artifacts/storage-resources.ts';
import type { ResourceIdentity } from '../model/json.ts';
import type { ObjectRef } from '../model/subject.ts';

/** What of a pod's spec a pod and a pod template have in common. */
interface PodNames {
  readonly serviceAccountName?: string;
  readonly priorityClassName?: string;
  readonly runtimeClassName?: string;
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
  readonly volumes?: readonly {
    readonly secret?: { readonly secretName?: string };
    readonly configMap?: { readonly name?: string };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

/** The objects a pod cannot run without or that shape it: Secrets, ConfigMaps, claims, ServiceAccount, classes. */
export function usesOfPod(pod: PodItem): ObjectRef[] {
  const { namespace } = pod.metadata;
  const refs = namedBy(pod.spec, namespace);
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  for (const { env = [], envFrom = [] } of containers) {
    for (const { valueFrom } of env) {
      refs.push(...core('Secret', namespace, valueFrom?.secretKeyRef?.name));
      refs.push(...core('ConfigMap', namespace, valueFrom?.configMapKeyRef?.name));
    }
    for (const { secretRef, configMapRef } of envFrom) {
      refs.push(...core('Secret', namespace, secretRef?.name));
      refs.push(...core('ConfigMap', namespace, configMapRef?.name));
    }
  }
  for (const volume of pod.spec?.volumes ?? []) {
    if (volume.ephemeral) {
      refs.push(...core('PersistentVolumeClaim', namespace, `${pod.metadata.name}-${volume.name}`));
    }
    for (const source of volume.projected?.sources ?? []) {
      refs.push(...core('Secret', namespace, source.secret?.name));
      refs.push(...core('ConfigMap', namespace, source.configMap?.name));
    }
  }
  return refs;
}

/** What a workload's pod template names. */
export function usesOfTemplate(
  workload: ResourceIdentity & {
    readonly spec?: { readonly template?: { readonly spec?: PodNames } };
  },
): ObjectRef[] {
  return namedBy(workload.spec?.template?.spec, workload.metadata.namespace);
}

/** The volume a claim is bound to and the class it is provisioned by (the default one when it names none). */
export function usesOfClaim(
  claim: PersistentVolumeClaimItem,
  classes: readonly StorageClassItem[],
): ObjectRef[] {
  const { volumeName, storageClassName } = claim.spec ?? {};
  const beta = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  const name = storageClassName ?? beta ?? classes.find(isDefaultClass)?.metadata.name;
  return [
    ...(volumeName ? [{ group: '', kind: 'PersistentVolume', name: volumeName }] : []),
    ...(name ? [{ group: 'storage.k8s.io', kind: 'StorageClass', name }] : []),
  ];
}

/** Whether claims that name no class get this one. */
export function isDefaultClass({ metadata: { annotations } }: StorageClassItem): boolean {
  return (
    annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ||
    annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
  );
}

function namedBy(spec: PodNames | undefined, namespace: string | undefined): ObjectRef[] {
  const refs: ObjectRef[] = [
    ...core('ServiceAccount', namespace, spec?.serviceAccountName),
    ...clusterScoped('scheduling.k8s.io', 'PriorityClass', spec?.priorityClassName),
    ...clusterScoped('node.k8s.io', 'RuntimeClass', spec?.runtimeClassName),
  ];
  for (const { name } of spec?.imagePullSecrets ?? []) refs.push(...core('Secret', namespace, name));
  for (const { secret, configMap, persistentVolumeClaim } of spec?.volumes ?? []) {
    refs.push(...core('Secret', namespace, secret?.secretName));
    refs.push(...core('ConfigMap', namespace, configMap?.name));
    refs.push(...core('PersistentVolumeClaim', namespace, persistentVolumeClaim?.claimName));
  }
  return refs;
}

function core(kind: string, namespace: string | undefined, name: string | undefined): ObjectRef[] {
  return name ? [{ group: '', kind, namespace, name }] : [];
}

function clusterScoped(group: string, kind: string, name: string | undefined): ObjectRef[] {
  return name ? [{ group, kind, name }] : [];
}
