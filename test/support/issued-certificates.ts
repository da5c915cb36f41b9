// The certificate library resolves its parts by decorators and refuses to load without this.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { ago } from './builders.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const USAGES = { serverAuth: '1.3.6.1.5.5.7.3.1', clientAuth: '1.3.6.1.5.5.7.3.2' } as const;
const DAY = 86_400;

/** A certificate with the key that signs others. */
export interface Issued {
  readonly pem: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: CryptoKeyPair;
}

type CryptoKeyPair = { readonly privateKey: webcrypto.CryptoKey; readonly publicKey: webcrypto.CryptoKey };

interface Wanted {
  /** Host names and IP addresses. */
  readonly names?: readonly string[];
  readonly usages?: readonly (keyof typeof USAGES)[];
  readonly issuer?: Issued;
  readonly ca?: boolean;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly algorithm?: object;
}

/** A certificate, self-signed unless an issuer is given; valid from yesterday for ten years. */
export async function issue(name: string, wanted: Wanted = {}): Promise<Issued> {
  const { names = [], usages = [], issuer, ca = false, algorithm = ALGORITHM } = wanted;
  const keys = (await webcrypto.subtle.generateKey(algorithm as typeof ALGORITHM, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair;
  const extensions: x509.Extension[] = [new x509.BasicConstraintsExtension(ca, undefined, true)];
  if (usages.length > 0)
    extensions.push(new x509.ExtendedKeyUsageExtension(usages.map((usage) => USAGES[usage])));
  if (names.length > 0) extensions.push(new x509.SubjectAlternativeNameExtension(names.map(generalName)));
  extensions.push(await x509.SubjectKeyIdentifierExtension.create(keys.publicKey));
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: issuer ? issuer.certificate.subject : `CN=${name}`,
    notBefore: new Date(wanted.notBefore ?? ago(DAY)),
    notAfter: new Date(wanted.notAfter ?? ago(-3650 * DAY)),
    publicKey: keys.publicKey,
    signingKey: issuer ? issuer.keys.privateKey : keys.privateKey,
    signingAlgorithm: (issuer ? ALGORITHM : algorithm) as typeof ALGORITHM,
    extensions,
  });
  return { pem: `${certificate.toString('pem')}\n`, certificate, keys };
}

/** A certificate authority, self-signed. */
export function issueCa(name: string, wanted: Wanted = {}): Promise<Issued> {
  return issue(name, { ...wanted, ca: true });
}

function generalName(name: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name };
}
