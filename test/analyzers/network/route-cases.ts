import { ago, anyObject, type Built, condition, service } from '../../support/builders.ts';

type Parts = Record<string, unknown>;

const API = 'gateway.networking.k8s.io/v1';

export const CLASS_ACCEPTED = condition('Accepted', 'True', { reason: 'Accepted', observedGeneration: 1 });

export function gatewayClass(conditions: unknown[] = [CLASS_ACCEPTED]): Built {
  return anyObject(API, 'GatewayClass', 'edge', null, {
    metadata: { generation: 1 },
    spec: { controllerName: 'edge.example/controller' },
    status: { conditions },
  });
}

export function gateway(status: Parts = { conditions: [CLASS_ACCEPTED] }): Built {
  return anyObject(API, 'Gateway', 'front', 'shop', {
    metadata: { generation: 1 },
    spec: { gatewayClassName: 'edge', listeners: [{ name: 'https', port: 443, protocol: 'HTTPS' }] },
    status,
  });
}

/** A route of Service web:80 with what its Gateway says of it; undefined when it says nothing. */
export function httpRoute(conditions?: unknown[], spec: Parts = {}, metadata: Parts = {}): Built {
  const parentRef = { name: 'front' };
  return anyObject(API, 'HTTPRoute', 'web', 'shop', {
    metadata: { generation: 3, ...metadata },
    spec: { parentRefs: [parentRef], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }], ...spec },
    status: { parents: conditions ? [{ parentRef, controllerName: 'edge.example', conditions }] : [] },
  });
}

export function ingressClass(name: string, parts: Parts = {}): Built {
  return anyObject('networking.k8s.io/v1', 'IngressClass', name, null, {
    spec: { controller: 'edge.example/ingress' },
    ...parts,
  });
}

/** What a controller says of generation 3. */
export const isTrue = ['Accepted', 'ResolvedRefs'].map((type) =>
  condition(type, 'True', { reason: type, observedGeneration: 3 }),
);

export function isFalse(type: string, reason: string, parts: object = {}) {
  return condition(type, 'False', { reason, message: `${reason} it is.`, observedGeneration: 3, ...parts });
}

const web = service('web');
const ROUTE = 'HTTPRoute/shop/web';

/** What Gateways and their routes are told for. */
export const gatewayReports = [
  {
    name: 'a Gateway without its class',
    given: { objects: [gateway()] },
    expect: [{ message: 'classMissing', subject: 'Gateway/shop/front' }],
  },
  {
    name: 'a route without its Gateway',
    given: { objects: [web, httpRoute()] },
    expect: [{ message: 'parentMissing', subject: ROUTE }],
  },
  {
    name: 'a route its Gateway refuses',
    given: {
      objects: [
        web,
        gatewayClass(),
        gateway(),
        httpRoute([isFalse('Accepted', 'NotAllowedByListeners'), isFalse('ResolvedRefs', 'Later')]),
      ],
    },
    expect: [
      {
        message: 'notAccepted',
        subject: ROUTE,
        values: {
          place: 'Gateway shop/front',
          reason: 'NotAllowedByListeners',
          detail: 'NotAllowedByListeners it is',
        },
        since: ago(3600),
      },
    ],
  },
  {
    name: 'a Service the Gateway does not find is told once',
    given: {
      objects: [gatewayClass(), gateway(), httpRoute([isFalse('ResolvedRefs', 'BackendNotFound')])],
    },
    expect: [{ message: 'refsNotResolved', subject: ROUTE, values: { reason: 'BackendNotFound' } }],
  },
  {
    name: 'a route to a Service that is not there, and one to a port it has not',
    given: {
      objects: [
        web,
        gatewayClass(),
        gateway(),
        httpRoute(isTrue, {
          rules: [
            {
              backendRefs: [
                { name: 'wbe', port: 80 },
                { kind: 'Bucket', group: 'x.example', name: 'b' },
              ],
            },
            { backendRefs: [{ name: 'web', port: 81 }] },
          ],
        }),
      ],
    },
    expect: [
      { message: 'backendMissing', subject: ROUTE },
      { message: 'portMissing', subject: ROUTE, values: { port: '81', offered: ['80'] } },
    ],
  },
  {
    name: 'a Gateway without an address, and a listener without its certificate',
    given: {
      objects: [
        gatewayClass(),
        gateway({
          conditions: [CLASS_ACCEPTED, isFalse('Programmed', 'AddressNotAssigned')],
          listeners: [
            { name: 'https', conditions: [isFalse('ResolvedRefs', 'InvalidCertificateRef')] },
            { name: 'http', conditions: [isFalse('Programmed', 'AddressNotAssigned')] },
          ],
        }),
      ],
    },
    expect: [
      { message: 'notProgrammed', subject: 'Gateway/shop/front' },
      { message: 'refsNotResolved', subject: 'Gateway/shop/front', values: { place: 'listener https' } },
    ],
  },
  {
    name: 'a class no controller has taken',
    given: { objects: [gatewayClass([condition('Accepted', 'Unknown', { reason: 'Pending' })])] },
    expect: [{ message: 'unclaimed', subject: 'GatewayClass/edge', severity: 'warning' }],
  },
] as const;
