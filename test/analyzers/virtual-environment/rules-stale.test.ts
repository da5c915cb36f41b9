import { rulesStale } from '../../../analyzers/virtual-environment/rules-stale.ts';
import { virtualServices } from '../../../src/artifacts/istio-resources.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { ago, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  routesOf,
  routesTo,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const WORKLOADS = [inEnvironment('app', 'dev'), inEnvironment('app', 'dev.a')];
const APP = [virtualEnvironment(), appService('app'), ...WORKLOADS];
const ROUTES = routesOf('app', routesTo('app', { 'dev.a': 'dev-a' }));
const SUBSETS = subsetsOf('app', ['dev', 'dev.a']);
const OLD_HEADER = routesOf('app', routesTo('app', { 'dev.a': 'dev-a' }, { subset: 'dev', header: 'x-old' }));
const VS = 'VirtualService/shop/app';
const DR = 'DestinationRule/shop/app';

function annotated(rule: object) {
  return appService('app', {
    metadata: { annotations: { 'kt-virtual-environment/rule': JSON.stringify(rule) } },
  });
}

testAnalyzer(rulesStale, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    { name: 'objects that are missing are told elsewhere', given: { objects: APP } },
    {
      name: "somebody's own object is told elsewhere",
      given: { objects: [...APP, SUBSETS, routesOf('app', [], { metadata: { ownerReferences: [] } })] },
    },
    {
      name: 'another DestinationRule of somebody is not left behind',
      given: {
        objects: [...APP, ROUTES, SUBSETS, subsetsOf('user', [], { metadata: { ownerReferences: [] } })],
      },
    },
    {
      name: 'a workload of half a minute, and an object of a Service just deleted',
      given: {
        objects: [
          ...APP,
          ROUTES,
          SUBSETS,
          inEnvironment('app', 'dev.b', { metadata: { creationTimestamp: ago(20) } }),
          subsetsOf('gone', ['dev']),
        ],
      },
      info: [
        { message: 'settling', subject: 'Service/shop/app', values: { age: 20 } },
        { message: 'settling', subject: 'DestinationRule/shop/gone' },
      ],
    },
  ],
  reports: [
    {
      name: 'an old header',
      given: { objects: [...APP, OLD_HEADER, SUBSETS] },
      expect: [
        { message: 'headersOld', subject: VS, values: { found: ['`x-old`'], wanted: ['`ali-env-mark`'] } },
      ],
    },
    {
      name: 'an annotation that came later',
      given: {
        objects: [virtualEnvironment(), ...WORKLOADS, annotated({ rewrite: { uri: '/' } }), ROUTES, SUBSETS],
      },
      expect: [
        {
          message: 'annotationOld',
          subject: VS,
          values: { difference: 'its rewrite is none instead of `uri /`' },
        },
      ],
    },
    {
      name: 'an environment the rules do not have',
      given: { objects: [...APP, inEnvironment('app', 'dev.b'), ROUTES, SUBSETS] },
      expect: [
        {
          message: 'routesDiffer',
          subject: VS,
          values: { difference: 'it lacks `dev.b` to `dev-b` (port 8080)' },
        },
        { message: 'subsetsDiffer', subject: DR, values: { difference: 'it lacks `dev-b`' } },
      ],
    },
    {
      name: 'a Service that is gone',
      given: { objects: [...APP, ROUTES, SUBSETS, subsetsOf('gone', ['dev'])] },
      expect: [{ message: 'serviceGone', subject: 'DestinationRule/shop/gone', values: { name: 'gone' } }],
    },
    {
      name: 'a Service whose workloads are in no environment any more',
      given: { objects: [virtualEnvironment(), appService('app'), inEnvironment('other', 'dev'), ROUTES] },
      expect: [{ message: 'workloadsGone', subject: VS }],
    },
    {
      name: 'a Service with one environment only',
      given: { objects: [virtualEnvironment(), appService('app'), inEnvironment('app', 'dev'), SUBSETS] },
      expect: [{ message: 'notNeeded', subject: DR, values: { kind: 'DestinationRule' } }],
    },
  ],
  unknown: [
    {
      name: 'Services were refused: objects are not left behind for that',
      given: { objects: [virtualEnvironment(), ...WORKLOADS, ROUTES, SUBSETS], forbidden: [services] },
      reason: /not allowed/,
    },
    {
      name: 'VirtualServices were refused',
      given: { objects: [...APP, SUBSETS], forbidden: [virtualServices] },
      reason: /not allowed/,
    },
  ],
});
