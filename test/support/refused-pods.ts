import { ago, type Built, condition, deployment, event } from './builders.ts';
import { replicaSet } from './controller-builders.ts';

/** What the API server says of pods of the ReplicaSet `web-7d4`, one refusal of each class. */
export const REFUSALS = {
  quota:
    'pods "web-7d4-x" is forbidden: exceeded quota: compute, requested: limits.cpu=1,pods=1, used: limits.cpu=9500m,pods=4, limited: limits.cpu=10,pods=10',
  wantsValues:
    'pods "web-7d4-" is forbidden: failed quota: compute: must specify limits.cpu for: app; limits.memory for: app',
  notCounted: 'pods "web-7d4-" is forbidden: status unknown for quota: compute, resources: pods',
  scope:
    'pods "web-7d4-" is forbidden: insufficient quota to match these scopes: [{PriorityClass In [high]}]',
  account:
    'pods "web-7d4-" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
  priority: 'pods "web-7d4-" is forbidden: no PriorityClass with name high was found',
  podSecurity:
    'pods "web-7d4-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)',
  denied: 'admission webhook "validate.policy.example" denied the request: no limits set',
  silent: 'admission webhook "gone.example" denied the request without explanation',
  unanswered:
    'Internal error occurred: failed calling webhook "validate.policy.example": failed to call webhook: Post "https://hook.policy.svc:443/": dial tcp 10.0.0.1:443: connect: connection refused',
  policy:
    "pods \"web-7d4-\" is forbidden: ValidatingAdmissionPolicy 'images' with binding 'all' denied request: only our registry",
  limitRange:
    'pods "web-7d4-" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, minimum memory usage per Container is 100Mi.  No request is specified]',
  rights:
    'pods is forbidden: User "system:serviceaccount:kube-system:replicaset-controller" cannot create resource "pods" in API group "" in the namespace "shop"',
  invalid: 'Pod "web-7d4-x" is invalid: spec.hostname: Invalid value: "a_b": not a DNS label',
  terminating:
    'pods "web-7d4-" is forbidden: unable to create new content in namespace shop because it is being terminated',
  replicaSets:
    'replicasets.apps "web-8" is forbidden: exceeded quota: objects, requested: count/replicasets.apps=1, used: count/replicasets.apps=5, limited: count/replicasets.apps=5',
  claim:
    'create Claim data-db-0 Pod db-0 in StatefulSet db failed error: persistentvolumeclaims "data-db-0" is forbidden: exceeded quota: storage, requested: requests.storage=5Gi, used: requests.storage=8Gi, limited: requests.storage=10Gi',
} as const;

/** A Deployment of three pods whose ReplicaSet was refused them ten minutes ago. */
export function refusedDeployment(message: string, ready = 0): Built[] {
  const reason = { reason: 'FailedCreate', message, lastTransitionTime: ago(600) };
  const status = { replicas: ready, readyReplicas: ready };
  return [
    deployment('web', { spec: { replicas: 3 }, status }),
    replicaSet('web-7d4', {
      status: { ...status, conditions: [condition('ReplicaFailure', 'True', reason)] },
    }),
  ];
}

/** The event of a controller that leaves no condition. */
export function failedCreate(about: Built, message: string, parts: object = {}): Built {
  return event(about, { reason: 'FailedCreate', message, ...parts });
}
