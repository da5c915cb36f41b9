import { leaseStale } from '../../../analyzers/node/lease-stale.ts';
import { leases, nodes } from '../../../src/artifacts/resources.ts';
import { ago, node } from '../../support/builders.ts';
import { heartbeat, unreadyNode } from '../../support/node-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Node/worker-1';
const one = node('worker-1');
const two = node('worker-2');
const alive = heartbeat(4, { name: 'worker-2' });
const orphan = heartbeat(4, { name: 'worker-9' });
const owned = {
  ...orphan,
  metadata: {
    ...orphan.metadata,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'worker-9', uid: 'gone' }],
  },
};
const young = { ...orphan, metadata: { ...orphan.metadata, creationTimestamp: ago(20) } };

testAnalyzer(leaseStale, {
  silent: [
    { name: 'leases renewed seconds ago', given: { objects: [one, two, heartbeat(4), alive] } },
    {
      name: 'a lease one renewal late',
      given: { objects: [one, two, heartbeat(45), alive] },
    },
    {
      name: 'a kubelet whose clock is ten minutes behind, renewed in time by the clock of the API server',
      given: { objects: [one, two, heartbeat(600, { writtenAgo: 5 }), alive] },
    },
    {
      name: 'a lease that moved between two looks',
      given: {
        objects: [one, two, heartbeat(100), alive],
        secondSample: [heartbeat(90), heartbeat(1, { name: 'worker-2' })],
      },
    },
    {
      name: 'a bundle whose time is known to five minutes',
      given: { objects: [one, two, heartbeat(100), alive], errorSeconds: 300 },
    },
    {
      name: 'a silent node that counts as unknown is told as not ready',
      given: {
        objects: [
          unreadyNode('Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting.'),
          two,
          heartbeat(400),
          alive,
        ],
      },
    },
    {
      name: 'every lease stale and no node unknown',
      given: { objects: [one, two, heartbeat(400), heartbeat(300, { name: 'worker-2' })] },
      info: [
        {
          message: 'allStale',
          subject: 'Namespace/kube-node-lease',
          values: { total: 2, age: 300 },
        },
      ],
    },
    {
      name: 'one node without a lease',
      given: { objects: [one, two, alive] },
      info: [{ message: 'noLease', subject }],
    },
    { name: 'no node has a lease, as before Kubernetes 1.14', given: { objects: [one, two] } },
    {
      name: 'leases of deleted nodes that are collected soon, or of a node that has just come',
      given: {
        objects: [two, alive, owned, { ...young, metadata: { ...young.metadata, name: 'worker-8' } }],
      },
    },
    {
      name: 'a lease left behind that nobody renews',
      given: { objects: [two, alive, heartbeat(4000, { name: 'worker-9' })] },
    },
  ],
  reports: [
    {
      name: 'a kubelet silent for a minute and a half while Ready stays, as with a stopped controller manager',
      given: { objects: [one, two, heartbeat(77, { writtenAgo: 77 }), alive] },
      expect: [
        {
          message: 'silentUnnoticed',
          subject,
          severity: 'critical',
          confidence: 'certain',
          values: { age: 77, status: 'True' },
          since: ago(77),
        },
      ],
    },
    {
      name: 'the same by the clock of the node alone, Ready False as its last word',
      given: {
        objects: [
          unreadyNode('False', 'KubeletNotReady', 'container runtime is down'),
          two,
          heartbeat(77),
          alive,
        ],
      },
      expect: [{ message: 'silentUnnoticed', subject, confidence: 'likely', values: { status: 'False' } }],
    },
    {
      name: 'a kubelet that outlived its Node',
      given: { objects: [two, alive, orphan] },
      expect: [{ message: 'nodeObjectGone', subject: 'Lease/kube-node-lease/worker-9', severity: 'warning' }],
    },
  ],
  unknown: [
    { name: 'leases were refused', given: { objects: [one], forbidden: [leases] }, reason: /not allowed/ },
    { name: 'nodes were refused', given: { objects: [orphan], forbidden: [nodes] }, reason: /not allowed/ },
  ],
});
