import { kongClusteringStatus } from '../artifacts/kong-clustering-status.ts';
import type { Gap } from '../model/coverage.ts';
import { isOlder } from '../model/observation.ts';
import { type ObjectRef, subjectKey } from '../model/subject.ts';
import { type ClusterCertificate, clusterCertificate } from './kong-cluster-certificate.ts';
import {
  type DataPlaneCase,
  evidenceOf,
  registryEvidence,
  relatedOf,
  wholeSeconds,
} from './kong-data-plane-case.ts';
import { LINK_MESSAGES } from './kong-link-messages.ts';
import { networkPath } from './kong-target.ts';

const STARTED = 'it started less than two minutes before the collection';

/** Fills the rows of a data plane's checklist that no finding has filled. */
export function answerChecklist(one: DataPlaneCase): void {
  answerPod(one);
  answerLogs(one);
  answerRegistry(one);
  answerNetwork(one);
  answerCertificate(one);
}

function answerPod({ plane, life, subject, context, answered, report }: DataPlaneCase): void {
  if (answered.has('pod')) return;
  const evidence = [context.at(plane.pod, life.pointer)] as const;
  if (life.is !== 'running') {
    context.looked({ check: 'pod', subject, unseen: STARTED, evidence });
  } else if (life.ready) {
    context.looked({ check: 'pod', subject, values: { restarts: life.restarts }, evidence });
  } else {
    report({ message: 'notReady', values: { pod: subject, container: plane.container }, subject, evidence });
  }
}

function answerLogs({ plane, life, link, subject, context, answered, inputs }: DataPlaneCase): void {
  if (answered.has('logs')) return;
  const { last } = link;
  const evidence = last ? [{ cite: 'matches', matches: last.matches, hit: last.hit } as const] : [];
  const unseen = (reason: string) => context.looked({ check: 'logs', subject, unseen: reason, evidence });
  if (last && link.failing === undefined) {
    unseen('its log names failures of the link, but its times do not tell whether they go on');
  } else if (link.failing && life.is === 'starting') {
    unseen(STARTED);
  } else if (!link.seen) {
    const { name, namespace } = plane.pod.metadata;
    const { gaps } = inputs.log.coverage;
    const own = gaps.find(
      ({ scope }) => scope.type === 'container' && scope.pod === name && scope.namespace === namespace,
    );
    unseen(
      (own ?? gaps.find(({ scope }) => scope.type !== 'container'))?.reason ?? 'its log is not in the bundle',
    );
  } else {
    const when = last?.hit.time ? ` at ${last.hit.time}` : '';
    const signals = last ? `last failure of the link${when}, overcome since` : 'no failure of the link';
    context.looked({ check: 'logs', subject, values: { signals }, evidence });
  }
}

function answerRegistry(one: DataPlaneCase): void {
  const { plane, subject, context, answered } = one;
  if (answered.has('registry')) return;
  const { registration } = plane;
  const evidence = registryEvidence(one);
  const unseen = (reason: string | Gap) =>
    context.looked({ check: 'registry', subject, unseen: reason, evidence });
  if (registration.state === 'fresh') {
    const { age, row } = registration.entry;
    const status =
      row.syncStatus === undefined ? 'sync status not given' : `sync status \`${row.syncStatus}\``;
    context.looked({ check: 'registry', subject, values: { age: wholeSeconds(age), status }, evidence });
  } else if (registration.state === 'unclear') {
    unseen(untold(subject, 'it is listed, but the clocks do not tell how long ago it was heard of'));
  } else if (registration.state === 'unseen') unseen(untold(subject, registration.reason));
  else unseen(STARTED);
}

/** The registry is the source of truth: what it does not tell keeps the analyzer from passing. */
function untold({ kind, namespace, name }: ObjectRef, reason: string): Gap {
  const scope = { type: 'object', kind, ...(namespace === undefined ? {} : { namespace }), name } as const;
  return { artifact: kongClusteringStatus.id, scope, outcome: 'partial', reason };
}

function answerNetwork(one: DataPlaneCase): void {
  const { plane, link, subject, context, answered, report } = one;
  if (answered.has('network')) return;
  const path = networkPath(plane.target);
  const { target } = plane;
  const evidence = [
    target.found === 'service'
      ? context.at(target.service, '/spec/ports')
      : context.at(plane.pod, plane.addressPointer),
  ];
  const fine = (text: string) =>
    context.looked({ check: 'network', subject, values: { path: text }, evidence });
  const certificates = link.last && LINK_MESSAGES[link.last.class].check === 'certificate';
  if ('problem' in path) {
    report({
      message: 'serviceUnusable',
      severity: 'warning',
      values: { pod: subject, address: plane.address ?? '', problem: path.problem },
      subject,
      related: relatedOf(plane, 'network'),
      evidence: evidenceOf(one, ...evidence),
    });
  } else if ('fine' in path) fine(path.fine);
  else if (plane.registration.state === 'fresh') fine('the data plane is connected, so there is a way');
  else if (link.failing && certificates) fine('TLS begins, so there is a way');
  else context.looked({ check: 'network', subject, unseen: path.unseen, evidence });
}

function answerCertificate(one: DataPlaneCase): void {
  const { plane, subject, context, answered, leaves, inputs, report } = one;
  if (answered.has('certificate')) return;
  const own = clusterCertificate(plane, leaves, inputs.secrets);
  if ('unseen' in own) {
    context.looked({ check: 'certificate', subject, unseen: own.unseen });
    return;
  }
  const { holder, pointer, facts } = own.leaf;
  const evidence = [context.at(holder, pointer)] as const;
  const isOver = isOlder(context.age(facts.notAfter, holder), 0);
  const other = plane.mtls === 'shared' ? counterpart(one) : undefined;
  if (isOver === undefined) {
    const unseen = 'it is not known when the Secret was read, or its end is too near';
    context.looked({ check: 'certificate', subject, unseen, evidence });
  } else if (isOver) {
    const values = { pod: subject, secret: own.secret, notAfter: facts.notAfter };
    report({
      message: 'certificateOver',
      values,
      subject,
      related: relatedOf(plane, 'certificate'),
      evidence,
    });
  } else if (other && other.leaf.facts.fingerprint !== facts.fingerprint) {
    report({
      message: 'certificatesDiffer',
      values: {
        pod: subject,
        secret: own.secret,
        own: shortFingerprint(facts.fingerprint),
        otherSecret: other.secret,
        other: shortFingerprint(other.leaf.facts.fingerprint),
      },
      subject,
      evidence: [...evidence, context.at(other.leaf.holder, other.leaf.pointer)],
    });
  } else {
    const { notAfter } = facts;
    const values = { secret: own.secret.name, notAfter, sameness: sameness(plane.mtls, own, other) };
    context.looked({ check: 'certificate', subject, values, evidence });
  }
}

type Seen = Exclude<ClusterCertificate, { unseen: string }>;

/** The cluster certificate of the control plane its address leads to, where all replicas hold the same one. */
function counterpart({ plane, leaves, inputs }: DataPlaneCase): Seen | undefined {
  const seen = plane.controlPlanes
    .map((controlPlane) => clusterCertificate(controlPlane, leaves, inputs.secrets))
    .filter((one): one is Seen => 'leaf' in one);
  const isOne = new Set(seen.map(({ leaf }) => leaf.facts.fingerprint)).size === 1;
  return plane.target.found === 'service' && isOne ? seen[0] : undefined;
}

function sameness(mtls: string, own: Seen, other: Seen | undefined): string {
  if (mtls !== 'shared') return '';
  if (!other) return '; that of the control plane was not seen';
  return subjectKey(own.secret) === subjectKey(other.secret)
    ? ', of both sides'
    : ', the same as that of the control plane';
}

/** Enough of a SHA-256 to tell two certificates apart. */
function shortFingerprint(fingerprint: string): string {
  return `SHA-256 ${fingerprint.slice(0, 16)}`;
}
