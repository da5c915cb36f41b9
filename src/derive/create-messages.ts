import type { Confidence } from '../model/message.ts';
import type { CreateVerdict } from './create-verdict.ts';

/** How sure a verdict on a refusal is, by what it rests on. */
export const CREATE_CONFIDENCE: Readonly<Record<CreateVerdict['basis'], Confidence>> = {
  verified: { level: 'certain', reason: 'the API server said so, and the objects it named agree' },
  told: { level: 'likely', reason: 'the API server said so; the pods are still missing' },
  inferred: { level: 'likely', reason: 'no event is left; the objects that refuse the next pod say so' },
};

const BLOCKED = {
  severity: ['critical', 'warning'],
  confidence: CREATE_CONFIDENCE.verified,
  effect: 'pods-not-created',
  explains: [
    { effect: 'workload-not-available', via: ['same-object', 'owned-by'] },
    { effect: 'service-without-endpoints', via: ['same-object', 'owned-by'] },
    { effect: 'not-reconciled', via: ['same-object', 'owned-by'] },
  ],
} as const;
const EVENTS = {
  text: 'See what the controllers of the namespace are told when they try.',
  argv: ['kubectl', 'get', 'events', '-n', '{workload.namespace}', '--field-selector', 'reason=FailedCreate'],
} as const;
const QUOTA = {
  text: 'See what the quota allows and what is used.',
  argv: ['kubectl', 'describe', 'resourcequota', '{quota.name}', '-n', '{quota.namespace}'],
} as const;

/** What is said of pods the API server refuses, one message for each verdict. */
export const CREATE_MESSAGES = {
  quotaExceeded: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: {quota:object} has no room for another, {resources:text}.',
    remedy: [
      { text: 'Free what the quota counts, ask for less in the pod template, or raise the quota.' },
      QUOTA,
    ],
    key: ['quota'],
    groupBy: ['quota'],
  },
  quotaWantsValues: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: {quota:object} refuses pods that do not specify {missing:text}.',
    remedy: [
      {
        text: 'Set these requests and limits in the pod template, or give the namespace a LimitRange with defaults.',
      },
      QUOTA,
    ],
    key: ['quota'],
    groupBy: ['quota'],
  },
  quotaNotCounted: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: {quota:object} has not been counted yet and refuses everything it limits.',
    remedy: [
      {
        text: 'The quota controller counts it: check that the controller manager runs and has a leader.',
      },
      QUOTA,
    ],
    key: ['quota'],
    groupBy: ['quota'],
  },
  quotaScopeMissing: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: the API server admits them only under a quota with the scopes {scopes:text}, and the namespace has none.',
    remedy: [
      { text: 'Create a quota with these scopes in the namespace, or use another PriorityClass.' },
      EVENTS,
    ],
  },
  outsideLimitRange: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: a LimitRange of its namespace refuses them, {violations:text}.',
    remedy: [
      {
        text: 'Bring the requests and limits of the pod template within the LimitRange, or change the LimitRange.',
      },
      {
        text: 'See the limits of the namespace.',
        argv: ['kubectl', 'describe', 'limitrange', '-n', '{workload.namespace}'],
      },
    ],
  },
  serviceAccountMissing: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: its {account:object} does not exist.',
    remedy: [
      {
        text: 'Create the ServiceAccount with the roles the workload needs, or correct `serviceAccountName` in the pod template.',
        argv: ['kubectl', 'create', 'serviceaccount', '{account.name}', '-n', '{account.namespace}'],
      },
    ],
    key: ['account'],
    groupBy: ['account'],
  },
  classMissing: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: {missing:object}, which its pod template names, does not exist.',
    remedy: [{ text: 'Create the class, or name one that exists in the pod template.' }, EVENTS],
    key: ['missing'],
    groupBy: ['missing'],
  },
  podSecurityDenied: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: {policy:text} forbids them, {violations:text}.',
    remedy: [
      { text: 'Set what is named in the `securityContext` of the pod template.' },
      {
        text: 'See the level that the labels of the namespace ask for.',
        argv: ['kubectl', 'get', 'namespace', '{workload.namespace}', '--show-labels'],
      },
    ],
    key: ['policy'],
  },
  webhookDenied: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: the admission webhook `{webhook:text}` refuses them, {detail:text}.',
    remedy: [
      { text: 'Change the pod template as the webhook asks, or the policy behind the webhook.' },
      EVENTS,
    ],
    key: ['webhook'],
  },
  webhookFailed: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: the admission webhook `{webhook:text}` does not answer, {detail:text}.',
    remedy: [
      { text: 'Bring up the Service behind the webhook; its configuration names it.' },
      {
        text: 'See the webhooks that are called, and which of them refuse when they fail.',
        argv: [
          'kubectl',
          'get',
          'validatingwebhookconfigurations,mutatingwebhookconfigurations',
          '-o',
          'wide',
        ],
      },
    ],
    key: ['webhook'],
    groupBy: ['webhook'],
  },
  policyDenied: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: the ValidatingAdmissionPolicy `{policy:text}` refuses them, {detail:text}.',
    remedy: [{ text: 'Change the pod template as the policy asks, or the policy.' }, EVENTS],
    key: ['policy'],
  },
  notAllowed: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: `{user:text}` is not allowed to create them ({detail:text}).',
    remedy: [
      {
        text: 'The roles of controllers come with Kubernetes: see whether the ClusterRoleBindings `system:controller:…` are as they were installed.',
      },
      EVENTS,
    ],
    key: ['user'],
    groupBy: ['user'],
  },
  templateInvalid: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: what its template makes is not valid, {detail:text}.',
    remedy: [{ text: 'Correct the field in the pod template.' }, EVENTS],
  },
  refused: {
    ...BLOCKED,
    text: '{workload:object} has {existing:count} of {wanted:count} pods: their creation fails, {detail:text}.',
    remedy: [EVENTS],
  },
  retryPending: {
    severity: 'info',
    confidence: CREATE_CONFIDENCE.verified,
    text: '{workload:object} has {existing:count} of {wanted:count} pods, but {detail:text}: the next attempt is due within 17 minutes.',
    remedy: [{ text: 'Wait for the next attempt, or restart the rollout to have it at once.' }],
  },
} as const;
