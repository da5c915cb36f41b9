import { policyNotAccepted } from '../../../analyzers/istio/policy-not-accepted.ts';
import { authorizationPolicies } from '../../../src/artifacts/istio-workload-resources.ts';
import { ago, condition, service } from '../../support/builders.ts';
import { meshPod, networking, security } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const unbound = (parts: object = {}) => ({
  conditions: [
    condition('istio.io/WaypointBound', 'False', {
      reason: 'WaypointMissing',
      message: 'waypoint shop/edge not found.',
      ...parts,
    }),
  ],
});
const ztunnel = meshPod(
  'ztunnel-1',
  {},
  {
    spec: {
      containers: [
        { name: 'istio-proxy', image: 'docker.io/istio/ztunnel:1.26.2', args: ['proxy', 'ztunnel'] },
      ],
    },
  },
);
const refused = {
  conditions: [
    condition('ZtunnelAccepted', 'False', {
      reason: 'UnsupportedValue',
      message: 'ztunnel does not support HTTP.',
    }),
    condition('WaypointAccepted', 'True'),
  ],
};

testAnalyzer(policyNotAccepted, {
  silent: [
    { name: 'nothing of Istio', given: { objects: [service('web')] }, status: 'not-applicable' },
    {
      name: 'objects Istio accepts, and other conditions',
      given: {
        objects: [
          security(
            'AuthorizationPolicy',
            'a',
            {},
            { status: { conditions: [condition('ZtunnelAccepted', 'True')] } },
          ),
          service('web', { status: { conditions: [condition('LoadBalancerReady', 'False')] } }),
        ],
      },
    },
    {
      name: 'a condition of the last minute',
      given: { objects: [ztunnel, service('web', { status: unbound({ lastTransitionTime: ago(20) }) })] },
    },
  ],
  reports: [
    {
      name: 'a waypoint that is missing',
      given: {
        objects: [
          service('web', { status: unbound() }),
          networking('ServiceEntry', 'pay', {}, { status: unbound() }),
        ],
      },
      expect: [
        {
          message: 'waypointUnbound',
          subject: 'Service/shop/web',
          severity: 'warning',
          since: ago(3600),
          values: { reason: 'WaypointMissing', detail: 'waypoint shop/edge not found' },
        },
        { message: 'waypointUnbound', subject: 'ServiceEntry/shop/pay' },
      ],
    },
    {
      name: 'a policy that is not in force',
      given: { objects: [security('AuthorizationPolicy', 'a', {}, { status: refused })] },
      expect: [
        {
          message: 'notAccepted',
          subject: 'AuthorizationPolicy/shop/a',
          values: { type: 'ZtunnelAccepted' },
        },
      ],
    },
  ],
  unknown: [{ name: 'policies', given: { objects: [meshPod('a')], forbidden: [authorizationPolicies] } }],
});
