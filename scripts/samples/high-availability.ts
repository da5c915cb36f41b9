import { samplePem } from './certificates.ts';
import { componentReplies } from './component-replies.ts';
import { etcdAnswers, type SampleMember } from './etcd-cluster.ts';
import { ago, DAY, microAgo, objectOf, uidOf } from './object.ts';
import type { ApiObject, SampleReply, Scenario } from './scenario.ts';
import { NODE_ADDRESSES } from './workloads.ts';

/** Three control plane nodes behind a balancer, and two workers. */
export const HA_NODES: readonly string[] = ['cp-1', 'cp-2', 'cp-3', 'worker-1', 'worker-2'];
const CONTROL_PLANE = HA_NODES.filter((name) => name.startsWith('cp-'));

/** Service `kubernetes` with the instances that renew their entry in etcd, and the lease of each instance. */
export function instances(down: string | undefined, since: number, renewed: number): ApiObject[] {
  const labels = { component: 'apiserver', provider: 'kubernetes' };
  const alive = CONTROL_PLANE.filter((name) => name !== down);
  return [
    objectOf(
      { kind: 'Service', namespace: 'default', name: 'kubernetes', labels },
      {
        spec: {
          type: 'ClusterIP',
          clusterIP: '10.96.0.1',
          clusterIPs: ['10.96.0.1'],
          ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
        },
        status: { loadBalancer: {} },
      },
    ),
    objectOf(
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        namespace: 'default',
        name: 'kubernetes',
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      },
      {
        addressType: 'IPv4',
        ports: [{ name: 'https', port: 6443, protocol: 'TCP' }],
        endpoints: alive.map((name) => ({ addresses: [NODE_ADDRESSES[name]], conditions: { ready: true } })),
      },
    ),
    ...identities(down, since, renewed),
  ];
}

/** The leases by which API servers say that they are there, renewed every ten seconds. */
export function identities(down: string | undefined, since: number, renewed: number): ApiObject[] {
  return CONTROL_PLANE.map((node) => {
    const name = `apiserver-${uidOf('Identity', undefined, node).replaceAll('-', '').slice(0, 26)}`;
    const age = node === down ? since : renewed;
    return objectOf(
      {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        namespace: 'kube-system',
        name,
        age: 12 * DAY,
        labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver', 'kubernetes.io/hostname': node },
      },
      {
        metadata: {
          managedFields: [
            {
              manager: 'kube-apiserver',
              operation: 'Update',
              apiVersion: 'coordination.k8s.io/v1',
              time: ago(age),
              fieldsType: 'FieldsV1',
              fieldsV1: { 'f:spec': { 'f:renewTime': {} } },
            },
          ],
        },
        spec: {
          holderIdentity: `${name}_${uidOf('Holder', undefined, node)}`,
          leaseDurationSeconds: 3600,
          renewTime: microAgo(age),
        },
      },
    );
  });
}

/** What the balancer and the instances behind it serve: each instance is valid for its own address only. */
export async function servers(): Promise<Pick<Scenario, 'handshake' | 'instances'>> {
  const all = await Promise.all(CONTROL_PLANE.map(async (node) => [node, await served(node)] as const));
  const { 'cp-1': first } = Object.fromEntries(all);
  return {
    handshake: {
      addresses: ['192.0.2.10'],
      chain: [first!],
      authorized: true,
      authorizationError: undefined,
    },
    instances: Object.fromEntries(
      all.map(([node, pem]) => [NODE_ADDRESSES[node], { addresses: [NODE_ADDRESSES[node]!], chain: [pem] }]),
    ),
  };
}

function served(node: string): Promise<string> {
  return samplePem({
    name: 'kube-apiserver',
    issuer: 'kubernetes',
    names: [
      'cp.example',
      node,
      'kubernetes',
      'kubernetes.default',
      'kubernetes.default.svc',
      '10.96.0.1',
      NODE_ADDRESSES[node]!,
    ],
    notBefore: '2026-01-21T08:00:00Z',
    notAfter: '2027-01-21T08:00:00Z',
  });
}

/** What the components of three control plane nodes answer; of a member that is down nothing is heard. */
export function answers(changes: readonly SampleMember[] = []) {
  const members = CONTROL_PLANE.map((node) => changes.find((one) => one.node === node) ?? { node });
  const { podReplies, commands } = etcdAnswers(members);
  const components: Record<string, SampleReply>[] = CONTROL_PLANE.map(componentReplies);
  const managers = Object.assign({}, ...components) as Record<string, SampleReply>;
  const others = Object.entries(managers).filter(([key]) => !key.startsWith('kube-system/etcd-'));
  return { podReplies: { ...Object.fromEntries(others), ...podReplies }, commands };
}
