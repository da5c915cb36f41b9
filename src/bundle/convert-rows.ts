import type { CoverageRow } from '../model/coverage.ts';
import { CLUSTER_SCOPE, type Scope, scopeKey } from '../model/scope.ts';
import type { Survey } from './convert-survey.ts';

/** The record of what is in a converted bundle and what is not. */
export interface ConvertedRows {
  /** Begins with the rows an input carries itself. */
  begin(survey: Survey): void;
  /** What a file of the input stands for. */
  add(row: CoverageRow): void;
  /** Ends an input with what its layout cannot hold. */
  close(): void;
  /** The first snapshot number of a scope that nothing was taken under. */
  freeSample(artifact: string, scope: Scope, wanted: number): number;
  all(): readonly CoverageRow[];
}

/** Makes the record; of several inputs the one that has a scope whole has the word. */
export function createConvertedRows(): ConvertedRows {
  const joined = new Map<string, CoverageRow>();
  const taken = new Set<string>();
  let rows = new Map<string, CoverageRow>();
  let current: Survey | undefined;

  function keep(row: CoverageRow): void {
    const key = keyOf(row.artifact, row.scope, row.sample);
    // A tool that says a list is not whole knows more than the file that looks so.
    if (row.outcome !== 'collected' || !rows.has(key)) rows.set(key, row);
  }

  function keepAbsent({ layout, served }: Survey): void {
    const known = new Set([...rows.values()].map(({ artifact }) => artifact));
    for (const artifact of served ?? []) {
      const reason = known.has(artifact) ? undefined : layout.absent?.(artifact);
      if (reason !== undefined) keep({ artifact, scope: CLUSTER_SCOPE, outcome: 'skipped', reason });
    }
  }

  return {
    begin(survey) {
      current = survey;
      rows = new Map();
      for (const row of survey.reading.coverage) keep(row);
    },
    add(row) {
      // Our own record has a row for all that was collected, maybe for a wider scope.
      if (row.outcome !== 'collected' || current?.reading.manifest === undefined) keep(row);
    },
    close() {
      if (current) keepAbsent(current);
      for (const [key, row] of rows) if (joined.get(key)?.outcome !== 'collected') joined.set(key, row);
    },
    freeSample(artifact, scope, wanted) {
      let sample = wanted;
      while (taken.has(keyOf(artifact, scope, sample))) sample++;
      taken.add(keyOf(artifact, scope, sample));
      return sample;
    },
    all: () => [...joined.values()],
  };
}

function keyOf(artifact: string, scope: Scope, sample = 0): string {
  return `${artifact} ${scopeKey(scope)} ${sample}`;
}
