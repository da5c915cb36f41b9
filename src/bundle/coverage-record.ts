import type { CoverageRow } from '../model/coverage.ts';
import { type Scope, scopeKey } from '../model/scope.ts';
import type { CollectorRow, ExpectedScopes } from './manifest.ts';
import type { NoteRedactor } from './redaction.ts';

/** The record of a collection while it runs. */
export interface CoverageRecord {
  add(row: CoverageRow): void;
  /** Adds a row that no later one replaces. */
  fail(row: CoverageRow): void;
  expect(artifact: string, scopes: readonly Scope[]): void;
  collector(row: CollectorRow): void;
  /** The scope without credentials an endpoint may carry. */
  scope<S extends Scope>(scope: S): S;
  rows(): CoverageRow[];
  expected(): ExpectedScopes[];
  collectors(): CollectorRow[];
}

/** Makes the record; every text that may quote the cluster passes `note`. */
export function createCoverageRecord(note: NoteRedactor): CoverageRecord {
  const rows = new Map<string, CoverageRow>();
  const final = new Set<string>();
  const expected = new Map<string, Map<string, Scope>>();
  const collectors = new Map<string, CollectorRow>();

  function cleanScope<S extends Scope>(scope: S): S {
    return scope.type === 'endpoint' ? { ...scope, endpoint: note(scope.endpoint) } : scope;
  }

  function put(row: CoverageRow, stays: boolean): void {
    const scope = cleanScope(row.scope);
    const key = `${row.artifact} ${scopeKey(scope)} ${row.sample ?? 0}`;
    if (final.has(key)) return;
    if (stays) final.add(key);
    const reason = row.reason === undefined ? undefined : note(row.reason);
    rows.set(key, { ...row, scope, reason });
  }

  return {
    add: (row) => put(row, false),
    fail: (row) => put(row, true),
    expect(artifact, scopes) {
      const known = expected.get(artifact) ?? new Map<string, Scope>();
      for (const scope of scopes.map(cleanScope)) known.set(scopeKey(scope), scope);
      expected.set(artifact, known);
    },
    collector(row) {
      collectors.set(row.id, { ...row, reason: row.reason === undefined ? undefined : note(row.reason) });
    },
    scope: cleanScope,
    rows: () => [...rows.values()],
    expected: () => [...expected].map(([artifact, scopes]) => ({ artifact, scopes: [...scopes.values()] })),
    collectors: () => [...collectors.values()],
  };
}
