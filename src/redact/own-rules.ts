import { globMatches } from '../model/glob.ts';
import type { Detector } from './detector.ts';
import { isRedacted, type Tally } from './rules.ts';
import type { Span } from './span.ts';
import { readPlain, readQuoted } from './value.ts';
import { isFields, withElements, withFields } from './walk.ts';

/** Fields of objects that go whatever they hold. */
export interface OwnPath {
  /** Undefined: of every kind. */
  readonly kind?: string;
  /** API group, empty for the core; undefined: of every group. */
  readonly group?: string;
  /** Names of fields from the root; `*` is any one. Lists are looked through. */
  readonly segments: readonly string[];
}

/** A pattern whose matches go; checked. */
export interface OwnPattern {
  readonly id: string;
  readonly source: string;
  readonly ignoreCase: boolean;
  /** See `CheckedPattern`; never empty. */
  readonly literal: string;
  readonly longest: number;
}

/** What a user's rules file says, beyond the built-in rules. */
export interface OwnRules {
  /** Names of fields and variables; `*` is any run of characters. */
  readonly names: readonly string[];
  readonly patterns: readonly OwnPattern[];
  readonly paths: readonly OwnPath[];
  /** Values that stay although a rule would remove them; `*` is any run of characters. */
  readonly allow: readonly string[];
}

/** Redaction rule of names and paths of a rules file; its patterns have rules `own-<id>`. */
export const OWN_RULE = 'own-rule';

/** What allow-lists can keep: what was taken for a secret for the name beside it. Shapes speak for themselves. */
const KEEPABLE: ReadonlySet<string> = new Set(['named-value', 'env-value', 'argument', OWN_RULE]);

/** Characters a pattern is tried on at once, besides its longest match. */
const PIECE = 8192;

/** Time one line may take, in milliseconds: a pattern that needs more fails the entry, which is then dropped. */
const LINE_TIME = 2000;

/** A user's rules as policies use them. */
export interface OwnPolicy {
  readonly detectors: readonly Detector[];
  isTelling(name: string): boolean;
  /** Whether a value that a rule found stays. */
  isAllowed(value: string, rule: string): boolean;
  /** An object, or a list of objects, without the fields the rules name. */
  withoutPaths(value: unknown, tally: Tally): unknown;
}

/** Makes the rules of a file work. `now` measures time in milliseconds. */
export function createOwnPolicy(rules: OwnRules, now: () => number): OwnPolicy {
  const names = rules.names.map((name) => name.toLowerCase());
  return {
    detectors: [
      ...(rules.names.length === 0 ? [] : [ownNames(rules.names)]),
      ...rules.patterns.map((pattern) => ownPattern(pattern, now)),
    ],
    isTelling: (name) => names.some((glob) => globMatches(glob, name.toLowerCase())),
    isAllowed: (value, rule) =>
      (KEEPABLE.has(rule) || rule.startsWith('own-')) &&
      rules.allow.some((glob) => globMatches(glob, value.trim())),
    withoutPaths: (value, tally) => (rules.paths.length === 0 ? value : cutPaths(value, rules.paths, tally)),
  };
}

/** Names with stars as a pattern; at most 64 characters stand for a star. */
function alternatives(names: readonly string[]): string {
  return names
    .map((name) =>
      name
        .split('*')
        .map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
        .join('[^\\s"\'=]{0,64}'),
    )
    .join('|');
}

const SEPARATOR = /(?:\\{0,15}["'`])?[ \t]{0,16}(?::=|=>|=(?![=~])|:(?![:])|%3[Dd])[ \t]{0,64}/y;

/** `customerNumber=x`, `"customerNumber": "x"`: the values beside a user's names. */
function ownNames(names: readonly string[]): Detector {
  const pattern = new RegExp(`(?<![\\w.-])(?:${alternatives(names)})`, 'gi');
  return {
    triggers: names.flatMap((name) => casesOf(longest(name.split('*')).slice(0, 4))),
    find(text, _atLineStart, spans) {
      pattern.lastIndex = 0;
      for (let hit = pattern.exec(text); hit; hit = pattern.exec(text)) {
        SEPARATOR.lastIndex = hit.index + hit[0].length;
        if (!SEPARATOR.test(text)) continue;
        const from = SEPARATOR.lastIndex;
        const value = readQuoted(text, from) ?? readPlain(text, from, false);
        if (value.end > value.start) spans.push({ start: value.start, end: value.end, rule: OWN_RULE });
        pattern.lastIndex = Math.max(pattern.lastIndex, value.end);
      }
    },
  };
}

function ownPattern(
  { id, source, ignoreCase, literal, longest: reach }: OwnPattern,
  now: () => number,
): Detector {
  const pattern = new RegExp(source, ignoreCase ? 'gi' : 'g');
  const trigger = literal.slice(0, 4);
  return {
    triggers: ignoreCase ? casesOf(trigger) : [trigger],
    find(text, _atLineStart, spans) {
      const begun = now();
      for (let from = 0; from < text.length; from += PIECE) {
        if (now() - begun > LINE_TIME) throw new Error(`the pattern ${id} takes too long on a line`);
        // One character more on each side, so that borders of words are seen.
        const start = Math.max(0, from - 1);
        addMatches(pattern, text.slice(start, from + PIECE + reach + 1), (match) => {
          if (start + match.index < from || start + match.index >= from + PIECE) return;
          spans.push({
            start: start + match.index,
            end: start + match.index + match[0].length,
            rule: `own-${id}`,
          });
        });
      }
    },
  };
}

function addMatches(pattern: RegExp, text: string, add: (match: RegExpExecArray) => void): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) add(match);
}

function longest(parts: readonly string[]): string {
  return parts.reduce((best, part) => (part.length > best.length ? part : best), '');
}

/** A text of at most four characters in every mix of cases. */
function casesOf(text: string): string[] {
  let found = [''];
  for (const character of text) {
    const cases = new Set([character.toLowerCase(), character.toUpperCase()]);
    found = found.flatMap((head) => [...cases].map((one) => head + one));
  }
  return found;
}

function cutPaths(value: unknown, paths: readonly OwnPath[], tally: Tally): unknown {
  if (!isFields(value)) return value;
  if (typeof value.kind === 'string' && value.kind.endsWith('List') && Array.isArray(value.items)) {
    const kind = value.kind.slice(0, -'List'.length);
    const items = withElements(value.items, (item) =>
      isFields(item)
        ? cutObject(item, item.kind ?? kind, item.apiVersion ?? value.apiVersion, { paths, tally })
        : item,
    );
    return items === value.items ? value : { ...value, items };
  }
  return cutObject(value, value.kind, value.apiVersion, { paths, tally });
}

function cutObject(
  object: Readonly<Record<string, unknown>>,
  kind: unknown,
  apiVersion: unknown,
  { paths, tally }: { readonly paths: readonly OwnPath[]; readonly tally: Tally },
): unknown {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  let cut: unknown = object;
  for (const path of paths) {
    if (path.kind !== undefined && path.kind !== kind) continue;
    if (path.group !== undefined && path.group !== group) continue;
    cut = cutBelow(cut, path.segments, tally);
  }
  return cut;
}

function cutBelow(value: unknown, segments: readonly string[], tally: Tally): unknown {
  if (Array.isArray(value)) return withElements(value, (element) => cutBelow(element, segments, tally));
  const [name, ...rest] = segments;
  if (name === undefined) return replaceLeaves(value, tally);
  if (!isFields(value)) return value;
  return withFields(value, (key, inner) =>
    name === '*' || name === key ? cutBelow(inner, rest, tally) : inner,
  );
}

function replaceLeaves(value: unknown, tally: Tally): unknown {
  if (Array.isArray(value)) return withElements(value, (element) => replaceLeaves(element, tally));
  if (isFields(value)) return withFields(value, (_key, inner) => replaceLeaves(inner, tally));
  if (value === null || value === '' || typeof value === 'boolean') return value;
  if (typeof value === 'string' && isRedacted(value)) return value;
  tally.add(OWN_RULE);
  return tally.mark(OWN_RULE, String(value));
}

/** Spans without those of values that stay. */
export function withoutAllowed(spans: readonly Span[], text: string, own: OwnPolicy): Span[] {
  return spans.filter(({ start, end, rule }) => !own.isAllowed(text.slice(start, end), rule));
}
