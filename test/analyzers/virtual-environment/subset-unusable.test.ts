import { subsetUnusable } from '../../../analyzers/virtual-environment/subset-unusable.ts';
import { virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { ago, condition, deployment, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  podInEnvironment,
  routesOf,
  routesTo,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const WORKLOADS = [inEnvironment('app', 'dev'), inEnvironment('app', 'dev.a')];
const APP = [virtualEnvironment(), appService('app'), ...WORKLOADS];
const SUBSETS = subsetsOf('app', ['dev', 'dev.a']);
const subject = 'Service/shop/app';
const labels = { app: 'app', 'virtual-env': 'dev' };
const SECOND = deployment('worker', {
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
});

const DEMO_PODS = [
  podInEnvironment('app-js', 'dev'),
  podInEnvironment('app-js', 'dev.proj1'),
  podInEnvironment('app-go', 'dev'),
  podInEnvironment('app-go', 'dev.proj2'),
  podInEnvironment('app-java', 'dev'),
  podInEnvironment('app-java', 'dev.proj1'),
  podInEnvironment('app-java', 'dev.proj1.feature1'),
];

function istiod(version: string) {
  const containers = [{ name: 'discovery', image: `docker.io/istio/pilot:${version}`, args: ['discovery'] }];
  return deployment('istiod', {
    metadata: { namespace: 'istio-system', labels: { app: 'istiod' } },
    spec: {
      selector: { matchLabels: { app: 'istiod' } },
      template: { metadata: { labels: { app: 'istiod' } }, spec: { containers } },
    },
  });
}

function unready(environment: string, seconds = 600) {
  return podInEnvironment('app', environment, {
    status: { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(seconds) })] },
  });
}

testAnalyzer(subsetUnusable, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: [...demo(), ...DEMO_PODS] } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'ready pods',
      given: { objects: [...APP, podInEnvironment('app', 'dev'), podInEnvironment('app', 'dev.a')] },
    },
    {
      name: 'one of two pods is ready',
      given: {
        objects: [
          ...APP,
          podInEnvironment('app', 'dev.a'),
          podInEnvironment('app', 'dev'),
          { ...unready('dev'), metadata: { ...unready('dev').metadata, name: 'second' } },
        ],
      },
    },
    {
      name: 'pods that start a moment ago',
      given: { objects: [...APP, podInEnvironment('app', 'dev'), unready('dev.a', 20)] },
    },
    { name: 'a Service without any pod is told elsewhere', given: { objects: APP } },
    {
      name: 'a default that is missing where nothing is made',
      given: {
        objects: [
          virtualEnvironment(),
          appService('app', { spec: { ports: [] } }),
          inEnvironment('app', 'stage'),
        ],
      },
    },
    {
      name: 'no default is set',
      given: {
        objects: [
          virtualEnvironment({ envLabel: { defaultSubset: undefined } }),
          appService('app'),
          inEnvironment('app', 'stage'),
        ],
      },
    },
    {
      name: 'a second workload of half a minute',
      given: {
        objects: [...APP, { ...SECOND, metadata: { ...SECOND.metadata, creationTimestamp: ago(30) } }],
      },
    },
    {
      name: 'two workloads in one environment before Istio 1.22',
      given: { objects: [...APP, SECOND, SUBSETS, istiod('1.20.3')] },
      info: [{ message: 'sharedSubset', subject, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'two workloads in one environment, and no DestinationRule',
      given: { objects: [...APP, SECOND] },
      expect: [
        {
          message: 'sharedSubset',
          subject,
          severity: 'critical',
          values: {
            subset: 'dev',
            workloads: ['Deployment `app-dev`', 'Deployment `worker`'],
            consequence: 'Istio since 1.22 refuses that, and there is none',
          },
        },
      ],
    },
    {
      name: 'the same with a DestinationRule of before an upgrade',
      given: { objects: [...APP, SECOND, SUBSETS, istiod('1.27.0')] },
      expect: [
        {
          message: 'sharedSubset',
          subject,
          severity: 'warning',
          values: {
            consequence: 'Istio 1.27.0 refuses that, so the one there is cannot be changed any more',
          },
        },
      ],
    },
    {
      name: 'two environments of one subset',
      given: {
        objects: [
          ...APP,
          inEnvironment('app', 'dev-a', { metadata: { name: 'x' } }),
          SUBSETS,
          istiod('1.20.3'),
        ],
      },
      expect: [
        {
          message: 'mixedSubset',
          subject,
          severity: 'warning',
          values: { values: ['`dev.a`', '`dev-a`'], subset: 'dev-a' },
        },
      ],
    },
    {
      name: 'an empty label value',
      given: { objects: [...APP, inEnvironment('app', '')] },
      expect: [
        {
          message: 'nameRefused',
          subject,
          values: {
            place: 'label `virtual-env` of Deployment `app-`',
            reason: 'subset name cannot be empty',
          },
        },
      ],
    },
    {
      name: 'a default that is no name',
      given: { objects: [virtualEnvironment({ envLabel: { defaultSubset: 'dev env' } }), ...APP.slice(1)] },
      expect: [{ message: 'nameRefused', subject, values: { reason: 'subset name is invalid: dev env' } }],
    },
    {
      name: 'no workload in the default environment',
      given: {
        objects: [
          virtualEnvironment(),
          appService('app'),
          inEnvironment('app', 'stage'),
          routesOf('app', routesTo('app', { stage: 'stage' })),
        ],
      },
      expect: [
        { message: 'defaultMissing', subject: 'VirtualService/shop/app', values: { environment: 'dev' } },
      ],
    },
    {
      name: 'the same before its VirtualService is there',
      given: { objects: [virtualEnvironment(), appService('app'), inEnvironment('app', 'stage')] },
      expect: [{ message: 'defaultMissing', subject }],
    },
    {
      name: 'no pod of an environment is ready',
      given: { objects: [...APP, podInEnvironment('app', 'dev'), unready('dev.a')] },
      expect: [
        { message: 'noneReady', subject, severity: 'warning', values: { environment: 'dev.a', count: 1 } },
      ],
    },
    {
      name: 'no pod of the default is ready',
      given: { objects: [...APP, unready('dev'), podInEnvironment('app', 'dev.a')] },
      expect: [
        {
          message: 'noneReady',
          subject,
          severity: 'critical',
          values: { requests: 'requests without an environment' },
        },
      ],
    },
    {
      name: 'no pod of an environment exists',
      given: { objects: [...APP, podInEnvironment('app', 'dev')] },
      expect: [
        {
          message: 'noPods',
          subject,
          severity: 'warning',
          values: { environment: 'dev.a', workloads: ['Deployment `app-dev-a`'] },
        },
      ],
    },
    {
      name: 'an environment scaled to zero',
      given: {
        objects: [
          ...APP.slice(0, 3),
          inEnvironment('app', 'dev.a', { spec: { replicas: 0 } }),
          podInEnvironment('app', 'dev'),
        ],
      },
      expect: [{ message: 'asleep', subject, severity: 'warning', values: { environment: 'dev.a' } }],
    },
  ],
  unknown: [
    {
      name: 'Deployments were refused',
      given: { objects: APP.slice(0, 2), forbidden: [deployments] },
      reason: /not allowed/,
    },
    {
      name: 'VirtualServices were refused',
      given: {
        objects: [virtualEnvironment(), appService('app'), inEnvironment('app', 'stage')],
        forbidden: [virtualServices],
      },
      reason: /not allowed/,
    },
    { name: 'pods were refused', given: { objects: APP, forbidden: [pods] }, reason: /not allowed/ },
  ],
});
