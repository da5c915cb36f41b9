import type { CertificateFacts } from '../artifacts/x509.ts';
import type { Severity } from '../model/message.ts';
import type { PlacedCertificate } from './certificate-places.ts';

const DAY = 86_400;
/** Days before the end of a leaf that lives long: kubeadm's live a year (facts: control-plane-and-nodes.md §6.3). */
const LEAF_LIMITS = { warning: 30, critical: 7 } as const;
/** A CA ends for all that trust it at once, and replacing it touches every holder. */
const AUTHORITY_LIMITS = { info: 365, warning: 180, critical: 30 } as const;
/** A certificate that is renewed by itself is late when less than this part of its life is left. */
const LATE_SHARE = 0.1;
/** Certificates that live shorter than this are renewed by a machine: kubelet, cert-manager, Istio. */
const SHORT_LIFE_SECONDS = 100 * DAY;
/** A CA that lives no longer than a year and a bit is itself renewed by a machine. */
const SHORT_AUTHORITY_LIFE_SECONDS = 400 * DAY;

/** How pressing the end of a valid leaf is: by days for long-lived ones, by its own life for short-lived ones. */
export function latenessOfLeaf(facts: CertificateFacts, leftSeconds: number): Severity | undefined {
  const life = lifeOf(facts);
  if (life < SHORT_LIFE_SECONDS) return leftSeconds < life * LATE_SHARE ? 'warning' : undefined;
  return latenessInDays(leftSeconds);
}

/** How pressing the end of a valid leaf is that lives long, as those of kubeadm do. */
export function latenessInDays(leftSeconds: number): 'critical' | 'warning' | undefined {
  if (leftSeconds <= LEAF_LIMITS.critical * DAY) return 'critical';
  return leftSeconds <= LEAF_LIMITS.warning * DAY ? 'warning' : undefined;
}

/** How pressing the end of a valid CA is. */
export function latenessOfAuthority(facts: CertificateFacts, leftSeconds: number): Severity | undefined {
  const life = lifeOf(facts);
  if (life < SHORT_AUTHORITY_LIFE_SECONDS) return leftSeconds < life * LATE_SHARE ? 'warning' : undefined;
  if (leftSeconds <= AUTHORITY_LIMITS.critical * DAY) return 'critical';
  if (leftSeconds <= AUTHORITY_LIMITS.warning * DAY) return 'warning';
  return leftSeconds <= AUTHORITY_LIMITS.info * DAY ? 'info' : undefined;
}

function lifeOf({ notBefore, notAfter }: CertificateFacts): number {
  return (Date.parse(notAfter) - Date.parse(notBefore)) / 1000;
}

/** Nobody is hurt by a certificate nothing uses, or by one whose successor lies beside it. */
export function weighByUse(
  { used, siblings, position, facts }: PlacedCertificate,
  severity: Severity,
): Severity {
  if (used === 'no') return 'info';
  if (siblings.length > 0 && (position > 0 || facts.isCa)) return 'info';
  return used === 'unknown' && severity === 'critical' ? 'warning' : severity;
}

/** What a certificate is called in a text. */
export function nameOfCertificate(facts: CertificateFacts): string {
  return facts.subject || facts.names[0] || facts.serial;
}

/**
 * Certificates made for the same holder by the same issuer, newest first: what a renewed file and the copy
 * still in a process's memory have in common.
 */
export function successors(
  inventory: readonly PlacedCertificate[],
): (certificate: PlacedCertificate) => PlacedCertificate | undefined {
  const newest = new Map<string, PlacedCertificate>();
  for (const one of inventory) {
    if (one.position !== 0 || one.in === 'served' || one.in === 'pod') continue;
    const key = identityOf(one.facts);
    const known = newest.get(key);
    if (!known || known.facts.notAfter < one.facts.notAfter) newest.set(key, one);
  }
  return ({ facts }) => {
    const found = newest.get(identityOf(facts));
    return found && found.facts.notAfter > facts.notAfter ? found : undefined;
  };
}

function identityOf({ subject, issuer, names }: CertificateFacts): string {
  return JSON.stringify([subject, issuer, [...names].sort()]);
}

/** What `kubeadm certs renew` calls the certificate of a file (cmd/kubeadm/app/phases/certs/renewal/manager.go). */
const KUBEADM_NAMES: Readonly<Record<string, string>> = {
  '/etc/kubernetes/pki/apiserver.crt': 'apiserver',
  '/etc/kubernetes/pki/apiserver-kubelet-client.crt': 'apiserver-kubelet-client',
  '/etc/kubernetes/pki/apiserver-etcd-client.crt': 'apiserver-etcd-client',
  '/etc/kubernetes/pki/front-proxy-client.crt': 'front-proxy-client',
  '/etc/kubernetes/pki/etcd/server.crt': 'etcd-server',
  '/etc/kubernetes/pki/etcd/peer.crt': 'etcd-peer',
  '/etc/kubernetes/pki/etcd/healthcheck-client.crt': 'etcd-healthcheck-client',
  '/etc/kubernetes/admin.conf': 'admin.conf',
  '/etc/kubernetes/super-admin.conf': 'super-admin.conf',
  '/etc/kubernetes/controller-manager.conf': 'controller-manager.conf',
  '/etc/kubernetes/scheduler.conf': 'scheduler.conf',
};

/** The name to renew a node's file by with kubeadm; undefined for files it does not renew. */
export function kubeadmName(path: string | undefined): string | undefined {
  return path === undefined ? undefined : KUBEADM_NAMES[path];
}

/** Whether a node's file is the kubelet's own, which it renews by itself. */
export function isKubeletFile(path: string | undefined): boolean {
  return path !== undefined && /^\/var\/lib\/kubelet\/pki\/|\/kubelet\.conf$/.test(path);
}
