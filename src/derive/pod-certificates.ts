import { type CertificateSource, certificates } from '../artifacts/certificates.ts';
import { secrets } from '../artifacts/resources.ts';
import { type CertificateFacts, parseCertificates } from '../artifacts/x509.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { type PlacedCertificate, placeOfSource, spread } from './certificate-places.ts';
import { withHeldSignatures } from './held-signatures.ts';
import { objectGraph } from './object-graph.ts';
import { storedCertificates } from './stored-certificates.ts';

type PodSource = Extract<CertificateSource, { readonly type: 'pod' }>;

/** Files an etcd reads its serving certificate from: kubeadm, k3s and RKE2. */
const ETCD_FILE = /\/etcd\/server[^/]*\.crt$/;

/** What a port of a pod serves. */
export interface PodCertificate {
  readonly pod: ObjectRef;
  readonly port: number;
  readonly purpose: PodSource['purpose'];
  /** The Services through which the API server calls the port. */
  readonly services: readonly ObjectRef[];
  readonly leaf: PlacedCertificate;
  /** All of the chain, leaf first. */
  readonly placed: readonly PlacedCertificate[];
  /** Known to lie in no Secret and no file of the bundle: then the pod is the place to tell it of. */
  readonly isOwn: boolean;
  /** A newer one for the same holder, in a Secret the pod mounts or a file of its node. */
  readonly newer?: PlacedCertificate;
}

/** Certificates as ports of pods serve them; none where nobody asked. */
export const podCertificates = defineDerived({
  id: 'pod-certificates',
  title: 'Certificates served by pods',
  needs: { documents: optional(certificates), stored: storedCertificates, secrets, graph: objectGraph },
  derive({ documents, stored, secrets: kept, graph }): readonly PodCertificate[] {
    const asked = documents.items.flatMap(sourcesOf);
    if (asked.length === 0) return [];
    withHeldSignatures(
      asked.flatMap(({ placed }) => placed),
      documents.items,
    );
    const prints = new Set(stored.map(({ facts }) => facts.fingerprint));
    const leavesBySubject = new Map<string, PlacedCertificate[]>();
    for (const one of stored) {
      if (one.position === 0 && (one.in === 'secret' || one.in === 'file'))
        getOrCreate(leavesBySubject, subjectKey(one.subject), () => []).push(one);
    }
    return asked.flatMap(({ source, placed }): PodCertificate[] => {
      const [leaf] = placed;
      if (!leaf) return [];
      const pod = { group: '', kind: 'Pod', namespace: source.namespace, name: source.name };
      const key = subjectKey(pod);
      const node = graph.nodeOf(key);
      const places = [...graph.uses(key), ...(node === undefined ? [] : [node])];
      const candidates = places
        .flatMap((place) => leavesBySubject.get(place) ?? [])
        .filter(
          (one) => one.in === 'secret' || (source.purpose === 'etcd' && ETCD_FILE.test(one.path ?? '')),
        );
      const newer = newestFor(leaf, candidates);
      return [
        {
          pod,
          port: source.port,
          purpose: source.purpose,
          services: source.services.map((one) => ({ group: '', kind: 'Service', ...one })),
          leaf,
          placed,
          // Static pods mount no Secrets.
          isOwn: !prints.has(leaf.facts.fingerprint) && (kept.coverage.complete || source.purpose === 'etcd'),
          ...(newer ? { newer } : {}),
        },
      ];
    });
  },
});

interface Asked {
  readonly source: PodSource;
  readonly placed: readonly PlacedCertificate[];
}

function sourcesOf(document: DocumentItem<{ readonly certificates: readonly Found[] }>): Asked[] {
  return document.value.certificates.flatMap(({ source, pem }, index): Asked[] => {
    if (source.type !== 'pod') return [];
    const where = { ...placeOfSource(source), holder: document, pointer: `/certificates/${index}` };
    return [{ source, placed: spread(parseCertificates(pem), where) }];
  });
}

interface Found {
  readonly source: CertificateSource;
  readonly pem: string;
}

/** The certificate that was made after this one for the same holder, whoever signed it. */
function newestFor(
  { facts }: PlacedCertificate,
  candidates: readonly PlacedCertificate[],
): PlacedCertificate | undefined {
  const names = namesOf(facts.names);
  let newest: PlacedCertificate | undefined;
  for (const one of candidates) {
    const isSame = one.facts.subject === facts.subject && namesOf(one.facts.names) === names;
    if (!isSame || one.facts.isCa !== facts.isCa || !isNewer(one.facts, facts)) continue;
    if (!newest || isNewer(one.facts, newest.facts)) newest = one;
  }
  // The one it serves may lie beside the newest: then a copy was added, and nothing was missed.
  return candidates.some((one) => one.facts.fingerprint === facts.fingerprint) ? undefined : newest;
}

/** kubeadm dates the beginning of all it signs back to that of their authority. */
function isNewer(a: Validity, b: Validity): boolean {
  return a.notBefore > b.notBefore || (a.notBefore === b.notBefore && a.notAfter > b.notAfter);
}

type Validity = Pick<CertificateFacts, 'notBefore' | 'notAfter'>;

function namesOf(names: readonly string[]): string {
  return [...names].sort().join(' ');
}
