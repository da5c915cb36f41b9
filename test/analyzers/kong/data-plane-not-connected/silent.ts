import { ago, pod } from '../../../support/builders.ts';
import {
  broken,
  clusterCertificate,
  clusterService,
  controlPlane,
  dataPlane,
  kongLogOf,
  notAsked,
  registry,
  replies,
  row,
} from '../../../support/kong.ts';
import type { AnalyzerCases } from '../../../support/test-analyzer.ts';
import { given, logOnly, reissued, subject, valid } from './given-kong.ts';

/** Near misses: data planes that are connected, or of which nothing can be said. */
export const silent: AnalyzerCases['silent'] = [
  { name: 'a healthy hybrid mode', given: given() },
  {
    name: 'no Kong in the cluster',
    given: { objects: [pod('web')], rows: [notAsked()] },
    status: 'not-applicable',
  },
  {
    name: 'a connected data plane that wrote of failures an hour ago',
    given: given({
      logs: [kongLogOf('kong-dp-0', [3600, broken('failed to connect: connection refused')])],
    }),
  },
  {
    name: 'rows of replaced pods, kept for 14 days',
    given: given({
      documents: [registry([row('kong-dp-0', 12), row('kong-dp-dead1', 86_400, { ip: '10.20.0.99' })])],
    }),
  },
  {
    name: "a replaced pod's row with the address the pod has now",
    given: given({ documents: [registry([row('kong-dp-0', 12), row('kong-dp-dead1', 86_400)])] }),
  },
  {
    name: 'the address of a load balancer in place of that of the pod',
    given: given({ documents: [registry([row('kong-dp-0', 12, { ip: '203.0.113.7' })])] }),
  },
  {
    name: 'rows by the address of a load balancer without any name tell nothing of a pod',
    status: 'unknown',
    given: given({
      documents: [
        replies([
          {
            path: '/clustering/data-planes',
            status: 200,
            body: { data: [row('', 12, { ip: '203.0.113.7' })] },
          },
        ]),
      ],
    }),
  },
  {
    name: 'a host name that is the node id (Kong 3.9)',
    given: given({
      documents: [registry([row('x', 12, { id: 'n-1', hostname: 'n-1', ip: '10.20.0.15' })])],
    }),
  },
  {
    name: 'the older map of /clustering/status, by the Date header',
    given: given({
      documents: [
        replies([
          {
            path: '/clustering/status',
            status: 200,
            date: new Date(ago(0)).toUTCString(),
            body: {
              'n-1': { hostname: 'kong-dp-0', ip: '10.20.0.15', last_seen: Date.parse(ago(20)) / 1000 },
            },
          },
        ]),
      ],
    }),
  },
  {
    name: 'the shape of troubleshooting guides, by address and age',
    given: given({
      documents: [
        replies([
          {
            path: '/clustering/status',
            status: 200,
            body: {
              data_planes: [
                {
                  id: '7d6bbf0b-b3e7-4cb5-b66f',
                  ip: '10.20.0.15',
                  status: 'healthy',
                  last_seen: 5,
                  version: '3.4.0',
                },
              ],
            },
          },
        ]),
      ],
    }),
  },
  {
    name: 'a data plane that started a minute ago is not missed yet',
    given: given({
      objects: [
        dataPlane('kong-dp-0', { container: { state: { running: { startedAt: ago(60) } } } }),
        controlPlane(),
        ...clusterService(),
      ],
      documents: [registry([])],
    }),
  },
  {
    name: 'pods that are being deleted, are evicted or belong to a Job are no planes',
    given: {
      objects: [
        dataPlane('kong-dp-0', { metadata: { deletionTimestamp: ago(20) } }),
        dataPlane('kong-dp-1', { status: { phase: 'Failed', reason: 'Evicted' } }),
        dataPlane('kong-dp-2', {
          metadata: {
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', uid: 'u' }],
          },
        }),
      ],
    },
    status: 'not-applicable',
  },
  {
    name: 'not ready, but connected: said in passing',
    given: given({
      objects: [dataPlane('kong-dp-0', { container: { ready: false } }), controlPlane(), ...clusterService()],
    }),
    info: [{ message: 'notReady', subject }],
  },
  {
    name: 'an empty hash in the first two minutes',
    given: given({
      objects: [
        dataPlane('kong-dp-0', { container: { state: { running: { startedAt: ago(30) } } } }),
        controlPlane(),
        ...clusterService(),
      ],
      documents: [registry([row('kong-dp-0', 5, { config_hash: '0'.repeat(32) })])],
    }),
  },
  {
    name: "OpenSSL's words about an upstream are not about the link",
    given: logOnly([
      8,
      '2026/01/15 11:59:52 [error] 1258#0: SSL_do_handshake() failed (SSL: certificate verify failed) while SSL handshaking to upstream, cluster x',
    ]),
    status: 'unknown',
  },
  {
    name: 'other certificates on both sides in PKI mode',
    given: given({
      objects: [
        dataPlane('kong-dp-0', {
          env: { KONG_CLUSTER_MTLS: 'pki' },
          spec: { volumes: [{ name: 'cluster-cert', secret: { secretName: 'kong-dp-cert' } }] },
        }),
        controlPlane(),
        ...clusterService(),
        clusterCertificate(valid),
        clusterCertificate(reissued, 'kong-dp-cert'),
      ],
    }),
  },
];
