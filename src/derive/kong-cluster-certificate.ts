import type { SecretItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import type { PlacedCertificate } from './certificate-inventory.ts';
import type { KongPlane } from './kong-environment.ts';

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
  if ('unseen' in certificate) return undefined;
  const { namespace } = pod.metadata;
  return {
    group: '',
    kind: 'Secret',
    ...(namespace === undefined ? {} : { namespace }),
    name: certificate.secret,
  };
}

/** The cluster certificate as the Secret holds it: a plane that runs may still use an earlier one. */
export function clusterCertificate(
  plane: KongPlane,
  leaves: Leaves,
  secrets: Collection<SecretItem>,
): ClusterCertificate {
  const secret = clusterSecret(plane);
  if (!secret || 'unseen' in plane.certificate)
    return 'unseen' in plane.certificate ? plane.certificate : { unseen: 'no Secret is named' };
  const { key } = plane.certificate;
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
