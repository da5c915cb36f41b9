import type { Detector } from './detector.ts';
import { isHarmless } from './harmless.ts';
import { telling } from './names.ts';
import type { Span } from './span.ts';

/** A flag that takes a password without saying so; the first group of the pattern is the password. */
interface ProgramFlag {
  readonly triggers: readonly string[];
  readonly pattern: RegExp;
}

/** By the manuals of the programs; between program and flag at most 400 characters of one command. */
const PROGRAM_FLAGS: readonly ProgramFlag[] = [
  {
    triggers: ['mysq', 'mari'],
    pattern: /(?:mysql|mariadb)[\w-]{0,16}\s[^|;&]{0,400}?(?<=\s)-p([^\s"',;|&]{1,256})/g,
  },
  {
    triggers: ['redi'],
    pattern: /redis-[\w-]{1,16}\s[^|;&]{0,400}?(?<=\s)-a\s{1,4}["']?([^\s"',;|&]{1,256})/g,
  },
  { triggers: ['sshp'], pattern: /sshpass\s{1,4}-p\s{0,4}["']?([^\s"']{1,256})/g },
  {
    triggers: ['ldap'],
    pattern: /ldap[a-z]{3,10}\s[^|;&]{0,400}?(?<=\s)-w\s{1,4}["']?([^\s"',;|&]{1,256})/g,
  },
  { triggers: ['pass:'], pattern: /-pass(?:in|out)?\s{1,4}pass:([^\s"']{1,256})/g },
];

/** Passwords given to database and directory clients by short flags. */
export const programFlags: Detector = {
  triggers: PROGRAM_FLAGS.flatMap((flag) => flag.triggers),
  find(text, _atLineStart, spans: Span[]) {
    for (const { triggers, pattern } of PROGRAM_FLAGS) {
      if (!triggers.some((trigger) => text.includes(trigger))) continue;
      for (const match of text.matchAll(pattern)) {
        const secret = match[1] ?? '';
        if (isHarmless('password', 'last', secret)) continue;
        const end = match.index + match[0].length;
        spans.push({ start: end - secret.length, end, rule: 'argument' });
      }
    }
  },
};

const PROGRAM = /mysql|mariadb|redis-|sshpass|ldap|pass:/;
const FLAG = /^--?([A-Za-z][\w.-]{0,127})$/;

/** Which elements of an argument list are values of telling flags, by position: `['--token', 'x']` gives 1. */
export function argumentValues(list: readonly unknown[]): Set<number> {
  const found = new Set<number>();
  for (const [index, element] of list.entries()) {
    const previous = list[index - 1];
    if (typeof element !== 'string' || typeof previous !== 'string' || element.startsWith('-')) continue;
    const name = FLAG.exec(previous)?.[1] ?? '';
    const kind = telling(name);
    if (kind !== undefined && !isHarmless(name, kind, element)) found.add(index);
  }
  return found;
}

/** The elements in which a short flag of a known program gives a password, with what to hide of each. */
export function programValues(list: readonly unknown[]): Map<number, string> {
  const found = new Map<number, string>();
  if (!list.every((element) => typeof element === 'string')) return found;
  const joined = list.join('\n');
  if (!PROGRAM.test(joined)) return found;
  const spans: Span[] = [];
  programFlags.find(joined, true, spans);
  for (const span of spans) {
    const index = joined.slice(0, span.start).split('\n').length - 1;
    const element = list[index];
    if (typeof element === 'string' && !element.includes('\n'))
      found.set(index, joined.slice(span.start, span.end));
  }
  return found;
}
