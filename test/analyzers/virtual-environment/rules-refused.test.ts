import { rulesRefused } from '../../../analyzers/virtual-environment/rules-refused.ts';
import { destinationRules } from '../../../src/artifacts/istio-resources.ts';
import { virtualEnvironments } from '../../../src/artifacts/virtual-environment-resources.ts';
import { pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';
import {
  appService,
  demo,
  inEnvironment,
  logLine,
  operatorDeployment,
  operatorLog,
  operatorPod,
  routesOf,
  routesTo,
  subsetsOf,
  virtualEnvironment,
} from '../../support/virtual-environment-builders.ts';

const DENIED =
  'admission webhook "validation.istio.io" denied the request: configuration is invalid: duplicate subset names: dev';
const APP = [
  virtualEnvironment(),
  operatorPod(),
  appService('app'),
  inEnvironment('app', 'dev'),
  inEnvironment('app', 'dev.a'),
];
const ROUTES = routesOf('app', routesTo('app', { 'dev.a': 'dev-a' }));
const INSTANCE = 'VirtualEnvironment/shop/demo-virtualenv';

function annotated(rule: string) {
  const annotations = { 'kt-virtual-environment/rule': rule };
  return [...APP.filter(({ kind }) => kind !== 'Service'), appService('app', { metadata: { annotations } })];
}

function said(...lines: readonly (readonly [number, string])[]) {
  return [operatorLog(...lines.map(([seconds, text]) => logLine(seconds, text)))];
}

testAnalyzer(rulesRefused, {
  silent: [
    { name: 'the demonstration of KtEnv', given: { objects: demo(), logs: said() } },
    { name: 'no KtEnv', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'refused once, and there now',
      given: {
        objects: [...APP, ROUTES, subsetsOf('app', ['dev', 'dev.a'])],
        logs: said([900, `{${DENIED}} Failed to create DestinationRule app`]),
      },
    },
    {
      name: 'of a Service that is gone',
      given: { objects: APP, logs: said([900, `{${DENIED}} Failed to create VirtualService former`]) },
    },
    {
      name: 'conflicts, and the harmless errors about metrics',
      given: {
        objects: APP,
        logs: said(
          [
            60,
            '{Operation cannot be fulfilled on virtualservices.networking.istio.io "app": the object has been modified} Failed to update VirtualService status',
          ],
          [
            50,
            '{no ServiceMonitor registered with the API} Install prometheus-operator in your cluster to create ServiceMonitor objects error',
          ],
        ),
      },
    },
    {
      name: 'a change that failed yesterday',
      given: { objects: APP, logs: said([80_000, `{${DENIED}} Failed to update DestinationRule status`]) },
    },
    { name: 'a readable annotation', given: { objects: annotated('{"rewrite":{"uri":"/"}}'), logs: said() } },
    {
      name: 'an EnvoyFilter that is not wanted any more',
      given: {
        objects: [...APP.slice(1), virtualEnvironment({ envHeader: { autoInject: false } })],
        logs: said([600, '{denied} Failed to create TagAppender instance shop:demo-virtualenv']),
      },
    },
  ],
  reports: [
    {
      name: 'a DestinationRule is refused',
      given: {
        objects: [...APP, ROUTES],
        logs: said(
          [900, '{timeout} Failed to create DestinationRule app'],
          [60, `{${DENIED}} Failed to create DestinationRule app`],
        ),
      },
      expect: [
        {
          message: 'creationRefused',
          subject: 'Service/shop/app',
          values: { kind: 'DestinationRule', name: 'app', detail: DENIED },
        },
      ],
    },
    {
      name: 'an EnvoyFilter is refused',
      given: {
        objects: APP,
        logs: said([
          600,
          '{EnvoyFilter has already added into ASM, please create it there} Failed to create TagAppender instance shop:demo-virtualenv',
        ]),
      },
      expect: [
        {
          message: 'creationRefused',
          subject: INSTANCE,
          values: { kind: 'EnvoyFilter', name: 'demo-virtualenv' },
        },
      ],
    },
    {
      name: 'changes are refused',
      given: { objects: APP, logs: said([60, `{${DENIED}} Failed to update DestinationRule status`]) },
      expect: [
        {
          message: 'changeRefused',
          subject: INSTANCE,
          values: { verb: 'update', kind: 'DestinationRule', detail: DENIED },
        },
      ],
    },
    {
      name: 'an annotation that is not JSON',
      given: { objects: annotated('rewrite: /') },
      expect: [
        {
          message: 'annotationUnreadable',
          subject: 'Service/shop/app',
          values: { reason: 'it is not JSON' },
        },
      ],
    },
    {
      name: 'an annotation only the operator finds wrong',
      given: {
        objects: annotated('{"timeout":5}'),
        logs: said([
          60,
          '{json: cannot unmarshal number into Go struct field HTTPRoute.timeout of type string} Failed to unmarshal route rule annotation',
        ]),
      },
      expect: [
        {
          message: 'annotationRefused',
          subject: 'Service/shop/app',
          values: {
            detail: 'json: cannot unmarshal number into Go struct field HTTPRoute.timeout of type string',
          },
        },
      ],
    },
  ],
  unknown: [
    { name: 'the log was not read', given: { objects: demo() }, reason: /log of operator/ },
    {
      name: 'DestinationRules were refused',
      given: { objects: APP, logs: said(), forbidden: [destinationRules] },
      reason: /not allowed/,
    },
    {
      name: 'instances were refused beside an operator',
      given: { objects: [operatorDeployment()], forbidden: [virtualEnvironments] },
      reason: /not allowed/,
    },
  ],
});
