import type { Command } from 'commander';
import {
  linesOf,
  ROW_KINDS,
  type SeedAnswer,
  type SeedCorrection,
  type SeedDocument,
  type SeedRow,
} from '../../../scripts/seeds/seed-row.ts';
import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import type { Checks } from '../../../src/model/message.ts';
import type { SourceTree, Violation } from './source-tree.ts';
import type { Registry } from './units.ts';

/** What rows may name. */
export interface SeedSurroundings {
  readonly registry: Registry;
  /** Ids of the derived values that are tables of facts. */
  readonly facts: readonly string[];
  readonly program: Command;
  /** With the pages of the units. */
  readonly tree: SourceTree;
}

/** Documents are sorted and their rows in order, whole and in English; whatever a row names exists. */
export function seedViolations(
  documents: readonly SeedDocument[],
  surroundings: SeedSurroundings,
): Violation[] {
  const violations: Violation[] = [];
  const ids = documents.map(({ id }) => id);
  if (ids.join('\n') !== [...new Set(ids)].sort().join('\n')) {
    violations.push({ path: 'scripts/seeds/documents.ts', message: 'documents are not sorted by id' });
  }
  for (const { id, title, rows } of documents) {
    if (title.trim() === '' || rows.length === 0)
      violations.push({ path: id, message: 'has no title or no row' });
    let before: readonly [number, number] = [0, 0];
    for (const row of rows) {
      const at = linesOf(row);
      const path = `${id}:${at[0]}`;
      const problems = [...orderProblems(at, before), ...rowProblems(row, surroundings)];
      violations.push(...problems.map((message) => ({ path, message })));
      before = at;
    }
  }
  return violations;
}

function orderProblems(at: readonly [number, number], before: readonly [number, number]): string[] {
  const problems: string[] = [];
  if (!at.every((line) => Number.isInteger(line) && line > 0) || at[1] < at[0]) {
    problems.push(`has no line numbers: ${at.join('–')}`);
  }
  // Several rows may speak of the very same lines, such as a step and its remedy in one sentence.
  const same = at[0] === before[0] && at[1] === before[1];
  if (!same && at[0] <= before[1]) problems.push(`stands after the row of line ${before[1]}`);
  return problems;
}

function rowProblems({ kind, says, answers, correction }: SeedRow, surroundings: SeedSurroundings): string[] {
  const problems: string[] = [];
  if (!ROW_KINDS.includes(kind)) problems.push(`has the unknown kind ${kind}`);
  if (says.trim() === '') problems.push('says nothing');
  if (/\p{Script=Han}/u.test(`${says}${correction?.says ?? ''}`)) problems.push('is not in English');
  if (answers.length === 0) problems.push('has no answer');
  for (const answer of answers) problems.push(...answerProblems(answer, surroundings));
  if (kind === 'symptom' && !answers.some((answer) => 'analyzer' in answer && !('check' in answer))) {
    problems.push('is a symptom that no finding answers');
  }
  if (correction !== undefined) problems.push(...correctionProblems(correction, surroundings));
  return problems;
}

function answerProblems(answer: SeedAnswer, surroundings: SeedSurroundings): string[] {
  const { analyzers, collectors } = surroundings.registry;
  if ('collector' in answer) {
    const known = collectors.some(({ meta }) => meta.id === answer.collector);
    return known ? [] : [`names the collector ${answer.collector}, which does not exist`];
  }
  if ('facts' in answer) {
    return surroundings.facts.includes(answer.facts)
      ? []
      : [`names the facts ${answer.facts}, which are no table of the report`];
  }
  if ('command' in answer) return commandProblems(answer.command, surroundings.program);
  const analyzer = analyzers.find(({ meta }) => meta.id === answer.analyzer);
  if (analyzer === undefined) return [`names the analyzer ${answer.analyzer}, which does not exist`];
  return 'check' in answer
    ? checkProblems(analyzer, answer.check)
    : messageProblems(analyzer, answer.message);
}

function checkProblems({ meta }: AnyAnalyzer, id: string): string[] {
  const check = ((meta.checks ?? {}) as Checks)[id];
  if (check === undefined) return [`names the check ${id}, which ${meta.id} does not have`];
  if (check.checklist === undefined) return [`names the check ${id} of ${meta.id}, which is in no checklist`];
  return [];
}

function messageProblems({ meta }: AnyAnalyzer, messages: string | readonly string[] | undefined): string[] {
  const problems: string[] = [];
  if (messages !== undefined && messages.length === 0) problems.push(`names no message of ${meta.id}`);
  for (const id of [messages ?? []].flat()) {
    if (!Object.hasOwn(meta.messages, id)) {
      problems.push(`names the message ${id}, which ${meta.id} does not have`);
    }
  }
  return problems;
}

/** `kubecase collect --exec`: the command and each option exist. */
function commandProblems(text: string, program: Command): string[] {
  const [tool, name, ...rest] = text.split(' ');
  const command = program.commands.find((one) => one.name() === name);
  if (tool !== program.name() || command === undefined)
    return [`names the command ${text}, which does not exist`];
  return rest
    .filter((word) => word.startsWith('-'))
    .filter((flag) => !command.options.some((option) => option.long === flag || option.short === flag))
    .map((flag) => `names the option ${flag}, which ${tool} ${name} does not have`);
}

function correctionProblems({ says, page, quote }: SeedCorrection, { tree }: SeedSurroundings): string[] {
  const problems: string[] = [];
  if (says.trim() === '') problems.push('has a correction that says nothing');
  const text = tree.get(`analyzers/${page}.md`) ?? tree.get(`collectors/${page}.md`);
  if (text === undefined) return [...problems, `is corrected by the page ${page}, which does not exist`];
  const flat = (words: string): string => words.replace(/\s+/g, ' ').trim();
  if (quote.trim() === '' || !flat(text).includes(flat(quote))) {
    problems.push(`is corrected by the page ${page}, which no longer says "${quote}"`);
  }
  return problems;
}
