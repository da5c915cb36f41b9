import type { Checks, Explains, Messages } from '../model/message.ts';
import { BY_RULES } from './virtual-environment-words.ts';

const REFUSED = [
  { effect: 'not-reconciled', via: ['same-object'] },
  { effect: 'route-broken', via: ['same-object'] },
] as const satisfies readonly Explains[];

/** What is wrong with the subsets of virtual environments. */
export const SUBSET_MESSAGES = {
  sharedSubset: {
    severity: ['critical', 'warning', 'info'],
    confidence: BY_RULES,
    text: '{workloads:text} are behind {service:object} in one environment, so its DestinationRule lists subset `{subset:text}` more than once: {consequence:text}.',
    remedy: [
      {
        text: 'Keep one Deployment or StatefulSet per environment behind a Service: narrow the selector of the Service, or take the environment label off the other template.',
        argv: ['kubectl', 'get', 'deployments,statefulsets', '-n', '{service.namespace}', '--show-labels'],
      },
    ],
    key: ['subset'],
    explains: REFUSED,
    check: 'subsets',
  },
  mixedSubset: {
    severity: ['critical', 'warning'],
    confidence: BY_RULES,
    text: 'Environments {values:text} behind {service:object} have the same subset `{subset:text}`, since `.` and `_` become `-`: {consequence:text}.',
    remedy: [
      { text: 'Give the environments names that differ in more than `.`, `_` and `-`.' },
      {
        text: 'See the values there are.',
        argv: ['kubectl', 'get', 'deployments,statefulsets', '-n', '{service.namespace}', '--show-labels'],
      },
    ],
    key: ['subset'],
    explains: REFUSED,
    check: 'subsets',
  },
  nameRefused: {
    severity: 'critical',
    confidence: BY_RULES,
    text: 'Istio refuses the rules of {service:object}: {place:text} gives no name of a subset ({reason:text}).',
    remedy: [
      {
        text: 'Use letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; an empty label value is an environment as well.',
      },
    ],
    key: ['place'],
    explains: REFUSED,
    check: 'subsets',
  },
  defaultMissing: {
    severity: 'critical',
    confidence: BY_RULES,
    text: '{service:object} has no workload in the default environment `{environment:text}`: requests without an environment, or with one it does not have, get 503.',
    remedy: [
      {
        text: 'Deploy the Service in the default environment, or let `envLabel.defaultSubset` of the VirtualEnvironment name one that every Service has.',
        argv: ['kubectl', 'get', 'virtualenvironments', '-n', '{service.namespace}', '-o', 'yaml'],
      },
    ],
    groupBy: ['environment'],
    effect: 'route-broken',
    explains: [
      { effect: 'route-broken', via: ['same-object'] },
      { effect: 'connection-failing', via: ['same-object'] },
    ],
    check: 'subsets',
  },
  noneReady: {
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'the conditions of the pods say so' },
    text: 'None of the {count:count} pods of {service:object} in environment `{environment:text}` is ready: {requests:text} get 503, since a subset has no fallback to its parent.',
    remedy: [
      {
        text: 'See why the pods are not ready. To send the requests to the parent environment meanwhile, delete the workload: scaled to zero it still counts.',
        argv: ['kubectl', 'get', 'pods', '-n', '{service.namespace}', '--show-labels'],
      },
    ],
    key: ['environment'],
    effect: 'workload-not-available',
    check: 'subsets',
  },
  noPods: {
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'the pods of the namespace were seen whole' },
    text: '{service:object} has no pod in environment `{environment:text}`, although {workloads:text} is to run some: {requests:text} get 503, since a subset has no fallback to its parent.',
    remedy: [
      {
        text: 'See why no pod is created.',
        argv: ['kubectl', 'get', 'events', '-n', '{service.namespace}', '--field-selector', 'type=Warning'],
      },
    ],
    key: ['environment'],
    effect: 'workload-not-available',
    explains: [{ effect: 'route-broken', via: ['same-object'] }],
    check: 'subsets',
  },
  asleep: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'the pods of the namespace were seen whole' },
    text: 'Environment `{environment:text}` of {service:object} is scaled to zero ({workloads:text}) but still has its route: {requests:text} get 503, since a subset has no fallback to its parent.',
    remedy: [
      {
        text: 'Delete the workload instead of scaling it to zero: then its requests go to the parent environment. Or scale it up.',
        argv: ['kubectl', 'get', 'deployments,statefulsets', '-n', '{service.namespace}', '--show-labels'],
      },
    ],
    key: ['environment'],
    explains: [{ effect: 'route-broken', via: ['same-object'] }],
    check: 'subsets',
  },
} as const satisfies Messages;

/** The row of subsets. */
export const SUBSET_CHECKS = {
  subsets: {
    checklist: 'virtual-environment',
    item: 'Routing rules: subsets lead to pods',
    expected: 'one workload per environment, the default among them, ready',
    found: '{count:count} subsets',
  },
} as const satisfies Checks;
