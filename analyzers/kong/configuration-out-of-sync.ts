import { pods } from '../../src/artifacts/resources.ts';
import { controlPlaneOf, relatedOf } from '../../src/derive/kong-data-plane-case.ts';
import { untold } from '../../src/derive/kong-data-plane-checklist.ts';
import { isRecent } from '../../src/derive/kong-data-plane-state.ts';
import { isEmptyHash } from '../../src/derive/kong-data-planes.ts';
import { hashesOf } from '../../src/derive/kong-plane-hashes.ts';
import { lastLine } from '../../src/derive/kong-plane-log.ts';
import {
  answerSyncRows,
  caseOf,
  rowEvidence,
  SYNC_NEEDS,
  type SyncCase,
  type SyncContext,
} from '../../src/derive/kong-plane-sync-case.ts';
import {
  CONTROL_PLANE_LOG,
  DISK_ERROR,
  type NotSentMessage,
  notSentMessage,
  STATUS_MESSAGE,
  SYNC_CHECKS,
  SYNC_MESSAGES,
} from '../../src/derive/kong-plane-sync-messages.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { type Subject, subjectOf } from '../../src/model/subject.ts';

const needs = { pods, ...SYNC_NEEDS };

export const configurationOutOfSync = defineAnalyzer({
  meta: {
    id: 'kong/configuration-out-of-sync',
    title: 'Kong data plane out of step with its control plane',
    description:
      'Data planes that are connected and yet do not serve the configuration of their control plane, and why: sync status, configuration hash, and the logs of both planes.',
    messages: SYNC_MESSAGES,
    checks: SYNC_CHECKS,
    references: [
      'Kong/kong 2.5 to 3.9: kong/clustering/{control_plane,data_plane}.lua, kong/clustering/compat/init.lua',
      'Kong/kong kong/constants.lua: CLUSTERING_SYNC_STATUS, DECLARATIVE_EMPTY_CONFIG_HASH',
    ],
  },
  needs,
  appliesTo({ planes, pods: collection }) {
    if (planes.dataPlanes.length > 0) return true;
    if (!collection.coverage.complete) return { applies: 'unseen', gaps: collection.coverage.gaps };
    return { applies: false, reason: 'no pod runs a Kong data plane' };
  },
  analyze(inputs, context) {
    reportControlPlanes(inputs, context);
    for (const view of inputs.views.planes) judge(caseOf(view, inputs, context));
    return undefined;
  },
});

function judge(one: SyncCase): void {
  const { view, subject, context } = one;
  const answered = new Set<string>();
  if (view.life.is === 'running') {
    const status = one.row?.row.syncStatus ?? '';
    if (Object.hasOwn(STATUS_MESSAGE, status))
      reportNotSent(one, STATUS_MESSAGE[status as keyof typeof STATUS_MESSAGE], answered);
    else if (one.notSent && status !== 'normal' && view.connection !== 'down')
      reportNotSent(one, notSentMessage(one.notSent.hit.captures.error ?? ''), answered);
    else if (one.notSent && notSentMessage(one.notSent.hit.captures.error ?? '') === 'payloadTooBig')
      reportNotSent(one, 'payloadTooBig', answered);
    reportNotApplied(one, answered);
    if (!answered.has('hash')) judgeHash(one, answered);
  }
  answerSyncRows(one, answered);
  if (view.connection === 'unknown') {
    const { registration } = view.plane;
    const reason =
      registration.state === 'unseen' ? registration.reason : 'nothing tells whether it is connected';
    context.looked({ check: 'sync', subject, unseen: untold(subject, reason) });
  }
}

function controlPlaneSubject({ row, view }: SyncCase): Subject {
  if (row) return controlPlaneOf(row.registry);
  const [first] = view.plane.controlPlanes;
  return first ? subjectOf(first.pod) : { external: 'host', name: view.plane.address ?? 'control plane' };
}

function reportNotSent(one: SyncCase, message: NotSentMessage, answered: Set<string>): void {
  const { view, subject, row, notSent, context } = one;
  const said = notSent?.hit.captures.error;
  const detail = said && notSentMessage(said) === message ? said : `sync status \`${row?.row.syncStatus}\``;
  const line = notSent ? [{ cite: 'matches', ...notSent } as const] : [];
  const checks = row ? ['sync', 'hash'] : ['hash'];
  for (const check of checks) answered.add(check);
  context.report({
    message,
    values: { pod: subject, controlPlane: controlPlaneSubject(one), detail },
    subject,
    related: relatedOf(view.plane, 'network'),
    ...(row || view.plane.registration.state === 'stale' ? {} : { confidence: CONTROL_PLANE_LOG }),
    evidence: [context.at(view.plane.pod, view.plane.addressPointer), ...rowEvidence(one), ...line],
    checks,
  });
}

/** A full disk or map is a question of its own: `kong/prefix-volume-full`. */
function reportNotApplied(one: SyncCase, answered: Set<string>): void {
  const { notApplied, view, subject, context } = one;
  const detail = notApplied?.hit.captures.error;
  if (!notApplied || detail === undefined || DISK_ERROR.test(detail)) return;
  for (const check of ['applied', 'hash']) answered.add(check);
  context.report({
    message: 'notApplied',
    values: { pod: subject, detail },
    subject,
    related: relatedOf(view.plane, 'network'),
    evidence: [{ cite: 'matches', ...notApplied }, ...rowEvidence(one)],
  });
}

function judgeHash(one: SyncCase, answered: Set<string>): void {
  const { view, subject, row, context } = one;
  const own = row?.row.configHash;
  if (!row || view.connection !== 'up' || own === undefined) return;
  const common = { subject, related: relatedOf(view.plane, 'network') } as const;
  const controlPlane = controlPlaneOf(row.registry);
  const evidence = [
    context.at(row.registry.document, row.pointer),
    ...(view.own ? [context.at(view.own)] : []),
  ] as const;
  if (isEmptyHash(own)) {
    // Asked a moment later it may have got its configuration.
    if (isEmptyHash(view.own?.value.configurationHash) === false) return;
    const values = { pod: subject, controlPlane };
    context.report({ message: 'neverConfigured', values, ...common, evidence });
    answered.add('hash');
    return;
  }
  const [most] = hashesOf(row.registry).filter(({ hash }) => !isEmptyHash(hash));
  const mine = hashesOf(row.registry).find(({ hash }) => hash === own)?.count ?? 0;
  const now = view.own?.value.configurationHash ?? own;
  if (!most || most.hash === own || most.count <= mine || now === most.hash) return;
  const values = { pod: subject, controlPlane, own, current: most.hash, count: most.count };
  const confirmed = view.own !== undefined && now === own;
  context.report({
    message: 'hashDiffers',
    values,
    ...common,
    evidence: [...evidence, context.at(most.row.registry.document, most.row.pointer)],
    ...(confirmed ? { confidence: CONFIRMED } : {}),
  });
  answered.add('hash');
}

const CONFIRMED = {
  level: 'likely',
  reason: 'its own Status API, asked at another moment, gives the same old hash',
} as const;

/** What control planes write of themselves, each once. */
function reportControlPlanes({ planes, log }: Inputs<typeof needs>, context: SyncContext): void {
  for (const { pod, container } of planes.controlPlanes) {
    const owner = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
    const subject = subjectOf(pod);
    const failed = lastLine(log, 'exportFailed', owner);
    if (failed && isRecent(failed.hit.time, failed.matches, context)) {
      const values = { controlPlane: subject, detail: failed.hit.captures.error ?? failed.hit.text };
      context.report({
        message: 'exportFailed',
        values,
        subject,
        evidence: [{ cite: 'matches', ...failed }],
      });
    }
    const dropped = lastLine(log, 'contentDropped', owner);
    if (dropped) {
      const values = { controlPlane: subject, detail: dropped.hit.captures.error ?? dropped.hit.text };
      context.report({
        message: 'contentDropped',
        values,
        subject,
        evidence: [{ cite: 'matches', ...dropped }],
      });
    }
  }
}
