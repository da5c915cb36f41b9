import { customResourceDefinitionUnhealthy } from '../../../analyzers/kubernetes/custom-resource-definition-unhealthy.ts';
import { customResourceDefinitions } from '../../../src/artifacts/extension-resources.ts';
import { ago, condition, endpointSlice, service } from '../../support/builders.ts';
import { customResourceDefinition } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'CustomResourceDefinition/carts.shop.example';
const TWO_VERSIONS = [
  { name: 'v1', served: true, storage: true },
  { name: 'v1beta1', served: true, storage: false },
];
const converted = customResourceDefinition('Cart', {
  spec: {
    versions: TWO_VERSIONS,
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { service: { namespace: 'shop', name: 'hook', port: 443 } } },
    },
  },
});
const hook = service('hook', { spec: { ports: [{ port: 443, protocol: 'TCP' }] } });

function withConditions(conditions: readonly object[], metadata: object = {}) {
  return customResourceDefinition('Cart', { metadata, status: { conditions } });
}

testAnalyzer(customResourceDefinitionUnhealthy, {
  silent: [
    { name: 'established', given: { objects: [customResourceDefinition('Cart')] } },
    {
      name: 'created a minute ago',
      given: {
        objects: [withConditions([condition('Established', 'False')], { creationTimestamp: ago(60) })],
      },
    },
    {
      name: 'conversion that answers',
      given: { objects: [converted, hook, endpointSlice('hook', [{ ip: '10.1.0.9' }])] },
    },
    {
      name: 'an older version that is still served may be stored',
      given: {
        objects: [
          customResourceDefinition('Cart', {
            spec: { versions: TWO_VERSIONS },
            status: { storedVersions: ['v1beta1', 'v1'] },
          }),
        ],
      },
    },
    {
      name: 'a schema that is not structural',
      given: {
        objects: [
          withConditions([
            condition('Established', 'True'),
            condition('NonStructuralSchema', 'True', { message: 'spec.versions[0]: Required value.' }),
          ]),
        ],
      },
      info: [{ message: 'schemaNotStructural', subject }],
    },
    {
      name: 'a version that is not served any more is still stored',
      given: {
        objects: [customResourceDefinition('Cart', { status: { storedVersions: ['v1alpha1', 'v1'] } })],
      },
      info: [{ message: 'oldVersionsStored', subject, values: { storage: 'v1' } }],
    },
  ],
  reports: [
    {
      name: 'the names are taken',
      given: {
        objects: [
          withConditions([
            condition('NamesAccepted', 'False', { message: '"carts" is already in use.' }),
            condition('Established', 'False'),
          ]),
        ],
      },
      expect: [
        {
          message: 'namesClash',
          subject,
          severity: 'warning',
          values: { detail: '"carts" is already in use' },
        },
      ],
    },
    {
      name: 'not established',
      given: { objects: [withConditions([condition('Established', 'False', { reason: 'Installing' })])] },
      expect: [{ message: 'notEstablished', subject, since: ago(3600) }],
    },
    {
      name: 'the Service of the conversion is gone',
      given: { objects: [converted] },
      expect: [
        {
          message: 'conversionUnavailable',
          subject,
          values: { versions: ['v1', 'v1beta1'], reason: 'does not exist' },
        },
      ],
    },
    {
      name: 'nothing stands behind the Service of the conversion',
      given: { objects: [converted, hook] },
      expect: [{ message: 'conversionUnavailable', subject, values: { reason: 'has no ready endpoint' } }],
    },
  ],
  unknown: [
    {
      name: 'definitions were refused',
      given: { forbidden: [customResourceDefinitions] },
      reason: /not allowed/,
    },
  ],
});
