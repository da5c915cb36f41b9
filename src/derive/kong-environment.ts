import { kongControlPlane } from '../artifacts/kong-admin.ts';
import type { ConfigMapItem, PodItem } from '../artifacts/resources.ts';
import { imageVersion, type KongVersion } from './kong-plane-version.ts';

type Container = NonNullable<PodItem['spec']>['containers'][number];

/** Where a certificate of a plane comes from: a key of a Secret, or why that cannot be told. */
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
  /** `KONG_CLUSTER_CA_CERT`, which both planes need in PKI mode. */
  readonly authority: ClusterCertificateSource;
  /** `KONG_CLUSTER_SERVER_NAME`: the name a data plane asks for in PKI mode instead of its host. */
  readonly serverName: string | undefined;
  /** `KONG_LUA_SSL_VERIFY_DEPTH`: links a data plane follows; 1 by default. */
  readonly verifyDepth: number;
  /** True when it trusts more than the cluster's CA: `KONG_LUA_SSL_TRUSTED_CERTIFICATE` is set. */
  readonly trustsMore: boolean;
  /** By the tag of an image of Kong itself. */
  readonly version: KongVersion | undefined;
}

/** Looks up a ConfigMap that containers take settings from; undefined when it was not seen. */
export type FindSettings = (namespace: string | undefined, name: string) => ConfigMapItem['data'] | undefined;

/**
 * The Kong plane of a pod, by the environment of its containers: charts differ in labels and names. Pods
 * that have ended (evicted ones, migration Jobs), belong to a Job or are being deleted run no plane.
 */
export function kongPlane(pod: PodItem, settings: FindSettings = () => undefined): KongPlane | undefined {
  if (pod.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    return undefined;
  if (pod.metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return undefined;
  const containers = pod.spec?.containers ?? [];
  const read = (container: Container) => settingsOf(pod, container, settings);
  const dataPlane = containers.findIndex((container) => isDataPlane(container, read(container)));
  if (dataPlane >= 0) return planeOf(pod, dataPlane, 'data plane', read(containers[dataPlane] as Container));
  const controlPlane = kongControlPlane(pod)?.container;
  const index = containers.findIndex(
    (container) => container.name === controlPlane || read(container)('KONG_ROLE') === 'control_plane',
  );
  return index < 0 ? undefined : planeOf(pod, index, 'control plane', read(containers[index] as Container));
}

type Settings = (variable: string) => string | undefined;

/** A container's variables as it sees them: its own, those from a key of a ConfigMap, those of whole ConfigMaps. */
function settingsOf(pod: PodItem, container: Container, find: FindSettings): Settings {
  const { namespace } = pod.metadata;
  const maps = (container.envFrom ?? [])
    .flatMap(({ configMapRef }) => (configMapRef?.name ? [configMapRef.name] : []))
    .reverse();
  return (variable) => {
    const own = container.env?.find(({ name }) => name === variable);
    const reference = own?.valueFrom?.configMapKeyRef;
    const value = own
      ? (own.value ?? (reference?.name && valueIn(find(namespace, reference.name), reference.key)))
      : maps.map((name) => valueIn(find(namespace, name), variable)).find((one) => one !== undefined);
    const text = value?.trim();
    return text === '' ? undefined : text;
  };
}

function valueIn(data: ConfigMapItem['data'] | undefined, key: string): string | undefined {
  return data && Object.hasOwn(data, key) ? (data as Readonly<Record<string, string>>)[key] : undefined;
}

/** By its role; where that is set from elsewhere, by the address only a data plane is given. */
function isDataPlane(container: Container, read: Settings): boolean {
  const role = read('KONG_ROLE');
  if (role !== undefined) return role === 'data_plane';
  const named = container.env?.some(({ name }) => name === 'KONG_CLUSTER_CONTROL_PLANE') ?? false;
  return named || read('KONG_CLUSTER_CONTROL_PLANE') !== undefined;
}

function planeOf(pod: PodItem, index: number, role: KongPlane['role'], read: Settings): KongPlane {
  const container = pod.spec?.containers[index] as Container;
  const pointer = `/spec/containers/${index}`;
  const variable = container.env?.findIndex(({ name }) => name === 'KONG_CLUSTER_CONTROL_PLANE') ?? -1;
  const depth = Number(read('KONG_LUA_SSL_VERIFY_DEPTH'));
  return {
    role,
    pod,
    container: container.name,
    pointer,
    mtls: read('KONG_CLUSTER_MTLS') ?? 'shared',
    address: read('KONG_CLUSTER_CONTROL_PLANE'),
    addressPointer: variable < 0 ? pointer : `${pointer}/env/${variable}`,
    certificate: sourceOf({ pod, container, read }, 'KONG_CLUSTER_CERT'),
    authority: sourceOf({ pod, container, read }, 'KONG_CLUSTER_CA_CERT'),
    serverName: read('KONG_CLUSTER_SERVER_NAME'),
    verifyDepth: Number.isInteger(depth) && depth > 0 ? depth : 1,
    trustsMore: container.env?.some(({ name }) => name === 'KONG_LUA_SSL_TRUSTED_CERTIFICATE') ?? false,
    version: imageVersion(container.image),
  };
}

interface Holder {
  readonly pod: PodItem;
  readonly container: Container;
  readonly read: Settings;
}

function sourceOf({ pod, container, read }: Holder, variable: string): ClusterCertificateSource {
  const own = container.env?.find(({ name }) => name === variable);
  const reference = own?.valueFrom?.secretKeyRef;
  if (reference?.name) return { secret: reference.name, key: reference.key };
  const path = read(variable);
  if (!path) return { unseen: `\`${variable}\` is not set in the pod` };
  if (!path.startsWith('/')) return { unseen: `\`${variable}\` is no path of a mounted file` };
  const mounts = (container.volumeMounts ?? [])
    .filter(
      ({ mountPath, subPath }) =>
        path.startsWith(`${mountPath.replace(/\/$/, '')}/`) || (subPath !== undefined && path === mountPath),
    )
    .sort((a, b) => b.mountPath.length - a.mountPath.length);
  const mount = mounts[0];
  const volume = pod.spec?.volumes?.find(({ name }) => name === mount?.name);
  const projected = volume?.projected?.sources?.map((source) => source.secret?.name).filter(Boolean) ?? [];
  const secret = volume?.secret?.secretName ?? (projected.length === 1 ? projected[0] : undefined);
  if (!secret) return { unseen: `\`${path}\` is on no volume that is a Secret` };
  const key = mount?.mountPath === path ? mount.subPath : undefined;
  return { secret, key: key ?? path.slice(path.lastIndexOf('/') + 1) };
}
