import type { CoverageRow } from '../model/coverage.ts';
import { scopeKey } from '../model/scope.ts';
import type { ListedObject } from './listed-objects.ts';
import type { ManifestEntry } from './manifest.ts';

/** An event as far as the table shows it. */
type EventFields = ListedObject & {
  readonly type?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
  readonly count?: unknown;
  readonly lastTimestamp?: unknown;
  readonly eventTime?: unknown;
  readonly involvedObject?: { readonly kind?: unknown; readonly name?: unknown };
};

/** `timestamp`: begin and end of the collection, in the form Go prints times. */
export function timestamps(begin: string, end: string): Buffer {
  return Buffer.from([begin, end].map((time) => `${goTime(time)}\n`).join(''));
}

/** `2026-03-03 09:30:00 +0000 UTC`. */
function goTime(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}

/** `gather.logs`: what was not collected, and what a must-gather has no place for. */
export function logOfGathering(shortfalls: readonly CoverageRow[], left: readonly ManifestEntry[]): Buffer {
  const lines = [
    ...shortfalls.map(
      ({ artifact, scope, outcome, reason = 'no reason was recorded' }) =>
        `not collected: ${artifact} ${scopeKey(scope)}: ${outcome}: ${oneLine(reason)}`,
    ),
    ...left.map(({ path }) => `not converted: ${path}: a must-gather has no place for it`),
  ];
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** `event-filter.html`: the events as a table, newest last. */
export function eventTable(events: readonly ListedObject[]): Buffer {
  const rows = (events as readonly EventFields[])
    .map((event) => ({ event, time: timeOf(event) }))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ event, time }) => {
      const { kind, name } = event.involvedObject ?? {};
      const about = `${textOf(kind)}/${textOf(name)}`;
      const cells = [
        time,
        event.metadata?.namespace,
        about,
        event.type,
        event.reason,
        event.count,
        event.message,
      ];
      return `<tr>${cells.map((cell) => `<td>${escaped(textOf(cell))}</td>`).join('')}</tr>\n`;
    });
  const head = ['Time', 'Namespace', 'Object', 'Type', 'Reason', 'Count', 'Message'];
  return Buffer.from(
    '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Events</title></head>\n<body>\n<table>\n' +
      `<tr>${head.map((cell) => `<th>${cell}</th>`).join('')}</tr>\n${rows.join('')}</table>\n</body>\n</html>\n`,
  );
}

function timeOf({ lastTimestamp, eventTime }: EventFields): string {
  return textOf(lastTimestamp) || textOf(eventTime);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ');
}
