import { createHash } from 'node:crypto';
import Handlebars from 'handlebars';
import type { Report } from '../../model/report.ts';
import { packaged } from '../../packaged.ts';
import { withTitles } from '../describe-scope.ts';
import { viewPage } from '../page/page-view.ts';
import { EN, type Texts } from '../texts.en.ts';

/** Templates of report-templates/ the page is put together from; `page` is the outermost. */
const PARTIALS = [
  'appendix',
  'cause',
  'cause-summary',
  'checklists',
  'collection',
  'evidence',
  'facts',
  'group',
  'header',
  'information',
  'segments',
  'severity',
  'shapes',
  'step',
  'unseen',
] as const;

/** Parts of the browser script, in order; they share one scope. */
const SCRIPTS = ['elements', 'data', 'rows', 'groups', 'causes', 'filter', 'page', 'start'] as const;

type Template = (view: object) => string;
let compiled: Template | undefined;

/**
 * The report as one self-contained HTML page: nothing is requested from anywhere, everything from the bundle
 * is text, and all of it that matters is readable without scripts.
 */
export function html(report: Report, texts: Texts = EN): string {
  const style = packaged('report-templates/report.css').trim();
  const parts = SCRIPTS.map((name) => packaged(`report-templates/script/${name}.js`));
  const script = `(() => {\n'use strict';\n${parts.join('\n')}})();`;
  compiled ??= compile();
  return compiled({
    ...viewPage(report, withTitles(texts, report)),
    style,
    script,
    policy: contentPolicy(style, script),
  });
}

/** Only the style and the script of this file may run, by their hashes; nothing may be loaded or sent. */
function contentPolicy(style: string, script: string): string {
  return [
    "default-src 'none'",
    `style-src '${hashOf(style)}'`,
    `script-src '${hashOf(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

function compile(): Template {
  const handlebars = Handlebars.create();
  for (const name of PARTIALS) handlebars.registerPartial(name, packaged(`report-templates/${name}.hbs`));
  return handlebars.compile(packaged('report-templates/page.hbs'), {
    knownHelpersOnly: true,
    knownHelpers: { each: true, if: true, unless: true, with: true },
  });
}
