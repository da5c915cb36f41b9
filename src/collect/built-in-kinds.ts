import type { ApiResource, Discovery } from '../model/kube.ts';

interface Kinds {
  /** Separated by spaces. */
  readonly namespaced?: string;
  readonly cluster?: string;
}

/** Listable kinds Kubernetes itself has served in 1.20 to 1.36, by group. */
const BUILT_IN: Readonly<Record<string, Kinds>> = {
  '': {
    namespaced:
      'ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount',
    cluster: 'ComponentStatus Namespace Node PersistentVolume',
  },
  'admissionregistration.k8s.io': {
    cluster:
      'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration',
  },
  'apiextensions.k8s.io': { cluster: 'CustomResourceDefinition' },
  'apiregistration.k8s.io': { cluster: 'APIService' },
  apps: { namespaced: 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet' },
  autoscaling: { namespaced: 'HorizontalPodAutoscaler' },
  batch: { namespaced: 'CronJob Job' },
  'certificates.k8s.io': { cluster: 'CertificateSigningRequest' },
  'coordination.k8s.io': { namespaced: 'Lease' },
  'discovery.k8s.io': { namespaced: 'EndpointSlice' },
  'events.k8s.io': { namespaced: 'Event' },
  'flowcontrol.apiserver.k8s.io': { cluster: 'FlowSchema PriorityLevelConfiguration' },
  'networking.k8s.io': {
    namespaced: 'Ingress NetworkPolicy',
    cluster: 'IngressClass IPAddress ServiceCIDR',
  },
  'node.k8s.io': { cluster: 'RuntimeClass' },
  policy: { namespaced: 'PodDisruptionBudget', cluster: 'PodSecurityPolicy' },
  'rbac.authorization.k8s.io': { namespaced: 'Role RoleBinding', cluster: 'ClusterRole ClusterRoleBinding' },
  'resource.k8s.io': {
    namespaced: 'ResourceClaim ResourceClaimTemplate',
    cluster: 'DeviceClass ResourceSlice',
  },
  'scheduling.k8s.io': { cluster: 'PriorityClass' },
  'storage.k8s.io': {
    namespaced: 'CSIStorageCapacity',
    cluster: 'CSIDriver CSINode StorageClass VolumeAttachment VolumeAttributesClass',
  },
};

/** Whether Kubernetes itself serves a group, and no aggregated API. */
export function isBuiltInGroup(group: string): boolean {
  return Object.hasOwn(BUILT_IN, group);
}

/** Groups of custom resources analyzers go by, which need not be spelled out kind by kind. */
const KNOWN_GROUPS: Readonly<Record<string, Kinds>> = {
  'acme.cert-manager.io': { namespaced: 'Challenge Order' },
  'apps.kommander.d2iq.io': { namespaced: 'App AppDeployment', cluster: 'ClusterApp' },
  'cert-manager.io': { namespaced: 'Certificate CertificateRequest Issuer', cluster: 'ClusterIssuer' },
  'cluster.x-k8s.io': { namespaced: 'Cluster Machine MachineDeployment MachineSet' },
  'configuration.konghq.com': {
    namespaced:
      'IngressClassParameters KongConsumer KongConsumerGroup KongCustomEntity KongIngress KongPlugin KongUpstreamPolicy TCPIngress UDPIngress',
    cluster: 'KongClusterPlugin KongLicense KongVault',
  },
  'controlplane.cluster.x-k8s.io': { namespaced: 'KubeadmControlPlane' },
  'env.alibaba.com': { namespaced: 'VirtualEnvironment' },
  'extensions.istio.io': { namespaced: 'WasmPlugin' },
  'gateway.networking.k8s.io': {
    namespaced: 'BackendTLSPolicy Gateway GRPCRoute HTTPRoute ReferenceGrant TCPRoute TLSRoute UDPRoute',
    cluster: 'GatewayClass',
  },
  'helm.toolkit.fluxcd.io': { namespaced: 'HelmRelease' },
  'kommander.mesosphere.io': { namespaced: 'KommanderCluster' },
  'kubeaddons.mesosphere.io': { namespaced: 'Addon', cluster: 'ClusterAddon' },
  'kustomize.toolkit.fluxcd.io': { namespaced: 'Kustomization' },
  'networking.istio.io': {
    namespaced:
      'DestinationRule EnvoyFilter Gateway ProxyConfig ServiceEntry Sidecar VirtualService WorkloadEntry WorkloadGroup',
  },
  'security.istio.io': { namespaced: 'AuthorizationPolicy PeerAuthentication RequestAuthentication' },
  'snapshot.storage.k8s.io': {
    namespaced: 'VolumeSnapshot',
    cluster: 'VolumeSnapshotClass VolumeSnapshotContent',
  },
  'source.toolkit.fluxcd.io': { namespaced: 'Bucket GitRepository HelmChart HelmRepository OCIRepository' },
  'telemetry.istio.io': { namespaced: 'Telemetry' },
};

/** Names `--group` takes as they are. */
export const KNOWN_GROUP_NAMES: readonly string[] = Object.keys(KNOWN_GROUPS).sort();

/**
 * What a server may serve, told without one: the kinds of Kubernetes itself and the groups named, each a known
 * group or one kind as `<plural>.<group>` (its scope is not known: taken as namespaced). Undefined for a name
 * that is neither.
 */
export function builtInKinds(groups: readonly string[]): Discovery | { readonly unknown: string } {
  const resources: ApiResource[] = Object.entries(BUILT_IN).flatMap(([group, kinds]) =>
    kindsOf(group, kinds),
  );
  for (const name of groups) {
    const known = KNOWN_GROUPS[name];
    const [, plural, group] = /^([a-z][a-z0-9-]*)\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)$/.exec(name) ?? [];
    if (known) resources.push(...kindsOf(name, known));
    else if (plural !== undefined && group !== undefined)
      resources.push(resource(group, plural, { plural, namespaced: true }));
    else return { unknown: name };
  }
  return {
    resources,
    failures: [],
    observedAt: { time: new Date(0).toISOString(), source: 'collector', errorSeconds: 0 },
    find: (group, kind) => resources.find((one) => one.group === group && one.kind === kind),
  };
}

function kindsOf(group: string, { namespaced = '', cluster = '' }: Kinds): ApiResource[] {
  const of = (kinds: string, isNamespaced: boolean) =>
    kinds
      .split(' ')
      .filter((kind) => kind !== '')
      .map((kind) => resource(group, kind, { plural: pluralOf(kind), namespaced: isNamespaced }));
  return [...of(namespaced, true), ...of(cluster, false)];
}

/** The guess of Kubernetes itself (apimachinery, UnsafeGuessKindToResource), right for all kinds above. */
function pluralOf(kind: string): string {
  const singular = kind.toLowerCase();
  if (singular === 'endpoints') return singular;
  if (singular.endsWith('s')) return `${singular}es`;
  return /[^aeiou]y$/.test(singular) ? `${singular.slice(0, -1)}ies` : `${singular}s`;
}

function resource(
  group: string,
  kind: string,
  { plural, namespaced }: Pick<ApiResource, 'plural' | 'namespaced'>,
): ApiResource {
  return {
    group,
    version: 'v1',
    versions: ['v1'],
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced,
    verbs: ['get', 'list', 'watch'],
    subresources: [],
  };
}
