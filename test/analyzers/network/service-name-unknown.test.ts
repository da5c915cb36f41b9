import { serviceNameUnknown } from '../../../analyzers/network/service-name-unknown.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, condition, containerStatus, namespace, pod, service } from '../../support/builders.ts';
import { logLine } from '../../support/network-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

type Parts = Record<string, unknown>;

const subject = 'Pod/shop/api-1';
const db = service('db', { spec: { ports: [{ port: 5432 }] } });
const shop = [namespace('shop'), namespace('pay')];

/** A pod that runs and has not been ready for a quarter of an hour. */
function unwell(container: Parts, spec: Parts = {}) {
  return pod('api-1', {
    spec: { containers: [{ name: 'app', image: 'api:1', ...container }], ...spec },
    status: {
      conditions: [condition('Ready', 'False', { lastTransitionTime: ago(900) })],
      containerStatuses: [containerStatus('app', { ready: false })],
    },
  });
}

function told(value: string, name = 'DB_URL', spec: Parts = {}) {
  return unwell({ env: [{ name, value }] }, spec);
}

function says(text: string) {
  return [{ namespace: 'shop', pod: 'api-1', container: 'app', text: logLine(20, text) }];
}

const headless = service('queue', { spec: { clusterIP: 'None', ports: [{ port: 5672 }] } });

testAnalyzer(serviceNameUnknown, {
  silent: [
    {
      name: 'a Service and a port that exist',
      given: { objects: [db, told('postgres://u@db:5432/shop')] },
    },
    {
      name: 'a wrong name in a pod that is well',
      given: {
        objects: [
          db,
          pod('api-1', {
            spec: { containers: [{ name: 'app', env: [{ name: 'DB_HOST', value: 'db-old' }] }] },
          }),
        ],
      },
    },
    {
      name: 'domains of the world, addresses and the pod itself',
      given: {
        objects: [
          db,
          ...shop,
          unwell({
            env: [
              { name: 'A_URL', value: 'https://api.example/v1' },
              { name: 'B_URL', value: 'https://db.internal.example:5432' },
              { name: 'C_HOST', value: '192.0.2.7' },
              { name: 'D_HOST', value: 'localhost' },
              { name: 'E_HOST', value: 'api-1' },
              { name: 'F_URL', value: 'http://shop.example:80' },
            ],
          }),
        ],
      },
    },
    {
      name: 'a host its hosts file has',
      given: {
        objects: [
          db,
          told('legacy:5432', 'DB_HOSTS', { hostAliases: [{ ip: '192.0.2.1', hostnames: ['legacy'] }] }),
        ],
      },
    },
    {
      name: 'what it listens on, pairs that are no address, and values of another variable',
      given: {
        objects: [
          db,
          unwell({
            env: [
              { name: 'LISTEN_ADDR', value: 'api:8080' },
              { name: 'RUN_AS', value: 'user:1000' },
              { name: 'NEXT_URL', value: 'http://$(OTHER):80' },
            ],
            args: ['--user=app:1000', 'registry:5000/app'],
          }),
        ],
      },
    },
    {
      name: 'any port of a headless Service, and of an ExternalName',
      given: {
        objects: [
          headless,
          service('far', { spec: { type: 'ExternalName', ports: [] } }),
          unwell({
            env: [
              { name: 'Q_URL', value: 'amqp://queue:15672' },
              { name: 'F_URL', value: 'http://far:81' },
            ],
          }),
        ],
      },
    },
    {
      name: 'a pod of a headless Service by its name',
      given: { objects: [headless, told('amqp://queue-0.queue.shop.svc.cluster.local:15672')] },
    },
    {
      name: 'a pod that asks another DNS',
      given: { objects: [db, told('postgres://dbx:5432', 'DB_URL', { dnsPolicy: 'Default' })] },
    },
  ],
  reports: [
    {
      name: 'a misspelt Service that the log names',
      given: {
        objects: [db, told('postgres://u:p@bd:5432/shop')],
        logs: says('Error: getaddrinfo ENOTFOUND bd'),
      },
      expect: [
        {
          message: 'serviceUnknown',
          subject,
          severity: 'warning',
          confidence: 'likely',
          values: {
            host: 'bd:5432',
            place: 'variable `DB_URL`',
            target: 'shop/bd',
            nearest: 'none comes near',
          },
        },
      ],
    },
    {
      name: 'a misspelt Service that the log does not name',
      given: { objects: [service('orders-db'), told('orders-bd', 'DB_HOST')] },
      expect: [
        {
          message: 'serviceDoubtful',
          subject,
          confidence: 'possible',
          values: { nearest: 'shop/orders-db' },
        },
      ],
    },
    {
      name: 'a Service of another namespace by its short name, in an argument',
      given: {
        objects: [
          ...shop,
          service('ledger', { metadata: { namespace: 'pay' } }),
          unwell({ args: ['--ledger-url=http://ledger:80'] }),
        ],
      },
      expect: [
        {
          message: 'serviceDoubtful',
          subject,
          values: { place: 'an argument', target: 'shop/ledger', nearest: 'pay/ledger' },
        },
      ],
    },
    {
      name: 'a namespace that exists without that Service',
      given: { objects: [...shop, db, told('http://ledger.pay:80')] },
      expect: [{ message: 'serviceDoubtful', subject, values: { target: 'pay/ledger' } }],
    },
    {
      name: 'the target port in place of the port, as the log confirms',
      given: {
        objects: [db, told('postgres://db:15432/shop')],
        logs: says('dial tcp 10.96.0.21:15432: i/o timeout'),
      },
      expect: [
        {
          message: 'portUnknown',
          subject,
          confidence: 'likely',
          values: { offered: ['5432'], target: 'shop/db:15432' },
        },
      ],
    },
    {
      name: 'a port the Service has not, no log',
      given: { objects: [db, told('db:3306', 'DB_HOSTS')] },
      expect: [{ message: 'portDoubtful', subject, values: { offered: ['5432'] } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'Services were refused',
      given: { objects: [told('postgres://db:5432')], forbidden: [services] },
      reason: /not allowed/,
    },
  ],
});
