import { versionOutdated } from '../../../analyzers/virtual-environment/version-outdated.ts';
import { apiServerVersion } from '../../../src/artifacts/api-server-version.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  operatorDeployment,
  operatorPod,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';
import { webhookDeployment, webhookPod } from '../../support/virtual-environment-tag-builders.ts';

const OPERATOR = 'virtualenvironment/virtual-env-operator';
const WEBHOOK = 'registry.example/ktenv/virtual-env-admission-webhook';

function server(gitVersion: string) {
  return { artifact: apiServerVersion, bytes: JSON.stringify({ gitVersion }) };
}

function installed(version: string) {
  return [
    virtualEnvironment(),
    operatorDeployment({ image: `${OPERATOR}:${version}` }),
    operatorPod({ image: `${OPERATOR}:${version}` }),
    webhookDeployment(`${WEBHOOK}:${version}`),
    webhookPod({ image: `${WEBHOOK}:${version}` }),
  ];
}

testAnalyzer(versionOutdated, {
  silent: [
    {
      name: 'no KtEnv',
      given: { objects: [pod('web')], documents: [server('v1.34.1')] },
      status: 'not-applicable',
    },
    { name: 'v0.6.0', given: { objects: installed('v0.6.0'), documents: [server('v1.34.1')] } },
    { name: 'v0.5.4 on 1.21', given: { objects: installed('v0.5.4'), documents: [server('v1.21.14')] } },
    { name: 'tags of its own', given: { objects: installed('build-17'), documents: [server('v1.34.1')] } },
  ],
  reports: [
    {
      name: 'v0.5.4 on 1.22, operator and webhook',
      given: { objects: installed('v0.5.4'), documents: [server('v1.22.0-eks-5e0fdde')] },
      expect: [
        {
          message: 'manifestsNotServed',
          subject: 'Deployment/shop/virtual-env-operator',
          severity: 'warning',
          values: { version: 'v0.5.4', cluster: 'v1.22.0-eks-5e0fdde' },
        },
        { message: 'manifestsNotServed', subject: 'Deployment/kt-virtual-environment/webhook-server' },
      ],
    },
  ],
  unknown: [
    {
      name: 'the version of the API server was refused',
      given: { objects: installed('v0.5.4'), forbidden: [apiServerVersion] },
      reason: /not allowed/,
    },
  ],
});
