import { existsSync, readFileSync } from 'node:fs';

/** What vitest's JSON reporter writes, as far as it is read here. */
interface Results {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** Sums the JSON results of several suites into the line CI ends with; files that were not written count nothing. */
function countLine(files: readonly string[]): string {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    if (!existsSync(file)) continue;
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
    for (const { status, assertionResults } of testResults) {
      // A file that does not load has no tests to count, but it is no success either.
      if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) count.failed++;
      for (const test of assertionResults) {
        if (test.status === 'passed' || test.status === 'failed') count[test.status]++;
        else count.skipped++;
      }
    }
  }
  const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
  return `${count.passed} passed, ${count.failed} failed${skipped}`;
}

console.log(countLine(process.argv.slice(2)));
