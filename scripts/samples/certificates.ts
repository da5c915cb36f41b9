// The certificate library resolves its parts by decorators and refuses to load without this.
import 'reflect-metadata';
import { createHash, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** Ed25519 signs the same text with the same key to the same bytes: samples can be made again to the byte. */
const ALGORITHM = { name: 'Ed25519' } as const;

/** What a certificate of a sample says; times ISO 8601. */
export interface SampleCertificate {
  /** Common name; the key is derived from it, so it is no secret. */
  readonly name: string;
  readonly organization?: string;
  /** Common name of the issuer; absent: self-signed. */
  readonly issuer?: string;
  readonly isCa?: boolean;
  /** Subject alternative names; IPv4 addresses become IP names. */
  readonly names?: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
}

/** The certificate as PEM, always the same for the same description. */
export async function samplePem(description: SampleCertificate): Promise<string> {
  const { name, organization, issuer, isCa = issuer === undefined, names = [] } = description;
  const subject: x509.JsonName = [...(organization ? [{ O: [organization] }] : []), { CN: [name] }];
  const keys = await keysOf(name);
  const signer = issuer === undefined ? keys : await keysOf(issuer);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: digest(JSON.stringify(description)).slice(0, 16).replace(/^./, '1'),
    subject,
    issuer: issuer === undefined ? subject : [{ CN: [issuer] }],
    notBefore: new Date(description.notBefore),
    notAfter: new Date(description.notAfter),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(isCa, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(signer.publicKey),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names.map(generalName))] : []),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

function generalName(value: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$/.test(value) ? 'ip' : 'dns', value };
}

/** PKCS #8 frame of an Ed25519 seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

async function keysOf(name: string): Promise<webcrypto.CryptoKeyPair> {
  const seed = Buffer.from(digest(`sample key of ${name}`), 'hex');
  const pkcs8 = Buffer.concat([PKCS8_PREFIX, seed]);
  const { subtle } = webcrypto;
  const privateKey = await subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
  const { kty, crv, x } = await subtle.exportKey('jwk', privateKey);
  const publicKey = await subtle.importKey('jwk', { kty, crv, x }, ALGORITHM, true, ['verify']);
  return { privateKey, publicKey };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
