import type { ManifestEntry } from '../bundle/manifest.ts';
import { ApiError } from './api-error.ts';

/** Which items of a list are answered: so many from a place on. */
export interface Page {
  /** Index among the lists of the kind, and items to pass over in that list. */
  readonly list: number;
  readonly skip: number;
  /** Infinity: all. */
  readonly limit: number;
  /** The token this page was asked for with; the empty string for the first. */
  readonly token: string;
  /** Token of the next page. */
  readonly next?: string;
  readonly remaining?: number;
}

const EVERYTHING: Page = { list: 0, skip: 0, limit: Number.POSITIVE_INFINITY, token: '' };

/**
 * The page a query asks for. What follows is known from the manifest, so that the head of an answer can be
 * written before its items. A `limit` may be ignored by a server (meta/v1 ListOptions): here it is where a
 * selector decides what counts. Throws ApiError 400 for a token that is not ours.
 */
export function pageOf(query: URLSearchParams, lists: readonly ManifestEntry[], selective: boolean): Page {
  const limit = Number(query.get('limit') ?? 0);
  const token = query.get('continue') ?? '';
  const counts = lists.map(({ items }) => items);
  if (selective || counts.some((count) => count === undefined)) return EVERYTHING;
  const start = token === '' ? { list: 0, skip: 0 } : readToken(token, lists.length);
  if (!Number.isSafeInteger(limit) || limit <= 0) return { ...EVERYTHING, ...start, token };
  const total = sum(counts) - sum(counts.slice(0, start.list)) - start.skip;
  if (total <= limit) return { ...start, limit, token };
  const next = writeToken(advance(start, counts, limit));
  return { ...start, limit, token, next, remaining: total - limit };
}

interface Position {
  readonly list: number;
  readonly skip: number;
}

function advance(start: Position, counts: readonly (number | undefined)[], items: number): Position {
  let { list, skip } = start;
  let left = items;
  while (list < counts.length && left >= (counts[list] ?? 0) - skip) {
    left -= (counts[list] ?? 0) - skip;
    list++;
    skip = 0;
  }
  return { list, skip: skip + left };
}

function sum(counts: readonly (number | undefined)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function writeToken({ list, skip }: Position): string {
  return Buffer.from(JSON.stringify({ list, skip })).toString('base64url');
}

function readToken(token: string, lists: number): Position {
  try {
    const { list, skip } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Position;
    if (isCount(list) && isCount(skip) && list <= lists) return { list, skip };
  } catch {
    // Said below.
  }
  throw new ApiError(400, 'invalid continue token: it is not of this server');
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
