import type { DeriveContext, Input } from '../model/artifact.ts';
import { logSignals } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import type { ComponentState } from './component-state.ts';
import type { ComponentInstance } from './control-plane.ts';
import { logOwnerOf } from './control-plane.ts';
import type { componentLog } from './control-plane-logs.ts';
import { recentMatches } from './log-recency.ts';

/** Why a component ended, as its log says. */
export interface ComponentFault {
  readonly is: 'leaseLost' | 'portInUse' | 'etcdUnreachable' | 'apiUnreachable' | 'badStart';
  /** The cause in its words. */
  readonly detail: string;
  readonly matches: LogMatches;
  readonly hit?: LogHit;
}

/** Any log of a component; only its last words are read. */
export const componentTail = logSignals({ component: { id: 'component-tail' }, patterns: {} });

type Pattern = keyof (typeof componentLog)['patterns'];

/** In this order: what a component says of its own start goes before what it says of others. */
const FAULTS: readonly (readonly [Pattern, ComponentFault['is']])[] = [
  ['portInUse', 'portInUse'],
  ['flagUnknown', 'badStart'],
  ['fileMissing', 'badStart'],
  ['etcdUnreachable', 'etcdUnreachable'],
  ['etcdRefused', 'etcdUnreachable'],
  ['leaseLost', 'leaseLost'],
  ['lockUnreadable', 'apiUnreachable'],
];

/** The reason a component's log gives, from lines of the last hour; undefined when it gives none that is known. */
export function componentFault(
  instance: ComponentInstance,
  log: Input<typeof componentLog>,
  context: Pick<DeriveContext, 'age'>,
): ComponentFault | undefined {
  const owner = logOwnerOf(instance);
  for (const [pattern, is] of FAULTS) {
    const [matches] = recentMatches(log.matches(pattern, owner), context);
    if (!matches) continue;
    const hit = matches.hits.at(-1);
    const captures = hit?.captures ?? {};
    const detail = captures.address ?? captures.error ?? captures.file ?? captures.cause ?? '';
    return { is, detail, matches, ...(hit ? { hit } : {}) };
  }
  return undefined;
}

/** What the line before a lost lease says of why it could not be renewed. */
export function renewalCause(
  instance: ComponentInstance,
  log: Input<typeof componentLog>,
  context: Pick<DeriveContext, 'age'>,
): string {
  const [matches] = recentMatches(log.matches('lockUnreadable', logOwnerOf(instance)), context);
  return matches?.hits.at(-1)?.captures.cause ?? 'no answer in time';
}

/** Whether the log line was written about the run that ended last: within two minutes of its end. */
export function isAboutEnd({ matches }: ComponentFault, { ended }: ComponentState): boolean {
  const apart = Math.abs(Date.parse(matches.last ?? '') - Date.parse(ended ?? '')) / 1000;
  return apart <= 120;
}
