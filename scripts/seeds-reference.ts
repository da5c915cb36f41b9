import type { AnyAnalyzer } from '../src/model/analyzer.ts';
import type { Derived } from '../src/model/artifact.ts';
import { CHECKLISTS, type Checks } from '../src/model/message.ts';
import { page, table } from './reference.ts';
import { linesOf, type SeedAnswer, type SeedCorrection, type SeedDocument } from './seeds/seed-row.ts';

/** What the answers of the rows name. */
export interface AnswerSources {
  readonly analyzers: readonly AnyAnalyzer[];
  readonly facts: readonly Pick<Derived, 'id' | 'title'>[];
}

const INTRODUCTION = [
  'What kubecase makes of the troubleshooting documents it was built to answer: each symptom, step, command, table',
  'row, remedy, question and practice, by document and line, with what answers it. Where a document is wrong, the',
  'last column says what is so instead and on which page it stands.',
].join('\n');

/** docs/reference/seeds.md: the rows of every document, each with links to what answers it. */
export function seedsReference(documents: readonly SeedDocument[], sources: AnswerSources): string {
  const sections = documents.map(({ id, title, rows }) => {
    const cells = rows.map((row) => [
      [...new Set(linesOf(row))].join('–'),
      row.kind,
      row.says,
      row.answers.map((answer) => answerText(answer, sources)).join('; '),
      row.correction === undefined ? '' : correctionText(row.correction, sources),
    ]);
    const lines = table(['Lines', 'Kind', 'The document', 'Answered by', 'Correction'], cells);
    return [`## ${title}`, `Document \`${id}\`.`, lines].join('\n\n');
  });
  return page('Source documents', 'scripts/seeds/', [INTRODUCTION, ...sections]);
}

function answerText(answer: SeedAnswer, { analyzers, facts }: AnswerSources): string {
  if ('collector' in answer) return `collector ${unitLink('collectors', answer.collector)}`;
  if ('command' in answer) return `\`${answer.command}\``;
  if ('facts' in answer) {
    const title = facts.find((table) => table.id === answer.facts)?.title;
    return `facts *${title ?? answer.facts}*`;
  }
  const link = unitLink('analyzers', answer.analyzer);
  if ('check' in answer) {
    const checks: Checks = analyzers.find(({ meta }) => meta.id === answer.analyzer)?.meta.checks ?? {};
    const check = checks[answer.check];
    const list = check?.checklist === undefined ? '' : ` of *${CHECKLISTS[check.checklist].title}*`;
    return `row *${check?.item ?? answer.check}*${list} (${link})`;
  }
  const messages = [answer.message ?? []].flat().map((message) => `\`${message}\``);
  return [link, ...messages].join(' ');
}

function correctionText({ says, page: id }: SeedCorrection, { analyzers }: AnswerSources): string {
  const folder = analyzers.some(({ meta }) => meta.id === id) ? 'analyzers' : 'collectors';
  return `${says} ([${id}](../../${folder}/${id}.md))`;
}

/** To the section of a reference page: its heading is the id, whose `/` is no part of the anchor. */
function unitLink(page: 'analyzers' | 'collectors', id: string): string {
  return `[${id}](${page}.md#${id.replaceAll('/', '')})`;
}
