import type { Checks, Explains, Messages } from '../model/message.ts';
import { BY_RULES, SETTLING } from './virtual-environment-words.ts';

const LOGS = {
  text: 'Read what the operator writes about it.',
  argv: [
    'kubectl',
    'logs',
    '-n',
    '{service.namespace}',
    '-l',
    'name=virtual-env-operator',
    '-c',
    'virtual-env-operator',
    '--tail=200',
  ],
} as const;
const AGAIN = {
  text: 'The operator works through all Services after any change of one of them or of a workload: restart it to have it look again.',
  argv: ['kubectl', 'rollout', 'restart', 'deployment/virtual-env-operator', '-n', '{service.namespace}'],
} as const;
const ROUTES = [{ effect: 'route-broken', via: ['same-object'] }] as const satisfies readonly Explains[];

/** What is missing of what an operator makes of a Service. */
export const MISSING_MESSAGES = {
  bothMissing: {
    severity: 'critical',
    confidence: BY_RULES,
    text: '{service:object} has workloads in {environments:text}, but neither VirtualService nor DestinationRule: its requests go to any of their pods, whatever their environment.',
    remedy: [LOGS, AGAIN],
    effect: 'not-reconciled',
    check: 'resources',
  },
  virtualServiceMissing: {
    severity: 'critical',
    confidence: BY_RULES,
    text: '{service:object} has workloads in {environments:text} and a DestinationRule, but no VirtualService: its requests go to any of their pods, whatever their environment.',
    remedy: [LOGS, AGAIN],
    effect: 'not-reconciled',
    check: 'resources',
  },
  destinationRuleMissing: {
    severity: 'critical',
    confidence: BY_RULES,
    text: '{service:object} has a VirtualService, but no DestinationRule: the subsets its routes lead to, {subsets:text}, do not exist, and its requests get 503.',
    remedy: [LOGS, AGAIN],
    effect: 'not-reconciled',
    explains: ROUTES,
    check: 'resources',
  },
  foreign: {
    severity: 'warning',
    confidence: { level: 'certain', reason: 'no VirtualEnvironment owns the object' },
    text: '{object:object} was not made by the operator but has the name of {service:object}: the operator overwrites it by its own rules and deletes it with the Service.',
    remedy: [
      {
        text: 'Put what you need into the annotations `kt-virtual-environment/hosts`, `gateways` and `rule` of the Service, or give your object another name and other hosts.',
        argv: ['kubectl', 'get', '{kind}', '{object.name}', '-n', '{object.namespace}', '-o', 'yaml'],
      },
      { text: 'Then delete the {kind:text}: the operator makes its own.' },
    ],
    check: 'resources',
  },
  settling: {
    ...SETTLING,
    text: 'What belongs to {service:object} was changed {age:duration} before it was read, and its rules do not follow yet: the operator waits some seconds after a change, so nothing is wrong so far.',
  },
} as const satisfies Messages;

/** Rows of what is made. */
export const MISSING_CHECKS = {
  resources: {
    checklist: 'virtual-environment',
    item: 'Routing rules: VirtualService and DestinationRule',
    expected: 'both, of the name of each Service to be routed',
    found: '{count:count} Services with both, {left:count} that need none',
  },
} as const satisfies Checks;
