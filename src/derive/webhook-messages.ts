import type { Explains, Message } from '../model/message.ts';

/** What an admission webhook that fails leads to: the symptom names the configuration as related. */
export const WEBHOOK_EXPLAINS: readonly Explains[] = [
  { effect: 'pods-not-created', via: ['same-object'] },
  { effect: 'admission-failing', via: ['same-object'] },
  { effect: 'object-not-deleted', via: ['same-object'] },
];

const STATE = { level: 'certain', reason: 'configuration, Service and endpoints agree' } as const;
const UNAVAILABLE = {
  severity: ['critical', 'warning'],
  confidence: STATE,
  key: ['webhook'],
  groupBy: ['service'],
  effect: 'admission-failing',
  explains: WEBHOOK_EXPLAINS,
} as const;
const SHOW_SLICES = {
  text: 'See what the Service lists.',
  argv: [
    'kubectl',
    'get',
    'endpointslices',
    '-n',
    '{service.namespace}',
    '-l',
    'kubernetes.io/service-name={service.name}',
    '-o',
    'wide',
  ],
} as const;
const SAVE = {
  text: 'If what it holds up cannot wait: save the {resource:text} first.',
  argv: ['kubectl', 'get', '{resource}', '{config.name}', '-o', 'yaml'],
} as const;
const DELETE = {
  text: 'Then delete it, and apply it again when its pods are ready; what owns it (an operator, Helm, GitOps) may bring it back by itself.',
  argv: ['kubectl', 'delete', '{resource}', '{config.name}'],
} as const;

/** Messages of `admission/webhook-unavailable`. */
export const WEBHOOK_UNAVAILABLE_MESSAGES = {
  serviceMissing: {
    ...UNAVAILABLE,
    text: 'The webhook `{webhook:text}` of {config:object} cannot be called: {service:object} does not exist. {rules:text} in {where:text} {consequence:text}.',
    remedy: [
      {
        text: 'Install what the webhook belongs to again, or delete the configuration if it is left over from an uninstallation.',
      },
      SAVE,
      DELETE,
    ],
  },
  portMissing: {
    ...UNAVAILABLE,
    text: 'The webhook `{webhook:text}` of {config:object} cannot be called: {service:object} has no port {port:text}. {rules:text} in {where:text} {consequence:text}.',
    remedy: [
      {
        text: 'Make `clientConfig.service.port` and the ports of the Service agree; without the field it is 443.',
        argv: ['kubectl', 'get', 'service', '{service.name}', '-n', '{service.namespace}', '-o', 'yaml'],
      },
      SAVE,
      DELETE,
    ],
  },
  noEndpoints: {
    ...UNAVAILABLE,
    text: 'The webhook `{webhook:text}` of {config:object} cannot be called: {service:object} has no ready endpoint. {rules:text} in {where:text} {consequence:text}.',
    remedy: [{ text: 'Bring up the pods behind the Service.' }, SHOW_SLICES, SAVE, DELETE],
  },
  lockedOut: {
    ...UNAVAILABLE,
    text: 'The webhook `{webhook:text}` of {config:object} cannot be called and stands in its own way: {service:object} has no ready endpoint, and its own pods cannot be created before it answers. {rules:text} in {where:text} {consequence:text}.',
    remedy: [
      { text: 'It does not come back by itself: save the configuration and delete it.' },
      SAVE,
      DELETE,
      {
        text: 'Then leave its own namespace out of it with a `namespaceSelector`, and run two replicas at least.',
      },
      SHOW_SLICES,
    ],
  },
  canLockItself: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'its rules and selectors cover its own pods' },
    text: 'The webhook `{webhook:text}` of {config:object} refuses pods of its own namespace while {service:object} is down: once all its pods are gone, none of them can be created.',
    remedy: [
      {
        text: 'In the {resource:text}, leave its own namespace out with a `namespaceSelector` on `kubernetes.io/metadata.name`, or set `failurePolicy: Ignore`.',
        argv: ['kubectl', 'edit', '{resource}', '{config.name}'],
      },
    ],
    key: ['webhook'],
  },
} as const satisfies Readonly<Record<string, Message>>;
