import { serviceWithoutSelector } from '../../../analyzers/virtual-environment/service-without-selector.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  routesOf,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const BASE = [virtualEnvironment(), inEnvironment('app', 'dev'), inEnvironment('app', 'stage')];
const BARE = appService('legacy', { spec: { selector: undefined } });
const subject = 'Service/shop/legacy';

testAnalyzer(serviceWithoutSelector, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'nothing was made for it', given: { objects: [...BASE, BARE] } },
    {
      name: "a VirtualService of somebody's own",
      given: { objects: [...BASE, BARE, routesOf('legacy', [], { metadata: { ownerReferences: [] } })] },
    },
    {
      name: 'the Service kubernetes',
      given: {
        objects: [
          ...BASE,
          appService('kubernetes', { spec: { selector: undefined } }),
          subsetsOf('kubernetes', ['dev']),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'endpoints kept by hand',
      given: { objects: [...BASE, BARE, routesOf('legacy', []), subsetsOf('legacy', ['dev', 'stage'])] },
      expect: [{ message: 'routed', subject, values: { what: 'without a selector' } }],
    },
    {
      name: 'an ExternalName',
      given: {
        objects: [
          ...BASE,
          appService('legacy', {
            spec: { type: 'ExternalName', externalName: 'db.example', selector: undefined },
          }),
          subsetsOf('legacy', ['dev', 'stage']),
        ],
      },
      expect: [{ message: 'routed', subject, values: { what: 'ExternalName `db.example`' } }],
    },
  ],
  unknown: [
    { name: 'Services were refused', given: { objects: BASE, forbidden: [services] }, reason: /not allowed/ },
  ],
});
