import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const HELD_BY = /`(test\/[\w./-]+\.test\.ts)`: ([^;|]+)/g;

/** File and name of each test a page says something is held by. */
function namedTests(page: string): [file: string, name: string][] {
  return [...page.matchAll(HELD_BY)].map(([, file = '', name = '']) => [file, name.trim()]);
}

const page = readFileSync(join(ROOT, 'docs/collecting.md'), 'utf8');

describe('the page about bad conditions', () => {
  it('names a test for each condition', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| Condition'));

    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((row) => namedTests(row.split(' | ').at(-1) ?? '').length === 0)).toEqual([]);
  });

  it.each(namedTests(page))('%s has a test "%s"', (file, name) => {
    expect(readFileSync(join(ROOT, file), 'utf8')).toContain(name);
  });
});

it('a name no test has is found', () => {
  const planted = '| a | b | `test/contract/conditions.test.ts`: a name nobody has |';

  expect(namedTests(planted)).toEqual([['test/contract/conditions.test.ts', 'a name nobody has']]);
});
