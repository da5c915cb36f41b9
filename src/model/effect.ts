/**
 * What goes wrong as seen from outside: the joint between a cause and its symptoms. Closed; a message
 * declares the effect it is, other messages declare which effects they explain.
 */
export type Effect =
  // The control plane, from the ground up.
  | 'etcd-unavailable'
  | 'etcd-slow'
  | 'api-server-unreachable'
  /** It answers, but checks of its own fail, or it answers slowly or with errors. */
  | 'api-server-degraded'
  | 'api-group-unavailable'
  | 'certificate-invalid'
  /** A component's requests are refused for its credentials or its rights. */
  | 'request-denied'
  | 'clock-off'
  | 'controllers-not-running'
  | 'scheduler-not-running'
  /** Creating or changing objects is refused or not answered by a webhook. */
  | 'admission-failing'
  | 'object-not-deleted'
  // Nodes.
  | 'node-not-ready'
  /** Memory, disk or process ids run out on a node. */
  | 'node-pressure'
  | 'container-runtime-down'
  /** The network plugin is not set up on a node, or its component does not run there. */
  | 'node-network-not-ready'
  // Pods, in the order of their life.
  | 'pods-not-created'
  /** No PodScheduled condition at all: the scheduler has not looked at the pod. */
  | 'pod-not-considered'
  | 'pod-not-scheduled'
  | 'volume-not-bound'
  | 'volume-not-attached'
  | 'pod-not-starting'
  | 'pod-crashing'
  | 'pod-not-ready'
  | 'pod-evicted'
  | 'pod-not-terminating'
  /** An application reports that something it depends on refuses or does not answer. */
  | 'connection-failing'
  // Workloads and what leads to them.
  | 'workload-not-available'
  | 'job-failed'
  | 'autoscaling-failing'
  | 'service-without-endpoints'
  /** The EndpointSlices no longer follow the pods. */
  | 'endpoints-stale'
  | 'service-unreachable'
  /** A Service of type LoadBalancer without an address. */
  | 'load-balancer-missing'
  | 'route-broken'
  | 'dns-failing'
  /** What an operator keeps (an addon, a Helm release, an object of Flux or Cluster API) is not as it is to be. */
  | 'not-reconciled'
  /** Logs or metrics do not arrive where they are to be looked at. */
  | 'telemetry-stale'
  | 'collection-broken-off'
  | 'data-plane-not-connected'
  /** A data plane serves another configuration than its control plane holds, or none. */
  | 'data-plane-configuration-old';

/**
 * A directed relation of the object graph, read from the cause's subject to the symptom's objects (its
 * subject and what it names as `related`). Each is a single step; longer chains arise from cause to
 * symptom to symptom.
 */
export type Relation =
  /** The cause's subject, or something external the cause names as related, is one of the symptom's objects. */
  | 'same-object'
  /** The cause's object owns one of the symptom's, at any depth: Deployment → its Pods. */
  | 'owns'
  /** The cause's object is owned by one of the symptom's: Pod → its Deployment. */
  | 'owned-by'
  /** The cause's node runs one of the symptom's pods. */
  | 'runs'
  /** The cause's pod is placed on the symptom's node: a network agent → its node. */
  | 'placed-on'
  /** The cause's pod is selected by the symptom's Service. */
  | 'selected-by'
  /**
   * The cause's object is mounted or named by the symptom's: Secret, ConfigMap, claim, ServiceAccount,
   * PriorityClass → Pod or workload; PersistentVolume, StorageClass → claim; storage's provisioner → class.
   */
  | 'used-by'
  /** The cause's Service stands behind the symptom's webhook, APIService, Ingress, route or CRD conversion. */
  | 'backs'
  /** The cause's VirtualService or DestinationRule is what requests to the symptom's Service go by. */
  | 'fronts'
  /** The cause's workload is the target of the symptom's HorizontalPodAutoscaler. */
  | 'scaled-by'
  /** The cause's object lies in the namespace of one of the symptom's, or is that Namespace: quota → workloads. */
  | 'same-namespace'
  /** The cause is a cluster-wide component: it reaches every object. */
  | 'cluster-wide';

/** Domains, the first folder below `collectors/` and `analyzers/`, as layers for ranking: a lower number is nearer to the ground and ranks first among equals. */
export const LAYERS = [
  'etcd',
  'control-plane',
  'certificate',
  'admission',
  'node',
  'storage',
  'network',
  'workload',
  'kubernetes',
  'istio',
  'kong',
  'virtual-environment',
  'konvoy',
  'collection',
] as const;
