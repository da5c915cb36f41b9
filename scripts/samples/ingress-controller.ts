import { type ClusterPart, DAY, objectOf } from './object.ts';
import { deployment } from './workloads.ts';

const NAMESPACE = 'ingress-nginx';
const ACTIVE = { spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };

/** ingress-nginx with one pod and its class `nginx`; the log is for the scenario to write. */
export function ingressController(): ClusterPart {
  const controller = deployment({
    namespace: NAMESPACE,
    name: 'ingress-nginx-controller',
    hash: '6c8d9f7b54',
    age: 20 * DAY,
    labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
    container: {
      name: 'controller',
      image: 'registry.k8s.io/ingress-nginx/controller:v1.14.1',
      ports: [{ name: 'http', containerPort: 80, hostPort: 80 }],
    },
    replicas: [{ suffix: 'p4s9k', node: 'worker-1', ip: '10.244.1.70' }],
  });
  return {
    objects: [
      objectOf(
        { kind: 'Namespace', name: NAMESPACE, labels: { 'kubernetes.io/metadata.name': NAMESPACE } },
        ACTIVE,
      ),
      ...controller,
      objectOf(
        { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', name: 'nginx', age: 20 * DAY },
        { spec: { controller: 'k8s.io/ingress-nginx' } },
      ),
    ],
    logs: [[`${NAMESPACE}/ingress-nginx-controller-6c8d9f7b54-p4s9k/controller`, '']],
  };
}
