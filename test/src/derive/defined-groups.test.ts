import { describe, expect, it } from 'vitest';
import { customResourceDefinitions } from '../../../src/artifacts/extension-resources.ts';
import { appliesWithout, definedGroups } from '../../../src/derive/defined-groups.ts';
import type { Gap } from '../../../src/model/coverage.ts';
import { CLUSTER_SCOPE } from '../../../src/model/scope.ts';
import { anyObject } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const definition = anyObject(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'widgets.example.org',
  null,
);
const seen = derivedFrom(definedGroups, { objects: [definition] });
const unseen = derivedFrom(definedGroups, { forbidden: [customResourceDefinitions] });
const gap = (outcome: Gap['outcome']): Gap => ({
  artifact: 'x',
  scope: CLUSTER_SCOPE,
  outcome,
  reason: 'so',
});
const answer = (gaps: Gap[], groups: string[], defined = seen) =>
  appliesWithout(gaps, { groups, defined, reason: 'none' });

describe('the groups of custom resources', () => {
  it('are known where all definitions are', () => {
    expect(seen.has('example.org')).toBe(true);
    expect(seen.has('other.org')).toBe(false);
    expect(unseen.has('example.org')).toBeUndefined();
  });

  it.each([
    ['nothing is missing', [], ['example.org'], seen, false],
    ['nobody looked, and none is defined', [gap('skipped')], ['other.org'], seen, false],
    ['the layout has none, and none is defined', [gap('absent-from-layout')], ['other.org'], seen, false],
    [
      'nobody looked, and the group is defined',
      [gap('skipped')],
      ['other.org', 'example.org'],
      seen,
      'unseen',
    ],
    ['nobody looked, and nothing is known of definitions', [gap('skipped')], ['other.org'], unseen, 'unseen'],
    ['a list was refused', [gap('forbidden')], ['other.org'], seen, 'unseen'],
  ] as const)('tell whether kinds matter: %s', (_name, gaps, groups, defined, applies) => {
    expect(answer([...gaps], [...groups], defined)).toMatchObject({ applies });
  });
});
