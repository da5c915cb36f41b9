import type { Check, Message } from '../model/message.ts';

const EVENT = { level: 'certain', reason: 'the controller says so in an event of the last minutes' } as const;
const SAME = [{ effect: 'route-broken', via: ['same-object'] }] as const;
const SHOW = {
  text: 'Read the {kind:text} and correct what the message names.',
  argv: ['kubectl', 'get', '{kind}', '{object.name}', '-n', '{object.namespace}', '-o', 'yaml'],
} as const;
const EVENTS = {
  text: 'See all that the controller complains about.',
  argv: [
    'kubectl',
    'get',
    'events',
    '--all-namespaces',
    '--field-selector',
    'type=Warning,reason=KongConfigurationApplyFailed',
  ],
} as const;

/** What keeps objects from becoming configuration of Kong. */
export const PUSH_MESSAGES = {
  pushRefused: {
    severity: ['critical', 'warning'],
    confidence: EVENT,
    text: 'Kong refuses the configuration of {controller:object}: {detail:text}; {consequence:text}.',
    remedy: [
      EVENTS,
      {
        text: 'Admit only valid objects: switch the validating webhook of the controller on (chart: `ingressController.admissionWebhook.enabled`), and the feature gate `FallbackConfiguration` so that one object does not stop all others.',
      },
    ],
    effect: 'route-broken',
  },
  objectRefused: {
    severity: ['critical', 'warning'],
    confidence: EVENT,
    text: '{object:object} makes Kong refuse the configuration it is part of: {detail:text}.',
    remedy: [SHOW, EVENTS],
    explains: SAME,
  },
  notTranslated: {
    severity: ['warning', 'info'],
    confidence: EVENT,
    text: '{object:object} is left out of the configuration of Kong: {detail:text}.',
    remedy: [SHOW],
    explains: SAME,
  },
  notProgrammed: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the controller says so in the status' },
    text: '{object:object} is not part of the configuration of Kong: {reason:text}{detail:text}.',
    remedy: [SHOW],
    explains: SAME,
    key: ['reason'],
  },
  noGateway: {
    severity: 'critical',
    confidence: { level: 'likely', reason: 'its log says so up to the collection' },
    text: '{controller:object} has no Kong to configure: {detail:text}.',
    remedy: [
      {
        text: 'See whether Kong pods are ready, and whether the Service of their Admin API has endpoints under the port names the controller looks for (`CONTROLLER_KONG_ADMIN_SVC`).',
        argv: ['kubectl', 'get', 'endpointslices', '-n', '{controller.namespace}'],
      },
    ],
    effect: 'route-broken',
    explains: SAME,
  },
  pushFails: {
    severity: 'critical',
    confidence: {
      level: 'likely',
      reason: 'its log says so up to the collection, and no event tells the object',
    },
    text: '{controller:object} cannot push its configuration to Kong: {detail:text}.',
    remedy: [
      {
        text: 'Read its log; a timeout wants a longer `CONTROLLER_PROXY_TIMEOUT_SECONDS` or a smaller configuration.',
        argv: [
          'kubectl',
          'logs',
          '{controller.name}',
          '-n',
          '{controller.namespace}',
          '-c',
          '{container}',
          '--since=15m',
        ],
      },
      { text: 'The lines are those of container `{container:text}`.' },
    ],
    effect: 'route-broken',
  },
  operatorNotReady: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the operator says so in the status' },
    text: '{object:object} of the Kong operator is not ready: {reason:text}{detail:text}.',
    remedy: [SHOW],
    effect: 'workload-not-available',
  },
} as const satisfies Readonly<Record<string, Message>>;

export const PUSH_CHECKS = {
  pushed: {
    item: 'Kong ingress controller pushes its configuration',
    expected: 'no object refused or left out',
    found: 'nothing is refused',
  },
  programmed: {
    item: 'Kong object is programmed',
    expected: 'no condition is False',
    found: 'no condition is False',
  },
} as const satisfies Readonly<Record<string, Check>>;
