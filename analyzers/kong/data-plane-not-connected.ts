import { pods } from '../../src/artifacts/resources.ts';
import { leavesOf } from '../../src/derive/kong-cluster-certificate.ts';
import {
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
import { isRecent } from '../../src/derive/kong-data-plane-state.ts';
import { lastHit } from '../../src/derive/kong-link-failure.ts';
import {
  isListed,
  reportFailure,
  reportPolicy,
  reportTried,
  rowsOf,
  sinceLost,
} from '../../src/derive/kong-link-findings.ts';
import { triedInVain } from '../../src/derive/kong-link-path.ts';
import { PLANE_CHECKS } from '../../src/derive/kong-plane-messages.ts';
import type { SilentGroup } from '../../src/derive/kong-silent-groups.ts';
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
    for (const group of inputs.views.silent) reportControlPlane(group, context);
    for (const view of inputs.views.planes) {
      const current = dataPlaneCase(view, { inputs, leaves, context });
      judge(current);
      answerChecklist(current);
    }
    return undefined;
  },
});

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
      context.at(latest.registry.document, latest.registry.source === 'admin' ? '/rows' : ''),
      ...(notRecorded ? [{ cite: 'matches', ...notRecorded } as const] : []),
    ],
    ...sinceOf(latest),
  });
}

function judge(one: DataPlaneCase): void {
  if (one.life.is === 'not running') reportNotRunning(one);
  else if (one.plane.registration.state !== 'fresh' && one.life.is === 'running') reportDisconnected(one);
}

function reportNotRunning(one: DataPlaneCase): void {
  const { plane, life, subject, context, report } = one;
  report({
    message: 'notRunning',
    values: { pod: subject, container: plane.container, state: life.state },
    subject,
    evidence: [context.at(plane.pod, life.pointer)],
    checks: isListed(one) ? ['pod', 'registry'] : ['pod'],
  });
}

function reportDisconnected(one: DataPlaneCase): void {
  const { plane, link, isSilent } = one;
  const { state } = plane.registration;
  const path = networkPath(plane.target, plane.controlPlanes);
  const tried = triedInVain(one);
  if (state === 'late') reportRow(one);
  else if (link.failing && link.last) reportFailure(one, link.last);
  else if (tried && !isSilent) reportTried(one, tried);
  else if (state === 'unseen' || state === 'unclear') reportByLogAlone(one);
  else if (isSilent) return;
  else if ('problem' in path) reportUnusableService(one, path.problem);
  else if (!reportPolicy(one)) reportRow(one);
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
    checks: rowsOf(one, DATA_PLANE_MESSAGES.serviceUnusable),
    ...sinceLost(one),
  });
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
      ...common,
      ...(registration.sure ? {} : { confidence: OTHER_LIST }),
    });
  } else if (registration.state !== 'unseen') {
    const { age, registry } = registration.entry;
    const message = registration.state === 'late' ? 'lateHeartbeat' : 'staleRow';
    const values = { pod: subject, controlPlane: controlPlaneOf(registry), age: wholeSeconds(age) };
    report({ message, values, ...common, ...sinceOf(registration.entry) });
  }
}

/** No control plane was asked and no failure of Kong's own words: what remains is weak. */
function reportByLogAlone({ plane, life, own, subject, inputs, context, report }: DataPlaneCase): void {
  const { namespace = '', name } = plane.pod.metadata;
  const container = { namespace, pod: name, container: plane.container };
  const foreign = lastHit(inputs.log, 'foreign', container);
  const waiting = lastHit(inputs.log, 'unconfigured', container);
  const said = own?.value.ready?.ok === false ? own.value.ready.message : undefined;
  if (foreign && isRecent(foreign.hit.time, foreign.matches, context)) {
    const detail = foreign.hit.captures.error ?? foreign.hit.text;
    const evidence = [{ cite: 'matches', ...foreign }] as const;
    const values = { pod: subject, detail };
    report({ message: 'foreignWords', values, subject, evidence, related: relatedOf(plane, 'both') });
  } else if (own && said?.startsWith('no configuration available')) {
    const evidence = [context.at(own), context.at(plane.pod, life.pointer)] as const;
    const values = { pod: subject, detail: said };
    report({ message: 'waitsForConfiguration', values, subject, evidence, checks: [] });
  } else if (waiting && !life.ready && isRecent(waiting.hit.time, waiting.matches, context)) {
    const detail = /no configuration available \([^)]*\)/.exec(waiting.hit.text)?.[0] ?? waiting.hit.text;
    const evidence = [{ cite: 'matches', ...waiting }, context.at(plane.pod, life.pointer)] as const;
    const values = { pod: subject, detail };
    report({ message: 'waitsForConfiguration', values, subject, evidence });
  }
}
