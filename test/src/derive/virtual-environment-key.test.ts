import { expect, it } from 'vitest';
import { parseBase64Certificates } from '../../../src/artifacts/x509.ts';
import { shippedKey } from '../../../src/derive/virtual-environment-key.ts';
import { SHIPPED_AUTHORITY } from '../../support/virtual-environment-authority.ts';

it('knows the authority of the manifest by its certificate', () => {
  const [authority] = parseBase64Certificates(SHIPPED_AUTHORITY);

  expect(authority?.facts?.subject).toContain('Virtual Environment Admission Controller Webhook CA');
  expect(authority?.facts && shippedKey(authority.facts)).toEqual({
    versions: 'v0.6.0',
    onlyCommonName: false,
  });
});

it('knows those of older versions by their fingerprints', () => {
  const older = [
    '6e6c389d51d3e72f426a73defd65075eee401161e89b8963775abe84644a9dfb',
    'e76e747031f664ef935aac9e4df338ab65d76d8a3b2b7c4953133b45a0b8d6bf',
  ].map((fingerprint) => shippedKey({ fingerprint }));

  expect(older.map((one) => one?.onlyCommonName)).toEqual([true, true]);
});

it('knows no other authority', () => {
  expect(shippedKey({ fingerprint: '00'.repeat(32) })).toBeUndefined();
});
