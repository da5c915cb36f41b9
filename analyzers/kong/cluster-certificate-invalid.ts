import { pods, secrets } from '../../src/artifacts/resources.ts';
import { leavesOf } from '../../src/derive/kong-cluster-certificate.ts';
import {
  CERTIFICATE_NEEDS,
  type CertificateCase,
  certificateCase,
  endInUse,
  type HeldCertificate,
} from '../../src/derive/kong-cluster-certificate-case.ts';
import {
  CERTIFICATE_CHECKS,
  CERTIFICATE_MESSAGES,
} from '../../src/derive/kong-cluster-certificate-messages.ts';
import {
  at,
  common,
  judgeMatch,
  judgeName,
  judgeUsage,
} from '../../src/derive/kong-cluster-certificate-trust.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

export const clusterCertificateInvalid = defineAnalyzer({
  meta: {
    id: 'kong/cluster-certificate-invalid',
    title: 'Kong cluster certificate unfit for its link',
    description:
      'Cluster certificates of data planes and their control planes: validity, name, sameness or chain, key usage, and whether the processes use what the Secrets hold.',
    messages: CERTIFICATE_MESSAGES,
    checks: CERTIFICATE_CHECKS,
    references: [
      'https://developer.konghq.com/gateway/hybrid-mode/ (shared and PKI mode)',
      'Kong/kong 2.0 to 3.9: kong/clustering/{tls,utils}.lua, kong/templates/nginx_kong.lua (server kong_cluster_listener)',
      'OpenSSL X509_check_host(3), X509_VERIFY_PARAM_set_depth(3)',
    ],
  },
  needs: { ...CERTIFICATE_NEEDS, pods },
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze(inputs, context) {
    const leaves = leavesOf(inputs.certificates);
    for (const view of inputs.views.planes) {
      const one = certificateCase(view, inputs, { leaves, context });
      if ('unseen' in one) {
        const subject = subjectOf(view.plane.pod);
        const { namespace = '', name } = subject;
        const scope = { type: 'object', kind: 'Pod', namespace, name } as const;
        const gap = { artifact: secrets.id, scope, outcome: 'partial', reason: one.unseen } as const;
        context.looked({ check: 'mounted', subject, unseen: gap });
        for (const check of ['valid', 'inUse', 'names', 'match', 'usage'] as const)
          context.looked({ check, subject, unseen: one.unseen });
      } else judge(one);
    }
    return undefined;
  },
});

function judge(one: CertificateCase): void {
  const { own, subject, view, context } = one;
  const { certificate, mtls } = view.plane;
  const values = { secret: own.secret.name, key: 'key' in certificate ? certificate.key : '', mtls };
  context.looked({ check: 'mounted', values, subject, evidence: [at(one, own)] });
  judgeValidity(one);
  const rotated = judgeUse(one);
  judgeName(one);
  if (!rotated) judgeMatch(one);
  judgeUsage(one);
}

/** Both certificates where they are not one and the same. */
function bothOf({ own, other }: CertificateCase): HeldCertificate[] {
  return other && other.leaf.facts.fingerprint !== own.leaf.facts.fingerprint ? [own, other] : [own];
}

function judgeValidity(one: CertificateCase): void {
  const { subject, severity, context, own, other } = one;
  let isFine = true;
  for (const held of bothOf(one)) {
    const { facts, holder } = held.leaf;
    const isOver = isOlder(context.age(facts.notAfter, holder), 0);
    const hasBegun = isOlder(context.age(facts.notBefore, holder), 0);
    const values = { pod: subject, secret: held.secret };
    if (isOver) {
      const { notAfter } = facts;
      context.report({
        message: 'expired',
        severity,
        values: { ...values, notAfter },
        ...common(one, held),
        since: notAfter,
      });
    } else if (hasBegun === false) {
      const { notBefore } = facts;
      context.report({
        message: 'notYetValid',
        severity,
        values: { ...values, notBefore },
        ...common(one, held),
      });
    } else if (isOver === undefined) {
      const unseen = 'it is not known when the Secret was read, or an end is too near';
      context.looked({ check: 'valid', subject, unseen, evidence: [at(one, held)] });
    }
    isFine &&= isOver === false && hasBegun !== false;
  }
  if (!isFine) return;
  const { notAfter } = own.leaf.facts;
  const apart =
    bothOf(one).length > 1 ? `, that of the control plane until ${other?.leaf.facts.notAfter}` : '';
  const text = other ? apart : '; that of the control plane was not seen';
  context.looked({ check: 'valid', subject, values: { notAfter, other: text }, evidence: [at(one, own)] });
}

/** Whether both processes use what the Secrets hold; true when a renewal reached one side only. */
function judgeUse(one: CertificateCase): boolean {
  const { own, other, subject, severity, context, view } = one;
  const { notBefore } = own.leaf.facts;
  const ended = endInUse(one);
  const isOver =
    own.use !== 'this one' && ended !== undefined && isOlder(context.age(ended, own.leaf.holder), 0);
  const values = { pod: subject, secret: own.secret };
  // A link that is up shows that both sides accept each other, however old their processes are.
  const isUp = view.connection === 'up' || view.connection === 'late';
  const sameSecret = other !== undefined && other.leaf.facts.fingerprint === own.leaf.facts.fingerprint;
  const apart = own.use !== 'unknown' && other?.use !== 'unknown' && other?.use !== own.use;
  if (isOver && ended !== undefined) {
    context.report({ message: 'inUseExpired', values: { ...values, ended }, ...common(one, own) });
    return false;
  }
  if (one.isShared && other && sameSecret && apart && !isUp && view.life.is === 'running') {
    const behind = own.use === 'an earlier one' ? subject : subjectOf(other.plane.pod);
    context.report({
      message: 'rotatedOnOneSide',
      severity,
      values: { ...values, controlPlane: subjectOf(other.plane.pod), notBefore, behind },
      ...common(one, own),
      since: notBefore,
    });
    return true;
  }
  if (own.use === 'an earlier one') {
    context.report({ message: 'notReloaded', values: { ...values, notBefore }, ...common(one, own) });
  } else if (own.use === 'unknown') {
    const unseen = 'nothing tells when the process started or what it presents';
    context.looked({ check: 'inUse', subject, unseen });
  } else {
    const detail = ended === undefined ? 'Kong started after it was made' : `it presents one until ${ended}`;
    context.looked({ check: 'inUse', subject, values: { detail }, evidence: [at(one, own)] });
  }
  return false;
}
