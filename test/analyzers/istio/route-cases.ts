import { service } from '../../support/builders.ts';
import {
  destinationRule,
  httpServer,
  istioGateway,
  networking,
  virtualService,
} from '../../support/istio-configuration-builders.ts';

const web = service('web');
const subject = 'VirtualService/shop/web';
const to = (host: string, parts: object = {}) => virtualService('web', { host, ...parts });

/** What VirtualServices are told whose hosts are not there, or not by that name. */
export const hostReports = [
  {
    name: 'a host that is nowhere',
    given: { objects: [web, to('wbe'), virtualService('out', { host: 'api.example' })] },
    expect: [
      { message: 'hostMissing', subject, severity: 'critical', values: { host: 'wbe' } },
      { message: 'hostMissing', subject: 'VirtualService/shop/out', values: { host: 'api.example' } },
    ],
  },
  {
    name: 'a mirror that is nowhere',
    given: {
      objects: [
        web,
        networking('VirtualService', 'web', {
          hosts: ['web'],
          http: [{ route: [{ destination: { host: 'web' } }], mirror: { host: 'copy' } }],
        }),
      ],
    },
    expect: [{ message: 'mirrorMissing', subject, severity: 'warning' }],
  },
  {
    name: 'a name with a dot that is not the full one',
    given: { objects: [service('cart', { metadata: { namespace: 'basket' } }), to('cart.basket')] },
    expect: [{ message: 'hostIncomplete', subject, values: { full: 'cart.basket.svc.cluster.local' } }],
  },
] as const;

/** What VirtualServices are told for that name Gateways or delegates. */
export const gatewayReports = [
  {
    name: 'Gateways that are not there',
    given: {
      objects: [
        web,
        virtualService('web', { host: 'web' }, { hosts: ['a.example'], gateways: ['edge'] }),
        virtualService('two', { host: 'web' }, { hosts: ['b.example'], gateways: ['infra/edge', 'mesh'] }),
      ],
    },
    expect: [
      { message: 'gatewayMissing', subject, severity: 'critical' },
      { message: 'gatewayMissing', subject: 'VirtualService/shop/two', severity: 'warning' },
    ],
  },
  {
    name: 'a host no server of the Gateway takes, and one of another namespace only',
    given: {
      objects: [
        web,
        istioGateway('edge', [httpServer(['*.other.example', 'basket/*'])]),
        virtualService('web', { host: 'web' }, { hosts: ['shop.example'], gateways: ['edge'] }),
      ],
    },
    expect: [
      {
        message: 'hostNotOnGateway',
        subject,
        values: { hosts: ['shop.example'], served: ['*.other.example', 'basket/*'] },
      },
    ],
  },
  {
    name: 'a delegate that is not there',
    given: {
      objects: [
        networking('VirtualService', 'web', { hosts: ['web'], http: [{ delegate: { name: 'part' } }] }),
      ],
    },
    expect: [{ message: 'delegateMissing', subject }],
  },
] as const;

/** What VirtualServices are told for subsets. */
export const subsetReports = [
  {
    name: 'subsets nobody defines',
    given: {
      objects: [
        web,
        service('cart'),
        virtualService('web', { host: 'web', subset: 'v2' }),
        destinationRule('web', ['v1']),
        virtualService('cart', { host: 'cart', subset: 'v1' }),
      ],
    },
    expect: [
      { message: 'subsetMissing', subject, values: { subsets: ['v2'], defined: 'defined are v1' } },
      {
        message: 'subsetMissing',
        subject: 'VirtualService/shop/cart',
        values: { defined: 'it has no DestinationRule' },
      },
    ],
  },
  {
    name: 'several subsets of a host nobody defines, each named once, and one that is defined',
    given: {
      objects: [
        web,
        virtualService(
          'web',
          {},
          {
            http: ['v2', 'v3', 'v2', 'v1'].map((subset) => ({
              route: [{ destination: { host: 'web', subset } }],
            })),
          },
        ),
        destinationRule('web', ['v1']),
      ],
    },
    expect: [{ message: 'subsetMissing', subject, values: { subsets: ['v2', 'v3'] } }],
  },
] as const;
