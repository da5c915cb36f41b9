import { certificateInventory, type PlacedCertificate } from '../../src/derive/certificate-inventory.ts';
import { secretUsers } from '../../src/derive/secret-users.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Severity } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';

const DAY = 86_400;
/** Limits in days: a leaf, and a CA, whose replacement touches every holder (facts: control-plane-and-nodes.md §6.3). */
const LIMITS = { leaf: { warning: 30, critical: 7 }, ca: { warning: 180, critical: 30 } } as const;
/** A certificate that is renewed by itself is late when less than this part of its life is left. */
const LATE_SHARE = 0.1;
/** Certificates that live shorter than this are renewed by a machine: kubelet, cert-manager, Istio. */
const SHORT_LIFE_SECONDS = 100 * DAY;
/** Clocks of issuer and cluster may differ by this much. */
const NOT_BEFORE_SLACK_SECONDS = 300;

const READ = {
  level: 'certain',
  reason: 'the certificate says so, judged at the time of the collection',
} as const;
const EXPLAINS = [
  { effect: 'api-server-unreachable', via: ['same-object'] },
  { effect: 'data-plane-not-connected', via: ['same-object'] },
] as const;
const REPLACE = {
  text: 'Issue a new certificate, replace every copy of this one (SHA-256 `{fingerprint:text}`), and restart what read it at its start.',
} as const;
const RENEW_EARLY = {
  text: 'Renew it (SHA-256 `{fingerprint:text}`) before that, and find out why what renews it by itself, if anything does, has not.',
} as const;
const KUBEADM = [
  {
    text: 'On clusters made with kubeadm: see on a control plane node which certificates are due.',
    argv: ['kubeadm', 'certs', 'check-expiration'],
    flavour: 'kubeadm',
  },
  {
    text: 'Renew them on every control plane node, then restart the static pods by moving their manifests out of `/etc/kubernetes/manifests` for 20 s and back.',
    argv: ['kubeadm', 'certs', 'renew', 'all'],
    flavour: 'kubeadm',
  },
] as const;

export const expired = defineAnalyzer({
  meta: {
    id: 'certificate/expired',
    title: 'Certificate expired or about to',
    description: 'Validity of every public certificate in the bundle, judged at the time it was observed.',
    messages: {
      expired: {
        severity: ['critical', 'warning', 'info'],
        confidence: READ,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) expired at {notAfter:time}, {since:duration} before it was observed.',
        remedy: [REPLACE],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
        effect: 'certificate-invalid',
        explains: EXPLAINS,
      },
      expiresSoon: {
        severity: ['critical', 'warning', 'info'],
        confidence: READ,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
        remedy: [RENEW_EARLY],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
      },
      controlPlaneExpired: {
        severity: ['critical', 'warning', 'info'],
        confidence: READ,
        text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expired at {notAfter:time}, {since:duration} before it was observed.',
        remedy: [REPLACE, ...KUBEADM],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
        effect: 'certificate-invalid',
        explains: EXPLAINS,
      },
      controlPlaneExpiresSoon: {
        severity: ['critical', 'warning', 'info'],
        confidence: READ,
        text: 'The control plane certificate `{subject:text}` ({place:text} {holder:object}) expires at {notAfter:time}, {left:duration} after it was observed.',
        remedy: [RENEW_EARLY, ...KUBEADM],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
      },
      notYetValid: {
        severity: 'critical',
        confidence: READ,
        text: 'The certificate `{subject:text}` ({place:text} {holder:object}) is valid from {notBefore:time} on, {left:duration} after it was observed.',
        remedy: [
          {
            text: 'Compare the clocks of the machine that issued it (SHA-256 `{fingerprint:text}`) and of the cluster; one of them is wrong.',
          },
        ],
        key: ['fingerprint'],
        groupBy: ['fingerprint'],
        effect: 'certificate-invalid',
        explains: EXPLAINS,
      },
    },
    checks: {
      valid: {
        item: 'Certificate is valid',
        expected: 'between its dates',
        found: 'valid until {notAfter:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/',
      'kubelet rotates at 70–90 % of the lifetime: kubernetes/client-go util/certificate/certificate_manager.go',
      'RFC 5280 §4.1.2.5 (validity)',
    ],
  },
  needs: { inventory: certificateInventory, users: secretUsers },
  analyze({ inventory }, context) {
    for (const certificate of inventory) judge(certificate, context);
    return undefined;
  },
});

type Context = AnalyzeContext<typeof expired.meta.messages, NonNullable<typeof expired.meta.checks>>;

function judge(certificate: PlacedCertificate, context: Context): void {
  const { facts, holder, subject, pointer, place, controlPlane } = certificate;
  const { notBefore, notAfter, fingerprint } = facts;
  const sinceEnd = context.age(notAfter, holder);
  const sinceStart = context.age(notBefore, holder);
  const name = facts.subject || facts.names[0] || facts.serial;
  const common = { subject, evidence: [context.at(holder, pointer)] as const };
  const values = { subject: name, place, holder: subject, notAfter, fingerprint };
  if (!sinceEnd || !sinceStart) return;
  const isOver = isOlder(sinceEnd, 0);
  if (isOver === true) {
    const seconds = Math.round(sinceEnd.seconds);
    context.report({
      message: controlPlane ? 'controlPlaneExpired' : 'expired',
      severity: weight(certificate, 'critical'),
      values: { ...values, since: seconds },
      since: notAfter,
      ...common,
    });
  } else if (isOlder({ ...sinceStart, seconds: -sinceStart.seconds }, NOT_BEFORE_SLACK_SECONDS) === true) {
    context.report({
      message: 'notYetValid',
      values: { ...values, notBefore, left: Math.round(-sinceStart.seconds) },
      ...common,
    });
  } else {
    const left = -sinceEnd.seconds;
    const severity = isOver === false ? lateness(facts, left) : undefined;
    if (severity) {
      context.report({
        message: controlPlane ? 'controlPlaneExpiresSoon' : 'expiresSoon',
        severity: weight(certificate, severity),
        values: { ...values, left: Math.round(left) },
        ...common,
      });
    } else {
      context.looked({ check: 'valid', values: { notAfter }, subject });
    }
  }
}

/** How pressing the end of a valid certificate is: by days for long-lived ones, by its own life for short-lived ones. */
function lateness(facts: PlacedCertificate['facts'], leftSeconds: number): Severity | undefined {
  const life = (Date.parse(facts.notAfter) - Date.parse(facts.notBefore)) / 1000;
  if (life < SHORT_LIFE_SECONDS) return leftSeconds < life * LATE_SHARE ? 'warning' : undefined;
  const limits = facts.isCa ? LIMITS.ca : LIMITS.leaf;
  if (leftSeconds <= limits.critical * DAY) return 'critical';
  return leftSeconds <= limits.warning * DAY ? 'warning' : undefined;
}

/** Nobody is hurt by a certificate nothing uses, or by one whose successor lies beside it. */
function weight({ used, siblings, position }: PlacedCertificate, severity: Severity): Severity {
  if (used === 'no') return 'info';
  if (siblings.length > 0 && position > 0) return 'info';
  return used === 'unknown' && severity === 'critical' ? 'warning' : severity;
}
