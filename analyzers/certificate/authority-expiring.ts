import { READ_FROM_CERTIFICATE } from '../../src/derive/certificate-expiry-messages.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { latenessOfAuthority, nameOfCertificate, weighByUse } from '../../src/derive/certificate-validity.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';

const COMMON = {
  severity: ['critical', 'warning', 'info'],
  confidence: READ_FROM_CERTIFICATE,
  key: ['fingerprint'],
  groupBy: ['fingerprint'],
} as const;

export const authorityExpiring = defineAnalyzer({
  meta: {
    id: 'certificate/authority-expiring',
    title: 'Certificate authority about to expire',
    description: 'Certificate authorities that end within a year: everything they signed ends with them.',
    messages: {
      expiresSoon: {
        ...COMMON,
        text: 'The certificate authority `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
        remedy: [
          {
            text: 'Make a new authority and give it to all that trust this one (SHA-256 `{fingerprint:text}`) beside the old, as a bundle of both.',
          },
          {
            text: 'When everything trusts both, issue the certificates anew by the new one and take the old one out.',
          },
        ],
      },
      clusterExpiresSoon: {
        ...COMMON,
        text: 'The certificate authority of the cluster, `{subject:text}` ({place:text} {holder:object}), expires at {notAfter:time}, {left:duration} after it was observed.',
        remedy: [
          {
            text: 'Plan its rotation (SHA-256 `{fingerprint:text}`): `kubeadm certs renew` renews no authority. The new one has to reach every control plane component, kubelet, kubeconfig and ServiceAccount token as a bundle with the old before anything is signed by it.',
          },
          {
            text: 'See what it signed, and until when.',
            argv: ['kubeadm', 'certs', 'check-expiration'],
            flavour: 'kubeadm',
          },
        ],
        check: 'authority',
      },
      outlived: {
        severity: 'info',
        confidence: READ_FROM_CERTIFICATE,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is valid until {notAfter:time}, but the authority that signed it only until {authorityUntil:time}: it is of no use after that.',
        remedy: [
          {
            text: 'Count with the end of the authority, not with that of the certificate (SHA-256 `{fingerprint:text}`).',
          },
        ],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
      },
    },
    checks: {
      lasting: {
        item: 'Certificate authority lasts',
        expected: 'longer than a year',
        found: 'valid until {notAfter:time}',
      },
      authority: {
        checklist: 'control-plane',
        item: 'Certificate authority of the cluster',
        expected: 'valid for longer than a year',
        found: '`{subject:text}` is valid until {notAfter:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates/',
      'kubeadm makes authorities for ten years: cmd/kubeadm/app/constants CACertificateValidityPeriod',
    ],
  },
  needs: { inventory: certificateInventory },
  analyze({ inventory }, context) {
    for (const certificate of inventory) {
      if (certificate.facts.isCa) judge(certificate, context);
      else if (certificate.position === 0) compareWithIssuer(certificate, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof authorityExpiring.meta.messages,
  NonNullable<typeof authorityExpiring.meta.checks>
>;

function judge(certificate: PlacedCertificate, context: Context): void {
  const { facts, holder, subject, pointer, place, controlPlane } = certificate;
  const { notAfter, fingerprint } = facts;
  const sinceEnd = context.age(notAfter, holder);
  // One that is over already is reported as expired.
  if (!sinceEnd || isOlder(sinceEnd, 0) !== false) return;
  const left = -sinceEnd.seconds;
  const severity = latenessOfAuthority(facts, left);
  const name = nameOfCertificate(facts);
  if (severity === undefined) {
    if (controlPlane) context.looked({ check: 'authority', values: { subject: name, notAfter }, subject });
    else context.looked({ check: 'lasting', values: { notAfter }, subject });
    return;
  }
  context.report({
    message: controlPlane ? 'clusterExpiresSoon' : 'expiresSoon',
    severity: weighByUse(certificate, severity),
    values: { subject: name, place, holder: subject, notAfter, left: Math.round(left), fingerprint },
    subject,
    evidence: [context.at(holder, pointer)],
  });
}

/** Only against the issuer that lies beside it: elsewhere an older copy of it may lie. */
function compareWithIssuer(certificate: PlacedCertificate, context: Context): void {
  const { facts, together, holder, subject, pointer, place, used } = certificate;
  const issuer = together.find((one) => one.isCa && one.subject === facts.issuer);
  if (used === 'no' || !issuer || issuer.notAfter >= facts.notAfter) return;
  context.report({
    message: 'outlived',
    values: {
      subject: nameOfCertificate(facts),
      place,
      holder: subject,
      notAfter: facts.notAfter,
      authorityUntil: issuer.notAfter,
      fingerprint: facts.fingerprint,
    },
    subject,
    evidence: [context.at(holder, pointer)],
  });
}
