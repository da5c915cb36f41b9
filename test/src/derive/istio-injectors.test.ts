import { describe, expect, it } from 'vitest';
import type { MutatingWebhookConfigurationItem } from '../../../src/artifacts/extension-resources.ts';
import { injectorIndex, injectorWebhooks } from '../../../src/derive/istio-injectors.ts';

function configuration(name: string, namespaceSelector: object, objectSelector: object = {}) {
  const hook = { name: 'namespace.sidecar-injector.istio.io', namespaceSelector, objectSelector };
  return { metadata: { name }, webhooks: [hook] } as unknown as MutatingWebhookConfigurationItem;
}
const BY_LABEL = { matchLabels: { 'istio-injection': 'enabled' } };
const NOT_REFUSED = {
  matchExpressions: [{ key: 'sidecar.istio.io/inject', operator: 'NotIn', values: ['false'] }],
};

describe('the injectors that are called', () => {
  const all = injectorWebhooks([
    configuration('default', BY_LABEL, NOT_REFUSED),
    configuration('canary', { matchLabels: { 'istio.io/rev': 'canary' } }),
  ]);
  const called = injectorIndex(all);
  const names = (...[namespace, pod]: Parameters<typeof called>) =>
    called(namespace, pod).map(({ config }) => config.metadata.name);

  it('are told apart by the labels their selectors ask for', () => {
    expect(names({ 'istio-injection': 'enabled' }, {})).toEqual(['default']);
    expect(names({ 'istio.io/rev': 'canary' }, undefined)).toEqual(['canary']);
    expect(names({ 'istio-injection': 'enabled' }, { 'sidecar.istio.io/inject': 'false' })).toEqual([]);
    expect(names(undefined, undefined)).toEqual([]);
  });

  it('are looked for once for labels that differ in what no selector asks for', () => {
    const [one, other] = ['web', 'api'].map((app) => called({ 'istio-injection': 'enabled', app }, { app }));

    expect(one).toBe(other);
  });
});
