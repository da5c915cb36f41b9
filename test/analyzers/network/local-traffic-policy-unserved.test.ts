import { localTrafficPolicyUnserved } from '../../../analyzers/network/local-traffic-policy-unserved.ts';
import { endpointSlices, services } from '../../../src/artifacts/network-resources.ts';
import { nodes } from '../../../src/artifacts/resources.ts';
import { condition, endpointSlice, node, service } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Service/shop/web';
const external = service('web', { spec: { type: 'NodePort', externalTrafficPolicy: 'Local' } });

function on(...names: string[]) {
  return endpointSlice('web', [], {
    endpoints: names.map((nodeName) => ({ addresses: ['10.1.0.7'], conditions: { ready: true }, nodeName })),
  });
}

testAnalyzer(localTrafficPolicyUnserved, {
  silent: [
    { name: 'a pod on every node', given: { objects: [external, node('a'), node('b'), on('a', 'b')] } },
    {
      name: 'the policy Cluster',
      given: { objects: [service('web', { spec: { type: 'NodePort' } }), node('a'), node('b'), on('a')] },
    },
    {
      name: 'nodes that are down or that load balancers leave out',
      given: {
        objects: [
          external,
          node('a'),
          node('b', { status: { conditions: [condition('Ready', 'Unknown')] } }),
          node('c', {
            metadata: { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } },
          }),
          on('a'),
        ],
      },
    },
    { name: 'no endpoint at all', given: { objects: [external, node('a')] } },
  ],
  reports: [
    {
      name: 'requests from outside',
      given: { objects: [external, node('a'), node('b'), on('a')] },
      expect: [
        {
          message: 'externalUnserved',
          subject,
          severity: 'info',
          values: { serving: 1, total: 2, nodes: ['b'] },
        },
      ],
    },
    {
      name: 'endpoints of v1beta1, whose node is a label',
      given: {
        objects: [
          external,
          node('a'),
          node('b'),
          endpointSlice('web', [], {
            endpoints: [{ addresses: ['10.1.0.7'], topology: { 'kubernetes.io/hostname': 'a' } }],
          }),
        ],
      },
      expect: [{ message: 'externalUnserved', subject, values: { serving: 1, total: 2, nodes: ['b'] } }],
    },
    {
      name: 'requests of pods',
      given: {
        objects: [
          service('web', { spec: { internalTrafficPolicy: 'Local' } }),
          node('a'),
          node('b'),
          on('a'),
        ],
      },
      expect: [{ message: 'internalUnserved', subject, values: { nodes: ['b'] } }],
    },
  ],
  unknown: [
    { name: 'Services were refused', given: { forbidden: [services] }, reason: /not allowed/ },
    { name: 'slices were refused', given: { objects: [external, node('a')], forbidden: [endpointSlices] } },
    { name: 'nodes were refused', given: { objects: [external, on('a')], forbidden: [nodes] } },
  ],
});
