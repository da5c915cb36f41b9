import type { TypeHint } from './layout.ts';

/** Group and version, then plurals and kinds of the resources Kubernetes itself serves. */
const BUILT_IN: readonly (readonly [apiVersion: string, kinds: string])[] = [
  [
    'v1',
    'bindings:Binding componentstatuses:ComponentStatus configmaps:ConfigMap endpoints:Endpoints events:Event limitranges:LimitRange namespaces:Namespace nodes:Node persistentvolumeclaims:PersistentVolumeClaim persistentvolumes:PersistentVolume pods:Pod podtemplates:PodTemplate replicationcontrollers:ReplicationController resourcequotas:ResourceQuota secrets:Secret serviceaccounts:ServiceAccount services:Service',
  ],
  [
    'apps/v1',
    'controllerrevisions:ControllerRevision daemonsets:DaemonSet deployments:Deployment replicasets:ReplicaSet statefulsets:StatefulSet',
  ],
  ['batch/v1', 'cronjobs:CronJob jobs:Job'],
  ['autoscaling/v2', 'horizontalpodautoscalers:HorizontalPodAutoscaler'],
  ['policy/v1', 'poddisruptionbudgets:PodDisruptionBudget'],
  ['coordination.k8s.io/v1', 'leases:Lease'],
  ['discovery.k8s.io/v1', 'endpointslices:EndpointSlice'],
  ['events.k8s.io/v1', 'events:Event'],
  ['scheduling.k8s.io/v1', 'priorityclasses:PriorityClass'],
  ['node.k8s.io/v1', 'runtimeclasses:RuntimeClass'],
  [
    'networking.k8s.io/v1',
    'ingresses:Ingress ingressclasses:IngressClass networkpolicies:NetworkPolicy servicecidrs:ServiceCIDR ipaddresses:IPAddress',
  ],
  [
    'storage.k8s.io/v1',
    'csidrivers:CSIDriver csinodes:CSINode csistoragecapacities:CSIStorageCapacity storageclasses:StorageClass volumeattachments:VolumeAttachment',
  ],
  [
    'rbac.authorization.k8s.io/v1',
    'clusterrolebindings:ClusterRoleBinding clusterroles:ClusterRole rolebindings:RoleBinding roles:Role',
  ],
  [
    'admissionregistration.k8s.io/v1',
    'mutatingwebhookconfigurations:MutatingWebhookConfiguration validatingwebhookconfigurations:ValidatingWebhookConfiguration validatingadmissionpolicies:ValidatingAdmissionPolicy validatingadmissionpolicybindings:ValidatingAdmissionPolicyBinding',
  ],
  ['apiextensions.k8s.io/v1', 'customresourcedefinitions:CustomResourceDefinition'],
  ['apiregistration.k8s.io/v1', 'apiservices:APIService'],
  ['certificates.k8s.io/v1', 'certificatesigningrequests:CertificateSigningRequest'],
  [
    'flowcontrol.apiserver.k8s.io/v1',
    'flowschemas:FlowSchema prioritylevelconfigurations:PriorityLevelConfiguration',
  ],
];

/** Kinds of Konvoy, of which its archives hold lists that may be empty. */
const OF_KONVOY: typeof BUILT_IN = [
  ['kubeaddons.mesosphere.io/v1beta2', 'addons:Addon clusteraddons:ClusterAddon'],
];

/** By `<plural>.<group>`, the core group without one: as `kubectl api-resources -o name` writes them. */
export const RESOURCE_NAMES: ReadonlyMap<string, TypeHint> = new Map(
  [...BUILT_IN, ...OF_KONVOY].flatMap(([apiVersion, kinds]) =>
    kinds.split(' ').map((pair) => {
      const [plural = '', kind = ''] = pair.split(':');
      const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
      return [`${plural}${group}`, { apiVersion, kind }] as const;
    }),
  ),
);
