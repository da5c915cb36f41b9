import { checksOf, type Message } from '../model/message.ts';
import { subjectOf } from '../model/subject.ts';
import {
  certificateEvidence,
  DATA_PLANE_MESSAGES,
  type DataPlaneCase,
  evidenceOf,
  handshakeEvidence,
  relatedOf,
  serviceEvidence,
  sinceOf,
} from './kong-data-plane-case.ts';
import { isAboutCertificates, type LinkFailure, type LinkFailureClass } from './kong-link-failure.ts';
import { LINK_MESSAGES, LOG_ONLY, TRIED } from './kong-link-messages.ts';
import { policyStop, type TriedInVain } from './kong-link-path.ts';
import { networkPath } from './kong-target.ts';

/** Its control plane was asked, and shows it as lost or not at all. */
export function isListed({ plane: { registration }, isSilent }: DataPlaneCase): boolean {
  return !isSilent && (registration.state === 'stale' || registration.state === 'absent');
}

/** The rows a message fills, without those nothing was seen of. */
export function rowsOf(one: DataPlaneCase, message: Message, without: readonly string[] = []): string[] {
  const hidden = isListed(one) ? without : ['registry', ...without];
  return checksOf(message).filter((check) => !hidden.includes(check));
}

/** Since when its control plane has not heard of it. */
export function sinceLost({ plane: { registration } }: DataPlaneCase): { since?: string } {
  return registration.state === 'stale' ? sinceOf(registration.entry) : {};
}

/** What log and objects say of one failure is one finding: a name that does not resolve, and no such Service. */
function withProblem({ plane }: DataPlaneCase, detail: string): string {
  const path = networkPath(plane.target, plane.controlPlanes);
  return 'problem' in path ? `${detail}; ${path.problem}` : detail;
}

function withoutService({ plane }: DataPlaneCase): string[] {
  return 'problem' in networkPath(plane.target, plane.controlPlanes) ? [] : ['service'];
}

/** The log names why the link fails. */
export function reportFailure(one: DataPlaneCase, failure: LinkFailure): void {
  const { plane } = one;
  const { matches, hit } = failure;
  const line = { cite: 'matches', matches, hit } as const;
  if (failure.class === 'unreachable' && reportPolicy(one, line)) return;
  const byCertificates = isAboutCertificates(failure.class);
  one.report({
    message: failure.class,
    values: {
      pod: one.subject,
      address: plane.address ?? hit.captures.address ?? 'an address not shown',
      detail: withProblem(one, failure.detail),
    },
    subject: one.subject,
    related: relatedOf(plane, byCertificates ? 'certificate' : 'network'),
    ...(isListed(one) ? {} : { confidence: LOG_ONLY }),
    evidence: evidenceOf(
      one,
      line,
      ...handshakeEvidence(one),
      ...(byCertificates ? certificateEvidence(one) : serviceEvidence(one)),
    ),
    checks: rowsOf(one, LINK_MESSAGES[failure.class], withoutService(one)),
    ...sinceLost(one),
  });
}

const CLASS_OF_STEP: Readonly<Record<TriedInVain['step'], LinkFailureClass>> = {
  dns: 'dnsFailed',
  tcp: 'unreachable',
  tls: 'tlsFailed',
};

/** No log says it, but the way was tried from the container. */
export function reportTried(one: DataPlaneCase, { step, detail, evidence }: TriedInVain): void {
  const { plane, subject, report } = one;
  if (step === 'tcp' && reportPolicy(one, evidence)) return;
  const message = CLASS_OF_STEP[step];
  report({
    message,
    values: { pod: subject, address: plane.address ?? '', detail: withProblem(one, detail) },
    subject,
    related: relatedOf(plane, 'network'),
    confidence: TRIED,
    evidence: evidenceOf(one, evidence, ...serviceEvidence(one)),
    checks: rowsOf(one, LINK_MESSAGES[message], ['logs', ...withoutService(one)]),
    ...sinceLost(one),
  });
}

const POLICY_BY_LOG = {
  level: 'possible',
  reason:
    'its log names a connection without answer, and no NetworkPolicy allows it; no control plane was asked',
} as const;

/** A NetworkPolicy that does not allow the connection, where nothing comes through. */
export function reportPolicy(one: DataPlaneCase, line?: Parameters<typeof evidenceOf>[1]): boolean {
  const { plane, subject, context, report } = one;
  // Refused is an answer: policies drop.
  if (one.link.failing && /refused/.test(one.link.last?.detail ?? '')) return false;
  const stop = policyStop(one);
  const policy = stop?.policies[0];
  if (!stop || !policy) return false;
  const fromLog = line?.cite === 'matches';
  report({
    message: 'policyBlocks',
    values: {
      pod: subject,
      address: plane.address ?? '',
      policy: subjectOf(policy),
      direction: stop.direction === 'egress' ? 'where connections may go from' : 'who may connect to',
      selected: subjectOf(stop.pod),
    },
    subject,
    related: [subjectOf(policy), ...relatedOf(plane, 'network')],
    ...(isListed(one) ? {} : { confidence: POLICY_BY_LOG }),
    evidence: evidenceOf(one, ...(line ? [line] : []), context.at(policy, '/spec')),
    checks: rowsOf(one, DATA_PLANE_MESSAGES.policyBlocks, [
      ...(fromLog ? [] : ['logs']),
      ...(line ? [] : ['tcp']),
    ]),
    ...sinceLost(one),
  });
  return true;
}
