import type { AnalyzerResult } from '../../model/analyzer.ts';
import type { CatalogAnalyzer } from '../../model/report.ts';
import { formatCount } from '../format-value.ts';
import { markdownToHtml } from '../markdown-page.ts';
import { say, sayCount } from '../say.ts';
import { visibleInline } from '../visible-text.ts';
import { type PageContext, pageAnchor } from './page-context.ts';

/** The appendix for its template. */
export interface AppendixView {
  readonly results: readonly {
    readonly id: string;
    readonly href?: string;
    readonly status: string;
    readonly findings: string;
    readonly looked: string;
    readonly reason: string;
  }[];
  readonly pages: readonly {
    readonly anchor: string;
    readonly id: string;
    readonly title: string;
    readonly description: string;
    /** HTML made by our own renderer: everything in it is escaped. */
    readonly html: string;
    readonly references: readonly string[];
  }[];
  readonly versions: string;
}

/** The appendix for the template `appendix`. */
export function viewAppendix(context: PageContext): AppendixView {
  const { report, texts } = context;
  return {
    results: report.results.map((result) => ({
      id: visibleInline(result.analyzerId),
      href: context.catalog.analyzer(result.analyzerId) && `#${pageAnchor(result.analyzerId)}`,
      status: texts.status[result.status],
      findings: formatCount(result.findings),
      looked: formatCount(Object.values(result.looked).reduce((sum, count) => sum + count, 0)),
      reason: reasonOf(result, context),
    })),
    pages: report.catalog.analyzers.map(viewPage),
    versions: say(texts.appendix.versions, {
      name: visibleInline(report.tool.name),
      version: visibleInline(report.tool.version),
      schema: report.schemaVersion,
    }),
  };
}

function reasonOf(result: AnalyzerResult, context: PageContext): string {
  if (result.reason !== undefined) return visibleInline(result.reason);
  const { unseen } = result;
  return unseen.length === 0 ? '' : sayCount(context.texts.appendix.unseen, unseen.length);
}

function viewPage(analyzer: CatalogAnalyzer): AppendixView['pages'][number] {
  return {
    anchor: pageAnchor(analyzer.id),
    id: visibleInline(analyzer.id),
    title: visibleInline(analyzer.title),
    description: visibleInline(analyzer.description),
    html: markdownToHtml(analyzer.page, { firstLevel: 4 }),
    references: analyzer.references.map(visibleInline),
  };
}
