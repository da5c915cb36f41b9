import { podAddressesExhausted } from '../../../analyzers/network/pod-addresses-exhausted.ts';
import { nodes, pods } from '../../../src/artifacts/resources.ts';
import { ago, event, node, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const FULL =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "0b7c": plugin type="bridge" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.14';
const waiting = pod('web-9', { status: { phase: 'Pending', podIP: undefined } });
const refused = event(waiting, { reason: 'FailedCreatePodSandBox', message: FULL });
const subject = 'Node/node-1';

function ranged(name: string, podCIDR?: string, parts: object = {}) {
  return node(name, { spec: podCIDR ? { podCIDR, podCIDRs: [podCIDR] } : {}, ...parts });
}

function running(count: number) {
  return Array.from({ length: count }, (_, index) => pod(`web-${index}`));
}

testAnalyzer(podAddressesExhausted, {
  silent: [
    { name: 'ranges on every node', given: { objects: [ranged('node-1', '10.1.0.0/28'), pod('web-1')] } },
    { name: 'no node was given a range: the plugin has its own', given: { objects: [node('a'), node('b')] } },
    {
      name: 'a node that has just come',
      given: {
        objects: [
          ranged('node-1', '10.1.0.0/28'),
          ranged('node-2', undefined, { metadata: { creationTimestamp: ago(20) } }),
        ],
      },
    },
    {
      name: 'the event of a pod that has an address by now',
      given: {
        objects: [
          ranged('node-1', '10.1.0.0/28'),
          pod('web-9'),
          event(pod('web-9'), { reason: 'FailedCreatePodSandBox', message: FULL }),
        ],
      },
    },
    {
      name: 'another failure of the sandbox',
      given: {
        objects: [
          ranged('node-1', '10.1.0.0/28'),
          waiting,
          event(waiting, { reason: 'FailedCreatePodSandBox', message: 'cni plugin not initialized' }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a node without a range',
      given: { objects: [ranged('node-1', '10.1.0.0/28'), ranged('node-2')] },
      expect: [
        { message: 'nodeWithoutRange', subject: 'Node/node-2', confidence: 'likely', values: { others: 1 } },
      ],
    },
    {
      name: 'a node without a range, and the controller says why',
      given: {
        objects: [
          ranged('node-1', '10.1.0.0/28'),
          ranged('node-2'),
          event(ranged('node-2'), {
            reason: 'CIDRNotAvailable',
            message: 'no range',
            involvedObject: { kind: 'Node', name: 'node-2' },
          }),
        ],
      },
      expect: [{ message: 'nodeWithoutRange', subject: 'Node/node-2', confidence: 'certain' }],
    },
    {
      name: 'a range that is full',
      given: { objects: [ranged('node-1', '10.1.0.0/28'), ...running(13), waiting, refused] },
      expect: [
        {
          message: 'rangeFull',
          subject,
          severity: 'critical',
          values: { waiting: 1, used: 13, capacity: 13 },
        },
      ],
    },
    {
      name: 'addresses that were not given back',
      given: { objects: [ranged('node-1', '10.1.0.0/28'), ...running(3), waiting, refused] },
      expect: [{ message: 'rangeLeaked', subject, confidence: 'likely', values: { used: 3 } }],
    },
    {
      name: 'a pool of the plugin',
      given: {
        objects: [
          node('node-1'),
          waiting,
          event(waiting, {
            reason: 'FailedCreatePodSandBox',
            message:
              'Failed to create pod sandbox: plugin type="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
          }),
        ],
      },
      expect: [{ message: 'poolExhausted', subject, values: { waiting: 1 } }],
    },
  ],
  unknown: [
    { name: 'nodes were refused', given: { forbidden: [nodes] }, reason: /not allowed/ },
    { name: 'pods were refused', given: { objects: [node('a')], forbidden: [pods] }, reason: /not allowed/ },
  ],
});
