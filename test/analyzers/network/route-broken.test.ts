import { expect, it } from 'vitest';
import { routeBroken } from '../../../analyzers/network/route-broken.ts';
import { ingressClasses } from '../../../src/artifacts/gateway-resources.ts';
import { ingresses, services } from '../../../src/artifacts/network-resources.ts';
import { secrets } from '../../../src/artifacts/resources.ts';
import { ago, secret, service } from '../../support/builders.ts';
import { ingress } from '../../support/network-builders.ts';
import { runOn, testAnalyzer } from '../../support/test-analyzer.ts';
import {
  gateway,
  gatewayClass,
  gatewayReports,
  httpRoute,
  ingressClass,
  isFalse,
  isTrue,
} from './route-cases.ts';

const web = service('web');
const toWeb = { name: 'web', port: { number: 80 } };
const tls = { tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }] };
const subject = 'Ingress/shop/shop';
testAnalyzer(routeBroken, {
  silent: [
    {
      name: 'an Ingress whose Service, port, class and certificate are there',
      given: {
        objects: [
          web,
          ingressClass('nginx'),
          secret('shop-tls', { data: { 'tls.crt': 'LS0t' } }),
          ingress('shop', toWeb, { spec: { ...tls, ingressClassName: 'nginx' } }),
        ],
      },
    },
    {
      name: 'a port by name, and an ExternalName Service without ports',
      given: {
        objects: [
          web,
          service('far', { spec: { type: 'ExternalName', externalName: 'far.example', ports: [] } }),
          ingress('a', { name: 'web', port: { name: 'http' } }),
          ingress('b', { name: 'far', port: { number: 443 } }),
        ],
      },
    },
    {
      name: 'an action of the AWS controller, and a class of GKE',
      given: {
        objects: [
          ingress(
            'shop',
            { name: 'ssl-redirect', port: { name: 'use-annotation' } },
            { spec: { ingressClassName: 'gce' } },
          ),
        ],
      },
    },
    {
      name: 'a class by annotation',
      given: {
        objects: [
          web,
          ingressClass('nginx'),
          ingress('shop', toWeb, { metadata: { annotations: { 'kubernetes.io/ingress.class': 'gce' } } }),
        ],
      },
    },
    {
      name: 'an Opaque Secret whose keys were removed or that shows a certificate',
      given: {
        objects: [
          web,
          secret('shop-tls', { type: 'Opaque' }),
          secret('b-tls', { type: 'Opaque', data: { 'tls.crt': 'LS0t' } }),
          ingress('shop', toWeb, { spec: tls }),
          ingress('b', toWeb, { spec: { tls: [{ secretName: 'b-tls' }] } }),
        ],
      },
    },
    {
      name: 'an Ingress made a moment ago, whose certificate is being issued',
      given: {
        objects: [web, ingress('shop', toWeb, { spec: tls, metadata: { creationTimestamp: ago(30) } })],
      },
    },
    {
      name: 'routes their Gateway has accepted',
      given: { objects: [web, gatewayClass(), gateway(), httpRoute(isTrue)] },
    },
    {
      name: 'what was said of an earlier generation',
      given: {
        objects: [
          web,
          gatewayClass(),
          gateway(),
          httpRoute([isFalse('Accepted', 'NoMatchingParent', { observedGeneration: 2 })]),
        ],
      },
    },
    {
      name: 'no class, but an address: some controller has taken it',
      given: {
        objects: [
          web,
          ingressClass('nginx'),
          ingress('shop', toWeb, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } }),
        ],
      },
    },
    {
      name: 'no class, none is the default, and no address',
      given: { objects: [web, ingressClass('nginx'), ingress('shop', toWeb)] },
      info: [{ message: 'classUnset', subject, values: { classes: ['nginx'] } }],
    },
    {
      name: 'no class, and one is the default',
      given: {
        objects: [
          web,
          ingressClass('nginx', {
            metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
          }),
          ingress('shop', toWeb),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a Service that is not there, once for all its paths',
      given: {
        objects: [
          ingress('shop', toWeb, {
            spec: {
              rules: ['/a', '/b'].map((path) => ({
                http: { paths: [{ path, backend: { service: toWeb } }] },
              })),
            },
          }),
        ],
      },
      expect: [{ message: 'backendMissing', subject, severity: 'critical' }],
    },
    {
      name: 'a default backend that is not there',
      given: {
        objects: [ingress('shop', toWeb, { spec: { rules: [], defaultBackend: { service: toWeb } } })],
      },
      expect: [{ message: 'backendMissing', subject }],
    },
    {
      name: 'the target port in place of the port',
      given: { objects: [web, ingress('shop', { name: 'web', port: { number: 8080 } })] },
      expect: [{ message: 'portMissing', subject, values: { port: '8080', offered: ['80 (http)'] } }],
    },
    {
      name: 'a certificate that is not there',
      given: { objects: [web, ingress('shop', toWeb, { spec: tls })] },
      expect: [{ message: 'secretMissing', subject, values: { hosts: ['shop.example'] } }],
    },
    {
      name: 'a pull secret in place of a certificate',
      given: {
        objects: [
          web,
          secret('shop-tls', { type: 'kubernetes.io/dockerconfigjson' }),
          ingress('shop', toWeb, { spec: tls }),
        ],
      },
      expect: [{ message: 'secretUnfit', subject, severity: 'critical', confidence: 'certain' }],
    },
    {
      name: 'an Opaque Secret without a certificate',
      given: {
        objects: [
          web,
          secret('shop-tls', { type: 'Opaque', data: { password: 'x' } }),
          ingress('shop', toWeb, { spec: tls }),
        ],
      },
      expect: [{ message: 'secretUnfit', subject, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'a class that is not there',
      given: {
        objects: [
          web,
          ingressClass('nginx'),
          ingress('shop', toWeb, { spec: { ingressClassName: 'ngnix' } }),
        ],
      },
      expect: [{ message: 'classMissing', subject, severity: 'critical' }],
    },
    {
      name: 'a class that is not there, but some controller has taken the Ingress',
      given: {
        objects: [
          web,
          ingress('shop', toWeb, {
            spec: { ingressClassName: 'kong' },
            status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
          }),
        ],
      },
      expect: [{ message: 'classMissing', subject, severity: 'warning', confidence: 'possible' }],
    },
    ...gatewayReports,
  ],
  unknown: [
    { name: 'Ingresses were refused', given: { forbidden: [ingresses] }, reason: /not allowed/ },
    {
      name: 'Services were refused',
      given: { objects: [ingress('shop', toWeb)], forbidden: [services] },
      reason: /not allowed/,
    },
    {
      name: 'Secrets and classes were refused and are named',
      given: {
        objects: [web, ingress('shop', toWeb, { spec: { ...tls, ingressClassName: 'nginx' } })],
        forbidden: [secrets, ingressClasses],
      },
      reason: /not allowed/,
    },
  ],
});

it('cites where it names it and what was searched', () => {
  const { findings } = runOn(routeBroken, { objects: [ingress('shop', toWeb)] });

  expect(findings[0]?.evidence).toMatchObject([
    { type: 'object', pointer: expect.stringContaining('/spec/rules/0/http/paths/0/backend/service') },
    { type: 'absent', artifact: services.id, name: 'web', scope: { type: 'namespace', namespace: 'shop' } },
  ]);
});
