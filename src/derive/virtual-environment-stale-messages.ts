import type { Checks, Messages } from '../model/message.ts';
import { BY_RULES, SETTLING } from './virtual-environment-words.ts';

const DELETE = {
  text: 'Delete it: the operator makes it anew within seconds.',
  argv: ['kubectl', 'delete', 'virtualservice', '{object.name}', '-n', '{object.namespace}'],
} as const;
const LOGS = {
  text: 'See whether the operator runs and what it writes.',
  argv: [
    'kubectl',
    'logs',
    '-n',
    '{object.namespace}',
    '-l',
    'name=virtual-env-operator',
    '-c',
    'virtual-env-operator',
    '--tail=200',
  ],
} as const;
const LEFT = {
  text: 'Delete it: the operator does so only when the Service itself is deleted while it runs.',
  argv: ['kubectl', 'delete', '{kind}', '{object.name}', '-n', '{object.namespace}'],
} as const;
const KIND = { text: 'It is a {kind:text} of the operator, not one somebody wrote.' } as const;

/** How rules differ from what the operator would make now. */
export const STALE_MESSAGES = {
  headersOld: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} still looks at header {found:text}, but the VirtualEnvironment names {wanted:text}: requests with the new header go to the default. The operator compares values of headers, not their names, and never corrects this.',
    remedy: [DELETE],
    effect: 'not-reconciled',
    check: 'rules',
  },
  annotationOld: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'path, rewrite and timeout of the annotation were compared' },
    text: '{object:object} does not have what the annotation `kt-virtual-environment/rule` of {service:object} says: {difference:text}. The operator does not compare it and never corrects this.',
    remedy: [DELETE],
    effect: 'not-reconciled',
    check: 'rules',
  },
  routesDiffer: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} is not what the operator would make now: {difference:text}.',
    remedy: [LOGS],
    effect: 'not-reconciled',
    check: 'rules',
  },
  subsetsDiffer: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} is not what the operator would make now: {difference:text}.',
    remedy: [LOGS],
    effect: 'not-reconciled',
    check: 'rules',
  },
  serviceGone: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} is for Service `{name:text}`, which does not exist.',
    remedy: [LEFT, KIND],
    effect: 'not-reconciled',
    check: 'rules',
  },
  workloadsGone: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} routes {service:object} by environments, but no Deployment or StatefulSet behind it is in one any more: the operator leaves such Services alone, and the routes lead to subsets without pods.',
    remedy: [LEFT, KIND],
    effect: 'not-reconciled',
    explains: [{ effect: 'route-broken', via: ['same-object'] }],
    check: 'rules',
  },
  notNeeded: {
    severity: 'warning',
    confidence: BY_RULES,
    text: '{object:object} is one the operator would delete: {service:object} has fewer than two routes now.',
    remedy: [LOGS, KIND],
    effect: 'not-reconciled',
    check: 'rules',
  },
  settling: {
    ...SETTLING,
    text: 'What belongs to {object:object} was changed {age:duration} before it was read, and its rules do not follow yet: the operator waits some seconds after a change, so nothing is wrong so far.',
  },
} as const satisfies Messages;

/** The row of rules. */
export const STALE_CHECKS = {
  rules: {
    checklist: 'virtual-environment',
    item: 'Routing rules: as the operator would make them now',
    expected: 'no difference, nothing left behind',
    found: '{count:count} Services compared',
  },
} as const satisfies Checks;
