import type { HttpMatch, L4Match, StringMatch } from '../artifacts/istio-resources.ts';
import { hostsOverlap } from './istio-hosts.ts';

type Match = HttpMatch & L4Match;
type StringMatches = Readonly<Record<string, StringMatch>>;

/** Names a match has for people and statistics. */
const UNMATCHED = new Set(['name', 'statPrefix']);

/** Whether every request that meets the later match has met the earlier one: each condition of it holds there too. */
export function coversMatch(earlier: Match, later: Match): boolean {
  return (
    Object.entries(earlier).every(([field, condition]) => {
      if (UNMATCHED.has(field) || condition === undefined) return true;
      const other = later[field as keyof Match];
      switch (field) {
        case 'uri':
        case 'scheme':
        case 'method':
        case 'authority':
          return coversText(condition as StringMatch, other as StringMatch | undefined);
        case 'headers':
        case 'queryParams':
          return coversEach(condition as StringMatches, other as StringMatches | undefined);
        case 'sourceLabels':
          return Object.entries(condition as Record<string, string>).every(
            ([label, value]) => (other as Record<string, string> | undefined)?.[label] === value,
          );
        case 'gateways':
          return isWithin(
            other as readonly string[] | undefined,
            condition as readonly string[],
            (a, b) => a === b,
          );
        case 'sniHosts':
          return isWithin(other as readonly string[] | undefined, condition as readonly string[], hostCovers);
        case 'ignoreUriCase':
          return (condition === true) === (other === true);
        default:
          return JSON.stringify(condition) === JSON.stringify(other);
      }
    }) &&
    (later.ignoreUriCase !== true || earlier.uri === undefined || earlier.ignoreUriCase === true)
  );
}

/** Nothing asked for is met by everything. */
function coversText(earlier: StringMatch, later: StringMatch | undefined): boolean {
  if (Object.values(earlier).every((value) => value === undefined)) return true;
  if (!later) return false;
  if (earlier.regex === '.*' || JSON.stringify(earlier) === JSON.stringify(later)) return true;
  const text = later.exact ?? later.prefix;
  if (text === undefined) return false;
  return earlier.prefix !== undefined && text.startsWith(earlier.prefix);
}

function coversEach(earlier: StringMatches, later: StringMatches | undefined): boolean {
  return Object.entries(earlier).every(([name, condition]) => {
    const other = later?.[name];
    return other !== undefined && coversText(condition, other);
  });
}

/** Each of the later ones is among the earlier; none named means all. */
function isWithin(
  later: readonly string[] | undefined,
  earlier: readonly string[],
  covers: (earlier: string, later: string) => boolean,
): boolean {
  if (earlier.length === 0) return true;
  if (!later || later.length === 0) return false;
  return later.every((one) => earlier.some((other) => covers(other, one)));
}

function hostCovers(earlier: string, later: string): boolean {
  if (earlier === later) return true;
  return earlier.startsWith('*') && later.length >= earlier.length && hostsOverlap(earlier, later);
}
