import { describe, expect, it } from 'vitest';
import { type CertificateFacts, parseCertificates } from '../../../src/artifacts/x509.ts';
import { judgeChain } from '../../../src/derive/certificate-chain.ts';
import { issue, issueCa } from '../../support/issued-certificates.ts';

function factsOf(...pems: readonly { readonly pem: string }[]): CertificateFacts[] {
  return parseCertificates(pems.map((one) => one.pem).join('')).flatMap(({ facts }) =>
    facts ? [facts] : [],
  );
}

const root = await issueCa('root');
const renamed = await issueCa('root');
const middle = await issueCa('middle', { issuer: root });
const other = await issueCa('other');
const leaf = await issue('web', { issuer: root });
const deep = await issue('web', { issuer: middle });
const alone = await issue('alone');
const byLeaf = await issue('by-leaf', { issuer: leaf });

describe('a chain', () => {
  it('is verified by the authority that signed the leaf', () => {
    expect(judgeChain(factsOf(leaf), factsOf(root))).toBe('verified');
  });

  it('is verified by any one of several', () => {
    expect(judgeChain(factsOf(leaf), factsOf(other, renamed, root))).toBe('verified');
  });

  it('is verified through intermediates that are served, in any order', () => {
    expect(judgeChain(factsOf(deep, root, middle), factsOf(root))).toBe('verified');
    expect(judgeChain(factsOf(deep), factsOf(root))).toBe('other-issuer');
  });

  it('is verified where the certificate itself is trusted', () => {
    expect(judgeChain(factsOf(alone), factsOf(alone))).toBe('verified');
    expect(judgeChain(factsOf(leaf), factsOf(leaf))).toBe('verified');
  });

  it('tells an authority made anew under its old name from a foreign one', () => {
    expect(judgeChain(factsOf(leaf), factsOf(renamed))).toBe('same-name-other-key');
    expect(judgeChain(factsOf(leaf), factsOf(other))).toBe('other-issuer');
    expect(judgeChain(factsOf(deep, middle), factsOf(renamed))).toBe('same-name-other-key');
  });

  it('does not take a leaf for an authority', () => {
    expect(judgeChain(factsOf(byLeaf), factsOf(leaf))).not.toBe('verified');
  });

  it('is not verified when nothing is served or trusted', () => {
    expect(judgeChain([], factsOf(root))).toBe('other-issuer');
    expect(judgeChain(factsOf(leaf), [])).toBe('other-issuer');
  });
});
