import { describe, expect, it } from 'vitest';
import type { ResourceQuotaItem } from '../../../src/artifacts/policy-resources.ts';
import { podDemand, quotaScopes, quotaShortages, quotaUses } from '../../../src/derive/quota-use.ts';
import { resourceQuota } from '../../support/controller-builders.ts';

function quota(...parts: Parameters<typeof resourceQuota>): ResourceQuotaItem {
  return resourceQuota(...parts) as unknown as ResourceQuotaItem;
}

describe('quotaUses', () => {
  it('leaves out what is not counted and escapes the pointer', () => {
    const uses = quotaUses(quota('q', { 'count/pods': '4', 'limits.cpu': '2' }, { 'count/pods': '3' }));

    expect(uses).toEqual([
      {
        resource: 'count/pods',
        used: 3,
        hard: 4,
        usedText: '3',
        hardText: '4',
        pointer: '/status/used/count~1pods',
      },
    ]);
  });
});

describe('quotaShortages', () => {
  it('names what has less left than is asked for, whatever the units', () => {
    const full = quota(
      'q',
      { 'requests.memory': '2Gi', pods: '3' },
      { 'requests.memory': '1536Mi', pods: '2' },
    );

    expect(quotaShortages(full, new Map([['requests.memory', 2 ** 30]])).map((use) => use.resource)).toEqual([
      'requests.memory',
    ]);
    expect(quotaShortages(full, new Map([['pods', 1]]))).toEqual([]);
  });

  it('lets a pod in that asks for nothing of an exhausted resource', () => {
    expect(quotaShortages(quota('q', { cpu: '1' }, { cpu: '1' }), new Map([['cpu', 0]]))).toEqual([]);
  });
});

describe('quotaScopes', () => {
  it('joins scopes and selectors', () => {
    const spec = {
      scopes: ['BestEffort'],
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high', 'low'] }],
      },
    };

    expect(quotaScopes(quota('q', {}, {}, spec))).toEqual(['BestEffort', 'PriorityClass In (high, low)']);
  });
});

describe('podDemand', () => {
  it('takes a limit for a missing request, and an init container that is larger than all others', () => {
    const demand = podDemand({
      containers: [
        { resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } } },
        { resources: { limits: { cpu: '500m' } } },
      ],
      initContainers: [{ resources: { limits: { cpu: '2' } } }],
    });

    expect(demand.get('requests.cpu')).toBe(2);
    expect(demand.get('limits.cpu')).toBe(2);
    expect(demand.get('pods')).toBe(1);
    expect(podDemand(undefined).get('requests.cpu')).toBe(0);
  });
});
