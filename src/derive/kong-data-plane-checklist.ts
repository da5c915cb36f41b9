import { kongClusteringStatus } from '../artifacts/kong-clustering-status.ts';
import type { Gap } from '../model/coverage.ts';
import type { ObjectRef } from '../model/subject.ts';
import { type DataPlaneCase, registryEvidence, wholeSeconds } from './kong-data-plane-case.ts';
import { answerNetwork } from './kong-link-path.ts';
import { isTurnedAway } from './kong-registry.ts';

const STARTED = 'it started less than two minutes before the collection';
const DOWN = 'its container does not run';

/** Fills the rows of a data plane's checklist that no finding has filled. */
export function answerChecklist(one: DataPlaneCase): void {
  answerPod(one);
  answerLogs(one);
  answerRegistry(one);
  answerNetwork(one);
}

function answerPod({ plane, life, own, subject, context, answered, report }: DataPlaneCase): void {
  if (answered.has('pod')) return;
  const evidence = [context.at(plane.pod, life.pointer), ...(own ? [context.at(own)] : [])] as const;
  if (life.is !== 'running') {
    context.looked({ check: 'pod', subject, unseen: STARTED, evidence });
  } else if (life.ready) {
    context.looked({ check: 'pod', subject, values: { restarts: life.restarts }, evidence });
  } else {
    const said = own?.value.ready;
    const reason = said && !said.ok ? ` (it says: ${said.message})` : '';
    const values = { pod: subject, container: plane.container, reason };
    report({ message: 'notReady', values, subject, evidence });
  }
}

function answerLogs({ plane, life, link, subject, context, answered, inputs }: DataPlaneCase): void {
  if (answered.has('logs')) return;
  const { last } = link;
  const evidence = last ? [{ cite: 'matches', matches: last.matches, hit: last.hit } as const] : [];
  const unseen = (reason: string) => context.looked({ check: 'logs', subject, unseen: reason, evidence });
  if (last && link.failing === undefined) {
    unseen('its log names failures of the link, but its times do not tell whether they go on');
  } else if (link.failing && life.is !== 'running') {
    unseen(life.is === 'starting' ? STARTED : DOWN);
  } else if (link.failing) {
    unseen(`its log names a failure of the link, which another cause explains: ${last?.detail ?? ''}`);
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
  const { plane, life, subject, context, answered, isSilent } = one;
  if (answered.has('registry')) return;
  const { registration } = plane;
  const evidence = registryEvidence(one);
  const unseen = (reason: string | Gap) =>
    context.looked({ check: 'registry', subject, unseen: reason, evidence });
  if ('entry' in registration && isTurnedAway(registration.entry)) {
    unseen('it is heard of at each attempt, and turned away for its version');
  } else if (registration.state === 'fresh') {
    const { age, row } = registration.entry;
    const status =
      row.syncStatus === undefined ? 'sync status not given' : `sync status \`${row.syncStatus}\``;
    context.looked({ check: 'registry', subject, values: { age: wholeSeconds(age), status }, evidence });
  } else if (registration.state === 'unclear') {
    unseen(untold(subject, 'it is listed, but the clocks do not tell how long ago it was heard of'));
  } else if (registration.state === 'unseen') unseen(untold(subject, registration.reason));
  else if (isSilent) unseen('its control plane records no data plane any more');
  else unseen(life.is === 'starting' ? STARTED : DOWN);
}

/** The registry is the source of truth: what it does not tell keeps the analyzer from passing. */
export function untold({ kind, namespace, name }: ObjectRef, reason: string): Gap {
  const scope = { type: 'object', kind, ...(namespace === undefined ? {} : { namespace }), name } as const;
  return { artifact: kongClusteringStatus.id, scope, outcome: 'partial', reason };
}
