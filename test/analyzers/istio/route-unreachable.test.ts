import { routeUnreachable } from '../../../analyzers/istio/route-unreachable.ts';
import { virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { ago } from '../../support/builders.ts';
import { meshPod, networking } from '../../support/istio-configuration-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const subject = 'VirtualService/shop/web';
const to = (subset: string) => ({ route: [{ destination: { host: 'web', subset } }] });
const rules = (http: readonly object[], parts: Parameters<typeof networking>[3] = {}) =>
  networking('VirtualService', 'web', { hosts: ['web'], http }, parts);

testAnalyzer(routeUnreachable, {
  silent: [
    { name: 'no VirtualService', given: { objects: [meshPod('a')] }, status: 'not-applicable' },
    {
      name: 'narrow before wide',
      given: {
        objects: [
          rules([
            { match: [{ uri: { exact: '/a' } }], ...to('a') },
            { match: [{ uri: { prefix: '/' }, headers: { user: { exact: 'x' } } }], ...to('b') },
            { match: [{ uri: { prefix: '/b' }, port: 80 }], ...to('c') },
            to('d'),
          ]),
        ],
      },
    },
    {
      name: 'the routes KtEnv makes: one per tag, the default by port',
      given: {
        objects: [
          rules([
            { match: [{ port: 80, headers: { 'X-Virtual-Env': { exact: 'dev' } } }], ...to('dev') },
            { match: [{ port: 80 }], ...to('main') },
            { match: [{ port: 81, headers: { 'X-Virtual-Env': { exact: 'dev' } } }], ...to('dev') },
          ]),
        ],
      },
    },
    {
      name: 'other gateways, labels, case, methods and a delegate before it',
      given: {
        objects: [
          rules([
            { match: [{ uri: { prefix: '/d' } }], delegate: { name: 'part' } },
            { match: [{ uri: { prefix: '/d' }, gateways: ['edge'] }], ...to('a') },
            { match: [{ uri: { prefix: '/d' }, sourceLabels: { app: 'x' } }], ...to('b') },
            { match: [{ uri: { prefix: '/d' }, method: { exact: 'GET' } }], ...to('c') },
            { match: [{ uri: { prefix: '/d' }, withoutHeaders: { a: {} } }], ...to('d') },
            { match: [{ uri: { regex: '/d.' } }], ...to('e') },
            { match: [{ uri: { prefix: '/D' }, ignoreUriCase: true }], ...to('f') },
            { match: [{ uri: { prefix: '/d' } }], ...to('g') },
          ]),
        ],
      },
    },
    {
      name: 'TLS and TCP rules for different hosts and ports',
      given: {
        objects: [
          networking('VirtualService', 'web', {
            hosts: ['*.example'],
            tls: [
              { match: [{ sniHosts: ['a.example'] }], ...to('a') },
              { match: [{ sniHosts: ['*.example'] }], ...to('b') },
            ],
            tcp: [
              { match: [{ port: 1 }], ...to('a') },
              { match: [{ port: 2 }], ...to('b') },
            ],
          }),
        ],
      },
    },
    {
      name: 'a VirtualService edited a moment ago',
      given: { objects: [rules([to('a'), to('b')], { metadata: { managedFields: [{ time: ago(9) }] } })] },
    },
    {
      name: 'the same place twice, and one match of several',
      given: {
        objects: [
          rules([
            { match: [{ uri: { prefix: '/a' } }], ...to('a') },
            { match: [{ uri: { exact: '/a/b' }, name: 'x' }], ...to('a') },
            { match: [{ uri: { prefix: '/a' }, port: 80 }, { uri: { prefix: '/c' } }], ...to('b') },
          ]),
        ],
      },
      info: [{ message: 'ineffective', subject, values: { rules: ['2 behind 1', '3 behind 1'] } }],
    },
  ],
  reports: [
    {
      name: 'rules behind one without a match, and behind an equal one',
      given: {
        objects: [
          rules([
            { match: [{ uri: { prefix: '/a' } }], ...to('a') },
            { name: 'again', match: [{ uri: { prefix: '/a' } }], ...to('b') },
            to('c'),
            { match: [{ uri: { exact: '/z' } }], ...to('d') },
          ]),
        ],
      },
      expect: [
        {
          message: 'unreachable',
          subject,
          severity: 'warning',
          values: { rules: ['2 (`again`) behind 1', '4 behind 3'] },
        },
      ],
    },
    {
      name: 'a host behind its wildcard, and a header behind its presence',
      given: {
        objects: [
          networking('VirtualService', 'web', {
            hosts: ['*.example'],
            http: [
              { match: [{ headers: { user: {} } }], ...to('a') },
              { match: [{ headers: { user: { exact: 'x' } } }], ...to('b') },
            ],
            tls: [
              { match: [{ sniHosts: ['*.example'] }], ...to('a') },
              { match: [{ sniHosts: ['a.example'] }], ...to('b') },
            ],
          }),
        ],
      },
      expect: [{ message: 'unreachable', subject, values: { rules: ['2 behind 1'] } }],
    },
  ],
  unknown: [{ name: 'VirtualServices', given: { objects: [meshPod('a')], forbidden: [virtualServices] } }],
});
