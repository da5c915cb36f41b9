import { namespaceNotDeleted } from '../../../analyzers/kubernetes/namespace-not-deleted.ts';
import { namespaces } from '../../../src/artifacts/resources.ts';
import { ago, condition, namespace } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Namespace/old';

function leaving(
  conditions: readonly object[],
  seconds = 900,
  spec: object = { finalizers: ['kubernetes'] },
) {
  return namespace('old', {
    metadata: { deletionTimestamp: ago(seconds) },
    spec,
    status: { phase: 'Terminating', conditions },
  });
}

const CONTENT = condition('NamespaceContentRemaining', 'True', {
  reason: 'SomeResourcesRemain',
  message:
    'Some resources are remaining: configmaps. has 1 resource instances, carts.shop.example has 3 resource instances',
});
const FINALIZERS = condition('NamespaceFinalizersRemaining', 'True', {
  reason: 'SomeFinalizersRemain',
  message:
    'Some content in the namespace has finalizers remaining: shop.example/block in 3 resource instances',
});
const DISCOVERY = condition('NamespaceDeletionDiscoveryFailure', 'True', {
  reason: 'DiscoveryFailed',
  message:
    'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1',
});

testAnalyzer(namespaceNotDeleted, {
  silent: [
    { name: 'active', given: { objects: [namespace('old')] } },
    { name: 'being deleted for two minutes', given: { objects: [leaving([CONTENT], 120)] } },
  ],
  reports: [
    {
      name: 'discovery fails: that comes first',
      given: { objects: [leaving([CONTENT, DISCOVERY])] },
      expect: [
        {
          message: 'discoveryFails',
          subject,
          severity: 'warning',
          values: { age: 900, groups: ['metrics.k8s.io/v1beta1'] },
        },
      ],
    },
    {
      name: 'finalizers hold objects',
      given: { objects: [leaving([CONTENT, FINALIZERS])] },
      expect: [
        {
          message: 'finalizersRemain',
          subject,
          since: ago(900),
          values: {
            finalizers: ['3 × shop.example/block'],
            remaining: ['1 × configmaps', '3 × carts.shop.example'],
          },
        },
      ],
    },
    {
      name: 'deleting the content fails',
      given: {
        objects: [
          leaving([
            condition('NamespaceDeletionContentFailure', 'True', {
              reason: 'ContentDeletionFailed',
              message: 'Failed to delete all resource types, 1 remaining: Internal error occurred.',
            }),
          ]),
        ],
      },
      expect: [
        {
          message: 'deletionFails',
          subject,
          values: { detail: 'Failed to delete all resource types, 1 remaining: Internal error occurred' },
        },
      ],
    },
    {
      name: 'content remains',
      given: { objects: [leaving([condition('NamespaceFinalizersRemaining', 'False'), CONTENT])] },
      expect: [{ message: 'contentRemains', subject }],
    },
    {
      name: 'nobody has looked at it',
      given: { objects: [leaving([])] },
      expect: [
        { message: 'notProcessed', subject, confidence: 'likely', values: { finalizers: ['kubernetes'] } },
      ],
    },
  ],
  unknown: [{ name: 'Namespaces were refused', given: { forbidden: [namespaces] }, reason: /not allowed/ }],
});
