import { objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';

/** A Service over pods, with its EndpointSlice. */
export function service(what: {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly clusterIP: string;
  readonly ports: readonly { readonly name: string; readonly port: number; readonly targetPort: number }[];
  readonly pods: readonly ApiObject[];
  readonly age?: number;
}): ApiObject[] {
  const { namespace, name, selector, clusterIP, ports, pods, age } = what;
  const owner = objectOf(
    { kind: 'Service', namespace, name, age, labels: selector },
    {
      spec: {
        type: 'ClusterIP',
        clusterIP,
        clusterIPs: [clusterIP],
        selector,
        ports: ports.map((port) => ({ protocol: 'TCP', ...port })),
        sessionAffinity: 'None',
      },
      status: { loadBalancer: {} },
    },
  );
  const slice = objectOf(
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      namespace,
      name: `${name}-${String(owner.metadata.uid).slice(0, 5)}`,
      age,
      labels: {
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      owner,
    },
    {
      addressType: 'IPv4',
      ports: ports.map(({ name: port, targetPort }) => ({ name: port, port: targetPort, protocol: 'TCP' })),
      endpoints: pods.filter(hasAddress).map(endpointOf),
    },
  );
  return [owner, slice];
}

function hasAddress({ status }: ApiObject): boolean {
  return (status as { podIP?: string }).podIP !== undefined;
}

function endpointOf(pod: ApiObject): Parts {
  const status = pod.status as { podIP: string; conditions: { type: string; status: string }[] };
  const serving = status.conditions.some((one) => one.type === 'Ready' && one.status === 'True');
  const { name, namespace, uid, deletionTimestamp } = pod.metadata;
  const terminating = deletionTimestamp !== undefined;
  return {
    addresses: [status.podIP],
    conditions: { ready: serving && !terminating, serving, terminating },
    nodeName: (pod.spec as { nodeName: string }).nodeName,
    targetRef: { kind: 'Pod', namespace, name, uid },
  };
}
