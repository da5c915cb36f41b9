import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readDer } from '../../../src/artifacts/certificate-der.ts';
import { SHA1_SIGNED } from '../../support/old-certificates.ts';

const der = new X509Certificate(SHA1_SIGNED).raw;

describe('the DER form of a certificate', () => {
  it('tells version, signature algorithm and key identifiers', () => {
    const read = readDer(der);

    expect(read).toMatchObject({ version: 3, signatureOid: '1.2.840.10045.4.1' });
    expect(read?.authorityKeyId).toMatch(/^[0-9a-f]{40}$/);
  });

  it('is refused, not misread, wherever it is cut', () => {
    for (let length = 0; length < der.length; length++)
      expect(readDer(der.subarray(0, length))).toBeUndefined();
  });

  it('is refused when it is something else', () => {
    expect(readDer(new TextEncoder().encode('no certificate at all'))).toBeUndefined();
    expect(readDer(Uint8Array.of(0x30, 0x80, 0, 0))).toBeUndefined();
  });

  it('survives any flipped byte', () => {
    for (let index = 0; index < der.length; index++) {
      const flipped = Uint8Array.from(der);
      flipped[index] = (flipped[index] as number) ^ 0xff;

      expect(() => readDer(flipped)).not.toThrow();
    }
  });
});
