import type { CertificateFacts } from '../artifacts/x509.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { PlacedCertificate } from './certificate-places.ts';

/** A certificate and the place its reader takes the trusted authorities from. */
export interface CertificatePair {
  readonly leaf: PlacedCertificate;
  /** One of the trusted certificates, to cite where they lie. */
  readonly anchor: PlacedCertificate;
  readonly trusted: readonly CertificateFacts[];
}

const PKI = '/etc/kubernetes/pki/';
const CLUSTER_CA = `${PKI}ca.crt`;
/** Files of a kubeadm node with the file of the authority that has to have signed them (facts: §6.2). */
const SIGNED_BY: Readonly<Record<string, string>> = {
  [`${PKI}apiserver.crt`]: CLUSTER_CA,
  [`${PKI}apiserver-kubelet-client.crt`]: CLUSTER_CA,
  [`${PKI}front-proxy-client.crt`]: `${PKI}front-proxy-ca.crt`,
  [`${PKI}apiserver-etcd-client.crt`]: `${PKI}etcd/ca.crt`,
  [`${PKI}etcd/server.crt`]: `${PKI}etcd/ca.crt`,
  [`${PKI}etcd/peer.crt`]: `${PKI}etcd/ca.crt`,
  [`${PKI}etcd/healthcheck-client.crt`]: `${PKI}etcd/ca.crt`,
  '/etc/kubernetes/admin.conf': CLUSTER_CA,
  '/etc/kubernetes/super-admin.conf': CLUSTER_CA,
  '/etc/kubernetes/controller-manager.conf': CLUSTER_CA,
  '/etc/kubernetes/scheduler.conf': CLUSTER_CA,
  '/var/lib/kubelet/pki/kubelet-client-current.pem': CLUSTER_CA,
};

/** The leaves among a node's certificate files, each with the authority file of the same node. */
export function filePairs(inventory: readonly PlacedCertificate[]): CertificatePair[] {
  const files = new Map<string, PlacedCertificate[]>();
  for (const one of inventory) {
    if (one.in === 'file') getOrCreate(files, fileKey(one, one.path), () => []).push(one);
  }
  return [...files.values()].flatMap((placed) => {
    const leaf = placed.find((one) => !one.facts.isCa);
    const anchor = leaf && files.get(fileKey(leaf, SIGNED_BY[leaf.path ?? '']))?.[0];
    return leaf && anchor
      ? [{ leaf: { ...leaf, together: chainFrom(leaf) }, anchor, trusted: anchor.together }]
      : [];
  });
}

/** What the API server serves, with the authority the kubeconfig of the collection trusts. */
export function servedPairs(inventory: readonly PlacedCertificate[]): CertificatePair[] {
  const anchor = inventory.find(
    (one) => one.in === 'kubeconfig' && one.place.startsWith('certificate authority'),
  );
  if (!anchor) return [];
  return inventory
    .filter((one) => one.in === 'served' && one.position === 0)
    .map((leaf) => ({ leaf, anchor, trusted: anchor.together }));
}

/** Front proxy certificates of nodes with the authority the cluster publishes for them. */
export function frontProxyPairs(inventory: readonly PlacedCertificate[]): CertificatePair[] {
  const anchor = inventory.find(
    (one) => one.in === 'config-map' && one.pointer === '/data/requestheader-client-ca-file',
  );
  if (!anchor) return [];
  return inventory
    .filter((one) => one.path === `${PKI}front-proxy-client.crt` && one.position === 0)
    .map((leaf) => ({ leaf, anchor, trusted: anchor.together }));
}

/** A kubeconfig holds its authority before its own certificate. */
function chainFrom({ facts, together }: PlacedCertificate): CertificateFacts[] {
  return [facts, ...together.filter((one) => one.fingerprint !== facts.fingerprint)];
}

function fileKey({ subject }: PlacedCertificate, path: string | undefined): string {
  return `${subject.name} ${path ?? ''}`;
}
