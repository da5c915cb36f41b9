import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { secretAtoms } from '../../../src/redact/secret-atoms.ts';
import { certificatePem } from '../../support/certificates.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const atoms = (data: Readonly<Record<string, string>>): readonly string[] =>
  secretAtoms({ data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])) });

describe('what is worth looking for of a Secret', () => {
  it('is its values, encoded or not', () => {
    expect(atoms({ password: 'correct-horse-battery' })).toEqual(['correct-horse-battery']);
    expect(secretAtoms({ stringData: { any: 'aB3dE5gH7jK9' } })).toEqual(['aB3dE5gH7jK9']);
  });

  it('is each line of a private key, but not its edges', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    const found = atoms({ 'tls.key': pem });

    expect(found).toEqual(expect.arrayContaining(pem.split('\n').slice(1, 4)));
    expect(found.join()).not.toContain('-----');
  });

  it('is what lies in JSON, in settings and in the pair of a registry', () => {
    const config = JSON.stringify({ auths: { 'r.example': { auth: base64('bob:tOp5Ecret9x') } } });

    expect(atoms({ '.dockerconfigjson': config })).toContain('tOp5Ecret9x');
    expect(atoms({ env: 'USER=bob\nDB_PASSWORD=swordfish-of-bob\n' })).toContain('swordfish-of-bob');
  });

  const NOTHING: Readonly<Record<string, readonly [key: string, value: string]>> = {
    'a short one': ['password', 'hunter2'],
    'a common one': ['password', 'changeme'],
    'a switch': ['token', 'undefined'],
    'a word': ['any', 'administration'],
    'a number': ['any', '1234567890'],
    'the name of a host': ['host', 'postgres.shop.svc.cluster.local'],
    'the name of a namespace': ['namespace', 'kube-system'],
    'a path': ['any', '/var/lib/app/data'],
    'a URL without a password': ['any', 'https://idp.example.com/realms/shop'],
    'an address of mail': ['any', 'someone@example.com'],
    'a sentence': ['any', 'the quick brown fox jumps'],
  };
  for (const [name, [key, value]] of Object.entries(NOTHING)) {
    it(`is not ${name}`, () => {
      expect(atoms({ [key]: value })).toEqual([]);
    });
  }

  it('is no public certificate, and nothing of what is no Secret', async () => {
    expect(
      atoms({ 'tls.crt': await certificatePem('x', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z') }),
    ).toEqual([]);
    expect(secretAtoms(undefined)).toEqual([]);
    expect(secretAtoms({ data: 7 })).toEqual([]);
  });
});
