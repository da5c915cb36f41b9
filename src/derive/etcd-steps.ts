/** Where kubeadm keeps what etcdctl needs inside the etcd pod. */
const KUBEADM = [
  '--cacert=/etc/kubernetes/pki/etcd/ca.crt',
  '--cert=/etc/kubernetes/pki/etcd/server.crt',
  '--key=/etc/kubernetes/pki/etcd/server.key',
] as const;
const RKE2_TLS = '/var/lib/rancher/rke2/server/tls/etcd';
const RKE2 = [
  `--cacert=${RKE2_TLS}/server-ca.crt`,
  `--cert=${RKE2_TLS}/server-client.crt`,
  `--key=${RKE2_TLS}/server-client.key`,
] as const;

/** The step of one flavour. */
interface FlavouredStep<T extends string> {
  readonly text: T;
  readonly argv: readonly string[];
  readonly flavour: string;
}

/**
 * A remedy step that runs etcdctl in the pod named by a placeholder, for each flavour that has etcd pods.
 * Arguments are never a shell line: current etcd images hold no shell.
 */
export function etcdctl<const T extends string>(
  text: T,
  placeholder: string,
  ...command: readonly string[]
): readonly [FlavouredStep<T>, FlavouredStep<T>, FlavouredStep<T>] {
  const exec = ['kubectl', 'exec', '-n', `{${placeholder}.namespace}`, `{${placeholder}.name}`];
  const local = '--endpoints=https://127.0.0.1:2379';
  return [
    { text, argv: [...exec, '--', 'etcdctl', local, ...KUBEADM, ...command], flavour: 'kubeadm' },
    { text, argv: [...exec, '--', 'etcdctl', local, ...RKE2, ...command], flavour: 'rke2' },
    // The container etcdctl has endpoints and certificates in its environment.
    { text, argv: [...exec, '-c', 'etcdctl', '--', 'etcdctl', ...command], flavour: 'openshift' },
  ];
}

/** The kubelet and the runtime know an etcd container even when the API server does not answer. */
export const READ_ETCD_LOG = {
  text: 'On the node, see whether the container runs and read its last lines: `crictl ps -a --name etcd`, then `crictl logs` with its id. etcd as a systemd unit writes to the journal: `journalctl -u etcd`.',
} as const;

/** How a member is taken out and a new one joined, for the member `via` another one that answers. */
export const REPLACE_MEMBER = [
  ...etcdctl(
    'Once its machine or its data are lost for good, remove it, from the member that answers: {via:object}. Removing a member that could come back costs its data.',
    'via',
    'member',
    'remove',
    '{memberId}',
  ),
  ...etcdctl('See that it is gone from the list.', 'via', 'member', 'list', '-w', 'table'),
  {
    text: 'Delete the Node of the lost machine if it is still listed. On the new machine, or on the old one after `kubeadm reset` and with an empty /var/lib/etcd, join as control plane: `kubeadm join … --control-plane` with the certificate key that `kubeadm init phase upload-certs --upload-certs` prints. kubeadm adds the etcd member itself. Konvoy does this step with `konvoy up`.',
    flavour: 'kubeadm',
  },
] as const;
