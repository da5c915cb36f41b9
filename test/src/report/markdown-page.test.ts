import { describe, expect, it } from 'vitest';
import { markdownToHtml } from '../../../src/report/markdown-page.ts';

function render(...lines: readonly string[]): string {
  return markdownToHtml(lines.join('\n'), { firstLevel: 4 });
}

describe('markdownToHtml', () => {
  it('leaves out the title and moves headings to the level of their place', () => {
    expect(render('# Title', '', '## Meaning', '', '### More')).toBe('<h4>Meaning</h4>\n<h5>More</h5>');
  });

  it('joins the lines of a paragraph', () => {
    expect(render('one', 'two', '', 'three')).toBe('<p>one two</p>\n<p>three</p>');
  });

  it('makes bullet and numbered lists, with lines that continue an item', () => {
    expect(render('- a', '  b', '- c', '', '1. x', '2. y')).toBe(
      '<ul><li>a b</li><li>c</li></ul>\n<ol><li>x</li><li>y</li></ol>',
    );
  });

  it('keeps fenced code as it stands', () => {
    expect(render('```sh', 'a  *b* # c', '', '- d', '```', 'end')).toBe(
      '<pre><code>a  *b* # c\n\n- d</code></pre>\n<p>end</p>',
    );
  });

  it('ends an open fence with the page', () => {
    expect(render('```', 'a')).toBe('<pre><code>a</code></pre>');
  });

  it('marks inline code, strong and emphasis', () => {
    expect(render('a `b*c*` **d** *e* 2*3*4')).toBe(
      '<p>a <code>b*c*</code> <strong>d</strong> <em>e</em> 2*3*4</p>',
    );
  });

  it('writes links as text', () => {
    expect(render('See [docs](https://kubernetes.io/docs) or <https://etcd.io>.')).toBe(
      '<p>See docs (https://kubernetes.io/docs) or https://etcd.io.</p>',
    );
  });

  it('escapes markup wherever it stands', () => {
    const html = render(
      '## <b>x</b>',
      '<script>alert(1)</script> [<i>](javascript:alert(1)) `<u>` **<s>**',
      '- <img src=x onerror=alert(1)>',
      '```',
      '</code></pre><script>',
      '```',
    );

    expect(html.match(/<\/?(?!h4|p|ul|li|pre|code|strong)[a-z]+/g)).toBeNull();
  });
});
