import type { CertificateFacts } from '../artifacts/x509.ts';
import type { EvidenceRef } from '../model/finding.ts';
import { subjectKey } from '../model/subject.ts';
import { judgeChain } from './certificate-chain.ts';
import { shownNames } from './certificate-names.ts';
import { commonNameOf, hasName, shortFingerprint } from './kong-cluster-certificate.ts';
import type { CertificateCase, HeldAuthority, HeldCertificate } from './kong-cluster-certificate-case.ts';
import { relatedOf } from './kong-data-plane-case.ts';

/** The name data planes ask for in shared mode, whatever their settings (kong/clustering/utils.lua). */
const SHARED_NAME = 'kong_clustering';

/** Cites a certificate where it is kept. */
export function at({ context }: CertificateCase, { leaf }: HeldCertificate | HeldAuthority): EvidenceRef {
  return context.at(leaf.holder, leaf.pointer);
}

/** What every finding of a case has in common: the certificates it is about, and the pod's own settings. */
export function common(one: CertificateCase, ...held: (HeldCertificate | HeldAuthority)[]) {
  const evidence = [one.context.at(one.view.plane.pod, one.view.plane.addressPointer)];
  for (const certificate of held) evidence.unshift(at(one, certificate));
  return {
    subject: one.subject,
    related: relatedOf(one.view.plane, 'certificate'),
    evidence: evidence as [EvidenceRef, ...EvidenceRef[]],
  };
}

/** Whether the certificate of the control plane has the name the data plane asks for. */
export function judgeName(one: CertificateCase): void {
  const { own, other, subject, severity, context, isShared, view } = one;
  // In shared mode the data plane holds the certificate it is shown.
  const shown = other ?? (isShared ? own : undefined);
  const wanted = isShared ? SHARED_NAME : (view.plane.serverName ?? hostOf(view.plane.address));
  if (!shown || wanted === undefined) {
    const unseen = shown
      ? 'the address of the control plane is not shown'
      : 'the certificate of the control plane was not seen';
    context.looked({ check: 'names', subject, unseen });
  } else if (hasName(shown.leaf.facts, wanted)) {
    context.looked({ check: 'names', subject, values: { wanted }, evidence: [at(one, shown)] });
  } else {
    const values = { pod: subject, wanted, secret: shown.secret, names: namesOf(shown.leaf.facts) };
    context.report({ message: 'nameMismatch', severity, values, ...common(one, shown) });
  }
}

function hostOf(address: string | undefined): string | undefined {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\]|([^:]*))(?::\d+)?$/.exec(address ?? '') ?? [];
  return bracketed ?? (plain || undefined);
}

function namesOf(facts: CertificateFacts): string {
  const common = commonNameOf(facts);
  return facts.names.length > 0 ? shownNames(facts) : common === '' ? 'no name' : `the common name ${common}`;
}

/** Whether each side accepts the certificate of the other one, as the mode wants it. */
export function judgeMatch(one: CertificateCase): void {
  if (one.isShared) judgeSameness(one);
  else judgeTrust(one);
}

function judgeSameness(one: CertificateCase): void {
  const { own, other, subject, severity, context } = one;
  if (!other) {
    context.looked({ check: 'match', subject, unseen: 'the certificate of the control plane was not seen' });
  } else if (other.leaf.facts.fingerprint !== own.leaf.facts.fingerprint) {
    const values = {
      pod: subject,
      secret: own.secret,
      own: shortFingerprint(own.leaf.facts.fingerprint),
      otherSecret: other.secret,
      other: shortFingerprint(other.leaf.facts.fingerprint),
    };
    context.report({ message: 'differ', severity, values, ...common(one, own, other) });
  } else {
    const isOne = subjectKey(own.secret) === subjectKey(other.secret);
    const detail = isOne ? 'one Secret for both sides' : `the same as in \`${other.secret.name}\``;
    context.looked({ check: 'match', subject, values: { detail }, evidence: [at(one, own)] });
  }
}

/** PKI mode: each side's certificate against the CA the other side holds. */
function judgeTrust(one: CertificateCase): void {
  const { own, other, ownAuthority, otherAuthority, subject, severity, context, view } = one;
  const { verifyDepth: depth, trustsMore } = view.plane;
  const untrusted = (held: HeldCertificate, authority: HeldAuthority | undefined) =>
    authority !== undefined && judgeChain(held.leaf.together, authority.trusted) !== 'verified';
  const links = other ? other.leaf.together.filter(({ isCa, selfSigned }) => isCa && !selfSigned).length : 0;
  const values = (held: HeldCertificate, authority: HeldAuthority) => ({
    pod: subject,
    secret: held.secret,
    authority: authority.secret,
    issuer: held.leaf.facts.issuer,
  });
  let isFine = true;
  if (other && ownAuthority && !trustsMore && untrusted(other, ownAuthority)) {
    const said = values(other, ownAuthority);
    context.report({
      message: 'controlPlaneUntrusted',
      severity,
      values: said,
      ...common(one, other, ownAuthority),
    });
    isFine = false;
  } else if (other && links > depth) {
    const said = { pod: subject, depth, secret: other.secret, links };
    context.report({ message: 'chainTooLong', severity, values: said, ...common(one, other) });
    isFine = false;
  }
  if (otherAuthority && untrusted(own, otherAuthority)) {
    const said = values(own, otherAuthority);
    context.report({
      message: 'dataPlaneUntrusted',
      severity,
      values: said,
      ...common(one, own, otherAuthority),
    });
    isFine = false;
  }
  if (!isFine) return;
  if (other && ownAuthority && otherAuthority) {
    const detail = trustsMore
      ? 'the CA of the control plane signed it'
      : 'each is signed by the CA the other side holds';
    context.looked({ check: 'match', subject, values: { detail }, evidence: [at(one, own), at(one, other)] });
  } else {
    const unseen = 'not all certificates and CAs of both sides were seen';
    context.looked({ check: 'match', subject, unseen });
  }
}

/** Whether both certificates may be used for what they are shown for. */
export function judgeUsage(one: CertificateCase): void {
  const { own, other, subject, severity, context, isShared } = one;
  const wanted: [HeldCertificate, 'serverAuth' | 'clientAuth'][] = [[own, 'clientAuth']];
  const shown = other ?? (isShared ? own : undefined);
  if (shown) wanted.push([shown, 'serverAuth']);
  const wrong = wanted.filter(([{ leaf }, usage]) => !allows(leaf.facts, usage));
  for (const [held, usage] of wrong) {
    const role = usage === 'serverAuth' ? 'a server certificate' : 'a client certificate';
    const usages = held.leaf.facts.usages.join(', ');
    const values = { pod: subject, secret: held.secret, wanted: role, usages };
    context.report({ message: 'wrongUsage', severity, values, ...common(one, held) });
  }
  if (wrong.length > 0) return;
  const { usages } = own.leaf.facts;
  const detail = usages.length > 0 ? usages.join(', ') : 'not restricted';
  context.looked({ check: 'usage', subject, values: { detail }, evidence: [at(one, own)] });
}

/** Without the extension a certificate may serve for anything (RFC 5280 §4.2.1.12). */
function allows({ usages }: CertificateFacts, wanted: string): boolean {
  return usages.length === 0 || usages.includes(wanted) || usages.includes('any');
}
