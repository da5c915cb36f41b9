import { X509Certificate } from 'node:crypto';

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
}

/** One certificate of a PEM text, or why it cannot be read. */
export type ParsedCertificate =
  | { readonly facts: CertificateFacts; readonly error?: undefined }
  | { readonly facts?: undefined; readonly error: string };

/** Tolerates indented and one-line blocks, which OpenSSL itself refuses. */
const BLOCK =
  /-----BEGIN (?:TRUSTED )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END (?:TRUSTED )?CERTIFICATE-----/g;
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

function parseDer(der: Buffer): ParsedCertificate {
  try {
    const certificate = new X509Certificate(der);
    return {
      facts: {
        subject: oneLine(certificate.subject),
        issuer: oneLine(certificate.issuer),
        serial: certificate.serialNumber,
        notBefore: isoTime(certificate.validFrom),
        notAfter: isoTime(certificate.validTo),
        names: certificate.subjectAltName?.split(', ') ?? [],
        isCa: certificate.ca,
        selfSigned: certificate.subject === certificate.issuer,
        fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
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
