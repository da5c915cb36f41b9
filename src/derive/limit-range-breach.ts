import type { LimitRangeItem } from '../artifacts/policy-resources.ts';
import { parseQuantity } from './quantity.ts';

/** One rule of a LimitRange that a container does not keep. */
export interface LimitBreach {
  /** JSON Pointer to the rule inside the LimitRange. */
  readonly pointer: string;
  /** As the API server words it: `maximum cpu per Container is 1, but the limit of app is 2`. */
  readonly text: string;
}

/** A container of a pod template with what it asks for. */
export interface LimitedContainer {
  readonly name: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

type Rule = NonNullable<NonNullable<LimitRangeItem['spec']>['limits']>[number];

/**
 * The rules of type Container that containers break, defaults applied as the LimitRanger applies them
 * (kubernetes/kubernetes plugin/pkg/admission/limitranger). Rules for whole pods and claims are left to the
 * API server, since what admission adds is not known here.
 */
export function limitBreaches(range: LimitRangeItem, containers: readonly LimitedContainer[]): LimitBreach[] {
  return (range.spec?.limits ?? []).flatMap((rule, index) =>
    rule.type === 'Container'
      ? containers.flatMap((container) => breachesOf(container, rule, `/spec/limits/${index}`))
      : [],
  );
}

function breachesOf({ name, resources }: LimitedContainer, rule: Rule, at: string): LimitBreach[] {
  const limitOf = (resource: string): string | undefined =>
    resources?.limits?.[resource] ?? rule.default?.[resource];
  // A request left out is the limit of the template, else the default.
  const requestOf = (resource: string): string | undefined =>
    resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? rule.defaultRequest?.[resource];
  const breaches: LimitBreach[] = [];
  for (const [resource, most] of Object.entries(rule.max ?? {})) {
    const asked = limitOf(resource);
    if (!isAbove(asked, most)) continue;
    const text = `maximum ${resource} per Container is ${most}, but the limit of ${name} is ${asked}`;
    breaches.push({ pointer: `${at}/max`, text });
  }
  for (const [resource, least] of Object.entries(rule.min ?? {})) {
    const asked = requestOf(resource);
    if (!isAbove(least, asked)) continue;
    const text = `minimum ${resource} per Container is ${least}, but the request of ${name} is ${asked}`;
    breaches.push({ pointer: `${at}/min`, text });
  }
  for (const [resource, most] of Object.entries(rule.maxLimitRequestRatio ?? {})) {
    const [limit, request] = [parseQuantity(limitOf(resource)), parseQuantity(requestOf(resource))];
    const ratio = limit !== undefined && request ? limit / request : undefined;
    if (ratio === undefined || ratio <= (parseQuantity(most) ?? Number.POSITIVE_INFINITY)) continue;
    const text = `limit to request of ${resource} may be ${most} to 1, but is ${Math.round(ratio * 100) / 100} to 1 in ${name}`;
    breaches.push({ pointer: `${at}/maxLimitRequestRatio`, text });
  }
  return breaches;
}

/** Whether both are quantities and the first is the greater; what is left out breaks no rule here. */
function isAbove(a: string | undefined, b: string | undefined): boolean {
  const [first, second] = [parseQuantity(a), parseQuantity(b)];
  return first !== undefined && second !== undefined && first > second;
}
