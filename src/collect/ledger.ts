import type { BundleWriter } from '../bundle/writer.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { type Scope, scopeKey } from '../model/scope.ts';
import { INTERRUPTED } from './outcome.ts';

/** A scope that is to be read. */
export interface Expectation {
  readonly artifact: string;
  readonly scope: Scope;
  readonly collector: string;
  readonly sample?: number;
}

/** The coverage record while it is being made: what was to be read, and how each attempt ended. */
export interface Ledger {
  expect(expectation: Expectation): void;
  /** Takes back an expectation: other scopes are read in its place. */
  withdraw(expectation: Expectation): void;
  add(row: CoverageRow): void;
  /** Adds the row of something that was read by an earlier collection: no later one replaces it. */
  keep(row: CoverageRow): void;
  rows(): readonly CoverageRow[];
  rowsOf(collector: string): readonly CoverageRow[];
  /** Gives every expected scope without a row one that says why it was not reached, and declares all of them. */
  settle(unread?: Pick<CoverageRow, 'reason' | 'fix'>): void;
  /** Scopes expected so far, and how many of them have ended; without those that were kept. */
  progress(): { readonly done: number; readonly expected: number };
}

/** A ledger that hands each row to the writer as it comes. */
export function createLedger(
  writer: Pick<BundleWriter, 'coverage' | 'expect'>,
  onRow: (row: CoverageRow) => void,
): Ledger {
  const rows = new Map<string, CoverageRow>();
  const expected = new Map<string, Expectation>();

  const kept = new Set<string>();
  let done = 0;

  function add(row: CoverageRow): void {
    const key = keyOf(row);
    if (kept.has(key)) return;
    if (!rows.has(key) && expected.has(key)) done++;
    rows.set(key, row);
    writer.coverage(row);
    onRow(row);
  }

  return {
    expect: (expectation) => {
      expected.set(keyOf(expectation), expectation);
    },
    withdraw: (expectation) => {
      expected.delete(keyOf(expectation));
    },
    add,
    keep(row) {
      const key = keyOf(row);
      kept.add(key);
      rows.set(key, row);
      expected.set(key, { ...row, collector: row.collector ?? '' });
      writer.coverage(row);
    },
    rows: () => [...rows.values()],
    rowsOf: (collector) => [...rows.values()].filter((row) => row.collector === collector),
    progress: () => ({ done, expected: expected.size - kept.size }),
    settle(unread = { reason: INTERRUPTED }) {
      const byArtifact = new Map<string, Map<string, Scope>>();
      for (const [key, expectation] of expected) {
        if (!rows.has(key)) add({ ...expectation, outcome: 'skipped', ...unread });
        const scopes = byArtifact.get(expectation.artifact) ?? new Map<string, Scope>();
        byArtifact.set(expectation.artifact, scopes.set(scopeKey(expectation.scope), expectation.scope));
      }
      for (const [artifact, scopes] of byArtifact) writer.expect(artifact, [...scopes.values()]);
    },
  };
}

function keyOf(row: { artifact: string; scope: Scope; sample?: number }): string {
  return `${row.artifact}\n${scopeKey(row.scope)}\n${row.sample ?? 0}`;
}
