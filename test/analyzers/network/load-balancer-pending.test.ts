import { loadBalancerPending } from '../../../analyzers/network/load-balancer-pending.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, event, node, pod, service } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Service/shop/web';
const waiting = service('web', { spec: { type: 'LoadBalancer' } });
const metallb = pod('controller', {
  spec: { containers: [{ name: 'controller', image: 'quay.io/metallb/controller:v0.14.9' }] },
});

testAnalyzer(loadBalancerPending, {
  silent: [
    {
      name: 'an address',
      given: {
        objects: [
          service('web', {
            spec: { type: 'LoadBalancer' },
            status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
          }),
        ],
      },
    },
    {
      name: 'an external IP set by hand',
      given: { objects: [service('web', { spec: { type: 'LoadBalancer', externalIPs: ['192.0.2.7'] } })] },
    },
    {
      name: 'made a few minutes ago',
      given: {
        objects: [
          service('web', { spec: { type: 'LoadBalancer' }, metadata: { creationTimestamp: ago(300) } }),
        ],
      },
    },
    { name: 'another type', given: { objects: [service('web')] } },
    {
      name: 'a failure that is over: it has an address now',
      given: {
        objects: [
          service('web', {
            spec: { type: 'LoadBalancer' },
            status: { loadBalancer: { ingress: [{ hostname: 'lb.example' }] } },
          }),
          event(waiting, { reason: 'SyncLoadBalancerFailed', message: 'quota' }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'the controller says why',
      given: {
        objects: [
          waiting,
          event(waiting, {
            reason: 'SyncLoadBalancerFailed',
            message: 'Error syncing load balancer: failed to ensure load balancer: quota exceeded.',
          }),
        ],
      },
      expect: [
        {
          message: 'refused',
          subject,
          severity: 'warning',
          values: { detail: 'Error syncing load balancer: failed to ensure load balancer: quota exceeded' },
        },
      ],
    },
    {
      name: 'bare metal without any controller',
      given: { objects: [waiting, node('node-1'), pod('web-1')] },
      expect: [{ message: 'nobodyGives', subject, confidence: 'likely', values: { age: 86_400 } }],
    },
    {
      name: 'kind, whose machines are containers',
      given: { objects: [waiting, node('node-1', { spec: { providerID: 'kind://docker/kind/node-1' } })] },
      expect: [{ message: 'nobodyGives', subject }],
    },
    {
      name: 'MetalLB says nothing',
      given: { objects: [waiting, metallb] },
      expect: [{ message: 'waiting', subject, values: { controller: 'MetalLB' } }],
    },
    {
      name: 'a cloud says nothing',
      given: { objects: [waiting, node('node-1', { spec: { providerID: 'aws:///us-west-2a/i-0' } })] },
      expect: [{ message: 'waiting', subject, values: { controller: 'the cloud of aws' } }],
    },
    {
      name: 'a class of its own',
      given: {
        objects: [service('web', { spec: { type: 'LoadBalancer', loadBalancerClass: 'edge.example/lb' } })],
      },
      expect: [
        { message: 'waiting', subject, values: { controller: 'the controller of class edge.example/lb' } },
      ],
    },
    {
      name: 'pods were refused: nobody in sight does not mean nobody there',
      given: { objects: [waiting], forbidden: [pods] },
      expect: [{ message: 'waiting', subject }],
    },
  ],
  unknown: [{ name: 'Services were refused', given: { forbidden: [services] }, reason: /not allowed/ }],
});
