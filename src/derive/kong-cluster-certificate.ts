import type { SecretItem } from '../artifacts/resources.ts';
import type { CertificateFacts } from '../artifacts/x509.ts';
import type { Collection } from '../model/artifact.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { coversHost } from './certificate-names.ts';
import type { PlacedCertificate } from './certificate-places.ts';
import type { ClusterCertificateSource, KongPlane } from './kong-environment.ts';

/** The leaf of a plane's cluster certificate, or why it cannot be seen. */
export type ClusterCertificate =
  | { readonly secret: ObjectRef; readonly leaf: PlacedCertificate }
  | { readonly unseen: string };

/** Leaves of the certificates in the bundle by where they are kept. */
export type Leaves = ReadonlyMap<string, PlacedCertificate>;

/** Indexes the leaves of Secrets. */
export function leavesOf(inventory: readonly PlacedCertificate[]): Leaves {
  const leaves = new Map<string, PlacedCertificate>();
  for (const one of inventory) {
    if (one.position === 0) leaves.set(`${subjectKey(one.subject)} ${one.pointer}`, one);
  }
  return leaves;
}

/** The Secret a plane reads its cluster certificate from. */
export function clusterSecret({ pod, certificate }: KongPlane): ObjectRef | undefined {
  return 'unseen' in certificate ? undefined : secretOf(pod, certificate.secret);
}

function secretOf({ metadata: { namespace } }: KongPlane['pod'], name: string): ObjectRef {
  return { group: '', kind: 'Secret', ...(namespace === undefined ? {} : { namespace }), name };
}

/** The cluster certificate as the Secret holds it: a plane that runs may still use an earlier one. */
export function clusterCertificate(
  plane: KongPlane,
  leaves: Leaves,
  secrets: Collection<SecretItem>,
): ClusterCertificate {
  return certificateIn(plane, plane.certificate, { leaves, secrets });
}

/** The CA a plane checks the other one by in PKI mode. */
export function clusterAuthority(
  plane: KongPlane,
  leaves: Leaves,
  secrets: Collection<SecretItem>,
): ClusterCertificate {
  return certificateIn(plane, plane.authority, { leaves, secrets });
}

function certificateIn(
  { pod }: KongPlane,
  source: ClusterCertificateSource,
  { leaves, secrets }: { readonly leaves: Leaves; readonly secrets: Collection<SecretItem> },
): ClusterCertificate {
  if ('unseen' in source) return source;
  const { key } = source;
  const secret = secretOf(pod, source.secret);
  const leaf = leaves.get(`${subjectKey(secret)} /data/${key}`);
  if (leaf) return { secret, leaf };
  const found = secrets.lookup({
    ...(secret.namespace ? { namespace: secret.namespace } : {}),
    name: secret.name,
  });
  if (found.state === 'unseen') return { unseen: `Secrets were not seen: ${found.gap.reason}` };
  if (found.state === 'absent') return { unseen: `Secret \`${secret.name}\` does not exist (any more)` };
  return {
    unseen: `key \`${key}\` of Secret \`${secret.name}\` holds no certificate that is kept in a bundle`,
  };
}

/**
 * Whether a certificate has a name, as OpenSSL's X509_check_host asks it: by its DNS names where it has any,
 * else by its common name.
 */
export function hasName(facts: CertificateFacts, name: string): boolean {
  if (facts.names.some((one) => one.startsWith('DNS:'))) return coversHost(facts, name);
  return coversHost({ names: [`DNS:${commonNameOf(facts)}`] }, name) || coversHost(facts, name);
}

/** The common name of the subject, empty when there is none. */
export function commonNameOf({ subject }: CertificateFacts): string {
  return /(?:^|, )CN=([^,]+)/.exec(subject)?.[1] ?? '';
}

/** Enough of a SHA-256 to tell two certificates apart. */
export function shortFingerprint(fingerprint: string): string {
  return `SHA-256 ${fingerprint.slice(0, 16)}`;
}
