import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { type CertificateFacts, isSignedBy, parseCertificates } from '../../../src/artifacts/x509.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';
import { SHA1_SIGNED, VERSION_1 } from '../../support/old-certificates.ts';

function factsOf(pem: string): CertificateFacts {
  const facts = parseCertificates(pem)[0]?.facts;
  if (!facts) throw new Error('no certificate was read');
  return facts;
}

const ca = await issueCa('ca');
const sameName = await issueCa('ca');
const leaf = await issue('web', {
  issuer: ca,
  names: ['web.example', '192.0.2.1', '2001:db8::1'],
  usages: ['serverAuth', 'clientAuth'],
});

describe('a certificate', () => {
  it('tells names, usages and key', () => {
    const facts = factsOf(leaf.pem);

    expect(facts.names).toEqual([
      'DNS:web.example',
      'IP Address:192.0.2.1',
      'IP Address:2001:DB8:0:0:0:0:0:1',
    ]);
    expect(facts).toMatchObject({
      usages: ['serverAuth', 'clientAuth'],
      key: 'EC prime256v1',
      keyBits: 256,
      version: 3,
      isCa: false,
    });
    expect(facts.subjectKeyId).toMatch(/^[0-9a-f]{40}$/);
    expect(facts.weakDigest).toBeUndefined();
  });

  it('tells a digest that can be forged', () => {
    expect(factsOf(SHA1_SIGNED).weakDigest).toBe('SHA-1');
  });

  it('tells a version without extensions', () => {
    expect(factsOf(VERSION_1)).toMatchObject({ version: 1, names: [], usages: [] });
    expect(factsOf(VERSION_1).subjectKeyId).toBeUndefined();
  });

  it('is read from every authority Node trusts', () => {
    const parsed = parseCertificates(rootCertificates.join('\n'));

    expect(parsed.filter((one) => one.error !== undefined)).toEqual([]);
    expect(parsed.every((one) => one.facts?.isCa)).toBe(true);
    expect(parsed.filter((one) => one.facts?.subjectKeyId === undefined).length).toBeLessThan(5);
  });
});

describe('a signature', () => {
  it('verifies by the key that made it', () => {
    expect(isSignedBy(factsOf(leaf.pem), factsOf(ca.pem))).toBe(true);
    expect(isSignedBy(factsOf(ca.pem), factsOf(ca.pem))).toBe(true);
  });

  it('does not verify by another key of the same name', () => {
    expect(isSignedBy(factsOf(leaf.pem), factsOf(sameName.pem))).toBe(false);
  });

  it('does not verify by another kind of key, nor for facts that were never parsed', async () => {
    const rsa = await issueCa('ca', {
      algorithm: {
        name: 'RSASSA-PKCS1-v1_5',
        hash: 'SHA-256',
        publicExponent: new Uint8Array([1, 0, 1]),
        modulusLength: 2048,
      },
    });

    expect(isSignedBy(factsOf(leaf.pem), factsOf(rsa.pem))).toBe(false);
    expect(isSignedBy({ ...factsOf(leaf.pem) }, factsOf(ca.pem))).toBe(false);
  });
});
