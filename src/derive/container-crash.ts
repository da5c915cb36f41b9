import type { PodItem } from '../artifacts/resources.ts';
import type { DeriveContext } from '../model/artifact.ts';
import type { LogTail } from '../model/log-signals.ts';
import { type ContainerView, conditionSince } from './containers.ts';
import { isRestartLoop } from './restart-loop.ts';

/** Seconds; the kubelet forgets its back-off when a container ran this long. */
const BACK_OFF_RESET_SECONDS = 600;

/** How a container ended last: now, when it is not started again yet, else before. */
export function lastEnd({ status }: ContainerView) {
  return status.state?.terminated ?? status.lastState?.terminated;
}

/** Whether a container ends again and again. One end after a long run, as by a reboot, is no loop yet. */
export function isCrashLoop(
  pod: PodItem,
  container: ContainerView,
  { age }: Pick<DeriveContext, 'age'>,
): boolean {
  if (!isRestartLoop(pod, container, age)) return false;
  if (container.status.state?.waiting) return true;
  return !(lastRunSeconds(container) >= BACK_OFF_RESET_SECONDS);
}

/** How long the last run took; NaN when the runtime does not say. */
export function lastRunSeconds(container: ContainerView): number {
  const end = lastEnd(container);
  return seconds(end?.finishedAt) - seconds(end?.startedAt);
}

/**
 * Since when the pod is not ready for this container; undefined where its last run turned the condition, which
 * then tells when that run ended and not when the trouble began.
 */
export function notReadySince(pod: PodItem, container: ContainerView): string | undefined {
  const since = conditionSince(pod, 'Ready', 'False');
  const began = seconds(lastEnd(container)?.startedAt);
  return seconds(since) >= began ? undefined : since;
}

/** What the last line of a log may be about beside the application itself. */
export type LastWordsClass = 'addressInUse' | 'wrongArchitecture';

const ADDRESS_IN_USE =
  /\baddress (?:is )?already in use\b|\baddress in use\b|\bEADDRINUSE\b|\bport \d+ (?:is|was) already in use\b|\bOnly one usage of each socket address\b/i;
/** The whole line is the runtime's own: it could not run the command at all. */
const EXEC_FORMAT = /^(?:\S+ )?(?:exec (?:container process )?.*|.*\/\S+: )exec format error$/i;

/** A line that says why a container ended, with its class. */
export interface TellingLine {
  readonly class: LastWordsClass;
  readonly text: string;
}

/** Looks through the last lines of a log, newest first, for words whose cause lies outside the application. */
export function tellingLine(tail: LogTail | undefined): TellingLine | undefined {
  for (const text of (tail?.lines ?? []).toReversed()) {
    if (EXEC_FORMAT.test(text.trim())) return { class: 'wrongArchitecture', text };
    if (ADDRESS_IN_USE.test(text)) return { class: 'addressInUse', text };
  }
  return undefined;
}

/** Seconds of an ISO time; NaN when there is none. The runtime writes 1970 where it does not know. */
function seconds(time: string | null | undefined): number {
  const parsed = Date.parse(time ?? '') / 1000;
  return parsed > 0 ? parsed : Number.NaN;
}
