import { pods } from '../../src/artifacts/resources.ts';
import { leavesOf } from '../../src/derive/kong-cluster-certificate.ts';
import {
  certificateEvidence,
  controlPlaneOf,
  DATA_PLANE_MESSAGES,
  DATA_PLANE_NEEDS,
  type DataPlaneCase,
  type DataPlaneContext,
  dataPlaneCase,
  evidenceOf,
  relatedOf,
  serviceEvidence,
  sinceOf,
  wholeSeconds,
} from '../../src/derive/kong-data-plane-case.ts';
import { answerChecklist } from '../../src/derive/kong-data-plane-checklist.ts';
import { isRecent, lifeOf, linkLogOf } from '../../src/derive/kong-data-plane-state.ts';
import { type LinkFailure, lastHit } from '../../src/derive/kong-link-failure.ts';
import { LINK_MESSAGES, LOG_ONLY } from '../../src/derive/kong-link-messages.ts';
import { PLANE_CHECKS } from '../../src/derive/kong-plane-messages.ts';
import { type SilentGroup, silentGroups } from '../../src/derive/kong-silent-groups.ts';
import { networkPath } from '../../src/derive/kong-target.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** An address that leads to another control plane than the one asked would make an innocent look missing. */
const OTHER_LIST = {
  level: 'likely',
  reason: 'the list is that of the control plane asked, which need not be the one the data plane is told',
} as const;

export const dataPlaneNotConnected = defineAnalyzer({
  meta: {
    id: 'kong/data-plane-not-connected',
    title: 'Kong data plane not connected',
    description:
      'Whether the control plane hears of each Kong data plane, and what log, Service and cluster certificate say when it does not.',
    messages: DATA_PLANE_MESSAGES,
    checks: PLANE_CHECKS,
    references: [
      'https://developer.konghq.com/gateway/hybrid-mode/',
      'Kong/kong 2.0 to 3.9: kong/clustering/{data_plane,control_plane,tls,utils}.lua, kong/clustering/rpc/manager.lua',
      'Kong/kong kong/api/routes/clustering.lua: /clustering/data-planes, and /clustering/status as its older form',
    ],
  },
  needs: { ...DATA_PLANE_NEEDS, pods },
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze(inputs, context) {
    const leaves = leavesOf(inputs.certificates);
    const observed = inputs.planes.dataPlanes.map((plane) => {
      return { plane, life: lifeOf(plane, context), link: linkLogOf(plane, inputs.log, context) };
    });
    const silent = silentGroups(observed, inputs.log, context);
    for (const group of silent) reportControlPlane(group, context);
    for (const one of observed) {
      const isSilent = silent.some(({ planes }) => planes.has(one.plane));
      const current = dataPlaneCase(one, { inputs, leaves, context, isSilent });
      judge(current);
      answerChecklist(current);
    }
    return undefined;
  },
});

function judge(one: DataPlaneCase): void {
  const { state } = one.plane.registration;
  if (one.life.is === 'not running') reportNotRunning(one);
  else if (state === 'fresh') reportConnected(one);
  else if (one.life.is === 'running') reportDisconnected(one);
}

function reportControlPlane(group: SilentGroup, context: DataPlaneContext): void {
  const { planes, latest, notRecorded, logsSeen } = group;
  const subject = controlPlaneOf(latest.registry);
  const { likely, ...rest } = {
    certain: { level: 'certain', reason: 'its own log says that it cannot write what it hears' },
    likely: DATA_PLANE_MESSAGES.controlPlaneNotRecording.confidence,
    possible: {
      level: 'possible',
      reason: 'all fell silent within a minute, but not all of their logs were read',
    },
  } as const;
  context.report({
    message: 'controlPlaneNotRecording',
    values: { controlPlane: subject, count: planes.size, age: wholeSeconds(latest.age) },
    subject,
    confidence: notRecorded ? rest.certain : logsSeen ? likely : rest.possible,
    related: [...planes].map(({ pod }) => subjectOf(pod)),
    evidence: [
      context.at(latest.registry.document, '/rows'),
      ...(notRecorded ? [{ cite: 'matches', ...notRecorded } as const] : []),
    ],
    ...sinceOf(latest),
  });
}

function reportNotRunning(one: DataPlaneCase): void {
  const { plane, life, link, subject, context, inputs, report } = one;
  const values = { pod: subject, container: plane.container, state: life.state };
  report({ message: 'notRunning', values, subject, evidence: [context.at(plane.pod, life.pointer)] });
  const { namespace = '', name } = plane.pod.metadata;
  const refused = inputs.log.matches('refusedToStart', { namespace, pod: name, container: plane.container });
  const matches = refused[0];
  const hit = matches?.hits.at(-1);
  if (matches && hit) {
    const detail = hit.captures.error ?? hit.text;
    const evidence = [{ cite: 'matches', matches, hit }] as const;
    report({ message: 'refusedToStart', values: { pod: subject, detail }, subject, evidence });
  } else if (link.failing && link.last) reportLogSign(one, link.last);
  reportListSign(one);
}

/** Its control plane hears of it, which is not yet to say that it is served. */
function reportConnected(one: DataPlaneCase): void {
  const { plane, life, subject, inputs, report } = one;
  if (plane.registration.state !== 'fresh') return;
  const { row, registry } = plane.registration.entry;
  const status = row.syncStatus ?? '';
  if (status === 'kong_version_incompatible') {
    const expected = registry.document.value.version ?? 'not given';
    const values = { pod: subject, version: row.version ?? 'not given', expected };
    report({ message: 'versionIncompatible', values, subject, evidence: evidenceOf(one) });
  } else if (status.endsWith('_incompatible')) {
    report({
      message: 'pluginsIncompatible',
      values: { pod: subject, status },
      subject,
      evidence: evidenceOf(one),
    });
  } else if (life.is === 'running' && /^0+$/.test(row.configHash ?? '')) {
    const { namespace = '', name } = plane.pod.metadata;
    const notApplied = lastHit(inputs.log, 'notApplied', {
      namespace,
      pod: name,
      container: plane.container,
    });
    report({
      message: 'neverConfigured',
      values: { pod: subject, controlPlane: controlPlaneOf(registry) },
      subject,
      evidence: evidenceOf(one, ...(notApplied ? [{ cite: 'matches', ...notApplied } as const] : [])),
    });
  }
}

function reportDisconnected(one: DataPlaneCase): void {
  const { plane, link, isSilent } = one;
  const { state } = plane.registration;
  const path = networkPath(plane.target);
  if (state === 'late') reportRow(one);
  else if (link.failing && link.last) reportFailure(one, link.last);
  else if (state === 'unseen' || state === 'unclear') reportByLogAlone(one);
  else if (isSilent) reportListSign(one);
  else if ('problem' in path) reportUnusableService(one, path.problem);
  else reportRow(one);
}

function reportUnusableService(one: DataPlaneCase, problem: string): void {
  const { plane, subject, report } = one;
  report({
    message: 'serviceUnusable',
    severity: 'critical',
    values: { pod: subject, address: plane.address ?? '', problem },
    subject,
    related: relatedOf(plane, 'network'),
    evidence: evidenceOf(one, ...serviceEvidence(one)),
  });
  reportListSign(one);
}

/** Nothing but the list speaks: it was heard of long ago, a little too long ago, or never. */
function reportRow(one: DataPlaneCase): void {
  const { plane, subject, report } = one;
  const { registration } = plane;
  const common = { subject, evidence: evidenceOf(one), related: relatedOf(plane, 'both') };
  if (registration.state === 'absent') {
    report({
      message: 'notInRegistry',
      values: { pod: subject, controlPlane: controlPlaneOf(registration.registry) },
      ...(registration.sure ? {} : { confidence: OTHER_LIST }),
      ...common,
    });
  } else if (registration.state !== 'unseen') {
    const { age, registry } = registration.entry;
    const message = registration.state === 'late' ? 'lateHeartbeat' : 'staleRow';
    const values = {
      pod: subject,
      controlPlane: controlPlaneOf(registry),
      age: wholeSeconds(age),
    };
    report({ message, values, ...common, ...sinceOf(registration.entry) });
  }
}

/** The log names why the link fails; the signs go under that. */
function reportFailure(one: DataPlaneCase, failure: LinkFailure): void {
  const { plane, subject, report } = one;
  const { registration } = plane;
  const isListed = registration.state === 'stale' || registration.state === 'absent';
  const by = LINK_MESSAGES[failure.class].check === 'certificate' ? 'certificate' : 'network';
  const { matches, hit, detail } = failure;
  const address = plane.address ?? hit.captures.address ?? 'an address not shown';
  report({
    message: failure.class,
    values: { pod: subject, address, detail },
    subject,
    related: relatedOf(plane, by),
    ...(isListed ? {} : { confidence: LOG_ONLY }),
    evidence: evidenceOf(
      one,
      { cite: 'matches', matches, hit },
      ...(by === 'network' ? serviceEvidence(one) : certificateEvidence(one)),
    ),
    ...(registration.state === 'stale' ? sinceOf(registration.entry) : {}),
  });
  if (LINK_MESSAGES[failure.class].check !== 'logs') reportLogSign(one, failure);
  if (isListed) reportListSign(one);
}

function reportLogSign({ subject, report }: DataPlaneCase, { matches, hit, detail }: LinkFailure): void {
  const last = hit.time ?? 'at a time it does not tell';
  report({
    message: 'linkBroken',
    values: { pod: subject, last, detail },
    subject,
    evidence: [{ cite: 'matches', matches, hit }],
  });
}

function reportListSign(one: DataPlaneCase): void {
  const { plane, subject, report } = one;
  const { registration } = plane;
  if (registration.state === 'stale') {
    const { age, registry } = registration.entry;
    const values = { pod: subject, controlPlane: controlPlaneOf(registry), age: wholeSeconds(age) };
    report({
      message: 'unheard',
      values,
      subject,
      related: relatedOf(plane, 'network'),
      evidence: evidenceOf(one),
      ...sinceOf(registration.entry),
    });
  } else if (registration.state === 'absent') {
    const values = { pod: subject, controlPlane: controlPlaneOf(registration.registry) };
    report({
      message: 'unlisted',
      values,
      subject,
      related: relatedOf(plane, 'network'),
      evidence: evidenceOf(one),
    });
  }
}

/** No control plane was asked and no failure of Kong's own words: what remains is weak. */
function reportByLogAlone({ plane, life, subject, inputs, context, report }: DataPlaneCase): void {
  const { namespace = '', name } = plane.pod.metadata;
  const container = { namespace, pod: name, container: plane.container };
  const foreign = lastHit(inputs.log, 'foreign', container);
  const waiting = lastHit(inputs.log, 'unconfigured', container);
  if (foreign && isRecent(foreign.hit.time, foreign.matches, context)) {
    const detail = foreign.hit.captures.error ?? foreign.hit.text;
    const evidence = [{ cite: 'matches', ...foreign }] as const;
    const values = { pod: subject, detail };
    report({ message: 'foreignWords', values, subject, evidence, related: relatedOf(plane, 'both') });
  } else if (waiting && !life.ready && isRecent(waiting.hit.time, waiting.matches, context)) {
    const detail = /no configuration available \([^)]*\)/.exec(waiting.hit.text)?.[0] ?? waiting.hit.text;
    const evidence = [{ cite: 'matches', ...waiting }, context.at(plane.pod, life.pointer)] as const;
    const values = { pod: subject, detail };
    report({ message: 'waitsForConfiguration', values, subject, evidence });
  }
}
