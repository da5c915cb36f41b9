import type { Severity } from '../../model/message.ts';
import type { Report } from '../../model/report.ts';
import { withTitles } from '../describe-scope.ts';
import { type CatalogIndex, type FindingGroups, groupFindings, indexCatalog } from '../finding-groups.ts';
import {
  type CauseSummary,
  describeOutcome,
  type FirstScreen,
  firstScreen,
  TOP_CAUSES,
} from '../first-screen.ts';
import { causeSegments } from '../page/page-context.ts';
import { say, sayCount } from '../say.ts';
import { type Segment, segmentsToText } from '../segments.ts';
import { EN, type Texts } from '../texts.en.ts';
import type { UnseenGroup } from '../unseen.ts';
import { columnsOf, wrapLines } from '../wrap-lines.ts';

/** How the text is laid out. */
export interface TextOptions {
  /** Escape sequences for a terminal; without them the text is plain. */
  readonly color: boolean;
  /** Columns; 80 unless said. */
  readonly width?: number;
}

const WIDTH = 80;
/** Causes beyond the first screen, one line each. */
const FURTHER_CAUSES = 20;
const UNSEEN_SHOWN = 8;
/** Analyzers named per gap; the HTML report names all of them. */
const ANALYZERS_NAMED = 12;
const SCOPES_SHOWN = 3;

/** The same shapes as on the page, so that colour never stands alone. */
const SHAPES: Readonly<Record<Severity, string>> = { critical: '◆', warning: '▲', info: '○' };
/** ECMA-48 SGR: red, yellow, cyan; 1 is bold, 2 faint. */
const COLORS: Readonly<Record<Severity, string>> = { critical: '1;31', warning: '1;33', info: '1;36' };
const BOLD = '1';
const FAINT = '2';

/** The first screen of a report for a terminal or a mail, and one line for each further cause. */
export function text(report: Report, options: TextOptions, language: Texts = EN): string {
  const texts = withTitles(language, report);
  const groups = groupFindings(report);
  const catalog = indexCatalog(report);
  const screen = firstScreen(report, groups, catalog, texts);
  const page = new TextPage(options);
  writeHeader(page, screen);
  writeCauses(page, screen, texts);
  writeUnseen(page, screen.unseen, texts);
  writeFurtherCauses(page, groups, catalog, texts);
  writeRest(page, groups, texts);
  return page.finish();
}

function writeHeader(page: TextPage, screen: FirstScreen): void {
  page.line(screen.cluster, BOLD);
  const widest = Math.max(...screen.header.map(({ label }) => columnsOf(label)));
  for (const { label, lines } of screen.header) {
    const lead = `${label}${' '.repeat(widest - columnsOf(label))}  `;
    page.paragraph(lines.join(', '), { first: lead, rest: ' '.repeat(lead.length) });
  }
}

function writeCauses(page: TextPage, screen: FirstScreen, texts: Texts): void {
  page.heading(texts.causes.heading);
  for (const [index, cause] of screen.causes.entries()) {
    if (index > 0) page.blank();
    writeCause(page, cause, texts);
  }
  for (const line of screen.nothing) page.paragraph(line);
  if (screen.limits.length > 0) page.blank();
  for (const line of screen.limits) page.paragraph(line);
}

function writeCause(page: TextPage, cause: CauseSummary, texts: Texts): void {
  const number = `${cause.number}  `;
  const indent = ' '.repeat(number.length);
  const label = `${SHAPES[cause.severity]} ${texts.severity[cause.severity]}`;
  page.labelled({ first: number, label, color: COLORS[cause.severity] }, cause.confidence);
  page.paragraph(segmentsToText(cause.message), { first: indent, rest: indent, style: BOLD });
  const facts = [cause.since, cause.reach].filter((fact) => fact !== undefined).join('; ');
  if (facts !== '') page.paragraph(facts, { first: indent, rest: indent, style: FAINT });
  for (const step of cause.steps) {
    page.paragraph(segmentsToText(step.text), { first: indent, rest: indent });
    // A command is never wrapped: the terminal does that, and copying still gives one line.
    if (step.command !== undefined) page.line(`${indent}$ ${step.command}`);
  }
}

function writeUnseen(page: TextPage, unseen: readonly UnseenGroup[], texts: Texts): void {
  page.heading(texts.unseen.heading);
  if (unseen.length === 0) page.paragraph(texts.unseen.none);
  for (const [index, group] of unseen.slice(0, UNSEEN_SHOWN).entries()) {
    if (index > 0) page.blank();
    const indent = '   ';
    page.paragraph(`${group.what}: ${scopesOf(group, texts)}`, { first: '-  ', rest: indent });
    const why = `${describeOutcome(group.outcome, texts)}: ${group.reason}`;
    page.paragraph(why, { first: indent, rest: indent });
    if (group.how) {
      const how = `${texts.unseen.how}, ${segmentsToText(group.how.lead)}`;
      page.paragraph(how, { first: indent, rest: indent, style: FAINT });
      page.line(`${indent}${group.how.code}`);
    }
    if (group.analyzers.length > 0) {
      const named = group.analyzers.slice(0, ANALYZERS_NAMED);
      const rest = group.analyzers.length - named.length;
      if (rest > 0) named.push(sayCount(texts.unseen.more, rest));
      const analyzers = `${texts.unseen.analyzers} ${named.join(', ')}`;
      page.paragraph(analyzers, { first: indent, rest: indent, style: FAINT });
    }
  }
  const rest = unseen.length - UNSEEN_SHOWN;
  if (rest > 0) page.paragraph(sayCount(texts.unseen.more, rest));
}

function scopesOf(group: UnseenGroup, texts: Texts): string {
  const named = group.scopes.slice(0, SCOPES_SHOWN).map((scope: readonly Segment[]) => segmentsToText(scope));
  const rest = group.scopes.length - named.length;
  return [...named, ...(rest > 0 ? [sayCount(texts.unseen.more, rest)] : [])].join(', ');
}

function writeFurtherCauses(
  page: TextPage,
  groups: FindingGroups,
  catalog: CatalogIndex,
  texts: Texts,
): void {
  const further = groups.causes.slice(TOP_CAUSES);
  if (further.length === 0) return;
  page.heading(texts.text.further);
  for (const [index, { cause, finding }] of further.slice(0, FURTHER_CAUSES).entries()) {
    const message = segmentsToText(causeSegments(cause, finding, catalog));
    const number = `${index + TOP_CAUSES + 1}  `;
    const label = `${SHAPES[cause.severity]} ${texts.severity[cause.severity]}`;
    page.labelled({ first: number, label, color: COLORS[cause.severity] }, message);
  }
  const rest = further.length - FURTHER_CAUSES;
  if (rest > 0) page.paragraph(sayCount(texts.unseen.more, rest));
}

function writeRest(page: TextPage, groups: FindingGroups, texts: Texts): void {
  const information = groups.information.reduce((sum, group) => sum + group.findings.length, 0);
  const parts = [
    information > 0 ? sayCount(texts.text.information, information) : '',
    groups.other.length > 0 ? sayCount(texts.text.other, groups.other.length) : '',
  ].filter((part) => part !== '');
  if (parts.length === 0) return;
  page.blank();
  page.paragraph(say(texts.text.rest, { what: parts.join(texts.evidence.and) }));
}

interface Indent {
  readonly first: string;
  readonly rest: string;
  readonly style?: string;
}

class TextPage {
  private readonly lines: string[] = [];
  private readonly color: boolean;
  private readonly width: number;

  constructor(options: TextOptions) {
    this.color = options.color;
    this.width = Math.max(40, options.width ?? WIDTH);
  }

  line(content: string, style?: string): void {
    this.lines.push(this.styled(content, style));
  }

  blank(): void {
    this.lines.push('');
  }

  heading(title: string): void {
    this.blank();
    this.line(title, BOLD);
    this.blank();
  }

  paragraph(content: string, indent: Indent = { first: '', rest: '' }): void {
    const wrapped = wrapLines(content, this.width - indent.rest.length);
    for (const [index, line] of wrapped.entries()) {
      this.lines.push(`${index === 0 ? indent.first : indent.rest}${this.styled(line, indent.style)}`);
    }
  }

  /** A coloured label, then text beside and below it. */
  labelled(
    lead: { readonly first: string; readonly label: string; readonly color: string },
    content: string,
  ): void {
    const taken = columnsOf(lead.first) + columnsOf(lead.label) + 2;
    // Marks keep the room of the label while the text is wrapped beside it.
    const filler = '\u00a0'.repeat(taken - lead.first.length);
    const [first = '', ...rest] = wrapLines(`${filler}${content}`, this.width - lead.first.length);
    this.lines.push(
      `${lead.first}${this.styled(lead.label, lead.color)}  ${first.slice(filler.length)}`.trimEnd(),
    );
    for (const line of rest) this.lines.push(`${' '.repeat(lead.first.length)}${line}`);
  }

  finish(): string {
    return `${this.lines.join('\n')}\n`;
  }

  private styled(content: string, style: string | undefined): string {
    return this.color && style !== undefined ? `\x1b[${style}m${content}\x1b[0m` : content;
  }
}
