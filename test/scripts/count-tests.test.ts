import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, '../../scripts/count-tests.ts');

describe('count-tests', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubecase-count-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A result file of one test file whose tests ended as given. */
  function results(name: string, status: string, ...tests: string[]): string {
    const assertionResults = tests.map((one) => ({ status: one }));
    writeFileSync(join(folder, name), JSON.stringify({ testResults: [{ status, assertionResults }] }));
    return join(folder, name);
  }

  function count(...files: string[]): string {
    return spawnSync(process.execPath, [SCRIPT, ...files], { encoding: 'utf8' }).stdout;
  }

  it('sums suites and passes over one that did not run', () => {
    const files = [
      results('a.json', 'passed', 'passed', 'passed'),
      results('b.json', 'failed', 'passed', 'failed'),
    ];

    expect(count(...files, join(folder, 'none.json'))).toBe('3 passed, 1 failed\n');
  });

  it('names skipped tests only when there are some', () => {
    expect(count(results('a.json', 'passed', 'passed', 'skipped', 'todo'))).toBe(
      '1 passed, 0 failed, 2 skipped\n',
    );
  });

  it('counts a file that does not load as a failure', () => {
    expect(count(results('a.json', 'failed'))).toBe('0 passed, 1 failed\n');
  });
});
