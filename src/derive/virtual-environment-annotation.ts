import type { ServiceItem } from '../artifacts/network-resources.ts';
import { perItem } from '../model/per-item.ts';
import { safely } from '../model/safely.ts';

/** What a Service adds to all of its routes by the annotation `kt-virtual-environment/rule`. */
export interface RouteAddition {
  /** Names of headers its match asks for. */
  readonly headers: readonly string[];
  /** Path its match asks for, as `exact /v2`; undefined when it asks for none. */
  readonly uri: string | undefined;
  /** What the path or the host is rewritten to, as `uri /`. */
  readonly rewrite: string | undefined;
  readonly timeout: string | undefined;
}

/** The annotation of a Service, read as the operator reads it. */
export type RuleAnnotation =
  | { readonly state: 'none' }
  /** The operator leaves it out, and says so in its log. */
  | { readonly state: 'unreadable'; readonly reason: string }
  | { readonly state: 'read'; readonly addition: RouteAddition };

/** The annotation, in KtEnv's words (pkg/controller/service/service_controller.go). */
export const RULE_ANNOTATION = 'kt-virtual-environment/rule';

/** What the annotation of a Service adds. */
export const ruleAnnotation: (service: ServiceItem) => RuleAnnotation = perItem(({ metadata }) => {
  const text = metadata.annotations?.[RULE_ANNOTATION];
  if (!text) return { state: 'none' };
  const parsed: unknown = safely(() => JSON.parse(text) as unknown, undefined);
  if (parsed === undefined) return { state: 'unreadable', reason: 'it is not JSON' };
  if (parsed === null) return { state: 'none' };
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    return { state: 'unreadable', reason: 'it is not an object: one route is expected' };
  const wrong = wrongField(parsed);
  if (wrong !== undefined) return { state: 'unreadable', reason: wrong };
  return { state: 'read', addition: additionOf(parsed) };
});

/** Fields of a route that are lists; Go's decoder refuses the whole text for any other value. */
function wrongField(rule: object): string | undefined {
  for (const name of ['match', 'route']) {
    const value = field(rule, name);
    if (value !== undefined && value !== null && !Array.isArray(value))
      return `its \`${name}\` is not a list`;
  }
  return undefined;
}

/** Of several matches only the first survives the merge with the operator's own (istio_common.go, mergeRoute). */
function additionOf(rule: object): RouteAddition {
  const matches = field(rule, 'match');
  const match = Array.isArray(matches) ? matches[0] : undefined;
  const timeout = field(rule, 'timeout');
  return {
    headers: Object.keys(objectOr(field(match, 'headers'))),
    uri: pairText(field(match, 'uri')),
    rewrite: pairText(field(rule, 'rewrite')),
    timeout: typeof timeout === 'string' ? timeout : undefined,
  };
}

/** Go matches names of fields whatever their case. */
function field(value: unknown, name: string): unknown {
  const pair = Object.entries(objectOr(value)).find(([key]) => key.toLowerCase() === name);
  return pair?.[1];
}

function objectOr(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The first field of an object with its value: `exact /v2`; undefined when there is none. */
export function pairText(value: unknown): string | undefined {
  const pair = Object.entries(objectOr(value)).find(([, text]) => typeof text === 'string' && text !== '');
  return pair && `${pair[0].toLowerCase()} ${pair[1]}`;
}
