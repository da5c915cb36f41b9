import type { Report } from '../../model/report.ts';

/** Fields that name a thing stand before its details; all others follow in alphabetical order. */
const FIRST_FIELDS = [
  'schemaVersion',
  'tool',
  'cluster',
  'bundles',
  'collection',
  'diagnosis',
  'findings',
  'results',
  'unseen',
  'checklists',
  'facts',
  'catalog',
  'type',
  'id',
  'name',
  'title',
  'artifact',
  'scope',
  'fingerprint',
  'findingId',
  'analyzerId',
  'messageId',
  'checkId',
  'severity',
  'confidence',
  'state',
  'status',
  'outcome',
  'message',
  'reason',
  'subject',
] as const;
const RANKS: ReadonlyMap<string, number> = new Map(FIRST_FIELDS.map((field, rank) => [field, rank]));

/** What JSON leaves as it is and a terminal or an editor obeys: it means the same as an escape. */
const STEERING = /[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/**
 * The report as JSON, two spaces deep, ending in a newline. Fields stand in a fixed order whatever order they
 * were made in, so that equal reports are equal bytes and two reports compare by line.
 */
export function json(report: Report): string {
  const text = JSON.stringify(report, (_, value: unknown) => inOrder(value), 2);
  return `${text.replace(STEERING, escapeOf)}\n`;
}

function escapeOf(character: string): string {
  return [...new Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const ordered: Record<string, unknown> = Object.create(null);
  for (const field of Object.keys(value).sort(byRank)) {
    ordered[field] = (value as Record<string, unknown>)[field];
  }
  return ordered;
}

function byRank(a: string, b: string): number {
  const difference = (RANKS.get(a) ?? RANKS.size) - (RANKS.get(b) ?? RANKS.size);
  if (difference !== 0) return difference;
  return a < b ? -1 : Number(a > b);
}
