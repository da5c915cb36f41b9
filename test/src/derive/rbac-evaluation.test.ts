import { describe, expect, it } from 'vitest';
import { clusterRoles, roleBindings } from '../../../src/artifacts/access-resources.ts';
import { type AccessRequest, rbacEvaluation, serviceAccountOf } from '../../../src/derive/rbac-evaluation.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding, rule } from '../../support/access-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import type { Given } from '../../support/given.ts';

const USER = 'system:serviceaccount:shop:web';

function stateOf(
  objects: readonly object[],
  request: Partial<AccessRequest> = {},
  given: Given = {},
): string {
  const wanted = { user: USER, verb: 'get', group: '', resource: 'pods', namespace: 'shop', ...request };
  return derivedFrom(rbacEvaluation, { objects, ...given }).judge(wanted).state;
}

function withRule(
  resources: readonly string[],
  verbs: readonly string[],
  parts: Record<string, unknown> = {},
) {
  return [role('r', [rule(resources, verbs, parts)]), roleBinding('b', 'r')];
}

describe('a rule', () => {
  it.each([
    ['the verb and the kind', withRule(['pods'], ['get']), {}, 'allowed'],
    ['every verb', withRule(['pods'], ['*']), { verb: 'deletecollection' }, 'allowed'],
    ['every kind', withRule(['*'], ['get']), {}, 'allowed'],
    ['every kind, subresources too', withRule(['*'], ['get']), { resource: 'pods/log' }, 'allowed'],
    ['the kind, not its subresource', withRule(['pods'], ['get']), { resource: 'pods/log' }, 'unbound'],
    ['the subresource of every kind', withRule(['*/log'], ['get']), { resource: 'pods/log' }, 'allowed'],
    ['the subresource of every kind, not the kind', withRule(['*/log'], ['get']), {}, 'unbound'],
    ['another group', withRule(['pods'], ['get'], { apiGroups: ['apps'] }), {}, 'unbound'],
    [
      'every group',
      withRule(['leases'], ['get'], { apiGroups: ['*'] }),
      { group: 'coordination.k8s.io', resource: 'leases' },
      'allowed',
    ],
    [
      'the object asked for',
      withRule(['pods'], ['get'], { resourceNames: ['web'] }),
      { name: 'web' },
      'allowed',
    ],
    ['another object', withRule(['pods'], ['get'], { resourceNames: ['db'] }), { name: 'web' }, 'lacksVerb'],
    [
      'one object, asked for all',
      withRule(['pods'], ['list'], { resourceNames: ['web'] }),
      { verb: 'list' },
      'lacksVerb',
    ],
    ['another verb', withRule(['pods'], ['list']), {}, 'lacksVerb'],
  ] as const)('that names %s', (_name, objects, request, expected) => {
    expect(stateOf(objects, request)).toBe(expected);
  });
});

describe('a binding', () => {
  const reader = clusterRole('reader', [rule(['pods'], ['get'])]);

  it('to a ClusterRole reaches its own namespace only', () => {
    const bound = [reader, roleBinding('b', 'reader', { kind: 'ClusterRole' })];

    expect(stateOf(bound)).toBe('allowed');
    expect(stateOf(bound, { namespace: 'other' })).toBe('elsewhere');
    expect(stateOf(bound, { namespace: undefined })).toBe('elsewhere');
  });

  it('of the whole cluster reaches everything', () => {
    const bound = [reader, clusterRoleBinding('b', 'reader')];

    expect(stateOf(bound, { namespace: 'other' })).toBe('allowed');
    expect(stateOf(bound, { namespace: undefined })).toBe('allowed');
  });

  it.each(['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'])(
    'reaches the group %s',
    (name) => {
      expect(stateOf([reader, clusterRoleBinding('b', 'reader', [{ kind: 'Group', name }])])).toBe('allowed');
    },
  );

  it('names the account of another namespace', () => {
    const subjects = [{ kind: 'ServiceAccount', name: 'web', namespace: 'other' }];

    expect(stateOf([reader, clusterRoleBinding('b', 'reader', subjects)])).toBe('unbound');
  });

  it('names an account as the user it is', () => {
    expect(stateOf([reader, clusterRoleBinding('b', 'reader', [{ kind: 'User', name: USER }])])).toBe(
      'allowed',
    );
  });

  it('to a role that does not exist gives nothing, and is told', () => {
    const verdict = derivedFrom(rbacEvaluation, { objects: [roleBinding('b', 'gone')] }).judge({
      user: USER,
      verb: 'get',
      group: '',
      resource: 'pods',
      namespace: 'shop',
    });

    expect(verdict).toMatchObject({ state: 'unbound', dangling: { metadata: { name: 'b' } } });
  });
});

describe('an aggregated role', () => {
  const parts = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-view': 'true' } }] } };
  const piece = clusterRole('piece', [rule(['pods'], ['get'])], {
    metadata: { labels: { 'to-view': 'true' } },
  });
  const bound = clusterRoleBinding('b', 'view');

  it('counts by the rules its controller filled in', () => {
    expect(stateOf([clusterRole('view', [rule(['services'], ['get'])], parts), piece, bound])).toBe(
      'unbound',
    );
    expect(stateOf([clusterRole('view', [rule(['pods'], ['get'])], parts), bound])).toBe('allowed');
  });

  it('counts by what it selects before that', () => {
    expect(stateOf([clusterRole('view', [], parts), piece, bound])).toBe('allowed');
  });
});

describe('what was not seen', () => {
  it('makes a refusal unknown, but not a permission', () => {
    expect(stateOf([], {}, { forbidden: [roleBindings] })).toBe('unseen');
    expect(stateOf([roleBinding('b', 'r', { kind: 'ClusterRole' })], {}, { forbidden: [clusterRoles] })).toBe(
      'unseen',
    );
    expect(
      stateOf(
        [clusterRole('reader', [rule(['pods'], ['get'])]), clusterRoleBinding('b', 'reader')],
        {},
        { forbidden: [roleBindings] },
      ),
    ).toBe('allowed');
  });
});

describe('the nearest role', () => {
  it('is the narrowest that would do, never one for everything or of the system', () => {
    const objects = [
      clusterRole('cluster-admin', [rule(['*'], ['*'], { apiGroups: ['*'] })]),
      clusterRole('system:reader', [rule(['pods'], ['get'])]),
      clusterRole('broad', [rule(['pods'], ['get']), rule(['services'], ['get'])]),
      role('narrow', [rule(['pods'], ['get'])]),
      role('elsewhere', [rule(['pods'], ['get'])], 'other'),
    ];
    const verdict = derivedFrom(rbacEvaluation, { objects }).judge({
      user: USER,
      verb: 'get',
      group: '',
      resource: 'pods',
      namespace: 'shop',
    });

    expect(verdict).toMatchObject({ state: 'unbound', candidate: { metadata: { name: 'narrow' } } });
  });
});

describe('a user', () => {
  it('is a ServiceAccount by its name', () => {
    expect(serviceAccountOf(USER)).toEqual({ namespace: 'shop', name: 'web' });
    expect(serviceAccountOf('system:kube-scheduler')).toBeUndefined();
  });
});
