import { API, faultScenario, SHOP } from '../base-cluster.ts';
import { MINUTE, objectOf } from '../object.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { Scenario } from '../scenario.ts';

/** The API was deployed anew so long before the collection, after the namespace had been restricted. */
const DEPLOYED = 55 * MINUTE;
const VIOLATIONS = [
  'allowPrivilegeEscalation != false (container "api" must set securityContext.allowPrivilegeEscalation=false)',
  'unrestricted capabilities (container "api" must set securityContext.capabilities.drop=["ALL"])',
  'runAsNonRoot != true (pod or container "api" must set securityContext.runAsNonRoot=true)',
  'seccompProfile (pod or container "api" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
];
const MESSAGE = `pods "api-5c9f7db84b-zt4hn" is forbidden: violates PodSecurity "restricted:latest": ${VIOLATIONS.join(', ')}`;

/** The namespace enforces the PodSecurity level `restricted`, which the pods of the API do not meet. */
export async function podSecurityDenied(): Promise<Scenario> {
  const labels = {
    'kubernetes.io/metadata.name': SHOP,
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'latest',
  };
  const namespace = objectOf(
    { kind: 'Namespace', name: SHOP, labels },
    { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
  );
  const workload = { ...API, age: DEPLOYED, replicas: [], wanted: 1, rollout: 'stuck' } as const;
  return faultScenario('pod-security-denied', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [namespace, ...refusedDeployment(workload, MESSAGE, DEPLOYED)],
  });
}
