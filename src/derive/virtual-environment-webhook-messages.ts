import type { Check, Message } from '../model/message.ts';
import { WEBHOOK_EXPLAINS } from './webhook-messages.ts';

const UPGRADE = {
  text: 'Install KtEnv v0.6.0 as a whole: image and configuration belong together.',
  argv: ['kubectl', 'get', 'deployments', '-n', '{webhook.namespace}', '-o', 'wide'],
} as const;
const FAILING = {
  severity: ['critical', 'warning'],
  effect: 'admission-failing',
} as const;
const LEAVE = {
  text: 'If pods cannot wait: take the label `{key:text}` off the namespaces with `{wanted:text}` until it answers.',
  argv: ['kubectl', 'label', 'namespaces', '-l', '{wanted}', '{key}-'],
} as const;

/** Messages of `virtual-environment/tag-webhook-failing`. */
export const TAG_WEBHOOK_MESSAGES = {
  labelsUnset: {
    ...FAILING,
    confidence: { level: 'certain', reason: 'its settings say so, and its source what it does then' },
    explains: [
      ...WEBHOOK_EXPLAINS,
      { effect: 'pod-crashing', via: ['same-object', 'owns'] },
      { effect: 'service-without-endpoints', via: ['same-object'] },
    ],
    text: 'The webhook {webhook:object} of KtEnv is told no label (`envLabel` is empty): it ends with `Cannot determine env label` at each request, and the creation of pods in {where:text} {consequence:text}.',
    remedy: [
      {
        text: 'Name the labels of all VirtualEnvironments, separated by commas.',
        argv: [
          'kubectl',
          'set',
          'env',
          'deployment/webhook-server',
          '-n',
          '{webhook.namespace}',
          'envLabel=virtual-env',
        ],
      },
      LEAVE,
    ],
    check: 'settings',
  },
  reviewsNotAnswered: {
    ...FAILING,
    confidence: { level: 'certain', reason: 'its version speaks v1beta1 only, and the API server sends v1' },
    explains: WEBHOOK_EXPLAINS,
    text: 'The webhook {webhook:object} of KtEnv {version:text} answers reviews of `admission.k8s.io/v1beta1` only, {config:object} has the API server send v1: every answer is refused, and the creation of pods in {where:text} {consequence:text}.',
    remedy: [UPGRADE, LEAVE],
    check: 'reviews',
  },
  requestsNotRead: {
    ...FAILING,
    confidence: { level: 'likely', reason: 'its log says so' },
    explains: WEBHOOK_EXPLAINS,
    text: 'The webhook {webhook:object} of KtEnv cannot read what the API server sends ({detail:text}): the creation of pods in {where:text} {consequence:text}.',
    remedy: [UPGRADE, LEAVE],
    check: 'reviews',
  },
} as const satisfies Readonly<Record<string, Message>>;

const ROW = { checklist: 'virtual-environment' } as const;

/** Rows of the checklist about the webhook's own working. */
export const TAG_WEBHOOK_CHECKS = {
  settings: {
    ...ROW,
    item: 'Environment tag: settings of the webhook',
    expected: 'names the labels to read (`envLabel`)',
    found: '`{read:text}`',
  },
  reviews: {
    ...ROW,
    item: 'Environment tag: reviews',
    expected: 'the webhook answers in the version the API server asks in',
    found: 'KtEnv {version:text}, asked in {asked:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;
