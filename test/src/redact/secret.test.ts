import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { beforeAll, describe, expect, it } from 'vitest';
import { redactObject } from '../../../src/redact/object.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const MARK = '[REDACTED:secret-data]';
let certificate = '';
let key = '';

beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    notBefore: new Date('2026-01-01'),
    notAfter: new Date('2027-01-01'),
    keys,
    signingAlgorithm: algorithm,
  });
  certificate = `${made.toString('pem')}\n`;
  key = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')}\n-----END PRIVATE KEY-----\n`;
});

function dataOf(secret: object): Record<string, string> {
  return (redactObject(secret).value as { data: Record<string, string> }).data;
}

describe('Secrets', () => {
  it('lose every value, whatever its name, and keep their keys', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      data: { username: base64('bob'), host: base64('h') },
    };

    const { value, redactions } = redactObject(secret);

    expect(value).toEqual({ ...secret, data: { username: base64(MARK), host: base64(MARK) } });
    expect([...redactions]).toEqual([['secret-data', 2]]);
  });

  it('lose stringData', () => {
    const { value } = redactObject({ kind: 'Secret', stringData: { a: 'b' } });

    expect(value).toEqual({ kind: 'Secret', stringData: { a: MARK } });
  });

  it('keep public certificates', () => {
    const tls = {
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
    };

    const data = dataOf(tls);

    expect(data['tls.crt']).toBe(base64(certificate));
    expect(data['tls.key']).toBe(base64(MARK));
  });

  it('keep a chain, and only the certificates where comments stand around them', () => {
    const data = dataOf({
      kind: 'Secret',
      data: {
        chain: base64(certificate + certificate),
        noted: base64(`subject=x\npassword=p\n${certificate}`),
      },
    });

    expect(data.chain).toBe(base64(certificate + certificate));
    expect(Buffer.from(data.noted ?? '', 'base64').toString()).toBe(certificate);
  });

  it('lose a certificate that shares its value with a private key', () => {
    expect(dataOf({ kind: 'Secret', data: { pem: base64(certificate + key) } }).pem).toBe(base64(MARK));
  });

  it('lose what only calls itself a certificate', () => {
    const fake = `-----BEGIN CERTIFICATE-----\n${base64('hunter2hunter2')}\n-----END CERTIFICATE-----\n`;

    expect(dataOf({ kind: 'Secret', data: { x: base64(fake) } }).x).toBe(base64(MARK));
  });

  it('are known without their kind, as items of lists are', () => {
    const item = { metadata: { name: 'a' }, type: 'helm.sh/release.v1', data: { release: base64('x') } };
    const list = {
      apiVersion: 'v1',
      kind: 'SecretList',
      items: [{ metadata: {}, data: { release: base64('x') } }],
    };

    expect(dataOf(item).release).toBe(base64(MARK));
    expect(JSON.stringify(redactObject(list).value)).not.toContain(base64('x'));
    expect(dataOf(redactObject({ data: { a: base64('x') } }, { kind: 'Secret' }).value as object).a).toBe(
      base64(MARK),
    );
  });

  it('lose what last-applied repeats, and keep other annotations', () => {
    const applied = JSON.stringify({ kind: 'Secret', data: { a: base64('la') }, stringData: { b: 'lb' } });
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': applied,
      'cert-manager.io/issuer-name': 'ca-issuer',
    };

    const { value } = redactObject({ kind: 'Secret', metadata: { annotations } });

    expect(JSON.stringify(value)).not.toContain(base64('la'));
    expect(JSON.stringify(value)).not.toContain('lb');
    expect(JSON.stringify(value)).toContain('ca-issuer');
  });

  it('keep empty values and are returned as they are when nothing is left to remove', () => {
    const secret = { kind: 'Secret', data: { empty: '', cert: base64(certificate) }, stringData: null };

    expect(redactObject(secret).value).toBe(secret);
  });

  it('lose data that is no map', () => {
    expect(JSON.stringify(redactObject({ kind: 'Secret', data: ['x1'] }).value)).not.toContain('x1');
  });
});
