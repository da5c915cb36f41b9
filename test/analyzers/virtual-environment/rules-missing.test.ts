import { rulesMissing } from '../../../analyzers/virtual-environment/rules-missing.ts';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { statefulSets } from '../../../src/artifacts/workload-resources.ts';
import { ago, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  operatorDeployment,
  routesOf,
  routesTo,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const APP = [
  virtualEnvironment(),
  operatorDeployment(),
  appService('app'),
  inEnvironment('app', 'dev'),
  inEnvironment('app', 'dev.a'),
];
const ROUTES = routesOf('app', routesTo('app', { 'dev.a': 'dev-a' }));
const SUBSETS = subsetsOf('app', ['dev', 'dev.a']);
const USER = { metadata: { ownerReferences: [] } };
const subject = 'Service/shop/app';

testAnalyzer(rulesMissing, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'one environment, so that nothing is made',
      given: { objects: [virtualEnvironment(), appService('app'), inEnvironment('app', 'dev')] },
    },
    {
      name: 'no port named http',
      given: {
        objects: [
          ...APP.filter(({ kind }) => kind !== 'Service'),
          appService('app', { spec: { ports: [{ name: 'web', port: 80 }] } }),
        ],
      },
    },
    {
      name: 'several instances, and nobody tells which one is in effect',
      given: { objects: [...APP, virtualEnvironment({ name: 'other' })] },
    },
    {
      name: 'a workload of half a minute',
      given: {
        objects: [...APP, inEnvironment('app', 'dev.b', { metadata: { creationTimestamp: ago(30) } })],
      },
      info: [{ message: 'settling', subject, values: { age: 30 } }],
    },
    {
      name: 'a Service on its way out',
      given: {
        objects: [
          ...APP.filter(({ kind }) => kind !== 'Service'),
          appService('app', { metadata: { deletionTimestamp: ago(5) } }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'both are missing',
      given: { objects: APP },
      expect: [{ message: 'bothMissing', subject, values: { environments: ['`dev`', '`dev.a`'] } }],
    },
    {
      name: 'the VirtualService is missing',
      given: { objects: [...APP, SUBSETS] },
      expect: [{ message: 'virtualServiceMissing', subject }],
    },
    {
      name: 'the DestinationRule is missing',
      given: { objects: [...APP, ROUTES] },
      expect: [
        {
          message: 'destinationRuleMissing',
          subject: 'VirtualService/shop/app',
          values: { subsets: ['`dev-a`', '`dev`'] },
        },
      ],
    },
    {
      name: "somebody's own VirtualService",
      given: { objects: [...APP, SUBSETS, routesOf('app', [], USER)] },
      expect: [
        { message: 'foreign', subject: 'VirtualService/shop/app', values: { kind: 'VirtualService' } },
      ],
    },
    {
      name: 'a gateway in the annotation, with one environment only',
      given: {
        objects: [
          virtualEnvironment(),
          inEnvironment('app', 'dev'),
          appService('app', { metadata: { annotations: { 'kt-virtual-environment/gateways': 'public' } } }),
        ],
      },
      expect: [{ message: 'bothMissing', subject }],
    },
  ],
  unknown: [
    {
      name: 'StatefulSets were refused',
      given: { objects: APP, forbidden: [statefulSets] },
      reason: /not allowed/,
    },
    {
      name: 'DestinationRules were refused',
      given: { objects: [...APP, ROUTES], forbidden: [destinationRules] },
      reason: /not allowed/,
    },
    {
      name: 'instances were refused',
      given: { objects: [operatorDeployment()], forbidden: [virtualEnvironments] },
    },
  ],
});
