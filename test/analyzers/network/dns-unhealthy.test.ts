import { expect, it } from 'vitest';
import { dnsUnhealthy } from '../../../analyzers/network/dns-unhealthy.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, node, pod } from '../../support/builders.ts';
import { dnsPod, dnsService, logLine, notReady } from '../../support/network-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';

const SERVICE = 'Service/kube-system/kube-dns';
const POD = 'Pod/kube-system/coredns-1';
const TIMEOUT =
  '[ERROR] plugin/errors: 2 api.shop.example. A: read udp 10.244.0.4:41213->192.0.2.53:53: i/o timeout';
const MISBEHAVING = 'dial tcp: lookup db.shop.svc on 10.96.0.10:53: server misbehaving';

function serverLog(text: string, { times = 1, seconds = 60, previous = false } = {}) {
  const lines = Array.from({ length: times }, (_, index) => logLine(seconds + times - index, text));
  return {
    namespace: 'kube-system',
    pod: 'coredns-1',
    container: 'coredns',
    previous,
    text: lines.join(''),
  };
}

function clientLog(namespace: string, text = MISBEHAVING, seconds = 60) {
  return { namespace, pod: 'client', container: 'app', text: logLine(seconds, text) };
}

function stopped(text: string) {
  return {
    objects: [dnsService(), dnsPod('coredns-1', notReady(900))],
    logs: [serverLog(text, { previous: true })],
  };
}

const noServer = { message: 'noServerReady', subject: SERVICE } as const;

testAnalyzer(dnsUnhealthy, {
  silent: [
    { name: 'a ready server', given: { objects: [dnsService(), dnsPod()] } },
    {
      name: 'one of two is ready',
      given: { objects: [dnsService(), dnsPod(), dnsPod('coredns-2', notReady(900))] },
    },
    {
      name: 'servers that started a moment ago',
      given: { objects: [dnsService(), dnsPod('coredns-1', notReady(20))] },
    },
    {
      name: 'a few questions to upstream servers that failed',
      given: { objects: [dnsService(), dnsPod()], logs: [serverLog(TIMEOUT, { times: 3 })] },
    },
    {
      name: 'upstream failures of an hour ago',
      given: { objects: [dnsService(), dnsPod()], logs: [serverLog(TIMEOUT, { times: 20, seconds: 3600 })] },
    },
    {
      name: 'a loop that is over: the server is ready',
      given: {
        objects: [dnsService(), dnsPod()],
        logs: [
          serverLog('[FATAL] plugin/loop: Loop (127.0.0.1:1 -> :53) detected for zone "."', {
            previous: true,
          }),
        ],
      },
    },
    {
      name: 'one program without an answer',
      given: { objects: [dnsService(), dnsPod()], logs: [clientLog('shop')] },
    },
    {
      name: 'names that do not exist, in two namespaces',
      given: {
        objects: [dnsService(), dnsPod()],
        logs: ['shop', 'pay'].map((namespace) =>
          clientLog(namespace, 'dial tcp: lookup nosuch on 10.96.0.10:53: no such host'),
        ),
      },
    },
    {
      name: 'a Service without a selector: the DNS is outside',
      given: { objects: [dnsService({ spec: { selector: {} } })] },
    },
    {
      name: 'no pod on GKE, where Cloud DNS may answer',
      given: {
        objects: [
          dnsService(),
          node('a', { metadata: { labels: { 'cloud.google.com/gke-nodepool': 'p' } } }),
        ],
      },
    },
    { name: 'a cluster whose DNS is not visible', given: {}, status: 'not-applicable' },
  ],
  reports: [
    {
      name: 'no server is ready',
      given: { objects: [dnsService(), dnsPod('coredns-1', notReady(900))] },
      expect: [{ ...noServer, severity: 'critical', values: { count: 1 }, since: ago(900) }],
    },
    {
      name: 'RKE2 keeps it under another name',
      given: {
        objects: [
          dnsService({ metadata: { name: 'rke2-coredns-rke2-coredns' } }),
          dnsPod('coredns-1', notReady(900)),
        ],
      },
      expect: [{ message: 'noServerReady', subject: 'Service/kube-system/rke2-coredns-rke2-coredns' }],
    },
    {
      name: 'OpenShift keeps it in its own namespace',
      given: {
        objects: [
          anyObject('v1', 'Service', 'dns-default', 'openshift-dns', {
            spec: { selector: { 'dns.operator.openshift.io/daemonset-dns': 'default' } },
          }),
        ],
      },
      expect: [{ message: 'noServer', subject: 'Service/openshift-dns/dns-default' }],
    },
    {
      name: 'scaled to zero',
      given: { objects: [dnsService()] },
      expect: [{ message: 'noServer', subject: SERVICE }],
    },
    {
      name: 'the Service is gone',
      given: { objects: [dnsPod()] },
      expect: [{ message: 'noService', subject: POD, values: { count: 1 } }],
    },
    {
      name: 'a forwarding loop',
      given: stopped(
        '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :1053) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 1 2."',
      ),
      expect: [noServer, { message: 'forwardingLoop', subject: POD, confidence: 'certain' }],
    },
    {
      name: 'a node without name servers',
      given: stopped('plugin/forward: no nameservers found'),
      expect: [noServer, { message: 'noNameservers', subject: POD }],
    },
    {
      name: 'a Corefile that cannot be read',
      given: stopped("/etc/coredns/Corefile:4 - Error during parsing: Unknown directive 'forwardd'"),
      expect: [noServer, { message: 'corefileInvalid', subject: POD }],
    },
    {
      name: 'an API server out of reach',
      given: {
        objects: [dnsService(), dnsPod('coredns-1', notReady(900))],
        logs: [
          serverLog(
            'E1121 reflector.go:158 "Unhandled Error" err="Failed to watch *v1.Service: Get \\"https://10.96.0.1:443/api/v1/services\\": dial tcp 10.96.0.1:443: i/o timeout"',
          ),
        ],
      },
      expect: [noServer, { message: 'apiServerOutOfReach', subject: POD }],
    },
    {
      name: 'upstream servers that do not answer',
      given: { objects: [dnsService(), dnsPod()], logs: [serverLog(TIMEOUT, { times: 20 })] },
      expect: [
        {
          message: 'upstreamFails',
          subject: POD,
          severity: 'warning',
          confidence: 'likely',
          values: { server: '192.0.2.53:53', count: 20, name: 'api.shop.example.' },
        },
      ],
    },
    {
      name: 'programs of two namespaces without an answer',
      given: {
        objects: [dnsService(), dnsPod(), pod('client')],
        logs: [clientLog('shop'), clientLog('pay', 'Error: getaddrinfo EAI_AGAIN db.pay.svc')],
      },
      expect: [
        {
          message: 'clientsFail',
          subject: 'Pod/shop/client',
          confidence: 'likely',
          values: { count: 1, namespaces: ['pay', 'shop'] },
        },
        { message: 'clientsFail', subject: 'Pod/pay/client' },
      ],
    },
  ],
  unknown: [
    { name: 'Services and pods were refused', given: { forbidden: [services, pods] }, reason: /not allowed/ },
    { name: 'pods were refused', given: { objects: [dnsService()], forbidden: [pods] } },
  ],
});

it('fills the row of CoreDNS', () => {
  const fine = runOn(dnsUnhealthy, { objects: [dnsService(), dnsPod()] });
  const bad = runOn(dnsUnhealthy, { objects: [dnsService(), dnsPod('coredns-1', notReady(900))] });

  expect(fine.rows.map(({ state, values }) => [state, values])).toEqual([['fine', { ready: 1, count: 1 }]]);
  expect(bad.rows.map(({ state }) => state)).toEqual(['bad']);
});
