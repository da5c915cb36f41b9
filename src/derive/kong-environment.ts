import { kongControlPlane } from '../artifacts/kong-admin.ts';
import type { PodItem } from '../artifacts/resources.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** Where the cluster certificate of a plane comes from: a key of a Secret, or why that cannot be told. */
export type ClusterCertificateSource =
  | { readonly secret: string; readonly key: string }
  | { readonly unseen: string };

/** One container that runs Kong as a control plane or a data plane. */
export interface KongPlane {
  readonly role: 'control plane' | 'data plane';
  readonly pod: PodItem;
  readonly container: string;
  /** JSON Pointer to the container inside the pod. */
  readonly pointer: string;
  /** `shared` unless `KONG_CLUSTER_MTLS` says otherwise (Kong's default). */
  readonly mtls: string;
  /** Of a data plane: `KONG_CLUSTER_CONTROL_PLANE` as it is set, `host:port`. */
  readonly address: string | undefined;
  /** JSON Pointer to that variable inside the pod; to the container when it is not there. */
  readonly addressPointer: string;
  readonly certificate: ClusterCertificateSource;
}

/**
 * The Kong plane of a pod, by the environment of its containers: charts differ in labels and names. Pods
 * that have ended (evicted ones, migration Jobs), belong to a Job or are being deleted run no plane.
 */
export function kongPlane(pod: PodItem): KongPlane | undefined {
  if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    return undefined;
  if (pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return undefined;
  const containers = pod.spec?.containers ?? [];
  const dataPlane = containers.findIndex(isDataPlane);
  if (dataPlane >= 0) return planeOf(pod, dataPlane, 'data plane');
  const controlPlane = kongControlPlane(pod)?.container;
  const index = containers.findIndex((container) => container.name === controlPlane);
  return index < 0 ? undefined : planeOf(pod, index, 'control plane');
}

/** By its role; where that is set from elsewhere, by the address only a data plane is given. */
function isDataPlane(container: Container): boolean {
  const role = settingOf(container, 'KONG_ROLE');
  if (role !== undefined) return role === 'data_plane';
  return container.env?.some(({ name }) => name === 'KONG_CLUSTER_CONTROL_PLANE') ?? false;
}

function planeOf(pod: PodItem, index: number, role: KongPlane['role']): KongPlane {
  const container = pod.spec?.containers[index] as Container;
  const pointer = `/spec/containers/${index}`;
  const variable = container.env?.findIndex(({ name }) => name === 'KONG_CLUSTER_CONTROL_PLANE') ?? -1;
  return {
    role,
    pod,
    container: container.name,
    pointer,
    mtls: settingOf(container, 'KONG_CLUSTER_MTLS') ?? 'shared',
    address: settingOf(container, 'KONG_CLUSTER_CONTROL_PLANE'),
    addressPointer: variable < 0 ? pointer : `${pointer}/env/${variable}`,
    certificate: certificateOf(pod, container),
  };
}

function settingOf(container: Container, variable: string): string | undefined {
  const value = container.env?.find(({ name }) => name === variable)?.value?.trim();
  return value === '' ? undefined : value;
}

function certificateOf(pod: PodItem, container: Container): ClusterCertificateSource {
  const variable = container.env?.find(({ name }) => name === 'KONG_CLUSTER_CERT');
  const reference = variable?.valueFrom?.secretKeyRef;
  if (reference?.name) return { secret: reference.name, key: reference.key };
  const path = variable?.value;
  if (!path) return { unseen: '`KONG_CLUSTER_CERT` is not set in the pod' };
  if (!path.startsWith('/')) return { unseen: '`KONG_CLUSTER_CERT` is no path of a mounted file' };
  const mounts = (container.volumeMounts ?? [])
    .filter(({ mountPath }) => path.startsWith(`${mountPath.replace(/\/$/, '')}/`))
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const volume = pod.spec?.volumes?.find(({ name }) => name === mounts[0]?.name);
  const projected = volume?.projected?.sources?.map((source) => source.secret?.name).filter(Boolean) ?? [];
  const secret = volume?.secret?.secretName ?? (projected.length === 1 ? projected[0] : undefined);
  if (!secret) return { unseen: `\`${path}\` is on no volume that is a Secret` };
  return { secret, key: path.slice(path.lastIndexOf('/') + 1) };
}
