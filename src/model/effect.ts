/**
 * What goes wrong as seen from outside: the joint between a cause and its symptoms. Closed; a message
 * declares the effect it is, other messages declare which effects they explain.
 */
export type Effect =
  | 'api-server-unreachable'
  | 'certificate-invalid'
  | 'controllers-not-running'
  | 'scheduler-not-running'
  /** No PodScheduled condition at all: the scheduler has not looked at the pod. */
  | 'pod-not-considered'
  | 'node-not-ready'
  | 'pod-not-scheduled'
  | 'pod-not-starting'
  | 'pod-crashing'
  | 'pod-not-ready'
  | 'service-without-endpoints'
  | 'collection-broken-off'
  | 'data-plane-not-connected'
  /** The signs of a lost link, in a data plane's log and its control plane's list. */
  | 'data-plane-link-down';

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
  /** The cause's pod is selected by the symptom's Service. */
  | 'selected-by'
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
