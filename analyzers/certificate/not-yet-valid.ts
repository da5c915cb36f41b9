import { INVALID_EXPLAINS, READ_FROM_CERTIFICATE } from '../../src/derive/certificate-expiry-messages.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import { nameOfCertificate, weighByUse } from '../../src/derive/certificate-validity.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';

/** Clocks of issuer and cluster may differ by this much (facts: control-plane-and-nodes.md §6.3). */
const SLACK_SECONDS = 300;

export const notYetValid = defineAnalyzer({
  meta: {
    id: 'certificate/not-yet-valid',
    title: 'Certificate not valid yet',
    description: 'Certificates whose validity begins after the moment they were observed.',
    messages: {
      notYetValid: {
        severity: ['critical', 'warning', 'info'],
        confidence: READ_FROM_CERTIFICATE,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is valid from {notBefore:time} on, {left:duration} after it was observed.',
        remedy: [
          {
            text: 'Compare the clocks of the machine that issued it (SHA-256 `{fingerprint:text}`) and of the cluster; one of them is wrong.',
            argv: ['timedatectl', 'status'],
          },
          { text: 'Once the clocks agree, issue it again, or wait until it is valid.' },
        ],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
        effect: 'certificate-invalid',
        explains: INVALID_EXPLAINS,
      },
    },
    checks: {
      begun: {
        item: 'Validity of the certificate has begun',
        expected: 'a beginning in the past, or within 5 minutes',
        found: 'valid from {notBefore:time} on',
      },
    },
    references: [
      'RFC 5280 §4.1.2.5 (validity)',
      'Go crypto/x509: certificate has expired or is not yet valid',
    ],
  },
  needs: { inventory: certificateInventory },
  analyze({ inventory }, context) {
    for (const certificate of inventory) {
      const { facts, holder, subject, pointer, place } = certificate;
      const { notBefore, fingerprint } = facts;
      const age = context.age(notBefore, holder);
      if (!age) continue;
      const early = isOlder({ ...age, seconds: -age.seconds }, SLACK_SECONDS);
      if (early === false) context.looked({ check: 'begun', values: { notBefore }, subject });
      if (early !== true) continue;
      context.report({
        message: 'notYetValid',
        severity: weighByUse(certificate, 'critical'),
        values: {
          subject: nameOfCertificate(facts),
          place,
          holder: subject,
          notBefore,
          fingerprint,
          left: Math.round(-age.seconds),
        },
        subject,
        evidence: [context.at(holder, pointer)],
      });
    }
    return undefined;
  },
});
