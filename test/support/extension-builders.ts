import { anyObject, type Built } from './builders.ts';

type Parts = Record<string, unknown>;

/** A webhook on the creation of pods, reached through Service shop/hook. */
export function webhook(name: string, parts: Parts = {}): Parts {
  return {
    name,
    failurePolicy: 'Fail',
    timeoutSeconds: 10,
    rules: [
      { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], scope: '*' },
    ],
    namespaceSelector: {},
    objectSelector: {},
    clientConfig: { service: { namespace: 'shop', name: 'hook', port: 443 } },
    ...parts,
  };
}

/** A configuration of admission webhooks, a day old. */
export function webhookConfiguration(
  name: string,
  webhooks: readonly Parts[],
  parts: Parts & { kind?: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration' } = {},
): Built {
  const { kind = 'ValidatingWebhookConfiguration', ...rest } = parts;
  return anyObject('admissionregistration.k8s.io/v1', kind, name, null, { webhooks, ...rest });
}

/** An aggregated API served by Service shop/metrics, available unless conditions say otherwise. */
export function apiService(name: string, parts: Parts & { spec?: Parts; status?: Parts } = {}): Built {
  const dot = name.indexOf('.');
  const { spec, ...rest } = parts;
  return anyObject('apiregistration.k8s.io/v1', 'APIService', name, null, {
    spec: {
      version: name.slice(0, dot),
      group: name.slice(dot + 1),
      service: { namespace: 'shop', name: 'metrics', port: 443 },
      ...spec,
    },
    status: { conditions: [{ type: 'Available', status: 'True', reason: 'Passed' }] },
    ...rest,
  });
}

/** A CustomResourceDefinition that is established. */
export function customResourceDefinition(
  kind: string,
  parts: Parts & { spec?: Parts; status?: Parts } = {},
): Built {
  const plural = `${kind.toLowerCase()}s`;
  const { spec, status, ...rest } = parts;
  return anyObject('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.shop.example`, null, {
    spec: {
      group: 'shop.example',
      names: { kind, plural },
      scope: 'Namespaced',
      conversion: { strategy: 'None' },
      versions: [{ name: 'v1', served: true, storage: true }],
      ...spec,
    },
    status: {
      conditions: [
        { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
        { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
      ],
      storedVersions: ['v1'],
      ...status,
    },
    ...rest,
  });
}
