import { workloadInSeveralServices } from '../../../analyzers/virtual-environment/workload-in-several-services.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const BASE = [
  virtualEnvironment(),
  appService('app'),
  inEnvironment('app', 'dev'),
  inEnvironment('app', 'dev.a'),
];
const selector = { app: 'app' };
const second = (spec: object) => appService('app-2', { spec: { selector, ...spec } });

testAnalyzer(workloadInSeveralServices, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'a headless Service beside it', given: { objects: [...BASE, second({ clusterIP: 'None' })] } },
    {
      name: 'a Service that is not routed',
      given: { objects: [...BASE, second({ ports: [{ name: 'metrics', port: 9090 }] })] },
    },
    {
      name: 'two routed Services',
      given: { objects: [...BASE, second({})] },
      info: [
        {
          message: 'several',
          subject: 'Deployment/shop/app-dev',
          values: { services: ['Service `app`', 'Service `app-2`'] },
        },
        { message: 'several', subject: 'Deployment/shop/app-dev-a' },
      ],
    },
  ],
  reports: [],
  unknown: [
    {
      name: 'Deployments were refused',
      given: { objects: [virtualEnvironment(), appService('app')], forbidden: [deployments] },
      reason: /not allowed/,
    },
  ],
});
