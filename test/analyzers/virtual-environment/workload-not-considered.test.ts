import { workloadNotConsidered } from '../../../analyzers/virtual-environment/workload-not-considered.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, controlledBy, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  inEnvironment,
  operatorDeployment,
  podInEnvironment,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const BASE = [virtualEnvironment(), operatorDeployment(), appService('app'), inEnvironment('app', 'dev')];

function ownedPod(owner: object, environment = 'dev.a', name = 'app-x') {
  return pod(name, { metadata: { labels: { app: 'app', 'virtual-env': environment }, ...owner } });
}

const ROLLOUT_SET = anyObject('apps/v1', 'ReplicaSet', 'app-6b7', 'shop', {
  metadata: controlledBy('Rollout', 'app', 'argoproj.io/v1alpha1'),
});

testAnalyzer(workloadNotConsidered, {
  silent: [
    { name: 'pods of Deployments', given: { objects: [...BASE, podInEnvironment('app', 'dev')] } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'a pod of an older template',
      given: { objects: [...BASE, ownedPod(controlledBy('Deployment', 'app-dev'))] },
    },
    {
      name: 'a DaemonSet in an environment that is routed anyway',
      given: { objects: [...BASE, ownedPod(controlledBy('DaemonSet', 'agent'), 'dev')] },
    },
    {
      name: 'a DaemonSet behind no Service',
      given: {
        objects: [
          ...BASE,
          pod('x', {
            metadata: { labels: { 'virtual-env': 'dev.a' }, ...controlledBy('DaemonSet', 'agent') },
          }),
        ],
      },
    },
    {
      name: 'a Job that has ended, and a pod that goes',
      given: {
        objects: [
          ...BASE,
          { ...ownedPod(controlledBy('Job', 'seed', 'batch/v1')), status: { phase: 'Succeeded' } },
          ownedPod({ deletionTimestamp: ago(5) }, 'dev.a', 'gone'),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'two pods of a DaemonSet',
      given: {
        objects: [
          ...BASE,
          ownedPod(controlledBy('DaemonSet', 'agent'), 'dev.a', 'agent-1'),
          ownedPod(controlledBy('DaemonSet', 'agent'), 'dev.a', 'agent-2'),
        ],
      },
      expect: [
        {
          message: 'ofOtherKind',
          subject: 'DaemonSet/shop/agent',
          values: { kind: 'DaemonSet', environment: 'dev.a', services: ['Service `app`'] },
        },
      ],
    },
    {
      name: 'an Argo Rollout',
      given: { objects: [...BASE, ROLLOUT_SET, ownedPod(controlledBy('ReplicaSet', 'app-6b7'))] },
      expect: [{ message: 'ofOtherKind', subject: 'Rollout/shop/app', values: { kind: 'Rollout' } }],
    },
    {
      name: 'a pod of nobody',
      given: { objects: [...BASE, ownedPod({})] },
      expect: [{ message: 'alone', subject: 'Pod/shop/app-x', values: { environment: 'dev.a' } }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { objects: BASE, forbidden: [pods] }, reason: /not allowed/ },
  ],
});
