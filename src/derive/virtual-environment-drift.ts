import type { DestinationRuleItem, HttpRule, VirtualServiceItem } from '../artifacts/istio-resources.ts';
import { pairText, type RouteAddition, type RuleAnnotation } from './virtual-environment-annotation.ts';
import type { ExpectedRules } from './virtual-environment-rules.ts';
import { headersOf } from './virtual-environment-rules.ts';
import type { EnvironmentSpec } from './virtual-environment-spec.ts';

/** How a VirtualService differs from what its operator would make. */
export type RouteDrift =
  | { readonly is: 'none' }
  /** Seen by the operator, which corrects it when it runs. */
  | { readonly is: 'routes'; readonly words: string }
  /** Not seen by the operator: it compares values of headers, not their names. */
  | { readonly is: 'headers'; readonly wanted: readonly string[]; readonly found: readonly string[] }
  /** Not seen by the operator: of the annotation it compares nothing. */
  | { readonly is: 'rule'; readonly words: string };

/** Differences named in one text. */
const SHOWN = 3;

/** Compares a VirtualService with what its operator would make (virtual_service_generator.go, IsDifferentVirtualService). */
export function routeDrift(
  { spec }: VirtualServiceItem,
  expected: ExpectedRules,
  { spec: environment, annotation }: { readonly spec: EnvironmentSpec; readonly annotation: RuleAnnotation },
): RouteDrift {
  const rules = spec?.http ?? [];
  const addition = annotation.state === 'read' ? annotation.addition : undefined;
  const added = new Set(addition?.headers);
  const words =
    listDrift('gateways', expected.gateways, spec?.gateways ?? []) ??
    listDrift('hosts', expected.hosts, spec?.hosts ?? []) ??
    routesDrift(expected, rules, added);
  if (words !== undefined) return { is: 'routes', words };
  const wanted = [...new Set(headersOf('', environment).map(({ name }) => name))].sort();
  const found = [...new Set(rules.flatMap((rule) => headerNames(rule, added)))].sort();
  if (found.length > 0 && found.join() !== wanted.join()) return { is: 'headers', wanted, found };
  const stale = annotation.state === 'unreadable' ? undefined : ruleDrift(rules, addition);
  return stale === undefined ? { is: 'none' } : { is: 'rule', words: stale };
}

function listDrift(what: string, wanted: readonly string[], found: readonly string[]): string | undefined {
  if (wanted.join() === found.join()) return undefined;
  return `its ${what} are ${quoted(found)} instead of ${quoted(wanted)}`;
}

function quoted(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.map((text) => `\`${text}\``).join(', ');
}

/** The first match is all the operator looks at. */
function headerNames({ match }: HttpRule, added: ReadonlySet<string>): readonly string[] {
  return Object.keys(match?.[0]?.headers ?? {}).filter((name) => !added.has(name));
}

function routesDrift(
  { routes }: ExpectedRules,
  rules: readonly HttpRule[],
  added: ReadonlySet<string>,
): string | undefined {
  const left = new Map<string, number>();
  for (const rule of rules) {
    const key = ruleText(rule, added);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  const missing: string[] = [];
  for (const { header, subset, port } of routes) {
    const key = routeText(header?.value, subset, port);
    const count = left.get(key) ?? 0;
    if (count === 0) missing.push(key);
    else left.set(key, count - 1);
  }
  const extra = [...left].filter(([, count]) => count > 0).map(([key]) => key);
  const parts = [listed('lacks', missing), listed('has', extra)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `it ${parts.join(' and ')}`;
}

function listed(verb: string, keys: readonly string[]): string | undefined {
  if (keys.length === 0) return undefined;
  const more = keys.length > SHOWN ? ` and ${keys.length - SHOWN} more` : '';
  return `${verb} ${keys.slice(0, SHOWN).join(', ')}${more}`;
}

function ruleText(rule: HttpRule, added: ReadonlySet<string>): string {
  const headers = rule.match?.[0]?.headers ?? {};
  const [name] = headerNames(rule, added);
  const value = name === undefined ? undefined : headers[name];
  const { subset = '', port } = rule.route?.[0]?.destination ?? {};
  return routeText(value && (value.exact ?? value.regex ?? value.prefix ?? ''), subset, port?.number);
}

function routeText(value: string | undefined, subset: string, port: number | undefined): string {
  const from = value === undefined ? 'the default' : `\`${value}\``;
  return `${from} to ${subset === '' ? 'any pod' : `\`${subset}\``} (port ${port ?? 'none'})`;
}

/** What of the annotation the routes do not have, or still have of an annotation that is gone. */
function ruleDrift(rules: readonly HttpRule[], addition: RouteAddition | undefined): string | undefined {
  for (const rule of rules) {
    const pairs = [
      ['match of the path', addition?.uri, pairText(rule.match?.[0]?.uri)],
      ['rewrite', addition?.rewrite, pairText(rule.rewrite)],
      ['timeout', addition?.timeout, rule.timeout],
    ] as const;
    const pair = pairs.find(([, wanted, found]) => wanted !== found);
    if (pair) return `its ${pair[0]} is ${named(pair[2])} instead of ${named(pair[1])}`;
  }
  return undefined;
}

function named(text: string | undefined): string {
  return text === undefined ? 'none' : `\`${text}\``;
}

/** How the subsets of a DestinationRule differ from what its operator would make; undefined when they do not. */
export function subsetDrift(
  { spec }: DestinationRuleItem,
  expected: ExpectedRules,
  { label }: EnvironmentSpec,
): string | undefined {
  const wanted = new Map(expected.subsets.map(({ name, value }) => [name, value]));
  const found = new Map((spec?.subsets ?? []).map(({ name = '', labels }) => [name, labels?.[label]]));
  const missing = [...wanted]
    .filter(([name, value]) => found.get(name) !== value)
    .map(([name]) => `\`${name}\``);
  const extra = [...found.keys()].filter((name) => !wanted.has(name)).map((name) => `\`${name}\``);
  const parts = [listed('lacks', missing), listed('has', extra)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `it ${parts.join(' and ')}`;
}
