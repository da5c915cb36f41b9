import { join } from 'node:path';

/** TCP ports on 127.0.0.1, one per server. */
export interface Ports {
  readonly etcd: number;
  readonly etcdPeer: number;
  readonly api: number;
  readonly kwok: number;
}

const SERVICE_RANGE = '10.96.0.0/16';
/**
 * Address of the endpoint of the service `kubernetes`, kept for documentation (RFC 5737). Loopback is refused here,
 * and without the flag a machine with no default route cannot start the server.
 */
export const ADVERTISED = '192.0.2.10';

/** Flags of etcd with one member and its data under `dir`. */
export function etcdFlags(dir: string, ports: Ports): string[] {
  const client = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--unsafe-no-fsync',
  ];
}

/** Flags of kube-apiserver with certificates from `dir` and RBAC. */
export function apiServerFlags(dir: string, ports: Ports): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--storage-media-type=application/json',
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.api}`,
    `--advertise-address=${ADVERTISED}`,
    `--service-cluster-ip-range=${SERVICE_RANGE}`,
    `--client-ca-file=${join(dir, 'ca.crt')}`,
    `--tls-cert-file=${join(dir, 'apiserver.crt')}`,
    `--tls-private-key-file=${join(dir, 'apiserver.key')}`,
    `--kubelet-client-certificate=${join(dir, 'admin.crt')}`,
    `--kubelet-client-key=${join(dir, 'admin.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dir, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
  ];
}

/** Flags of kube-controller-manager with every default controller. */
export function controllerManagerFlags(dir: string): string[] {
  return [
    ...componentFlags(dir, 'kube-controller-manager'),
    `--service-account-private-key-file=${join(dir, 'sa.key')}`,
    `--root-ca-file=${join(dir, 'ca.crt')}`,
    '--use-service-account-credentials=true',
  ];
}

/** Flags of kube-scheduler. */
export function schedulerFlags(dir: string): string[] {
  return componentFlags(dir, 'kube-scheduler');
}

function componentFlags(dir: string, name: string): string[] {
  const kubeconfig = join(dir, `${name}.kubeconfig`);
  // Port 0: no server of their own, nothing asks them.
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    '--secure-port=0',
  ];
}

/** Flags of kwok as the kubelet of every node that is annotated for it. */
export function kwokFlags(dir: string, ports: Ports, leaseSeconds = 40): string[] {
  return [
    `--kubeconfig=${join(dir, 'admin.kubeconfig')}`,
    `--config=${join(dir, 'kwok.yaml')}`,
    // A node without it is one whose kubelet is gone.
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--node-ip=127.0.0.1',
    `--node-port=${ports.kwok}`,
    `--server-address=127.0.0.1:${ports.kwok}`,
    `--tls-cert-file=${join(dir, 'kubelet.crt')}`,
    `--tls-private-key-file=${join(dir, 'kubelet.key')}`,
    `--node-lease-duration-seconds=${leaseSeconds}`,
  ];
}
