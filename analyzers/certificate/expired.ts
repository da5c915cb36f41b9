import { kubeadmCertificates } from '../../src/artifacts/kubeadm-certificates.ts';
import { nodeCertificates } from '../../src/artifacts/node-certificates.ts';
import { EXPIRY_MESSAGES } from '../../src/derive/certificate-expiry-messages.ts';
import { certificateInventory } from '../../src/derive/certificate-inventory.ts';
import type { PlacedCertificate } from '../../src/derive/certificate-places.ts';
import {
  isKubeletFile,
  kubeadmName,
  latenessInDays,
  latenessOfLeaf,
  nameOfCertificate,
  successors,
  weighByUse,
} from '../../src/derive/certificate-validity.ts';
import { type ToldCertificate, toldCertificates } from '../../src/derive/kubeadm-expiry.ts';
import { ALL_NODES, lostDocuments } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Severity } from '../../src/model/message.ts';
import { isOlder } from '../../src/model/observation.ts';

const MINUTE = 60;

export const expired = defineAnalyzer({
  meta: {
    id: 'certificate/expired',
    title: 'Certificate expired or about to',
    description: 'The end of every public certificate in the bundle, judged at the time it was observed.',
    messages: EXPIRY_MESSAGES,
    checks: {
      valid: {
        item: 'Certificate is valid',
        expected: 'not past its end',
        found: 'valid until {notAfter:time}',
      },
      controlPlane: {
        checklist: 'control-plane',
        item: 'Certificate of the control plane',
        expected: 'valid for longer than 30 days',
        found: '`{subject:text}` is valid until {notAfter:time}',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/',
      'kubelet rotates at 70–90 % of the lifetime: kubernetes/client-go util/certificate/certificate_manager.go',
      'RFC 5280 §4.1.2.5 (validity)',
    ],
  },
  needs: {
    inventory: certificateInventory,
    files: optional(nodeCertificates),
    told: optional(kubeadmCertificates),
  },
  analyze({ inventory, files, told }, context) {
    const successorOf = successors(inventory);
    for (const certificate of inventory) judge(certificate, successorOf(certificate), context);
    for (const certificate of toldCertificates(told, inventory)) judgeTold(certificate, context);
    const lost = lostDocuments(files);
    if (lost) context.looked({ check: 'valid', unseen: lost, subject: ALL_NODES });
    return undefined;
  },
});

type Context = AnalyzeContext<typeof expired.meta.messages, NonNullable<typeof expired.meta.checks>>;

function judge(
  certificate: PlacedCertificate,
  successor: PlacedCertificate | undefined,
  context: Context,
): void {
  const { facts, holder, subject, controlPlane } = certificate;
  const sinceEnd = context.age(facts.notAfter, holder);
  if (!sinceEnd) return;
  const isOver = isOlder(sinceEnd, 0);
  if (isOver === undefined) return;
  const severity = isOver ? 'critical' : soon(facts, -sinceEnd.seconds);
  if (severity === undefined) {
    const { notAfter } = facts;
    if (controlPlane && !facts.isCa) {
      context.looked({
        check: 'controlPlane',
        values: { subject: nameOfCertificate(facts), notAfter },
        subject,
      });
    } else {
      context.looked({ check: 'valid', values: { notAfter }, subject });
    }
  } else if (certificate.in === 'served' && certificate.position === 0 && successor) {
    reportOldServed(certificate, successor, { severity: isOver ? 'critical' : 'warning', context });
  } else {
    reportEnd(certificate, { isOver, seconds: Math.abs(Math.round(sinceEnd.seconds)), severity, context });
  }
}

/** Of what kubeadm prints the end is all there is, in whole minutes. */
function judgeTold({ certificate, node, document, pointer }: ToldCertificate, context: Context): void {
  const { name, notAfter } = certificate;
  const sinceEnd = context.age(notAfter, document);
  if (!sinceEnd) return;
  const isOver = isOlder(sinceEnd, MINUTE) === true;
  // Within the minute nobody can tell.
  if (!isOver && isOlder(sinceEnd, 0) !== false) return;
  const severity = isOver ? 'critical' : latenessInDays(-sinceEnd.seconds);
  if (severity === undefined) {
    context.looked({ check: 'controlPlane', values: { subject: name, notAfter }, subject: node });
    return;
  }
  const seconds = Math.abs(Math.round(sinceEnd.seconds));
  const values = { name, holder: node, notAfter };
  const common = { subject: node, severity, evidence: [context.at(document, pointer)] as const };
  if (isOver)
    context.report({
      message: 'toldExpired',
      values: { ...values, since: seconds },
      since: notAfter,
      ...common,
    });
  else context.report({ message: 'toldExpiresSoon', values: { ...values, left: seconds }, ...common });
}

/** A CA that ends while others still hold it is a question of its own: `certificate/authority-expiring`. */
function soon(facts: PlacedCertificate['facts'], leftSeconds: number): Severity | undefined {
  return facts.isCa ? undefined : latenessOfLeaf(facts, leftSeconds);
}

interface End {
  readonly isOver: boolean;
  /** Since the end, or left until it. */
  readonly seconds: number;
  readonly severity: Severity;
  readonly context: Context;
}

function reportEnd(certificate: PlacedCertificate, { isOver, seconds, severity, context }: End): void {
  const { facts, holder, subject, pointer, place, path, controlPlane, keeper } = certificate;
  const { notAfter, fingerprint } = facts;
  const name = kubeadmName(path);
  const common = {
    subject,
    ...(keeper ? { related: [keeper] } : {}),
    evidence: [context.at(holder, pointer)] as const,
    severity: weighByUse(certificate, severity),
  };
  const values = { subject: nameOfCertificate(facts), place, holder: subject, notAfter, fingerprint };
  if (isOver) {
    const over = { ...common, since: notAfter };
    const ended = { ...values, since: seconds };
    if (name !== undefined) context.report({ message: 'fileExpired', values: { ...ended, name }, ...over });
    else if (isKubeletFile(path)) context.report({ message: 'kubeletExpired', values: ended, ...over });
    else
      context.report({ message: controlPlane ? 'controlPlaneExpired' : 'expired', values: ended, ...over });
    return;
  }
  const ending = { ...values, left: seconds };
  if (name !== undefined)
    context.report({ message: 'fileExpiresSoon', values: { ...ending, name }, ...common });
  else if (isKubeletFile(path)) context.report({ message: 'kubeletExpiresSoon', values: ending, ...common });
  else
    context.report({
      message: controlPlane ? 'controlPlaneExpiresSoon' : 'expiresSoon',
      values: ending,
      ...common,
    });
}

function reportOldServed(
  { facts, holder, subject, pointer }: PlacedCertificate,
  successor: PlacedCertificate,
  { severity, context }: { readonly severity: 'critical' | 'warning'; readonly context: Context },
): void {
  const { notAfter, fingerprint } = facts;
  context.report({
    message: 'oldStillServed',
    severity,
    values: {
      subject: nameOfCertificate(facts),
      holder: subject,
      notAfter,
      fingerprint,
      renewed: successor.subject,
      renewedUntil: successor.facts.notAfter,
      place: successor.place,
    },
    subject,
    related: [successor.subject],
    evidence: [context.at(holder, pointer), context.at(successor.holder, successor.pointer)],
    since: notAfter,
  });
}
