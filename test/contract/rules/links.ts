import { posix } from 'node:path';
import type { Violation } from './source-tree.ts';

const LINK = /(?<!!)\[[^\]]*\]\(([^)\s]+)\)/g;

/** Relative links of Markdown pages (path → text) lead to something that exists. */
export function linkViolations(
  pages: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): Violation[] {
  const violations: Violation[] = [];
  for (const [path, text] of pages) {
    for (const [, target = ''] of text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(LINK)) {
      if (/^[a-z]+:|^#/.test(target)) continue;
      const file = posix.normalize(posix.join(posix.dirname(path), target.replace(/#.*$/, '')));
      if (!exists(file)) violations.push({ path, message: `links to ${target}, which is not there` });
    }
  }
  return violations;
}
