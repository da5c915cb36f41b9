import type { KubeadmCertificate, kubeadmCertificates } from '../artifacts/kubeadm-certificates.ts';
import type { DocumentItem, Input } from '../model/artifact.ts';
import type { Subject } from '../model/subject.ts';
import type { PlacedCertificate } from './certificate-places.ts';
import { kubeadmName } from './certificate-validity.ts';

/** A certificate of a control plane node of which only kubeadm's word is in the bundle. */
export interface ToldCertificate {
  readonly certificate: KubeadmCertificate;
  readonly node: Subject;
  readonly document: DocumentItem<readonly KubeadmCertificate[]>;
  /** JSON Pointer into the document. */
  readonly pointer: string;
}

/** What kubeadm tells of certificates whose files were not read themselves; authorities are left out. */
export function toldCertificates(
  documents: Input<typeof kubeadmCertificates>,
  inventory: readonly PlacedCertificate[],
): ToldCertificate[] {
  const read = new Set<string>();
  for (const { in: place, subject, path } of inventory) {
    const name = kubeadmName(path);
    if (place === 'file' && name !== undefined) read.add(`${subject.name} ${name}`);
  }
  return documents.items.flatMap((document) => {
    const { scope, value } = document;
    if (scope.type !== 'node') return [];
    const node = { group: '', kind: 'Node', name: scope.node };
    return value.flatMap((certificate, index) => {
      if (certificate.isAuthority || read.has(`${scope.node} ${certificate.name}`)) return [];
      return [{ certificate, node, document, pointer: `/${index}` }];
    });
  });
}
