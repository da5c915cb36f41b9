import { whyNotListed } from '../artifacts/left-out-kinds.ts';
import { resourcesId } from '../model/artifact.ts';
import type { AnyCollector, BundleSink } from '../model/collector.ts';
import type { Discovery } from '../model/kube.ts';
import { CLUSTER_SCOPE } from '../model/scope.ts';
import { gapsOf, type Listed } from './inputs.ts';
import type { Ledger } from './ledger.ts';
import { interruption } from './outcome.ts';
import type { PlannedList } from './plan.ts';
import type { Selection } from './selection.ts';

/** A collector whose lists have gaps cannot have asked everywhere: its own artifacts get the same gaps. */
export function recordGaps(
  collector: AnyCollector,
  bundle: BundleSink,
  listed: Listed,
  discovery: Discovery,
): void {
  if (!collector.collect) return;
  const seen = new Set<string>();
  for (const gap of gapsOf(collector.needs, listed, discovery)) {
    if (gap.outcome === 'absent-from-layout') continue;
    for (const artifact of collector.meta.produces) {
      if (artifact.type === 'resources' || artifact.type === 'record') continue;
      const key = JSON.stringify([artifact.id, gap.scope]);
      if (seen.has(key)) continue;
      seen.add(key);
      const kind = gap.artifact.slice(gap.artifact.lastIndexOf('/') + 1);
      bundle.unread(
        artifact,
        gap.scope,
        gap.outcome,
        `${kind} objects were not seen: ${gap.reason}`,
        gap.fix,
      );
    }
  }
}

/** A collector whose time was over may have had more to ask for than it had come to. */
export function recordOutOfTime({ meta }: AnyCollector, bundle: BundleSink, signal: AbortSignal): void {
  const { message, fix } = interruption(signal);
  for (const artifact of meta.produces) {
    if (artifact.type === 'resources' || artifact.type === 'record') continue;
    bundle.unread(artifact, CLUSTER_SCOPE, 'timed-out', message.replace(' this ', ' everything '), fix);
  }
}

/** Groups whose discovery failed: their kinds are unknown, so the group gets the row. */
export function recordUndiscovered(
  ledger: Ledger,
  selected: readonly AnyCollector[],
  discovery: Discovery,
): void {
  const lister = selected.find(({ meta }) => meta.producesAllKinds);
  if (!lister) return;
  for (const { groupVersion, reason } of discovery.failures) {
    ledger.add({
      artifact: `resources:${groupVersion.split('/')[0] || groupVersion}/*`,
      scope: CLUSTER_SCOPE,
      outcome: 'error',
      reason: `${groupVersion} could not be discovered: ${reason}`,
      collector: lister.meta.id,
    });
  }
}

/** What deselected collectors would have added. */
export function recordDeselected(ledger: Ledger, { selected, left }: Selection): void {
  for (const { collector, reason } of left) {
    for (const artifact of collector.meta.produces) {
      const { id } = artifact;
      const wanted = selected.some(({ meta }) => meta.produces.some((one) => one.id === id));
      if (wanted) continue;
      const text = `\`${collector.meta.id}\` did not run: ${reason}`;
      ledger.add({
        artifact: id,
        scope: CLUSTER_SCOPE,
        outcome: 'skipped',
        reason: text,
        collector: collector.meta.id,
      });
    }
  }
}

/** Listable kinds that no selected collector lists, when one of them lists all others. */
export function recordLeftOut(
  ledger: Ledger,
  selected: readonly AnyCollector[],
  discovery: Discovery,
  plans: readonly PlannedList[],
): void {
  const lister = selected.find(({ meta }) => meta.producesAllKinds);
  if (!lister) return;
  const planned = new Set(plans.map(({ artifact }) => artifact));
  const owned = new Set(ledger.rows().map(({ artifact }) => artifact));
  for (const resource of discovery.resources) {
    const artifact = resourcesId(resource.group, resource.kind);
    if (!resource.verbs.includes('list') || planned.has(artifact) || owned.has(artifact)) continue;
    const reason = whyNotListed(resource) ?? 'no selected collector lists it';
    ledger.add({ artifact, scope: CLUSTER_SCOPE, outcome: 'skipped', reason, collector: lister.meta.id });
  }
}
