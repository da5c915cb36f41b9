// The library resolves its parts by decorators and refuses to load without this.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** A certificate that lives as long as its process need not be renewed. */
const YEARS_MS = 10 * 365 * DAY_MS;

/** A certificate for 127.0.0.1 and the authority that issued it, PEM; the authority's key is gone. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
}

/**
 * Issues the certificate of one server. It is valid from the day before the bundle was made: what is observed
 * by the bundle's time must not see a certificate of the future.
 */
export async function issueCertificate(bundleTime: string): Promise<IssuedCertificate> {
  const [authorityKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const notBefore = new Date(Math.min(Date.parse(bundleTime), Date.now()) - DAY_MS);
  const validity = { notBefore, notAfter: new Date(Date.now() + YEARS_MS), signingAlgorithm: ALGORITHM };
  const { KeyUsageFlags } = x509;
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=kubecase serve',
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: 'CN=kubecase serve 127.0.0.1',
    issuer: authority.subject,
    signingKey: authorityKeys.privateKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const key = x509.PemConverter.encode(
    await webcrypto.subtle.exportKey('pkcs8', keys.privateKey),
    'PRIVATE KEY',
  );
  return { certificate: certificate.toString('pem'), key, authority: authority.toString('pem') };
}

function newKeys() {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
