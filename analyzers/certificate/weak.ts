import { READ_FROM_CERTIFICATE } from '../../src/derive/certificate-expiry-messages.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { nameOfCertificate } from '../../src/derive/certificate-validity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';

/** Below these many bits clients of today refuse a key: OpenSSL at security level 2, Go by GODEBUG only. */
const LEAST_BITS: Readonly<Record<string, number>> = { RSA: 2048, DSA: 2048, EC: 256 };

const COMMON = {
  severity: 'info',
  confidence: READ_FROM_CERTIFICATE,
  key: ['fingerprint'],
  groupBy: ['fingerprint'],
} as const;
const REISSUE = {
  text: 'Issue it again (SHA-256 `{fingerprint:text}`) with a key of RSA 2048 or EC P-256 at least, signed with SHA-256, as X.509 version 3.',
} as const;

export const weak = defineAnalyzer({
  meta: {
    id: 'certificate/weak',
    title: 'Certificate that newer clients refuse',
    description: 'Short keys, broken digests and old certificate versions, which newer libraries reject.',
    messages: {
      shortKey: {
        ...COMMON,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) has the short key {keyType:text}.',
        remedy: [REISSUE],
      },
      weakDigest: {
        ...COMMON,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is signed with {digest:text}: Go refuses such certificates since 1.18, OpenSSL 3 by default.',
        remedy: [REISSUE],
      },
      oldVersion: {
        ...COMMON,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is of X.509 version {version:count}, which has neither names nor usages.',
        remedy: [REISSUE],
      },
      frontProxyShared: {
        severity: 'info',
        confidence: READ_FROM_CERTIFICATE,
        text: '{holder:object} names one authority, `{subject:text}`, for clients and for the front proxy: whoever has a client certificate of it may be able to act as any user.',
        remedy: [
          {
            text: 'Give `--requestheader-client-ca-file` an authority of its own (this one: SHA-256 `{fingerprint:text}`), or limit `--requestheader-allowed-names`.',
          },
        ],
        key: ['fingerprint'],
      },
    },
    checks: {
      strong: {
        item: 'Key and signature of the certificate',
        expected: 'RSA from 2048 bits, EC from 256, SHA-256',
        found: '{keyType:text}',
      },
    },
    references: [
      'RFC 6151 (MD5), RFC 6194 (SHA-1)',
      'Go 1.18 release notes: crypto/x509 rejects certificates signed with SHA-1',
      'https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/',
    ],
  },
  needs: { inventory: certificateInventory },
  analyze({ inventory }, context) {
    for (const certificate of inventory) {
      if (certificate.used !== 'no') judge(certificate, context);
    }
    reportSharedAuthority(inventory, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof weak.meta.messages, NonNullable<typeof weak.meta.checks>>;

function judge({ facts, holder, subject, pointer, place }: PlacedCertificate, context: Context): void {
  const { fingerprint, key: keyType, keyBits, weakDigest, version, selfSigned, isCa } = facts;
  const least = LEAST_BITS[keyType.slice(0, keyType.indexOf(' '))];
  const values = { subject: nameOfCertificate(facts), place, holder: subject, fingerprint };
  const common = { subject, evidence: [context.at(holder, pointer)] as const };
  if (keyBits !== undefined && least !== undefined && keyBits < least) {
    context.report({ message: 'shortKey', values: { ...values, keyType }, ...common });
  } else if (weakDigest !== undefined && !selfSigned) {
    // Nobody checks the signature of a certificate that is trusted by itself.
    context.report({ message: 'weakDigest', values: { ...values, digest: weakDigest }, ...common });
  } else if (version < 3 && !isCa && !selfSigned) {
    context.report({ message: 'oldVersion', values: { ...values, version }, ...common });
  } else {
    context.looked({ check: 'strong', values: { keyType }, subject });
  }
}

/** The front proxy says in a header who the user is: its authority must sign for nobody else. */
function reportSharedAuthority(inventory: readonly PlacedCertificate[], context: Context): void {
  const published = inventory.filter((one) => one.in === 'config-map');
  const clients = new Set(
    published.filter((one) => one.pointer === '/data/client-ca-file').map((one) => one.facts.fingerprint),
  );
  for (const { facts, holder, subject, pointer } of published) {
    if (pointer !== '/data/requestheader-client-ca-file' || !clients.has(facts.fingerprint)) continue;
    context.report({
      message: 'frontProxyShared',
      values: { holder: subject, subject: nameOfCertificate(facts), fingerprint: facts.fingerprint },
      subject,
      evidence: [context.at(holder, pointer)],
    });
  }
}
