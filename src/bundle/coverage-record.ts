import type { CoverageFix, CoverageRow } from '../model/coverage.ts';
import { type Scope, scopeKey } from '../model/scope.ts';
import type { EntryInput } from './entry-input.ts';
import type { CollectorRow, Consistency, ExpectedScopes } from './manifest.ts';
import type { NoteRedactor, Redaction } from './redaction.ts';

/** The record of a collection while it runs. */
export interface CoverageRecord {
  add(row: CoverageRow): void;
  /** Adds a row that no later one replaces. */
  fail(row: CoverageRow): void;
  expect(artifact: string, scopes: readonly Scope[]): void;
  collector(row: CollectorRow): void;
  /** Says of which moment the lists are. */
  consistency(record: Consistency): void;
  /** The scope without credentials an endpoint may carry, and with its names replaced where they are to be. */
  scope<S extends Scope>(scope: S): S;
  /** An entry under its scope; the group of a kind may hold a name as well. */
  entry(entry: EntryInput): EntryInput;
  rows(): CoverageRow[];
  expected(): ExpectedScopes[];
  collectors(): CollectorRow[];
  moment(): Consistency | undefined;
}

/** What names become; nothing of it changes them unless names are replaced. */
export type NameChanges = Pick<Redaction, 'name' | 'scope'>;

/** Reasons remembered with what they became. */
const MAX_REASONS = 1000;

/** Makes the record; every text that may quote the cluster passes `note`. */
export function createCoverageRecord(note: NoteRedactor, names: NameChanges = {}): CoverageRecord {
  const rows = new Map<string, CoverageRow>();
  const final = new Set<string>();
  const expected = new Map<string, Map<string, Scope>>();
  const collectors = new Map<string, CollectorRow>();
  const reasons = new Map<string, string>();

  let moment: Consistency | undefined;

  function cleanScope<S extends Scope>(scope: S): S {
    if (names.scope !== undefined) return names.scope(scope);
    return scope.type === 'endpoint' ? { ...scope, endpoint: note(scope.endpoint) } : scope;
  }

  /** Of a hundred thousand containers most have one and the same reason. */
  function noted(reason: string): string {
    // Names to be replaced may still be learned: what became of a reason then is not what becomes of it now.
    if (names.scope !== undefined) return note(reason);
    const before = reasons.get(reason);
    if (before !== undefined) return before;
    const clean = note(reason);
    // The text that came is kept where nothing of it changes, so that there is one of it.
    const after = clean === reason ? reason : clean;
    if (reasons.size < MAX_REASONS) reasons.set(reason, after);
    return after;
  }

  function artifactName(id: string): string {
    return id.startsWith('resources:') ? named(id) : id;
  }

  function named(text: string): string {
    return names.name?.(text) ?? text;
  }

  function put(row: CoverageRow, stays: boolean): void {
    const scope = cleanScope(row.scope);
    const artifact = artifactName(row.artifact);
    const key = `${artifact} ${scopeKey(scope)} ${row.sample ?? 0}`;
    if (final.has(key)) return;
    if (stays) final.add(key);
    const reason = row.reason === undefined ? undefined : noted(row.reason);
    const fix =
      row.fix === undefined ? undefined : (JSON.parse(named(JSON.stringify(row.fix))) as CoverageFix);
    const isSame = artifact === row.artifact && scope === row.scope && reason === row.reason;
    // Rows are as many as containers: most are kept as they came.
    if (isSame && fix === undefined) rows.set(key, row);
    else rows.set(key, { ...row, artifact, scope, reason, ...(fix === undefined ? {} : { fix }) });
  }

  return {
    add: (row) => put(row, false),
    fail: (row) => put(row, true),
    expect(id, scopes) {
      const artifact = artifactName(id);
      const known = expected.get(artifact) ?? new Map<string, Scope>();
      for (const scope of scopes.map(cleanScope)) known.set(scopeKey(scope), scope);
      expected.set(artifact, known);
    },
    collector(row) {
      collectors.set(row.id, { ...row, reason: row.reason === undefined ? undefined : note(row.reason) });
    },
    consistency(told) {
      const apart = told.apart.map(({ artifact, scope, reason }) => {
        return { artifact: artifactName(artifact), scope: cleanScope(scope), reason: note(reason) };
      });
      moment = { ...told, ...(told.reason === undefined ? {} : { reason: note(told.reason) }), apart };
    },
    scope: cleanScope,
    entry(entry) {
      const scope = cleanScope(entry.scope);
      if (entry.type !== 'resources') return { ...entry, scope } as EntryInput;
      const { group, apiVersion, resource, kind } = entry;
      const type = {
        group: named(group),
        apiVersion: named(apiVersion),
        resource: named(resource),
        kind: named(kind),
      };
      return { ...entry, scope, ...type };
    },
    rows: () => [...rows.values()],
    expected: () => [...expected].map(([artifact, scopes]) => ({ artifact, scopes: [...scopes.values()] })),
    collectors: () => [...collectors.values()],
    moment: () => moment,
  };
}
