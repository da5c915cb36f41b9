import {
  type CertManagerCertificateItem,
  certManagerCertificates,
  clusterIssuers,
  issuers,
} from '../../src/artifacts/cert-manager-resources.ts';
import { type IssuanceObstacle, issuanceCases, sentence } from '../../src/derive/issuance-case.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** A challenge of ACME takes minutes. */
const PENDING_SECONDS = 600;
/** cert-manager begins at the renewal time; an hour later it is late. */
const LATE_SECONDS = 3600;

const SAID = { level: 'certain', reason: 'the conditions of the objects of cert-manager say so' } as const;
const FAILING = {
  severity: 'warning',
  confidence: SAID,
  effect: 'certificate-invalid',
  explains: [{ effect: 'certificate-invalid', via: ['same-object'] }],
} as const;
const STATUS = {
  text: 'See the steps of the issuing.',
  argv: [
    'kubectl',
    'describe',
    'certificates.cert-manager.io',
    '{certificate.name}',
    '-n',
    '{certificate.namespace}',
  ],
} as const;
const TRIED_AGAIN = {
  text: 'cert-manager waits an hour and more after a failure; `cmctl renew` tries at once.',
  argv: ['cmctl', 'renew', '{certificate.name}', '-n', '{certificate.namespace}'],
} as const;

export const issuanceFailing = defineAnalyzer({
  meta: {
    id: 'certificate/issuance-failing',
    title: 'Certificate not issued by cert-manager',
    description: 'Certificates of cert-manager that are not ready or not renewed, and the step that fails.',
    messages: {
      issuerMissing: {
        ...FAILING,
        text: '{certificate:object} is not issued: its {issuer:object} does not exist.',
        remedy: [{ text: 'Create the issuer, or correct `spec.issuerRef`.' }, STATUS],
        groupBy: ['issuer'],
      },
      issuerNotReady: {
        ...FAILING,
        text: '{certificate:object} is not issued: its {issuer:object} is not ready, {detail:text}.',
        remedy: [{ text: 'Mend the issuer first: its account, its credentials or its CA Secret.' }, STATUS],
        groupBy: ['issuer'],
      },
      requestDenied: {
        ...FAILING,
        text: '{certificate:object} is not issued: its request was denied, {detail:text}.',
        remedy: [
          { text: 'Change the certificate to what the approver allows, or the policy of the approver.' },
          STATUS,
        ],
      },
      requestFailed: {
        ...FAILING,
        text: '{certificate:object} is not issued: its request failed, {detail:text}.',
        remedy: [STATUS, TRIED_AGAIN],
      },
      challengeFails: {
        ...FAILING,
        text: '{certificate:object} is not issued: the {type:text} challenge for `{host:text}` does not pass, {detail:text}.',
        remedy: [
          {
            text: 'HTTP-01: the host has to lead to the ingress controller from the internet, on port 80. DNS-01: the record has to appear in the zone, and the credentials have to allow it.',
            argv: ['kubectl', 'get', 'challenges.acme.cert-manager.io', '-n', '{certificate.namespace}'],
          },
          STATUS,
        ],
      },
      orderFails: {
        ...FAILING,
        text: '{certificate:object} is not issued: its order failed, {detail:text}.',
        remedy: [STATUS, TRIED_AGAIN],
      },
      notReady: {
        ...FAILING,
        text: '{certificate:object} is not ready: {detail:text}.',
        remedy: [
          STATUS,
          { text: 'See that the pods of cert-manager run, and read the log of its controller.' },
        ],
      },
      renewalLate: {
        ...FAILING,
        text: '{certificate:object} was to be renewed at {renewalTime:time} and is not; it ends at {notAfter:time}. {detail:text}.',
        remedy: [STATUS, TRIED_AGAIN],
      },
    },
    checks: {
      issued: {
        item: 'Certificate of cert-manager is issued',
        expected: 'Ready, and renewed in time',
        found: 'Ready',
      },
    },
    references: [
      'https://cert-manager.io/docs/troubleshooting/',
      'https://cert-manager.io/docs/usage/certificate/#renewal (two thirds of the lifetime)',
    ],
  },
  needs: { certificates: certManagerCertificates, cases: issuanceCases },
  appliesTo({ certificates }) {
    if (certificates.items.length > 0 || !certificates.coverage.complete) return true;
    return { applies: false, reason: 'the cluster has no Certificate of cert-manager' };
  },
  analyze({ certificates, cases }, context) {
    for (const certificate of certificates.items) {
      const conditions = certificate.status?.conditions ?? [];
      const index = conditions.findIndex((one) => one.type === 'Ready');
      const ready = conditions[index];
      const since = ready?.lastTransitionTime ?? certificate.metadata.creationTimestamp;
      if (ready?.status === 'True') {
        judgeRenewal(certificate, cases.obstacleOf(certificate), context);
      } else if (isOlder(context.age(since, certificate), PENDING_SECONDS) === true) {
        const pointer = ready ? `/status/conditions/${index}` : '/status';
        const obstacle = cases.obstacleOf(certificate);
        report(certificate, obstacle, { detail: sentence(ready?.message), pointer, context });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof issuanceFailing.meta.messages,
  NonNullable<typeof issuanceFailing.meta.checks>
>;

function judgeRenewal(
  certificate: CertManagerCertificateItem,
  obstacle: IssuanceObstacle,
  context: Context,
): void {
  const { renewalTime, notAfter = '' } = certificate.status ?? {};
  const subject = subjectOf(certificate);
  if (isOlder(context.age(renewalTime, certificate), LATE_SECONDS) !== true || renewalTime === undefined) {
    context.looked({ check: 'issued', values: {}, subject });
    return;
  }
  const shown = 'shown' in obstacle ? [context.at(obstacle.shown.item, obstacle.shown.pointer)] : [];
  const detail = 'detail' in obstacle ? capital(obstacle.detail) : 'No step says why';
  context.report({
    message: 'renewalLate',
    values: { certificate: subject, renewalTime, notAfter, detail },
    subject,
    evidence: [context.at(certificate, '/status'), ...shown],
    since: renewalTime,
  });
}

interface Particulars {
  /** What the certificate itself says. */
  readonly detail: string;
  readonly pointer: string;
  readonly context: Context;
}

function report(
  certificate: CertManagerCertificateItem,
  obstacle: IssuanceObstacle,
  { detail, pointer, context }: Particulars,
): void {
  const subject = subjectOf(certificate);
  const own = context.at(certificate, pointer);
  const evidence: EvidenceRefs =
    'shown' in obstacle
      ? [context.at(obstacle.shown.item, obstacle.shown.pointer), own]
      : [own, ...(obstacle.kind === 'issuerMissing' ? [absenceOf(obstacle.issuer, context)] : [])];
  context.report({
    ...findingOf(obstacle, subject, detail),
    subject,
    evidence,
    ...('issuer' in obstacle ? { related: [obstacle.issuer] } : {}),
  });
}

function findingOf(obstacle: IssuanceObstacle, certificate: ObjectRef, detail: string) {
  switch (obstacle.kind) {
    case 'issuerMissing':
      return { message: 'issuerMissing', values: { certificate, issuer: obstacle.issuer } } as const;
    case 'issuerNotReady': {
      const values = { certificate, issuer: obstacle.issuer, detail: obstacle.detail };
      return { message: 'issuerNotReady', values } as const;
    }
    case 'challengeFails': {
      const { host, type } = obstacle;
      const values = { certificate, host, type, detail: obstacle.detail };
      return { message: 'challengeFails', values } as const;
    }
    case 'unknown':
      return { message: 'notReady', values: { certificate, detail } } as const;
    default:
      return { message: obstacle.kind, values: { certificate, detail: obstacle.detail } } as const;
  }
}

function absenceOf({ namespace, name }: ObjectRef, context: Context) {
  if (namespace === undefined)
    return context.absent({ artifact: clusterIssuers, scope: CLUSTER_SCOPE, name });
  return context.absent({ artifact: issuers, scope: { type: 'namespace', namespace }, name });
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
