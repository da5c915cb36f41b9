import { describe, expect, it } from 'vitest';
import {
  describeNamespaces,
  describeRules,
  seesNewPods,
  touchesBuiltIn,
  type WebhookCall,
  webhookCalls,
} from '../../../src/derive/webhook-calls.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';

function call(parts: Record<string, unknown> = {}): WebhookCall {
  const objects = [webhookConfiguration('policy', [webhook('a.example', parts)])];
  return derivedFrom(webhookCalls, { objects }).all[0] as WebhookCall;
}

function ruled(
  operations: readonly string[],
  apiGroups: readonly string[],
  resources: readonly string[],
  scope = '*',
) {
  return call({ rules: [{ operations, apiGroups, resources, scope }] });
}

describe('a webhook', () => {
  it('refuses by default and is called at port 443', () => {
    const plain = call({
      failurePolicy: undefined,
      clientConfig: { service: { namespace: 'shop', name: 'hook' } },
    });

    expect(plain).toMatchObject({ refuses: true, port: 443, resource: 'validatingwebhookconfiguration' });
    expect(plain.service).toEqual({ group: '', kind: 'Service', namespace: 'shop', name: 'hook' });
  });

  it('has no Service when it is called by URL', () => {
    expect(call({ clientConfig: { url: 'https://policy.example' } }).service).toBeUndefined();
  });

  it('is found by its name in every configuration', () => {
    const objects = [
      webhookConfiguration('one', [webhook('a.example')]),
      webhookConfiguration('two', [webhook('b.example'), webhook('a.example')], {
        kind: 'MutatingWebhookConfiguration',
      }),
    ];

    expect(
      derivedFrom(webhookCalls, { objects })
        .named('a.example')
        .map(({ subject }) => [subject.name, subject.fieldPath]),
    ).toEqual([
      ['one', '/webhooks/0'],
      ['two', '/webhooks/1'],
    ]);
  });
});

describe('the rules of a webhook', () => {
  it('read as a sentence does', () => {
    expect(describeRules(ruled(['CREATE', 'UPDATE'], ['', 'apps'], ['pods', 'deployments']))).toBe(
      'CREATE, UPDATE of pods, deployments, pods.apps, deployments.apps',
    );
    expect(describeRules(ruled(['*'], ['*'], ['*']))).toBe('every change of all kinds');
    expect(describeRules(ruled(['CREATE'], ['apps'], ['*/*']))).toBe('CREATE of all of apps');
    expect(describeRules(ruled(['CREATE'], ['a.example'], ['a', 'b', 'c', 'd', 'e', 'f']))).toMatch(
      / 1 more$/,
    );
  });

  it('touch what Kubernetes makes itself, or custom resources only', () => {
    expect(touchesBuiltIn(ruled(['CREATE'], ['apps'], ['deployments']))).toBe(true);
    expect(touchesBuiltIn(ruled(['CREATE'], ['networking.k8s.io'], ['ingresses']))).toBe(true);
    expect(touchesBuiltIn(ruled(['CREATE'], ['shop.example'], ['carts']))).toBe(false);
  });

  it.each([
    [['CREATE'], [''], ['pods'], '*', true],
    [['*'], ['*'], ['*/*'], 'Namespaced', true],
    [['UPDATE'], [''], ['pods'], '*', false],
    [['CREATE'], [''], ['pods/exec'], '*', false],
    [['CREATE'], ['apps'], ['*'], '*', false],
    [['CREATE'], [''], ['*'], 'Cluster', false],
  ] as const)('%j of %j %j (%s) see new pods: %s', (operations, groups, resources, scope, expected) => {
    expect(seesNewPods(ruled(operations, groups, resources, scope), { name: 'shop' })).toBe(expected);
  });
});

describe('the namespaces of a webhook', () => {
  const selector = {
    matchLabels: { team: 'a' },
    matchExpressions: [{ key: 'skip', operator: 'DoesNotExist' }],
  };

  it('read as a sentence does', () => {
    expect(describeNamespaces(call({ namespaceSelector: selector }))).toBe(
      'namespaces where team=a, skip DoesNotExist',
    );
    expect(describeNamespaces(call())).toBe('all namespaces');
  });

  it('are those whose labels match', () => {
    expect(seesNewPods(call({ namespaceSelector: selector }), { team: 'a' })).toBe(true);
    expect(seesNewPods(call({ namespaceSelector: selector }), { team: 'a', skip: '' })).toBe(false);
  });
});
