import type { AnyAnalyzer } from '../../../src/model/analyzer.ts';
import {
  CHECKLISTS,
  type Check,
  CONFIDENCE_LEVELS,
  type Confidence,
  checksOf,
  type Message,
  placeholdersIn,
  SEVERITIES,
  type Tag,
} from '../../../src/model/message.ts';
import type { Violation } from './source-tree.ts';

// A record, so that the compiler asks for a tag added to the model.
const TAGS: Readonly<Record<Tag, true>> = {
  object: true,
  time: true,
  duration: true,
  bytes: true,
  quantity: true,
  count: true,
  id64: true,
  text: true,
};

/** Texts of messages and checks: placeholders, tags, remedies, names that refer to each other. */
export function messageViolations(analyzers: readonly AnyAnalyzer[]): Violation[] {
  const violations: Violation[] = [];
  for (const { meta } of analyzers) {
    const path = `analyzers/${meta.id}.ts`;
    const checks = (meta.checks ?? {}) as Record<string, Check>;
    for (const [id, message] of Object.entries(meta.messages as Record<string, Message>)) {
      for (const problem of messageProblems(message, checks)) {
        violations.push({ path, message: `message \`${id}\`: ${problem}` });
      }
    }
    for (const [id, check] of Object.entries(checks)) {
      for (const problem of checkProblems(check)) {
        violations.push({ path, message: `check \`${id}\`: ${problem}` });
      }
    }
    if (Object.keys(meta.messages).length === 0) violations.push({ path, message: 'has no message' });
    if (meta.references.length === 0) violations.push({ path, message: 'has no reference' });
  }
  return violations;
}

function messageProblems(message: Message, checks: Readonly<Record<string, Check>>): string[] {
  const texts = [message.text, ...message.remedy.map((step) => step.text)];
  const tags = new Map(texts.flatMap(placeholdersIn).map(({ name, tag }) => [name, tag]));
  const problems = [...textProblems(texts), ...confidenceProblems(message.confidence)];
  if (message.remedy.length === 0) problems.push('has no remedy: say at least where to look next');
  for (const step of message.remedy) {
    if (step.text.trim() === '') problems.push('has a remedy step without text');
    for (const argument of step.argv ?? []) problems.push(...argumentProblems(argument, tags));
  }
  const severities = [message.severity].flat();
  if (severities.length === 0) problems.push('has an empty list of severities');
  if (new Set(severities).size !== severities.length) problems.push('lists a severity twice');
  for (const severity of severities) {
    if (!SEVERITIES.includes(severity)) problems.push(`has the unknown severity ${severity}`);
  }
  for (const [field, names] of Object.entries({ key: message.key ?? [], groupBy: message.groupBy ?? [] })) {
    for (const name of names) {
      if (!tags.has(name)) problems.push(`\`${field}\` names ${name}, which is no placeholder of it`);
    }
  }
  for (const check of checksOf(message).filter((one) => checks[one] === undefined)) {
    problems.push(`\`check\` names ${check}, which is not in meta.checks`);
  }
  return problems;
}

function confidenceProblems({ level, reason }: Confidence): string[] {
  const problems: string[] = [];
  if (!CONFIDENCE_LEVELS.includes(level)) problems.push(`has the unknown confidence ${level}`);
  if (reason.trim() === '') problems.push('has no reason for its confidence');
  return problems;
}

/** Of the texts of one message or check, which share their placeholders. */
function textProblems(texts: readonly string[]): string[] {
  const problems: string[] = [];
  const tags = new Map<string, string>();
  for (const text of texts) {
    if (text.includes('!')) problems.push('has an exclamation mark');
    if (/\bplease\b/i.test(text)) problems.push('says please');
    const placeholders = placeholdersIn(text);
    const braces = text.match(/[{}]/g)?.length ?? 0;
    if (braces !== placeholders.length * 2) {
      problems.push(`has a brace that belongs to no {name:tag} in "${text}"`);
    }
    for (const { name, tag } of placeholders) {
      if (!Object.hasOwn(TAGS, tag)) {
        problems.push(`{${name}:${tag}} has no known tag; tags are ${Object.keys(TAGS).join(', ')}`);
      }
      if ((tags.get(name) ?? tag) !== tag) problems.push(`{${name}} has two tags`);
      tags.set(name, tag);
    }
  }
  return problems;
}

/** `{pod.name}` wants an object placeholder, `{image}` one that is not an object. */
function argumentProblems(argument: string, tags: ReadonlyMap<string, Tag>): string[] {
  const problems: string[] = [];
  for (const [whole, name = '', field] of argument.matchAll(/\{(\w+)(?:\.(\w+))?\}/g)) {
    const tag = tags.get(name);
    if (tag === undefined) problems.push(`argument ${whole} names no placeholder of the message`);
    else if ((tag === 'object') !== (field === 'name' || field === 'namespace')) {
      problems.push(
        `argument ${whole}: write {x.name} or {x.namespace} for an object, {x} for anything else`,
      );
    }
  }
  const rest = argument.replace(/\{(\w+)(?:\.(\w+))?\}/g, '');
  // JSONPath holds braces of its own: {.status.phase}.
  if (/\{(?!\.)\w*:/.test(rest))
    problems.push(`argument ${argument}: placeholders in arguments carry no tag`);
  return problems;
}

function checkProblems(check: Check): string[] {
  const problems = textProblems([check.item, check.expected, check.found]);
  for (const field of ['item', 'expected', 'found'] as const) {
    if (check[field].trim() === '') problems.push(`\`${field}\` is empty`);
  }
  if (placeholdersIn(check.item).length > 0) problems.push('`item` is the same for every subject');
  if (check.checklist !== undefined && !Object.hasOwn(CHECKLISTS, check.checklist)) {
    problems.push(`names the unknown checklist ${check.checklist}`);
  }
  return problems;
}
