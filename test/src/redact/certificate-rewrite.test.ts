import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseCertificates } from '../../../src/artifacts/x509.ts';
import { judgeChain } from '../../../src/derive/certificate-chain.ts';
import { withHeldSignatures } from '../../../src/derive/held-signatures.ts';
import { changeDer } from '../../../src/redact/der-text.ts';
import { createObfuscation, OBFUSCATED, type Obfuscation } from '../../../src/redact/obfuscate.ts';
import { type Issued, issue, issueCa } from '../../support/issued-certificates.ts';

const NAMES = ['api.tulip.svc', 'worker-1.example.org', '10.96.0.1', 'fd00::7', 'kubernetes.default'];

let root: Issued;
let other: Issued;
let leaf: Issued;

beforeAll(async () => {
  root = await issueCa('kubernetes');
  other = await issueCa('kubernetes');
  leaf = await issue('system:node:worker-1', { issuer: root, names: NAMES });
});

function obfuscation(): Obfuscation {
  const made = createObfuscation(Buffer.alloc(32, 1), new Set(OBFUSCATED));
  made.learnNamespace('tulip');
  made.learnHost('worker-1.example.org');
  return made;
}

const hiddenNames = (made: Obfuscation) => NAMES.map((name) => made.hide(name).text);

describe('certificates', () => {
  it.each([
    ['as PEM', (pem: string) => pem, (text: string) => text],
    ['within JSON', (pem: string) => JSON.stringify({ pem }), (text: string) => JSON.parse(text).pem],
    [
      'in base64',
      (pem: string) => `caBundle: ${Buffer.from(pem).toString('base64')}`,
      (text: string) => Buffer.from(text.slice('caBundle: '.length), 'base64').toString(),
    ],
    ['on one line', (pem: string) => pem.replaceAll('\n', ' '), (text: string) => text],
  ])('%s have the pseudonyms of their names', (_, written, read) => {
    const made = obfuscation();
    const before = written(leaf.pem);
    const pem = read(made.hide(before).text) as string;
    const [parsed] = parseCertificates(pem);

    expect(parsed?.facts?.subject).toBe(`CN=${made.hide('system:node:worker-1').text}`);
    expect(parsed?.facts?.names.join(' ').toLowerCase()).toContain(hiddenNames(made)[0]);
    expect(parsed?.facts?.names).toContain(`IP Address:${hiddenNames(made)[2]}`);
    expect(parsed?.facts?.notAfter).toBe(parseCertificates(leaf.pem)[0]?.facts?.notAfter);
    expect(pem).not.toContain(Buffer.from('worker-1').toString('base64').slice(0, 8));
  });

  it('without such names stay as they are, byte by byte', () => {
    expect(obfuscation().hide(root.pem)).toEqual({ text: root.pem, count: 0 });
  });

  it('keep their serial number, key and usages when their lengths change', () => {
    const der = Buffer.from(leaf.certificate.rawData);
    const change = {
      text: (text: string) => text.replace('worker-1', 'x'.repeat(200)),
      address: <T>(a: T) => a,
    };
    const [before, after] = [new X509Certificate(der), new X509Certificate(changeDer(der, change))];

    expect(after.subject).toBe(`CN=system:node:${'x'.repeat(200)}`);
    expect(after.serialNumber).toBe(before.serialNumber);
    expect(after.publicKey.equals(before.publicKey)).toBe(true);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no DER', Buffer.from('worker-1 is here')],
    ['a cut one', Buffer.from([0x30, 0x82, 0x01])],
    ['endless nesting', Buffer.alloc(4000, 0x30)],
  ])('that are %s stay', (_, der) => {
    const change = { text: () => 'changed', address: <T>(a: T) => a };
    expect(changeDer(der, change)).toEqual(der);
  });
});

describe('held signatures', () => {
  function facts(...pems: readonly string[]) {
    return pems.flatMap((pem) => parseCertificates(pem).flatMap(({ facts: one }) => (one ? [one] : [])));
  }

  function hidden(made: Obfuscation, seen: readonly Issued[]) {
    const pems = seen.map(({ pem }) => made.hide(pem).text);
    const value = { certificates: [], signatures: made.certificates.signatures() };
    const placed = facts(...pems).map((one) => ({ facts: one }));
    return withHeldSignatures(placed, [{ value }]).map((one) => one.facts);
  }

  it('tell who signed what cannot be verified any more', () => {
    const [child, authority, stranger] = hidden(obfuscation(), [leaf, root, other]);

    expect(judgeChain([child!], [authority!])).toBe('verified');
    expect(judgeChain([child!], [stranger!])).toBe('same-name-other-key');
  });

  it('are none where the authority was not seen, nor without the record', () => {
    const made = obfuscation();
    made.hide(leaf.pem);
    expect(made.certificates.signatures()).toEqual([]);

    const [child, authority] = facts(made.hide(leaf.pem).text, root.pem);
    expect(judgeChain([child!], [authority!])).not.toBe('verified');
  });

  it('hold through an authority whose own name is replaced', async () => {
    const middle = await issueCa('worker-1 CA', { issuer: root });
    const deep = await issue('api.tulip.svc', { issuer: middle });
    const [child, between, authority] = hidden(obfuscation(), [deep, middle, root]);

    expect(judgeChain([child!, between!], [authority!])).toBe('verified');
  });
});
