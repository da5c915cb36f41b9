import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const FOLDER = new URL('../../../report-templates/', import.meta.url);

/** What may be printed without escaping, and why that is safe. */
const UNESCAPED = [
  // Rendered by markdown-page.ts, which escapes every character of the page.
  'appendix.hbs {{{html}}}',
  // Our own files.
  'page.hbs {{{style}}}',
  // Serialised by serializeBlock, in which no `<` is left.
  'page.hbs {{{data}}}',
  'page.hbs {{{script}}}',
];

function templates(): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.hbs'))
    .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
}

describe('report-templates', () => {
  it('print without escaping only what the engine made safe', () => {
    const found = templates().flatMap(({ name, text }) =>
      [...text.matchAll(/\{\{\{[^}]*\}\}\}|\{\{&[^}]*\}\}/g)].map(([mark]) => `${name} ${mark}`),
    );

    expect(found).toEqual(UNESCAPED);
  });

  it('quote every attribute that takes a value', () => {
    const unquoted = templates().flatMap(({ text }) => text.match(/=\{\{/g) ?? []);

    expect(unquoted).toEqual([]);
  });

  it('carry no inline style or handler, which the policy would refuse', () => {
    const inline = templates().flatMap(({ text }) => text.match(/\s(?:style|on[a-z]+)="/g) ?? []);

    expect(inline).toEqual([]);
  });

  it('hold no script that makes markup from text', () => {
    const scripts = readdirSync(new URL('script/', FOLDER)).map((name) =>
      readFileSync(new URL(`script/${name}`, FOLDER), 'utf8'),
    );

    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.join('\n')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|fetch\(|XMLHttpRequest|[^{]import\(['"]/,
    );
  });
});
