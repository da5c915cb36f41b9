import { service } from '../../support/builders.ts';
import {
  httpServer,
  istioGateway,
  networking,
  virtualService,
} from '../../support/istio-configuration-builders.ts';

const web = service('web');
const subject = 'VirtualService/shop/web';

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
