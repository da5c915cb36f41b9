import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../src/bundle/bundle-fixture.ts';
import { constructorsOf, type Expression, literalsOf, sourceFiles } from './expressions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['src', 'analyzers', 'collectors'];
const CONSTRUCTED = fileURLToPath(new URL('constructed.ts', import.meta.url));

/**
 * Files that make an expression at run time, and why that is harmless: the check of all expressions cannot
 * see them.
 */
const AT_RUN_TIME: Readonly<Record<string, string>> = {
  'src/artifacts/crictl-text.ts': 'a column name of ours between spaces',
  'src/derive/cluster-networks.ts': 'a field name of ours between fixed classes',
  'src/derive/port-contradiction.ts': 'a number between fixed classes',
  'src/derive/storage-drivers.ts': 'alternatives of escaped names',
  'src/redact/own-rules.ts': 'rules of the user, checked by pattern-check.ts before they are used',
  'src/redact/pattern-check.ts': 'the check of those rules: compiled, never run',
};

function literalsIn(text: string): string[] {
  const root = temporaryFolder();
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/a.ts'), text);
  return literalsOf(root, 'src/a.ts').map(({ source, flags }) => `${source} ${flags}`);
}

describe('the search for expressions', () => {
  it.each([
    ['const a = /x+/g;', ['x+ g']],
    ['const a = b / c / d;', []],
    ['f(/[/]"/u, "/no/") // /no/', ['[/]" u']],
    [`return /a\\/b/.test(x) ? (1) / 2 / 3 : \`/no/\${ /yes/i.test(y) } /no/\`;`, ['a\\/b ', 'yes i']],
    ['/* /no/ */ const a = [/x/, /y/];', ['x ', 'y ']],
    [`const t = \`\${\`\${/in/.source}\`}\`; const r = /out/;`, ['in ', 'out ']],
  ])('finds literals and nothing else: %s', (text, found) => {
    expect(literalsIn(text)).toEqual(found);
  });

  it('sees every literal of the sources as one that compiles', () => {
    const all = FOLDERS.flatMap((folder) =>
      sourceFiles(ROOT, folder).flatMap((path) => literalsOf(ROOT, path)),
    );

    expect(all.length).toBeGreaterThan(800);
    for (const { source, flags, place } of all)
      expect(() => new RegExp(source, flags), `${place} /${source}/`).not.toThrow();
  });

  it('sees every constructed one, apart from those made of data on purpose', { timeout: 90_000 }, () => {
    const made = JSON.parse(
      execFileSync(process.execPath, [CONSTRUCTED], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
    ) as Expression[];
    const seen = new Set(made.map(({ place }) => place));
    const files = new Set(made.map(({ place }) => place.slice(0, place.lastIndexOf(':'))));
    const unseen = FOLDERS.flatMap((folder) =>
      sourceFiles(ROOT, folder).flatMap((path) => constructorsOf(ROOT, path)),
    )
      .filter((place) => !seen.has(place))
      .map((place) => place.slice(0, place.lastIndexOf(':')));

    expect(files.size).toBeGreaterThan(3);
    expect([...new Set(unseen)].filter((path) => !(path in AT_RUN_TIME))).toEqual([]);
  });
});
