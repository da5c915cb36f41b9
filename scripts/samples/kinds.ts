import type { ApiResource } from '../../src/model/kube.ts';

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
