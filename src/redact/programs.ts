import type { Detector } from './detector.ts';
import { isHarmless } from './harmless.ts';
import { telling } from './names.ts';
import { mergeSpans, type Span } from './span.ts';

/** A flag that takes a password without saying so; the first group of the pattern is the password. */
interface ProgramFlag {
  readonly triggers: readonly string[];
  readonly pattern: RegExp;
}

/** By the manuals of the programs; between program and flag at most 400 characters of one command. */
const PROGRAM_FLAGS: readonly ProgramFlag[] = [
  {
    triggers: ['mysq', 'mari'],
    pattern: /(?:mysql|mariadb)[\w-]{0,16}[ \t\n][^|;&]{0,400}?(?<=[ \t\n])-p([^ \t\n"',;|&]{1,256})/g,
  },
  {
    triggers: ['redi'],
    pattern: /redis-[\w-]{1,16}[ \t\n][^|;&]{0,400}?(?<=[ \t\n])-a[ \t\n]{1,4}["']?([^ \t\n"',;|&]{1,256})/g,
  },
  { triggers: ['sshp'], pattern: /sshpass[ \t\n]{1,4}-p[ \t\n]{0,4}["']?([^ \t\n"']{1,256})/g },
  {
    triggers: ['ldap'],
    pattern: /ldap[a-z]{3,10}[ \t\n][^|;&]{0,400}?(?<=[ \t\n])-w[ \t\n]{1,4}["']?([^ \t\n"',;|&]{1,256})/g,
  },
  { triggers: ['-literal'], pattern: /--from-literal[ =]["']?[\w.-]{1,253}=([^ \t\n"']{1,1024})/g },
  {
    triggers: ['login'],
    pattern:
      /(?:docker|podman|nerdctl|helm|oras|crane|skopeo|buildah|registry)[ \t\n]{1,4}login[ \t\n][^|;&]{0,400}?(?<=[ \t\n])-p[ \t\n]{1,4}["']?([^ \t\n"']{1,1024})/g,
  },
  { triggers: ['pass:'], pattern: /-pass(?:in|out)?[ \t\n]{1,4}pass:([^ \t\n"']{1,256})/g },
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

const PROGRAM = /mysql|mariadb|redis-|sshpass|ldap|pass:|-literal|login/;
const FLAG = /^--?([A-Za-z][\w.-]{0,127})$/;

const NO_VALUES: ReadonlySet<number> = new Set();
const NO_SPANS: ReadonlyMap<number, readonly Span[]> = new Map();

/** Which elements of an argument list are values of telling flags, by position: `['--token', 'x']` gives 1. */
export function argumentValues(list: readonly unknown[]): ReadonlySet<number> {
  let found: Set<number> | undefined;
  for (let index = 1; index < list.length; index++) {
    const element = list[index];
    const previous = list[index - 1];
    if (typeof element !== 'string' || typeof previous !== 'string') continue;
    if (element.startsWith('-') || !previous.startsWith('-')) continue;
    const name = FLAG.exec(previous)?.[1] ?? '';
    const kind = telling(name);
    if (kind === undefined || isHarmless(name, kind, element)) continue;
    found ??= new Set();
    found.add(index);
  }
  return found ?? NO_VALUES;
}

/** The parts of elements in which a short flag of a known program gives a password, by position of the element. */
export function programValues(list: readonly unknown[]): ReadonlyMap<number, readonly Span[]> {
  if (!list.every((element) => typeof element === 'string')) return NO_SPANS;
  const joined = list.length === 1 ? (list[0] ?? '') : list.join('\n');
  if (!PROGRAM.test(joined)) return NO_SPANS;
  const found = new Map<number, Span[]>();
  const spans: Span[] = [];
  programFlags.find(joined, true, spans);
  for (const span of mergeSpans(spans, joined)) {
    let index = 0;
    let from = 0;
    while (from + (list[index] ?? '').length < span.start) from += (list[index++] ?? '').length + 1;
    const inside = { start: span.start - from, end: span.end - from, rule: span.rule };
    found.set(index, [...(found.get(index) ?? []), inside]);
  }
  return found;
}
