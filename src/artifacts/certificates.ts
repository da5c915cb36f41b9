import { document } from '../model/artifact.ts';
import type { Handshake, PublicCredentials } from '../model/kube.ts';
import type { Scope } from '../model/scope.ts';
import { listIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** What a pod serves a certificate for: a Service the API server calls, data planes of Kong, or etcd. */
export type ServedPurpose = 'service' | 'kong-cluster' | 'etcd';

/** Where certificates were found. */
export type CertificateSource =
  | { readonly type: 'kubeconfig'; readonly field: 'certificate-authority' | 'client-certificate' }
  /** Sent in a TLS handshake, leaf first. */
  | {
      readonly type: 'served';
      readonly endpoint: string;
      /** Whether chain and name verify against the CA of the kubeconfig. */
      readonly authorized: boolean;
      readonly error?: string;
    }
  /** Served by a port of a pod, asked through port-forward, leaf first. */
  | {
      readonly type: 'pod';
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
      readonly purpose: ServedPurpose;
      /** Services the API server calls that lead to this port. */
      readonly services: readonly { readonly namespace: string; readonly name: string }[];
    }
  /** A field of a Kubernetes object; `pointer` is a JSON Pointer into it. */
  | {
      readonly type: 'object';
      readonly group: string;
      readonly kind: string;
      readonly namespace?: string;
      readonly name: string;
      readonly pointer: string;
    }
  /** A file of a node: `/etc/kubernetes/pki/apiserver.crt`, or a kubeconfig with certificates inside. */
  | { readonly type: 'file'; readonly node: string; readonly path: string };

/** One or several certificates of one place. */
export interface FoundCertificates {
  readonly source: CertificateSource;
  /** PEM blocks of type CERTIFICATE, nothing else. */
  readonly pem: string;
}

/** A signature that held before the names of the certificate were replaced by pseudonyms. */
export interface HeldSignature {
  /** SHA-256 of the certificate as it is now, lower-case hexadecimal. */
  readonly certificate: string;
  /** SHA-256 of the public keys (DER, SubjectPublicKeyInfo) it verified with. */
  readonly issuers: readonly string[];
}

/** Where the signatures are that cannot be checked any more. */
export const SIGNATURES_SCOPE: Scope = { type: 'object', kind: 'Signatures', name: 'held' };

/** What the documents of this artifact hold. */
export interface CertificatesDocument {
  readonly certificates: readonly FoundCertificates[];
  readonly signatures?: readonly HeldSignature[];
}

/** Certificates that lie outside Secrets, ConfigMaps and lists; scope kubeconfig, endpoint, pod or cluster. */
export const certificates = document<CertificatesDocument>({
  id: 'certificates',
  title: 'Certificates',
  contentType: 'json',
  parse(bytes) {
    const { certificates, signatures } = parseJsonObject(bytes);
    const found = listIn(certificates).flatMap((element) => {
      const { source, pem } = objectIn(element);
      const parsed = sourceOf(objectIn(source));
      const text = stringIn(pem);
      return parsed && text !== undefined ? [{ source: parsed, pem: text }] : [];
    });
    const held = listIn(signatures).flatMap(signatureOf);
    return { certificates: found, ...(held.length === 0 ? {} : { signatures: held }) };
  },
});

function signatureOf(value: unknown): HeldSignature[] {
  const { certificate, issuers } = objectIn(value);
  const keys = listIn(issuers).filter((one): one is string => typeof one === 'string');
  return typeof certificate === 'string' ? [{ certificate, issuers: keys }] : [];
}

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The CERTIFICATE blocks of a PEM text, one below the other; undefined when there are none. Keys and
 * everything between the blocks are left behind.
 */
export function certificatePem(text: string): string | undefined {
  const blocks = text.match(BLOCK);
  return blocks === null ? undefined : `${blocks.join('\n')}\n`;
}

/** The CERTIFICATE blocks of a base64 field such as `caBundle`; undefined when there are none. */
export function certificatePemOfBase64(base64: string | undefined): string | undefined {
  if (!base64) return undefined;
  try {
    return certificatePem(atob(base64.replace(/\s+/g, '')));
  } catch {
    return undefined;
  }
}

/** Scope of the entry with a kubeconfig's certificates. */
export function kubeconfigScope({ clusterName }: PublicCredentials): Scope {
  return { type: 'object', kind: 'Kubeconfig', name: clusterName };
}

/** Scope of the entry with the chain an address serves: `host:port`. */
export function servedScope({
  host,
  port,
}: Pick<Handshake, 'host' | 'port'>): Extract<Scope, { type: 'endpoint' }> {
  return { type: 'endpoint', endpoint: `${host.includes(':') ? `[${host}]` : host}:${port}` };
}

/** The certificates of a kubeconfig, public parts only. */
export function kubeconfigCertificates(credentials: PublicCredentials): FoundCertificates[] {
  const found: FoundCertificates[] = [];
  const fields = [
    ['certificate-authority', credentials.serverCa],
    ['client-certificate', credentials.clientCertificate],
  ] as const;
  for (const [field, text] of fields) {
    const pem = certificatePem(text ?? '');
    if (pem !== undefined) found.push({ source: { type: 'kubeconfig', field }, pem });
  }
  return found;
}

/** The chain a handshake was answered with; empty when it failed before a certificate came. */
export function servedCertificates(handshake: Handshake): FoundCertificates[] {
  const pem = certificatePem(handshake.chain.join('\n'));
  if (pem === undefined) return [];
  const { authorized, authorizationError } = handshake;
  const { endpoint } = servedScope(handshake);
  const error = authorizationError === undefined ? {} : { error: authorizationError };
  return [{ source: { type: 'served', endpoint, authorized, ...error }, pem }];
}

function sourceOf(fields: Readonly<Record<string, unknown>>): CertificateSource | undefined {
  const { field, endpoint, group, kind, namespace, name, pointer, error } = fields;
  switch (fields.type) {
    case 'kubeconfig':
      return field === 'certificate-authority' || field === 'client-certificate'
        ? { type: 'kubeconfig', field }
        : undefined;
    case 'served':
      if (typeof endpoint !== 'string') return undefined;
      return {
        type: 'served',
        endpoint,
        authorized: fields.authorized === true,
        ...(typeof error === 'string' ? { error } : {}),
      };
    case 'pod':
      return podSource(fields);
    case 'object':
      if (typeof kind !== 'string' || typeof name !== 'string') return undefined;
      return {
        type: 'object',
        group: stringIn(group) ?? '',
        kind,
        ...(typeof namespace === 'string' ? { namespace } : {}),
        name,
        pointer: stringIn(pointer) ?? '',
      };
    case 'file':
      return typeof fields.node === 'string' && typeof fields.path === 'string'
        ? { type: 'file', node: fields.node, path: fields.path }
        : undefined;
    default:
      return undefined;
  }
}

function podSource({
  namespace,
  name,
  port,
  purpose,
  services,
}: Readonly<Record<string, unknown>>): CertificateSource | undefined {
  if (typeof namespace !== 'string' || typeof name !== 'string' || typeof port !== 'number') return undefined;
  if (purpose !== 'service' && purpose !== 'kong-cluster' && purpose !== 'etcd') return undefined;
  const refs = listIn(services).flatMap((element) => {
    const service = objectIn(element);
    const [space, called] = [stringIn(service.namespace), stringIn(service.name)];
    return space === undefined || called === undefined ? [] : [{ namespace: space, name: called }];
  });
  return { type: 'pod', namespace, name, port, purpose, services: refs };
}
