import type { ResourceQuotaItem } from '../artifacts/policy-resources.ts';
import type { Amounts } from './pod-requests.ts';
import { parseQuantity } from './quantity.ts';

/** One resource a quota limits, as counted when it was observed. Amounts in base units and as written. */
export interface QuotaUse {
  readonly resource: string;
  readonly used: number;
  readonly hard: number;
  readonly usedText: string;
  readonly hardText: string;
  /** JSON Pointer to the used amount. */
  readonly pointer: string;
}

/** The resources of a quota that were counted; what it limits only on paper (no status yet) is left out. */
export function quotaUses({ status }: ResourceQuotaItem): QuotaUse[] {
  const uses: QuotaUse[] = [];
  for (const [resource, hardText] of Object.entries(status?.hard ?? {})) {
    const usedText = status?.used?.[resource];
    const used = parseQuantity(usedText);
    const hard = parseQuantity(hardText);
    if (usedText === undefined || used === undefined || hard === undefined) continue;
    const pointer = `/status/used/${resource.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    uses.push({ resource, used, hard, usedText, hardText, pointer });
  }
  return uses;
}

/** The resources of which the quota has less left than is asked for. */
export function quotaShortages(quota: ResourceQuotaItem, demand: Amounts): QuotaUse[] {
  return quotaUses(quota).filter(({ resource, used, hard }) => {
    const asked = demand.get(resource);
    return asked !== undefined && asked > 0 && used + asked > hard;
  });
}

/** The scopes a quota is limited to, as people write them; empty when it counts everything. */
export function quotaScopes({ spec }: ResourceQuotaItem): string[] {
  const expressions = spec?.scopeSelector?.matchExpressions ?? [];
  return [
    ...(spec?.scopes ?? []),
    ...expressions.map(({ scopeName, operator, values = [] }) =>
      values.length === 0 ? `${scopeName} ${operator}` : `${scopeName} ${operator} (${values.join(', ')})`,
    ),
  ];
}

/** What of a pod template a quota counts. */
export interface TemplateSpec {
  readonly containers?: readonly TemplateContainer[];
  readonly initContainers?: readonly TemplateContainer[];
}

interface TemplateContainer {
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];

/**
 * What one pod of a template takes from a quota, by the quota's names of resources
 * (kubernetes/kubernetes pkg/quota/v1/evaluator/core/pods.go). What admission may add is not counted, so it
 * is never too much.
 */
export function podDemand(spec: TemplateSpec | undefined): Amounts {
  const demand = new Map<string, number>([
    ['pods', 1],
    ['count/pods', 1],
  ]);
  for (const resource of COMPUTE) {
    // The API server takes a limit for the request that is missing.
    const requests = peak(
      spec,
      ({ resources }) => resources?.requests?.[resource] ?? resources?.limits?.[resource],
    );
    const limits = peak(spec, ({ resources }) => resources?.limits?.[resource]);
    demand.set(`requests.${resource}`, requests);
    demand.set(resource, requests);
    demand.set(`limits.${resource}`, limits);
  }
  return demand;
}

function peak(spec: TemplateSpec | undefined, read: (one: TemplateContainer) => string | undefined): number {
  const amount = (one: TemplateContainer): number => parseQuantity(read(one)) ?? 0;
  const together = (spec?.containers ?? []).reduce((sum, one) => sum + amount(one), 0);
  return Math.max(together, ...(spec?.initContainers ?? []).map(amount));
}
