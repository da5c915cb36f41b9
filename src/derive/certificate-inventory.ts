import { type CertificateSource, certificates } from '../artifacts/certificates.ts';
import { configMaps, secrets } from '../artifacts/resources.ts';
import {
  type CertificateFacts,
  type ParsedCertificate,
  parseBase64Certificates,
  parseCertificates,
} from '../artifacts/x509.ts';
import { defineDerived, optional } from '../model/artifact.ts';
import type { Value } from '../model/message.ts';
import { type Subject, subjectOf } from '../model/subject.ts';
import { secretUsers } from './secret-users.ts';

/** One certificate in one place. */
export interface PlacedCertificate {
  readonly facts: CertificateFacts;
  /** The Secret, ConfigMap or other object, or the endpoint that serves it. */
  readonly subject: Subject;
  /** How it lies in the subject, to be read before its name: `key tls.crt of`, `served by`. */
  readonly place: string;
  /** What holds the certificate, to be cited, and the pointer to the field in it. */
  readonly holder: object;
  readonly pointer: string;
  /** 0 is the leaf of a chain. */
  readonly position: number;
  /** Another certificate of the same place that is still valid longer: a rotated copy or another CA. */
  readonly siblings: readonly CertificateFacts[];
  /** Whether something uses it: certain for what is served or in the kubeconfig, by reference for Secrets. */
  readonly used: 'yes' | 'no' | 'unknown';
  /** Issued for the control plane itself: served by the API server, in the kubeconfig, or its published CAs. */
  readonly controlPlane: boolean;
}

/** Keys of ConfigMaps that hold CA bundles the cluster itself publishes (facts: control-plane-and-nodes.md §6.1). */
const CONFIG_MAP_KEYS = [
  'ca.crt',
  'client-ca-file',
  'requestheader-client-ca-file',
  'root-cert.pem',
] as const;
const SECRET_KEYS = ['tls.crt', 'ca.crt', 'cert.pem', 'cluster.crt'] as const;

/** Every public certificate of the bundle, each place of it; copies in other namespaces' ConfigMaps once. */
export const certificateInventory = defineDerived({
  id: 'certificate-inventory',
  title: 'Certificates',
  needs: { secrets, configMaps: optional(configMaps), documents: optional(certificates), users: secretUsers },
  derive(inputs): readonly PlacedCertificate[] {
    const placed: PlacedCertificate[] = [];
    const published = new Set<string>();
    for (const secret of inputs.secrets.items) {
      for (const key of SECRET_KEYS) {
        const value = secret.data?.[key];
        if (!value) continue;
        const used = inputs.users.uses(secret);
        placed.push(
          ...place(parseBase64Certificates(value), {
            subject: subjectOf(secret),
            place: `key ${key} of`,
            holder: secret,
            pointer: `/data/${key}`,
            used,
            controlPlane: false,
          }),
        );
      }
    }
    for (const configMap of inputs.configMaps.items) {
      for (const key of CONFIG_MAP_KEYS) {
        const value = configMap.data?.[key];
        if (!value || published.has(`${configMap.metadata.name} ${value}`)) continue;
        published.add(`${configMap.metadata.name} ${value}`);
        placed.push(
          ...place(parseCertificates(value), {
            subject: subjectOf(configMap),
            place: `key ${key} of`,
            holder: configMap,
            pointer: `/data/${key}`,
            used: 'yes',
            controlPlane: configMap.metadata.name !== 'istio-ca-root-cert',
          }),
        );
      }
    }
    for (const document of inputs.documents.items) {
      for (const [index, { source, pem }] of document.value.certificates.entries()) {
        placed.push(
          ...place(parseCertificates(pem), {
            ...placeOf(source),
            holder: document,
            pointer: `/certificates/${index}`,
            used: 'yes',
            controlPlane: source.type !== 'object',
          }),
        );
      }
    }
    return placed;
  },
  table: (placed) => ({
    id: 'certificates',
    title: 'Certificates',
    columns: [
      { id: 'where', title: 'Where', tag: 'object' },
      { id: 'place', title: 'Place', tag: 'text' },
      { id: 'subject', title: 'Subject', tag: 'text' },
      { id: 'issuer', title: 'Issuer', tag: 'text' },
      { id: 'names', title: 'Names', tag: 'text' },
      { id: 'notBefore', title: 'Valid from', tag: 'time' },
      { id: 'notAfter', title: 'Valid to', tag: 'time' },
      { id: 'fingerprint', title: 'SHA-256', tag: 'text' },
    ],
    rows: [...placed].sort((a, b) => (a.facts.notAfter < b.facts.notAfter ? -1 : 1)).map(row),
  }),
});

function row({ facts, subject, place: where }: PlacedCertificate): Value[] {
  return [
    subject,
    where.replace(/ (?:of|in|by)$/, ''),
    facts.subject,
    facts.issuer,
    facts.names,
    facts.notBefore,
    facts.notAfter,
    facts.fingerprint.slice(0, 16),
  ];
}

function place(
  parsed: readonly ParsedCertificate[],
  where: Omit<PlacedCertificate, 'facts' | 'position' | 'siblings'>,
): PlacedCertificate[] {
  const all = parsed.map((one) => one.facts).filter((facts) => facts !== undefined);
  return all.map((facts, position) => ({
    ...where,
    facts,
    position,
    siblings: all.filter(
      (other) =>
        other.isCa === facts.isCa &&
        other.fingerprint !== facts.fingerprint &&
        other.notAfter > facts.notAfter,
    ),
  }));
}

function placeOf(source: CertificateSource): Pick<PlacedCertificate, 'subject' | 'place'> {
  switch (source.type) {
    case 'kubeconfig':
      return {
        subject: { external: 'machine', name: 'kubeconfig of the collection' },
        place: source.field === 'client-certificate' ? 'client certificate in' : 'certificate authority in',
      };
    case 'served':
      return { subject: { external: 'host', name: source.endpoint }, place: 'served by' };
    case 'object': {
      const { group, kind, namespace, name, pointer } = source;
      return {
        subject: { group, kind, ...(namespace === undefined ? {} : { namespace }), name },
        place: `field ${pointer}`,
      };
    }
  }
}
