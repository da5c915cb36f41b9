import type { TypeHint } from './layout.ts';

function hint(apiVersion: string, kind: string): TypeHint {
  return { apiVersion, kind };
}

/** Folders below `cluster-resources/` that hold one list per namespace, old spellings included. */
export const NAMESPACED_DIRS: ReadonlyMap<string, TypeHint> = new Map([
  ['pods', hint('v1', 'Pod')],
  ['pod-disruption-budgets', hint('policy/v1', 'PodDisruptionBudget')],
  ['services', hint('v1', 'Service')],
  ['deployments', hint('apps/v1', 'Deployment')],
  ['replicasets', hint('apps/v1', 'ReplicaSet')],
  ['statefulsets', hint('apps/v1', 'StatefulSet')],
  ['daemonsets', hint('apps/v1', 'DaemonSet')],
  ['jobs', hint('batch/v1', 'Job')],
  ['cronjobs', hint('batch/v1', 'CronJob')],
  ['ingress', hint('networking.k8s.io/v1', 'Ingress')],
  ['network-policy', hint('networking.k8s.io/v1', 'NetworkPolicy')],
  ['resource-quota', hint('v1', 'ResourceQuota')],
  ['resource-quotas', hint('v1', 'ResourceQuota')],
  ['limitranges', hint('v1', 'LimitRange')],
  ['events', hint('v1', 'Event')],
  ['pvcs', hint('v1', 'PersistentVolumeClaim')],
  ['roles', hint('rbac.authorization.k8s.io/v1', 'Role')],
  ['rolebindings', hint('rbac.authorization.k8s.io/v1', 'RoleBinding')],
  ['endpoints', hint('v1', 'Endpoints')],
  ['endpointslices', hint('discovery.k8s.io/v1', 'EndpointSlice')],
  ['serviceaccounts', hint('v1', 'ServiceAccount')],
  ['leases', hint('coordination.k8s.io/v1', 'Lease')],
  ['configmaps', hint('v1', 'ConfigMap')],
]);

/** Files directly in `cluster-resources/` (without `.json`) that hold one list of the cluster. */
export const CLUSTER_FILES: ReadonlyMap<string, TypeHint> = new Map([
  ['namespaces', hint('v1', 'Namespace')],
  ['nodes', hint('v1', 'Node')],
  ['pvs', hint('v1', 'PersistentVolume')],
  ['storage-classes', hint('storage.k8s.io/v1', 'StorageClass')],
  ['ingress-classes', hint('networking.k8s.io/v1', 'IngressClass')],
  ['priorityclasses', hint('scheduling.k8s.io/v1', 'PriorityClass')],
  ['custom-resource-definitions', hint('apiextensions.k8s.io/v1', 'CustomResourceDefinition')],
  ['clusterroles', hint('rbac.authorization.k8s.io/v1', 'ClusterRole')],
  ['clusterrolebindings', hint('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding')],
  ['clusterRoleBindings', hint('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding')],
  ['volumeattachments', hint('storage.k8s.io/v1', 'VolumeAttachment')],
  ['certificatesigningrequests', hint('certificates.k8s.io/v1', 'CertificateSigningRequest')],
  [
    'validating-webhook-configurations',
    hint('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'),
  ],
  [
    'mutating-webhook-configurations',
    hint('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'),
  ],
]);
