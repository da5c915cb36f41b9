import { certificates } from '../../src/artifacts/certificates.ts';
import { secrets } from '../../src/artifacts/resources.ts';
import { INVALID_EXPLAINS } from '../../src/derive/certificate-expiry-messages.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import { latenessOfLeaf, nameOfCertificate } from '../../src/derive/certificate-validity.ts';
import { type PodCertificate, podCertificates } from '../../src/derive/pod-certificates.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Severity } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';

/** A mounted Secret reaches the pod within about two minutes; the program in it then has time to notice. */
const RELOAD_SECONDS = 600;

const COMPARED = {
  level: 'certain',
  reason: 'the certificate was taken from a handshake with the pod',
} as const;
const SHARED = {
  confidence: COMPARED,
  key: ['port'],
  groupBy: ['fingerprint'],
  remedy: [
    {
      text: 'Restart the process: of a Deployment with `kubectl rollout restart`, of a static pod by moving its manifest out of `/etc/kubernetes/manifests` for 20 s and back. Deleting the pod of a static manifest restarts nothing.',
    },
    {
      text: 'Compare what it serves afterwards: the old one has the SHA-256 `{fingerprint:text}`.',
      argv: ['kubectl', 'port-forward', '-n', '{pod.namespace}', 'pod/{pod.name}', '{port}:{port}'],
    },
  ],
} as const;

export const servedDiffers = defineAnalyzer({
  meta: {
    id: 'certificate/served-differs',
    title: 'Older certificate served than the one stored',
    description:
      'Pods that serve a certificate although the Secret or file they read holds a newer one for the same holder.',
    messages: {
      expiredServed: {
        ...SHARED,
        severity: 'critical',
        text: '{pod:object} still serves at port {port:text} the certificate `{subject:text}`, which ended at {notAfter:time}, although a newer one until {newerUntil:time} is there ({place:text} {holder:object}).',
        effect: 'certificate-invalid',
        // That it has ended is told by its dates alone, and what comes of it.
        explains: [{ effect: 'certificate-invalid', via: ['same-object'] }, ...INVALID_EXPLAINS],
      },
      notReloaded: {
        ...SHARED,
        severity: ['warning', 'info'],
        text: '{pod:object} serves at port {port:text} the certificate `{subject:text}` until {notAfter:time}, although a newer one made {age:duration} before is there ({place:text} {holder:object}).',
      },
    },
    checks: {
      current: {
        item: 'Pod serves the newest certificate it has',
        expected: 'none newer in its Secrets or files',
        found: '`{subject:text}` until {notAfter:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/configuration/secret/#using-secrets-as-files-from-a-pod: mounted Secrets are updated, processes are not restarted',
      'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/: restart after renewal',
    ],
  },
  needs: { served: podCertificates, secrets, documents: optional(certificates) },
  appliesTo({ served, secrets: kept, documents }) {
    if (served.length > 0) return true;
    const gaps = [...documents.coverage.gaps, ...kept.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no certificate was taken from a handshake with a pod' };
  },
  analyze({ served }, context) {
    for (const one of served) {
      if (one.newer) judge(one, one.newer, context);
      else reportFine(one, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof servedDiffers.meta.messages,
  NonNullable<typeof servedDiffers.meta.checks>
>;

function reportFine({ leaf, pod }: PodCertificate, context: Context): void {
  const { notAfter } = leaf.facts;
  context.looked({
    check: 'current',
    values: { subject: nameOfCertificate(leaf.facts), notAfter },
    subject: pod,
  });
}

function judge(one: PodCertificate, newer: PlacedCertificate, context: Context): void {
  const { leaf, pod, services } = one;
  const { facts, holder } = leaf;
  const isOver = isOlder(context.age(facts.notAfter, holder), 0) === true;
  const age = context.age(newer.facts.notBefore, holder);
  // Just renewed, or nobody knows when: it may be read the next moment.
  const isRecent = !age || isOlder(age, RELOAD_SECONDS) !== true;
  if (isRecent && !isOver) {
    reportFine(one, context);
    return;
  }
  const values = {
    pod,
    port: String(one.port),
    subject: nameOfCertificate(facts),
    notAfter: facts.notAfter,
    place: newer.place,
    holder: newer.subject,
    fingerprint: facts.fingerprint,
  };
  const common = {
    subject: pod,
    related: [newer.subject, ...services],
    evidence: [context.at(holder, leaf.pointer), context.at(newer.holder, newer.pointer)] as const,
  };
  if (isOver || !age) {
    const newerUntil = newer.facts.notAfter;
    const since = facts.notAfter;
    context.report({ message: 'expiredServed', values: { ...values, newerUntil }, ...common, since });
    return;
  }
  const severity = weightOf(one, newer, -(context.age(facts.notAfter, holder)?.seconds ?? 0));
  const seconds = Math.round(age.seconds);
  context.report({ message: 'notReloaded', severity, values: { ...values, age: seconds }, ...common });
}

/** Near its end it will be refused soon; of another issuer it may be refused already by who trusts the new one only. */
function weightOf(
  { leaf: { facts } }: PodCertificate,
  newer: PlacedCertificate,
  leftSeconds: number,
): Exclude<Severity, 'critical'> {
  const isLate = latenessOfLeaf(facts, leftSeconds) !== undefined;
  const isOther = newer.facts.issuer !== facts.issuer || newer.facts.authorityKeyId !== facts.authorityKeyId;
  return isLate || isOther ? 'warning' : 'info';
}
