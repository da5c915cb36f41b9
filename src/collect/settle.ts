import { setTimeout as delay } from 'node:timers/promises';
import type { AnyCollector } from '../model/collector.ts';
import type { Discovery } from '../model/kube.ts';
import { buildInputs, contextOf, type Listed } from './inputs.ts';

/** Nobody waits longer than this for a second sample, whatever a collector asks for. */
const MAX_SETTLE_SECONDS = 30;

/** Seconds the collectors ask for between the first lists and the second samples. */
export function settleSeconds(
  collectors: readonly AnyCollector[],
  listed: Listed,
  discovery: Discovery,
): number {
  const context = contextOf(listed);
  const asked = collectors.map(
    (collector) => collector.settle?.(buildInputs(collector, listed, discovery), context) ?? 0,
  );
  return Math.min(MAX_SETTLE_SECONDS, Math.max(0, ...asked));
}

/** Waits, unless interrupted: the second samples are then skipped by their own check. */
export async function waitSeconds(seconds: number, signal: AbortSignal): Promise<void> {
  await delay(seconds * 1000, undefined, { signal }).catch(() => {});
}
