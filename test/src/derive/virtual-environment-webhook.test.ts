import { describe, expect, it } from 'vitest';
import {
  environmentCall,
  labelSetting,
  namespaceLabel,
} from '../../../src/derive/virtual-environment-webhook.ts';
import { environmentNamespaces } from '../../../src/derive/virtual-environments.ts';
import { type WebhookCall, webhookCalls } from '../../../src/derive/webhook-calls.ts';
import { ago, type Built } from '../../support/builders.ts';
import { inputsFrom } from '../../support/derived-value.ts';
import { webhook, webhookConfiguration } from '../../support/extension-builders.ts';
import { tagWebhook, webhookPod } from '../../support/virtual-environment-tag-builders.ts';

function read(...objects: readonly Built[]) {
  return inputsFrom({ environments: environmentNamespaces, calls: webhookCalls }, { objects });
}

function nameOfCall(...objects: readonly Built[]): string | undefined {
  const { environments, calls } = read(...objects);
  return environmentCall(calls, environments.webhook)?.hook.name;
}

function configured(name: string, hook: Record<string, unknown>): Built {
  return webhookConfiguration(name, [webhook('tags.example', hook)], {
    kind: 'MutatingWebhookConfiguration',
  });
}

describe('the webhook as the API server calls it', () => {
  it('is known by its names', () => {
    expect(nameOfCall(tagWebhook())).toBe('webhook-server.kt-virtual-environment.svc');
  });

  it('is known by the namespace its pods run in', () => {
    const service = { namespace: 'kt-virtual-environment', name: 'tags', port: 443 };

    expect(nameOfCall(configured('tags', { clientConfig: { service } }), webhookPod())).toBe('tags.example');
  });

  it('is no other webhook that changes pods, and none that only checks', () => {
    expect(nameOfCall(configured('tags', {}), webhookPod())).toBeUndefined();
    expect(nameOfCall({ ...tagWebhook(), kind: 'ValidatingWebhookConfiguration' })).toBeUndefined();
  });
});

describe('the label that takes a namespace in', () => {
  const labelOf = (namespaceSelector: object) =>
    namespaceLabel({ hook: { namespaceSelector } } as unknown as WebhookCall);

  it('is the first pair of its selector', () => {
    expect(labelOf({ matchLabels: { team: 'shop' } })).toBe('team=shop');
  });

  it('is that of the manifest where the selector has no pair', () => {
    const matchExpressions = [{ key: 'team', operator: 'Exists' }];

    expect(labelOf({ matchExpressions })).toBe('environment-tag-injection=enabled');
  });
});

describe('the labels it reads', () => {
  const settingOf = (...pods: readonly Built[]) => labelSetting(read(...pods).environments.webhook);

  it('are a list in its environment', () => {
    const env = [
      { name: 'logLevel', value: 'INFO' },
      { name: 'envLabel', value: 'virtual-env,stage' },
    ];

    expect(settingOf(webhookPod({ env }))).toMatchObject({
      state: 'set',
      labels: ['virtual-env', 'stage'],
      pointer: '/spec/containers/0/env/1',
    });
  });

  it('are unset where the variable is empty or missing', () => {
    expect(settingOf(webhookPod({ env: [{ name: 'envLabel', value: '' }] }))).toMatchObject({
      state: 'unset',
    });
    expect(settingOf(webhookPod({ env: [] }))).toMatchObject({
      state: 'unset',
      pointer: '/spec/containers/0',
    });
  });

  it('are elsewhere where they come from a ConfigMap, or no pod is seen', () => {
    const configMapKeyRef = { name: 'ktenv', key: 'labels' };

    expect(settingOf(webhookPod({ env: [{ name: 'envLabel', valueFrom: { configMapKeyRef } }] }))).toEqual({
      state: 'elsewhere',
    });
    expect(labelSetting(undefined)).toEqual({ state: 'elsewhere' });
  });

  it('are those of the newest pod while it is rolled out', () => {
    const old = webhookPod({ metadata: { name: 'webhook-server-old', creationTimestamp: ago(9000) } });
    const env = [{ name: 'envLabel', value: 'stage' }];
    const young = webhookPod({ env, metadata: { creationTimestamp: ago(90) } });

    expect(settingOf(young, old)).toMatchObject({ labels: ['stage'] });
  });
});
