import { apiGroupUnavailable } from '../../../analyzers/kubernetes/api-group-unavailable.ts';
import { apiDiscovery } from '../../../src/artifacts/api-discovery.ts';
import { apiServices } from '../../../src/artifacts/extension-resources.ts';
import { ago } from '../../support/builders.ts';
import { apiService } from '../../support/extension-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const NAME = 'v1beta1.metrics.k8s.io';
const subject = `APIService/${NAME}`;

function down(reason: string, message: string, seconds = 900) {
  const condition = { type: 'Available', status: 'False', reason, message, lastTransitionTime: ago(seconds) };
  return apiService(NAME, { status: { conditions: [condition] } });
}

function undiscovered(groupVersion: string) {
  const failures = [{ groupVersion, reason: 'stale GroupVersion discovery: metrics.k8s.io/v1beta1' }];
  return { artifact: apiDiscovery, bytes: JSON.stringify({ resources: [], failures }) };
}

testAnalyzer(apiGroupUnavailable, {
  silent: [
    { name: 'available', given: { objects: [apiService(NAME)] } },
    {
      name: 'down for two minutes',
      given: { objects: [down('MissingEndpoints', 'endpoints are missing', 120)] },
    },
    {
      name: 'a built-in API has no Service',
      given: {
        objects: [
          apiService('v1.apps', {
            spec: { service: null },
            status: { conditions: [{ type: 'Available', status: 'False', reason: 'Local' }] },
          }),
        ],
      },
    },
    {
      name: 'a failed discovery of what is known to be available',
      given: { objects: [apiService(NAME)], documents: [undiscovered('metrics.k8s.io/v1beta1')] },
    },
  ],
  reports: [
    {
      name: 'its Service does not exist',
      given: {
        objects: [down('ServiceNotFound', 'service/metrics in "shop" is not present')],
      },
      expect: [
        {
          message: 'serviceMissing',
          subject,
          severity: 'critical',
          since: ago(900),
          values: {
            detail: 'service/metrics in "shop" is not present',
            users: 'HorizontalPodAutoscalers on CPU and memory and `kubectl top` get no numbers',
          },
        },
      ],
    },
    {
      name: 'its Service has no endpoint',
      given: {
        objects: [down('MissingEndpoints', 'endpointslices for service/metrics have no addresses')],
      },
      expect: [{ message: 'noEndpoints', subject, severity: 'critical' }],
    },
    {
      name: 'it does not answer',
      given: {
        objects: [
          down(
            'FailedDiscoveryCheck',
            'failing or missing response from https://10.1.0.9:4443/apis/metrics.k8s.io/v1beta1: context deadline exceeded',
          ),
        ],
      },
      expect: [{ message: 'notAnswering', subject, severity: 'critical' }],
    },
    {
      name: 'APIServices were refused, but discovery failed',
      given: { forbidden: [apiServices], documents: [undiscovered('metrics.k8s.io/v1beta1')] },
      expect: [{ message: 'notDiscovered', subject, severity: 'warning', confidence: 'likely' }],
    },
  ],
  unknown: [{ name: 'APIServices were refused', given: { forbidden: [apiServices] }, reason: /not allowed/ }],
});
