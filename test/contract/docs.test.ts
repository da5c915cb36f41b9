import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkViolations } from './rules/links.ts';
import { lines, readTree } from './rules/source-tree.ts';

const ROOT = join(import.meta.dirname, '../..');

function pages(): Map<string, string> {
  const tree = readTree(ROOT, ['docs', 'analyzers', 'collectors', 'samples']);
  const markdown = new Map([...tree].filter(([path]) => path.endsWith('.md')));
  for (const path of ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    markdown.set(path, readFileSync(join(ROOT, path), 'utf8'));
  }
  return markdown;
}

describe('the documentation', () => {
  it('has no dead link into the repository', () => {
    expect(lines(linkViolations(pages(), (path) => existsSync(join(ROOT, path))))).toEqual([]);
  });

  it('keeps decisions to 40 lines with context, decision and consequences', () => {
    const decisions = [...pages()].filter(([path]) => path.startsWith('docs/decisions/'));

    expect(decisions.length).toBeGreaterThan(0);
    for (const [path, text] of decisions) {
      const headings = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
      expect(path).toMatch(/\/\d{4}-[a-z0-9-]+\.md$/);
      expect(headings, path).toEqual(['Context', 'Decision', 'Consequences']);
      expect(text.split('\n').length - 1, path).toBeLessThanOrEqual(40);
    }
  });
});

describe('a planted link', () => {
  const exists = (path: string): boolean => path === 'docs/a.md';

  it('is refused when dead, whatever its anchor', () => {
    const planted = new Map([['docs/b.md', '[a](a.md) [b](a.md#x) [c](gone.md#x)']]);

    expect(lines(linkViolations(planted, exists))).toEqual([
      'docs/b.md: links to gone.md#x, which is not there',
    ]);
  });

  it('is not followed to the web, into the page, or out of an example', () => {
    const planted = new Map([['b.md', '[a](https://example.org) [b](#here)\n```\n[c](gone.md)\n```\n']]);

    expect(linkViolations(planted, exists)).toEqual([]);
  });
});
