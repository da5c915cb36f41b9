import { settingsIneffective } from '../../../analyzers/virtual-environment/settings-ineffective.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  operatorDeployment,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const subject = 'VirtualEnvironment/shop/demo-virtualenv';

function withAlias(alias: object) {
  return { objects: [virtualEnvironment({ envHeader: { aliases: [alias] } })] };
}

function inEnvironments(...values: string[]) {
  return { objects: [virtualEnvironment(), ...values.map((value) => inEnvironment('app', value))] };
}

testAnalyzer(settingsIneffective, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'an alias with its placeholder',
      given: withAlias({ name: 'COOKIE', pattern: '.*;env=(@);.*', placeholder: '(@)' }),
    },
    { name: 'an alias that is compared as a whole', given: withAlias({ name: 'X-Env', pattern: '' }) },
    {
      name: 'no default, and one environment',
      given: {
        objects: [
          virtualEnvironment({ envLabel: { defaultSubset: undefined } }),
          appService('app', { spec: { ports: [] } }),
          inEnvironment('app', 'dev'),
        ],
      },
    },
    { name: 'names that are no levels of each other', given: inEnvironments('team-a', 'team-b') },
    {
      name: 'levels by the splitter, one of them with a hyphen',
      given: inEnvironments('dev', 'dev.a', 'dev-x'),
    },
    {
      name: 'levels by another character',
      given: inEnvironments('dev', 'dev-a', 'dev-b', 'dev-c', 'dev-d'),
      info: [
        {
          message: 'splitterUnused',
          subject,
          values: {
            splitter: '.',
            examples: ['`dev-a` of `dev`', '`dev-b` of `dev`', '`dev-c` of `dev`', '1 more'],
          },
        },
      ],
    },
  ],
  reports: [
    {
      name: 'a pattern without a placeholder',
      given: withAlias({ name: 'COOKIE', pattern: '.*;env=(@);.*' }),
      expect: [{ message: 'placeholderMissing', subject, values: { alias: 'COOKIE' } }],
    },
    {
      name: 'a placeholder the pattern does not have',
      given: withAlias({ name: 'COOKIE', pattern: '.*;env=@;.*', placeholder: '(@)' }),
      expect: [{ message: 'placeholderUnused', subject }],
    },
    {
      name: 'no default',
      given: {
        objects: [
          virtualEnvironment({ envLabel: { defaultSubset: undefined } }),
          appService('app'),
          inEnvironment('app', 'dev'),
          inEnvironment('app', 'stage'),
        ],
      },
      expect: [{ message: 'noDefault', subject }],
    },
  ],
  unknown: [
    {
      name: 'instances were refused beside an operator',
      given: { objects: [operatorDeployment()], forbidden: [virtualEnvironments] },
      reason: /not allowed/,
    },
  ],
});
