// The certificate library resolves its parts by decorators and refuses to load without this.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A self-signed certificate as PEM, its name among its names as well; times ISO 8601. The key is thrown away. */
export async function certificatePem(
  name: string,
  notBefore: string,
  notAfter: string,
  options: { readonly ca?: boolean } = {},
): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    // With the DOM's types in scope, as in the browser suite, Node's pair of keys is another type.
    keys: keys as Parameters<typeof x509.X509CertificateGenerator.createSelfSigned>[0]['keys'],
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(options.ca === true, undefined, true),
      ...(options.ca ? [] : [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }])]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** Base64 of a text, as Secrets hold it. */
export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
