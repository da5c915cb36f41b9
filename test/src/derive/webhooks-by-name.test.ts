import { expect, it } from 'vitest';
import { mutatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { webhooksByName } from '../../../src/derive/webhooks-by-name.ts';
import { anyObject } from '../../support/builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';

const GROUP = 'admissionregistration.k8s.io/v1';
const configuration = (kind: string, name: string, ...hooks: readonly string[]) =>
  anyObject(GROUP, kind, name, null, { webhooks: hooks.map((hook) => ({ name: hook })) });
const objects = [
  configuration('ValidatingWebhookConfiguration', 'policy', 'a.example', 'b.example'),
  configuration('MutatingWebhookConfiguration', 'inject', 'b.example'),
];

it('finds webhooks of both kinds with their places', () => {
  const { named, complete } = derivedFrom(webhooksByName, { objects });

  const found = named('b.example').map(({ item, index }) => [item.metadata.name, index]);
  expect(found).toEqual([
    ['policy', 1],
    ['inject', 0],
  ]);
  expect(named('c.example')).toEqual([]);
  expect(complete).toBe(true);
});

it('is not complete when one kind was refused', () => {
  expect(derivedFrom(webhooksByName, { objects, forbidden: [mutatingWebhookConfigurations] }).complete).toBe(
    false,
  );
});
