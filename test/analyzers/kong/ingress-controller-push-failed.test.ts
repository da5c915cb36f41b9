import { ingressControllerPushFailed } from '../../../analyzers/kong/ingress-controller-push-failed.ts';
import { kongControllerState } from '../../../src/artifacts/kong-controller.ts';
import { events, pods } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, type Built, condition, event, pod } from '../../support/builders.ts';
import { kongLogOf } from '../../support/kong.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const CONTROLLER = 'kong-controller-7f4f';
const subject = `Pod/kong/${CONTROLLER}`;
const controller = pod(CONTROLLER, {
  metadata: { namespace: 'kong' },
  spec: { containers: [{ name: 'proxy', image: 'kong/kubernetes-ingress-controller:3.4' }] },
});
const operator = pod('kong-operator-0', {
  metadata: { namespace: 'kong' },
  spec: { containers: [{ name: 'manager', image: 'kong/gateway-operator:1.6' }] },
});

function kongObject(
  kind: string,
  name: string,
  status: object = {},
  group = 'configuration.konghq.com/v1',
): Built {
  return anyObject(group, kind, name, 'shop', { plugin: 'rate-limiting', status });
}

const plugin = kongObject('KongPlugin', 'limit');
const ingress = anyObject('networking.k8s.io/v1', 'Ingress', 'web', 'shop');
const PUSH =
  'failed to apply Kong configuration to https://10.1.0.9:8444: HTTP status 400 (message: "failed posting new config to /config")';

function warned(about: Built, reason: string, message: string, seconds = 60, type = 'Warning'): Built {
  return event(about, {
    reason,
    message,
    type,
    firstTimestamp: ago(seconds + 3600),
    lastTimestamp: ago(seconds),
  });
}

const refusal = warned(controller, 'KongConfigurationApplyFailed', PUSH);
const blame = warned(plugin, 'KongConfigurationApplyFailed', 'invalid config.minute: expected a number');
const left = warned(plugin, 'KongConfigurationTranslationFailed', 'referenced KongPlugin "x" not found');

function state(value: object) {
  const scope = { type: 'object', kind: 'Pod', namespace: 'kong', name: CONTROLLER } as const;
  return { artifact: kongControllerState, scope, bytes: JSON.stringify(value) };
}

const BROKEN = { metrics: 'ingress_controller_configuration_push_broken_resource_count{dataplane="x"} 1\n' };
const FALLBACK = { ...BROKEN, fallback: { status: 'triggered', brokenObjects: [] } };

testAnalyzer(ingressControllerPushFailed, {
  silent: [
    { name: 'no controller', given: { objects: [pod('web')] }, status: 'not-applicable' },
    {
      name: 'a controller without complaints',
      given: { objects: [controller, plugin], documents: [state({ metrics: '' })] },
    },
    {
      name: 'a refusal that a later push has ended',
      given: {
        objects: [
          controller,
          plugin,
          refusal,
          blame,
          warned(controller, 'KongConfigurationSucceeded', 'ok', 10, 'Normal'),
        ],
      },
    },
    {
      name: 'complaints half an hour ago',
      given: { objects: [controller, plugin, warned(plugin, 'KongConfigurationApplyFailed', 'bad', 1800)] },
    },
    { name: 'a complaint about an object that is gone', given: { objects: [controller, left] } },
    {
      name: 'a Service that does not exist is told by the route',
      given: {
        objects: [
          controller,
          ingress,
          warned(
            ingress,
            'KongConfigurationTranslationFailed',
            'failed to resolve Kubernetes Service for backend: service shop/x not found',
          ),
        ],
      },
      info: [{ message: 'notTranslated', subject: 'Ingress/shop/web', severity: 'info' }],
    },
    {
      name: 'a plugin no controller has looked at',
      given: {
        objects: [
          controller,
          kongObject('KongPlugin', 'limit', {
            conditions: [condition('Programmed', 'False', { reason: 'Pending' })],
          }),
        ],
      },
    },
    {
      name: 'a data plane of the operator that starts',
      given: {
        objects: [
          operator,
          kongObject(
            'DataPlane',
            'dp',
            { conditions: [condition('Ready', 'False', { lastTransitionTime: ago(60) })] },
            'gateway-operator.konghq.com/v1beta1',
          ),
        ],
      },
    },
    {
      name: 'a line of half an hour ago',
      given: { objects: [controller], logs: [kongLogOf(CONTROLLER, [1800, 'Could not update kong admin'])] },
    },
  ],
  reports: [
    {
      name: 'Kong refuses the push for one plugin',
      given: { objects: [controller, plugin, refusal, blame] },
      expect: [
        { message: 'pushRefused', subject, severity: 'critical', values: { detail: PUSH }, since: ago(3660) },
        {
          message: 'objectRefused',
          subject: 'KongPlugin/shop/limit',
          severity: 'critical',
          values: { detail: 'invalid config.minute: expected a number' },
        },
      ],
    },
    {
      name: 'metrics and diagnostics tell without an event; a fallback serves the rest',
      given: {
        objects: [controller],
        documents: [
          state({ ...FALLBACK, refused: [{ type: 'plugin', name: 'limit', errors: ['config: bad'] }] }),
        ],
      },
      expect: [
        {
          message: 'pushRefused',
          subject,
          severity: 'warning',
          values: { detail: 'plugin limit: config: bad' },
        },
      ],
    },
    {
      name: 'an object is left out',
      given: { objects: [controller, plugin, left] },
      expect: [{ message: 'notTranslated', subject: 'KongPlugin/shop/limit', severity: 'warning' }],
    },
    {
      name: 'the status says it',
      given: {
        objects: [
          controller,
          kongObject('KongConsumer', 'ann', {
            conditions: [
              condition('Programmed', 'False', { reason: 'Invalid', message: 'username is taken.' }),
            ],
          }),
        ],
      },
      expect: [
        {
          message: 'notProgrammed',
          subject: 'KongConsumer/shop/ann',
          values: { reason: 'Invalid', detail: ', username is taken' },
        },
      ],
    },
    {
      name: 'the log alone: no Kong, and pushes that fail',
      given: {
        objects: [controller],
        logs: [kongLogOf(CONTROLLER, [30, 'level=error msg="no ready gateway clients"'])],
      },
      expect: [
        {
          message: 'noGateway',
          subject,
          confidence: 'likely',
          values: { detail: 'no ready gateway clients' },
        },
      ],
    },
    {
      name: 'pushes that fail by the log',
      given: {
        objects: [controller],
        logs: [kongLogOf(CONTROLLER, [30, 'Could not update kong admin error="context deadline exceeded"'])],
      },
      expect: [{ message: 'pushFails', subject, values: { detail: 'context deadline exceeded' } }],
    },
    {
      name: 'what the operator deploys is not ready',
      given: {
        objects: [
          operator,
          kongObject(
            'DataPlane',
            'dp',
            { conditions: [condition('Ready', 'False', { reason: 'WaitingToBecomeReady' })] },
            'gateway-operator.konghq.com/v1beta1',
          ),
        ],
      },
      expect: [
        {
          message: 'operatorNotReady',
          subject: 'DataPlane/shop/dp',
          values: { reason: 'WaitingToBecomeReady', detail: '' },
        },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'events were refused',
      given: { objects: [controller], forbidden: [events] },
      reason: /not allowed/,
    },
  ],
});
