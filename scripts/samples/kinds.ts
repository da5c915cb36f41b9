import type { ApiResource } from '../../src/model/kube.ts';
import type { ApiObject } from './scenario.ts';

const READ = ['get', 'list', 'watch'];

function kind(group: string, name: string, plural: string, more: Partial<ApiResource> = {}): ApiResource {
  return {
    group,
    version: 'v1',
    versions: ['v1'],
    kind: name,
    plural,
    singular: name.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    verbs: READ,
    subresources: [],
    ...more,
  };
}

/** What the API server of every sample serves. */
export const KINDS: readonly ApiResource[] = [
  kind('', 'ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  kind('', 'Event', 'events', { shortNames: ['ev'] }),
  kind('', 'Namespace', 'namespaces', { namespaced: false, shortNames: ['ns'] }),
  kind('', 'Node', 'nodes', { namespaced: false, shortNames: ['no'] }),
  kind('', 'PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'] }),
  kind('', 'Pod', 'pods', {
    shortNames: ['po'],
    categories: ['all'],
    subresources: ['log', 'portforward', 'status'],
  }),
  kind('', 'Secret', 'secrets'),
  kind('', 'Service', 'services', { shortNames: ['svc'], categories: ['all'] }),
  kind('admissionregistration.k8s.io', 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', {
    namespaced: false,
  }),
  kind('admissionregistration.k8s.io', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', {
    namespaced: false,
  }),
  kind('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', {
    namespaced: false,
    shortNames: ['crd', 'crds'],
  }),
  kind('apiregistration.k8s.io', 'APIService', 'apiservices', { namespaced: false }),
  kind('apps', 'DaemonSet', 'daemonsets', { shortNames: ['ds'], categories: ['all'] }),
  kind('apps', 'Deployment', 'deployments', { shortNames: ['deploy'], categories: ['all'] }),
  kind('apps', 'ReplicaSet', 'replicasets', { shortNames: ['rs'], categories: ['all'] }),
  kind('apps', 'StatefulSet', 'statefulsets', { shortNames: ['sts'], categories: ['all'] }),
  kind('authorization.k8s.io', 'SelfSubjectAccessReview', 'selfsubjectaccessreviews', {
    namespaced: false,
    verbs: ['create'],
  }),
  kind('batch', 'CronJob', 'cronjobs', { shortNames: ['cj'], categories: ['all'] }),
  kind('batch', 'Job', 'jobs', { categories: ['all'] }),
  kind('certificates.k8s.io', 'CertificateSigningRequest', 'certificatesigningrequests', {
    namespaced: false,
    shortNames: ['csr'],
  }),
  kind('coordination.k8s.io', 'Lease', 'leases'),
  kind('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  kind('events.k8s.io', 'Event', 'events', { shortNames: ['ev'] }),
  kind('networking.k8s.io', 'Ingress', 'ingresses', { shortNames: ['ing'] }),
];

const CLUSTER = { namespaced: false };

/** What the API server of a sample serves beside them when it has such objects. */
const MORE_KINDS: readonly ApiResource[] = [
  kind('', 'LimitRange', 'limitranges', { shortNames: ['limits'] }),
  kind('', 'PersistentVolume', 'persistentvolumes', { ...CLUSTER, shortNames: ['pv'] }),
  kind('', 'ResourceQuota', 'resourcequotas', { shortNames: ['quota'] }),
  kind('', 'ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  kind('autoscaling', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    version: 'v2',
    versions: ['v2', 'v1'],
    shortNames: ['hpa'],
  }),
  kind('networking.k8s.io', 'IngressClass', 'ingressclasses', CLUSTER),
  kind('networking.k8s.io', 'NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'] }),
  kind('env.alibaba.com', 'VirtualEnvironment', 'virtualenvironments', {
    version: 'v1alpha2',
    versions: ['v1alpha2'],
  }),
  kind('networking.istio.io', 'DestinationRule', 'destinationrules', { shortNames: ['dr'] }),
  kind('networking.istio.io', 'EnvoyFilter', 'envoyfilters', {
    version: 'v1alpha3',
    versions: ['v1alpha3'],
  }),
  kind('networking.istio.io', 'VirtualService', 'virtualservices', { shortNames: ['vs'] }),
  kind('apps.kommander.d2iq.io', 'AppDeployment', 'appdeployments', {
    version: 'v1alpha3',
    versions: ['v1alpha3', 'v1alpha2'],
  }),
  kind('apps.kommander.d2iq.io', 'ClusterApp', 'clusterapps', {
    ...CLUSTER,
    version: 'v1alpha3',
    versions: ['v1alpha3', 'v1alpha2'],
  }),
  kind('helm.toolkit.fluxcd.io', 'HelmRelease', 'helmreleases', {
    version: 'v2',
    versions: ['v2', 'v2beta2'],
    shortNames: ['hr'],
  }),
  kind('kubeaddons.mesosphere.io', 'ClusterAddon', 'clusteraddons', {
    ...CLUSTER,
    version: 'v1beta2',
    versions: ['v1beta2', 'v1beta1'],
  }),
  kind('policy', 'PodDisruptionBudget', 'poddisruptionbudgets', { shortNames: ['pdb'] }),
  kind('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', CLUSTER),
  kind('rbac.authorization.k8s.io', 'ClusterRoleBinding', 'clusterrolebindings', CLUSTER),
  kind('rbac.authorization.k8s.io', 'Role', 'roles'),
  kind('rbac.authorization.k8s.io', 'RoleBinding', 'rolebindings'),
  kind('scheduling.k8s.io', 'PriorityClass', 'priorityclasses', { ...CLUSTER, shortNames: ['pc'] }),
  kind('storage.k8s.io', 'CSIDriver', 'csidrivers', CLUSTER),
  kind('storage.k8s.io', 'CSINode', 'csinodes', CLUSTER),
  kind('storage.k8s.io', 'StorageClass', 'storageclasses', { ...CLUSTER, shortNames: ['sc'] }),
  kind('storage.k8s.io', 'VolumeAttachment', 'volumeattachments', CLUSTER),
];

/** Kinds a sample serves even when it has none. */
const ALWAYS: ReadonlySet<string> = new Set(['/Event', 'events.k8s.io/Event', 'batch/Job', 'batch/CronJob']);

/** What the API server serves of a sample with these objects: an empty list tells nothing and fills the bundle. */
export function kindsOf(objects: readonly ApiObject[]): ApiResource[] {
  const present = new Set(objects.map(({ apiVersion, kind: name }) => `${groupOf(apiVersion)}/${name}`));
  return [...KINDS, ...MORE_KINDS].filter(({ group, kind: name, verbs }) => {
    const id = `${group}/${name}`;
    return present.has(id) || ALWAYS.has(id) || !verbs.includes('list');
  });
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
