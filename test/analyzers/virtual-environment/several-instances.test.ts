import { severalInstances } from '../../../analyzers/virtual-environment/several-instances.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  operatorDeployment,
  operatorPod,
  ownedBy,
  routesOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const TWO = [virtualEnvironment(), virtualEnvironment({ name: 'other' })];
const subject = 'Namespace/shop';

testAnalyzer(severalInstances, {
  silent: [
    { name: 'one instance', given: { objects: [virtualEnvironment(), operatorDeployment(), operatorPod()] } },
    {
      name: 'one in each of two namespaces',
      given: {
        objects: [virtualEnvironment(), virtualEnvironment({ metadata: { namespace: 'stage' } })],
      },
    },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'an operator without an instance',
      given: { objects: [operatorDeployment()] },
      info: [{ message: 'none', subject }],
    },
  ],
  reports: [
    {
      name: 'two, one of which owns the rules',
      given: { objects: [...TWO, routesOf('app', [], { metadata: ownedBy('other') })] },
      expect: [
        {
          message: 'several',
          subject,
          values: {
            count: 2,
            others: ['`demo-virtualenv`'],
            how: 'it owns the VirtualServices and DestinationRules there are',
          },
        },
      ],
    },
    {
      name: 'two, and nothing tells',
      given: { objects: [...TWO, operatorDeployment()] },
      expect: [{ message: 'severalUnclear', subject, values: { count: 2 } }],
    },
  ],
  unknown: [
    {
      name: 'instances were refused beside an operator',
      given: { objects: [operatorPod()], forbidden: [virtualEnvironments] },
      reason: /not allowed/,
    },
    {
      name: 'its kind was refused',
      given: { objects: [pod('web')], forbidden: [virtualEnvironments] },
      reason: /not allowed/,
    },
    {
      name: 'nothing was seen',
      given: { forbidden: [virtualEnvironments, pods] },
      reason: /not allowed/,
    },
  ],
});
