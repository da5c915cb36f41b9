import type { ProgressEvent } from '../collect/progress.ts';
import { scopeKey } from '../model/scope.ts';

type CollectorEvent = ProgressEvent & { readonly type: 'collector' };

/** Binary units, as Kubernetes has them. */
export function bytesText(bytes: number): string {
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${Math.ceil(kibibytes)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/** What a collector gave and how long it took: `1 204 objects, 12 entries, 3.1 MiB, 4 s`; empty for nothing. */
export function givenText({ objects, entries, bytes, seconds }: CollectorEvent): string {
  const parts = [
    ...(objects > 0 ? [amount(objects, 'object')] : []),
    ...(entries > 0 ? [amount(entries, 'entry', 'entries')] : []),
  ];
  if (parts.length === 0) return '';
  const took = seconds === undefined ? [] : [`${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`];
  return [...parts, bytesText(bytes), ...took].join(', ');
}

/** What of a collector was not read, one line per reason. */
export function missedLines({ missed }: CollectorEvent): string[] {
  return missed.map(({ count, outcome, reason }) => `${spaced(count)} ${outcome}: ${reason}`);
}

/** How far everything is, for those who see no line that moves. */
export function stepText({ done, expected }: ProgressEvent & { readonly type: 'row' }): string {
  return `${spaced(done)} of ${spaced(expected)} read`;
}

/** A row as the summary names it. */
export function rowText({
  artifact,
  scope,
  outcome,
  reason,
}: (ProgressEvent & { readonly type: 'row' })['row']) {
  return `${artifact} ${scopeKey(scope)}: ${outcome}, ${reason ?? ''}`;
}

function amount(count: number, one: string, more = `${one}s`): string {
  return `${spaced(count)} ${count === 1 ? one : more}`;
}

/** Thin groups of three, as SI has it, with plain spaces. */
function spaced(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}
