import { expect } from 'vitest';
import { policyBlocksTraffic } from '../../../analyzers/network/policy-blocks-traffic.ts';
import { networkPolicies } from '../../../src/artifacts/policy-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, condition, containerStatus, namespace, pod, service } from '../../support/builders.ts';
import { agentPod, dnsPod, dnsService, logLine, networkPolicy } from '../../support/network-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'Pod/shop/api-1';
const NO_DNS = 'Error: getaddrinfo EAI_AGAIN db.shop.svc';
const NO_DB = 'dial tcp 10.96.0.21:5432: i/o timeout';

const api = pod('api-1', {
  metadata: { labels: { app: 'api' } },
  status: {
    conditions: [condition('Ready', 'False', { lastTransitionTime: ago(900) })],
    containerStatuses: [containerStatus('app', { ready: false })],
  },
});
const db = [
  service('db', { spec: { ports: [{ port: 5432, targetPort: 'sql', protocol: 'TCP' }] } }),
  pod('db-1', {
    metadata: { labels: { app: 'db' } },
    spec: { containers: [{ name: 'db', ports: [{ name: 'sql', containerPort: 5432 }] }] },
    status: { podIP: '10.1.0.9' },
  }),
];
const dns = [
  dnsService(),
  dnsPod('coredns-1', { podIP: '10.1.0.53' }),
  namespace('kube-system'),
  namespace('shop'),
];

function says(text: string, pod = 'api-1') {
  return [{ namespace: 'shop', pod, container: 'app', text: logLine(20, text) }];
}

const toDns = {
  to: [
    {
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
      podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    },
  ],
  ports: [{ port: 53, protocol: 'UDP' }],
};
const toDb = { to: [{ podSelector: { matchLabels: { app: 'db' } } }], ports: [{ port: 'sql' }] };

function egress(...rules: object[]) {
  return networkPolicy('api-out', {
    podSelector: { matchLabels: { app: 'api' } },
    policyTypes: ['Egress'],
    egress: rules,
  });
}

function ingress(...rules: object[]) {
  return networkPolicy('db-in', {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress'],
    ingress: rules,
  });
}

const fromApi = { from: [{ podSelector: { matchLabels: { app: 'api' } } }] };
const world = [api, ...db, ...dns];

testAnalyzer(policyBlocksTraffic, {
  silent: [
    { name: 'no policy at all', given: { objects: world, logs: says(NO_DB) } },
    {
      name: 'policies that let everything through that is asked for',
      given: { objects: [...world, egress(toDns, toDb), ingress(fromApi)], logs: says(NO_DB) },
    },
    {
      name: 'a name that does not exist is an answer of the DNS',
      given: {
        objects: [...world, egress(toDb)],
        logs: says('Error: getaddrinfo ENOTFOUND nosuch'),
      },
      info: [{ message: 'dnsNotAllowed', subject: 'NetworkPolicy/shop/api-out' }],
    },
    {
      name: 'a refused connection met a server',
      given: {
        objects: [...world, egress(toDns), ingress()],
        logs: says('dial tcp 10.96.0.21:5432: connect: connection refused'),
      },
    },
    {
      name: 'an empty rule allows everything',
      given: { objects: [...world, egress({}), ingress({})], logs: says(NO_DNS) },
    },
    {
      name: 'two policies add to each other',
      given: {
        objects: [
          ...world,
          egress(toDb),
          networkPolicy('dns-out', { podSelector: {}, policyTypes: ['Egress'], egress: [toDns] }),
        ],
        logs: says(NO_DNS),
      },
    },
    {
      name: 'DNS by the address of its Service',
      given: {
        objects: [
          ...world,
          egress({ to: [{ ipBlock: { cidr: '10.96.0.0/12' } }], ports: [{ port: 53, protocol: 'UDP' }] }),
        ],
        logs: says(NO_DNS),
      },
    },
    {
      name: 'a cache of DNS on each node',
      given: {
        objects: [...world, egress(toDb), agentPod('node-1', { 'k8s-app': 'node-local-dns' })],
        logs: says(NO_DNS),
      },
    },
    {
      name: 'namespaces that were not seen may carry the label',
      given: {
        objects: [api, ...db, dnsService(), dnsPod(), egress(toDns)],
        logs: says(NO_DNS),
      },
    },
    {
      name: 'a host of the world, where a block of addresses is allowed',
      given: {
        objects: [...world, egress(toDns, { to: [{ ipBlock: { cidr: '192.0.2.0/24' } }] })],
        logs: says('connect ETIMEDOUT api.example:443'),
      },
    },
    {
      name: 'a policy that selects nothing, and one of a pod that is well',
      given: {
        objects: [
          ...db,
          ...dns,
          networkPolicy('lost', { podSelector: { matchLabels: { app: 'gone' } }, policyTypes: ['Ingress'] }),
        ],
      },
      info: [{ message: 'selectsNothing', subject: 'NetworkPolicy/shop/lost' }],
    },
    {
      name: 'Flannel does not enforce policies',
      given: {
        objects: [...world, egress(), agentPod('node-1', { app: 'flannel' })],
        logs: says(NO_DNS),
      },
      status: 'not-applicable',
    },
  ],
  reports: [
    {
      name: 'nothing allows DNS',
      given: { objects: [...world, egress(toDb)], logs: says(NO_DNS) },
      expect: [
        {
          message: 'dnsBlocked',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: { policy: expect.objectContaining({ name: 'api-out' }) },
        },
      ],
    },
    {
      name: 'DNS is allowed by TCP only',
      given: {
        objects: [...world, egress({ ...toDns, ports: [{ port: 53, protocol: 'TCP' }] })],
        logs: says(NO_DNS),
      },
      expect: [{ message: 'dnsBlocked', subject }],
    },
    {
      name: 'the client may not go there',
      given: { objects: [...world, egress(toDns)], logs: says(NO_DB) },
      expect: [{ message: 'egressBlocked', subject, values: { target: '10.96.0.21:5432' } }],
    },
    {
      name: 'the client may not leave the cluster',
      given: { objects: [...world, egress(toDns)], logs: says('connect ETIMEDOUT 203.0.113.9:443') },
      expect: [{ message: 'egressBlocked', subject, values: { target: '203.0.113.9:443' } }],
    },
    {
      name: 'an exception of a block',
      given: {
        objects: [
          ...world,
          egress(toDns, { to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['203.0.113.0/24'] } }] }),
        ],
        logs: says('connect ETIMEDOUT 203.0.113.9:443'),
      },
      expect: [{ message: 'egressBlocked', subject }],
    },
    {
      name: 'the server lets others in',
      given: {
        objects: [...world, ingress({ from: [{ podSelector: { matchLabels: { app: 'web' } } }] })],
        logs: says(NO_DB),
      },
      expect: [
        {
          message: 'ingressBlocked',
          subject,
          values: { server: expect.objectContaining({ name: 'db-1' }) },
        },
      ],
    },
    {
      name: 'nobody complains yet',
      given: { objects: [pod('web-1', { metadata: { labels: { app: 'api' } } }), ...dns, egress(toDb)] },
      expect: [{ message: 'dnsNotAllowed', subject: 'NetworkPolicy/shop/api-out', values: { count: 0 } }],
    },
  ],
  unknown: [
    {
      name: 'policies were refused',
      given: { objects: [api], forbidden: [networkPolicies] },
      reason: /not allowed/,
    },
    { name: 'pods were refused', given: { objects: [egress()], forbidden: [pods] }, reason: /not allowed/ },
  ],
});
