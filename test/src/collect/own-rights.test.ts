import { describe, expect, it } from 'vitest';
import { covers, createOwnRights, missingRights } from '../../../src/collect/own-rights.ts';
import type { PolicyRule } from '../../../src/model/coverage.ts';
import type { AskedRight, OwnRules } from '../../../src/model/kube.ts';

const SIGNAL = new AbortController().signal;
const LIST_PODS = { verb: 'list', group: '', resource: 'pods' } as const;

function kube(rulesOf: (namespace: string) => OwnRules, may: (right: AskedRight) => boolean = () => false) {
  const asked: string[] = [];
  return {
    asked,
    ownRules: async (namespace: string) => {
      asked.push(`rules ${namespace}`);
      return rulesOf(namespace);
    },
    may: async (right: AskedRight) => {
      asked.push(`may ${right.verb}`);
      return may(right);
    },
  };
}

function viewer(namespace: string): OwnRules {
  const rules = [{ apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] }];
  return { rules: namespace === 'shop' ? rules : [], complete: true };
}

describe('createOwnRights', () => {
  it('tells namespaces apart and asks once for each', async () => {
    const cluster = kube(viewer);
    const rights = createOwnRights(cluster, SIGNAL);

    expect(await rights.allows(LIST_PODS)).toBe(false);
    expect(await rights.allows({ ...LIST_PODS, namespace: 'shop' })).toBe(true);
    expect(await rights.allows({ ...LIST_PODS, namespace: 'kong' })).toBe(false);
    expect(await rights.allows({ ...LIST_PODS, verb: 'watch', namespace: 'shop' })).toBe(false);
    expect(cluster.asked).toEqual([
      'rules kubecase-no-such-namespace',
      'may list',
      'rules shop',
      'rules kong',
    ]);
  });

  it('does not know when the rules are not all', async () => {
    const rights = createOwnRights(
      kube(() => ({ rules: [], complete: false })),
      SIGNAL,
    );

    expect(await rights.allows(LIST_PODS)).toBeUndefined();
  });

  it('does not know when the authorizers allow what no rule does', async () => {
    const rights = createOwnRights(
      kube(viewer, () => true),
      SIGNAL,
    );

    expect(await rights.allows(LIST_PODS)).toBeUndefined();
  });

  it('does not know when the question fails', async () => {
    const rights = createOwnRights(
      kube(() => {
        throw new Error('connection refused');
      }),
      SIGNAL,
    );

    expect(await rights.allows(LIST_PODS)).toBeUndefined();
  });

  it('names what is missing with the verbs that are', async () => {
    const rights = createOwnRights(kube(viewer), SIGNAL);
    const at = { group: '', namespace: 'shop', whys: ['logs'] };
    const wanted = [
      { ...at, resource: 'pods', verbs: ['list'] },
      { ...at, resource: 'pods/log', verbs: ['create', 'get'] },
      { url: '/metrics', verbs: ['get'], whys: ['metrics'] },
    ];

    expect(await missingRights(wanted, rights)).toEqual([{ ...wanted[1], verbs: ['create'] }, wanted[2]]);
  });
});

describe('covers', () => {
  const right: AskedRight = { verb: 'get', group: '', resource: 'pods/log' };

  it.each<[PolicyRule, boolean]>([
    [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }, true],
    [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }, true],
    [{ apiGroups: [''], resources: ['*/log'], verbs: ['get'] }, true],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, false],
    [{ apiGroups: ['apps'], resources: ['*'], verbs: ['get'] }, false],
    [{ apiGroups: [''], resources: ['pods/log'], resourceNames: ['web'], verbs: ['get'] }, false],
    [{ apiGroups: [''], resources: ['pods/log'], verbs: ['list'] }, false],
    [{ nonResourceURLs: ['*'], verbs: ['*'] }, false],
  ])('%j: %s', (rule, expected) => {
    expect(covers(rule, right)).toBe(expected);
  });

  it('reads patterns of URLs', () => {
    const asked: AskedRight = { verb: 'get', url: '/livez/ping' };

    expect(covers({ nonResourceURLs: ['/livez/*'], verbs: ['get'] }, asked)).toBe(true);
    expect(covers({ nonResourceURLs: ['/livez'], verbs: ['get'] }, asked)).toBe(false);
  });
});
