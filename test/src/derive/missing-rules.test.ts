import { describe, expect, it } from 'vitest';
import { missingRules } from '../../../src/derive/missing-rules.ts';
import type { CoverageRow, PolicyRule } from '../../../src/model/coverage.ts';

function refused(rule: PolicyRule, namespace?: string): CoverageRow {
  return {
    artifact: 'x',
    scope: namespace === undefined ? { type: 'cluster' } : { type: 'namespace', namespace },
    outcome: 'forbidden',
    reason: 'no',
    fix: { rule, ...(namespace === undefined ? {} : { namespace }) },
  };
}

const list = (group: string, ...resources: string[]): PolicyRule => ({
  apiGroups: [group],
  resources,
  verbs: ['list'],
});

describe('the rules a collection lacked', () => {
  it('join kinds of one group and verb, and nothing else', () => {
    const log: PolicyRule = { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] };
    const path: PolicyRule = { nonResourceURLs: ['/metrics'], verbs: ['get'] };

    const [group, ...others] = missingRules([
      refused(list('', 'services')),
      refused(list('', 'pods')),
      refused(list('apps', 'deployments')),
      refused(log),
      refused(path),
    ]);

    expect(others).toEqual([]);
    expect(group?.namespaces).toEqual([]);
    expect(group?.rules).toEqual([
      '{apiGroups: [""], resources: ["pods", "services"], verbs: ["list"]}',
      '{apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
      '{apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"]}',
      '{nonResourceURLs: ["/metrics"], verbs: ["get"]}',
    ]);
  });

  it('keep apart what is missing in other places', () => {
    const groups = missingRules([
      refused(list('', 'pods'), 'b'),
      refused(list('', 'pods'), 'a'),
      refused(list('', 'secrets'), 'a'),
      refused(list('', 'nodes')),
    ]);

    expect(groups.map(({ namespaces, rules }) => [namespaces, rules.length])).toEqual([
      [[], 1],
      [['a'], 1],
      [['a', 'b'], 1],
    ]);
  });

  it('ask for the whole cluster where one refusal was for all of it', () => {
    const groups = missingRules([refused(list('', 'pods')), refused(list('', 'pods'), 'a')]);

    expect(groups.map(({ namespaces, rows }) => [namespaces, rows.length])).toEqual([[[], 2]]);
  });

  it('are none where nothing says what right is missing', () => {
    expect(
      missingRules([{ artifact: 'x', scope: { type: 'cluster' }, outcome: 'forbidden', reason: 'no' }]),
    ).toEqual([]);
  });
});
