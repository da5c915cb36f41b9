import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { readDer } from './certificate-der.ts';

/** What a certificate says of itself; times ISO 8601. */
export interface CertificateFacts {
  /** Distinguished name on one line, e.g. `CN=web.example, O=shop`. */
  readonly subject: string;
  readonly issuer: string;
  /** Upper-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  /** Subject alternative names as `DNS:web.example`, `IP Address:192.0.2.1`. */
  readonly names: readonly string[];
  readonly isCa: boolean;
  readonly selfSigned: boolean;
  /** SHA-256 of the DER form, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** Extended key usages, `serverAuth` and `clientAuth` by name, others as object identifiers; empty: any use. */
  readonly usages: readonly string[];
  /** E.g. `RSA 2048`, `EC prime256v1`, `ED25519`. */
  readonly key: string;
  /** Size of the key in bits, where it has one: the modulus of RSA, the field of a known curve. */
  readonly keyBits?: number;
  /** The digest of the signature where it can be forged: `MD5`, `SHA-1`. */
  readonly weakDigest?: string;
  /** X.509 version; before 3 there are neither names nor usages. */
  readonly version: number;
  /** Lower-case hexadecimal key identifiers, where the certificate carries them. */
  readonly subjectKeyId?: string;
  readonly authorityKeyId?: string;
}

/** One certificate of a PEM text, or why it cannot be read. */
export type ParsedCertificate =
  | { readonly facts: CertificateFacts; readonly error?: undefined }
  | { readonly facts?: undefined; readonly error: string };

/** Tolerates indented and one-line blocks, which OpenSSL itself refuses. */
const BLOCK =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:TRUSTED )?CERTIFICATE-----/g;
/** Extended key usages by name (RFC 5280 §4.2.1.12). */
const USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  // anyExtendedKeyUsage: the certificate may serve for all.
  '2.5.29.37.0': 'any',
};
/** Signature algorithms whose digest is broken (RFC 6194 for SHA-1, RFC 6151 for MD5). */
const WEAK_DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.5': 'SHA-1',
  '1.2.840.10045.4.1': 'SHA-1',
  '1.2.840.10040.4.3': 'SHA-1',
};
/** Bits of the curves Kubernetes tools use. */
const CURVE_BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  prime192v1: 192,
};
/** Certificates of one text that are looked at; system bundles hold some 150. */
const MAX_CERTIFICATES = 1000;

/** The certificates of a PEM text in order, leaf first where it is a chain. */
export function parseCertificates(pem: string): ParsedCertificate[] {
  const parsed: ParsedCertificate[] = [];
  for (const match of pem.matchAll(BLOCK)) {
    if (parsed.length === MAX_CERTIFICATES) break;
    parsed.push(parseDer(Buffer.from((match[1] as string).replace(/\s+/g, ''), 'base64')));
  }
  return parsed;
}

/** The certificates of a base64-encoded PEM text, as Secrets and caBundle fields hold them. */
export function parseBase64Certificates(base64: string): ParsedCertificate[] {
  return parseCertificates(Buffer.from(base64, 'base64').toString('latin1'));
}

/** The parsed certificates behind facts, so that signatures can be checked without parsing again. */
const parsedOf = new WeakMap<CertificateFacts, X509Certificate>();

/** Whether the one certificate bears the name and a valid signature of the other; dates are not looked at. */
export function isSignedBy(certificate: CertificateFacts, issuer: CertificateFacts): boolean {
  const [child, parent] = [parsedOf.get(certificate), parsedOf.get(issuer)];
  if (!child || !parent || certificate.issuer !== issuer.subject) return false;
  if (heldOf.get(certificate)?.has(publicKeyId(parent.publicKey))) return true;
  try {
    return child.verify(parent.publicKey);
  } catch {
    // A key of another type cannot have made the signature.
    return false;
  }
}

/** Who signed certificates whose names were replaced since, by facts: SHA-256 of the public keys. */
const heldOf = new WeakMap<CertificateFacts, ReadonlySet<string>>();

/**
 * Takes the word of whoever replaced the names of a certificate for who signed it: its signature holds no more.
 * `issuers` are SHA-256 digests of public keys (DER, SubjectPublicKeyInfo), lower-case hexadecimal.
 */
export function holdSignature(certificate: CertificateFacts, issuers: readonly string[]): void {
  heldOf.set(certificate, new Set(issuers));
}

function publicKeyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

function parseDer(der: Buffer): ParsedCertificate {
  try {
    const certificate = new X509Certificate(der);
    const facts = factsOf(certificate);
    parsedOf.set(facts, certificate);
    return { facts };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const read = readDer(certificate.raw);
  const weakDigest = WEAK_DIGESTS[read?.signatureOid ?? ''];
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber,
    notBefore: isoTime(certificate.validFrom),
    notAfter: isoTime(certificate.validTo),
    names: certificate.subjectAltName?.split(', ') ?? [],
    isCa: certificate.ca,
    selfSigned: certificate.subject === certificate.issuer,
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    // Node calls the extended key usages `keyUsage`; there is none when the certificate has no such extension.
    usages: ((certificate.keyUsage as readonly string[] | undefined) ?? []).map((oid) => USAGES[oid] ?? oid),
    ...keyFacts(certificate.publicKey),
    ...(weakDigest === undefined ? {} : { weakDigest }),
    version: read?.version ?? 3,
    ...(read?.subjectKeyId === undefined ? {} : { subjectKeyId: read.subjectKeyId }),
    ...(read?.authorityKeyId === undefined ? {} : { authorityKeyId: read.authorityKeyId }),
  };
}

function keyFacts(key: KeyObject): Pick<CertificateFacts, 'key' | 'keyBits'> {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const type = (key.asymmetricKeyType ?? 'unknown').toUpperCase();
  if (modulusLength !== undefined) return { key: `${type} ${modulusLength}`, keyBits: modulusLength };
  if (namedCurve === undefined) return { key: type };
  const keyBits = CURVE_BITS[namedCurve];
  return { key: `${type} ${namedCurve}`, ...(keyBits === undefined ? {} : { keyBits }) };
}

function oneLine(name: string | undefined): string {
  return (name ?? '')
    .split('\n')
    .filter((part) => part !== '')
    .reverse()
    .join(', ');
}

/** OpenSSL prints `Jan  2 03:04:05 2026 GMT`. */
function isoTime(text: string): string {
  return new Date(Date.parse(text)).toISOString().replace('.000Z', 'Z');
}
