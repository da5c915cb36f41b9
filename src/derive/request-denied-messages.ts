import type { Message } from '../model/message.ts';

const EVALUATED = {
  level: 'certain',
  reason: 'a log or event says so, and the roles and bindings of the bundle still do not allow it',
} as const;
const DENIED = {
  severity: ['critical', 'warning'],
  confidence: EVALUATED,
  key: ['verb', 'resource', 'where'],
  groupBy: ['account'],
  effect: 'request-denied',
  // Its own account is what a workload's pods have in common; `default` is shared by strangers.
  explains: [
    { effect: 'pod-crashing', via: ['used-by'] },
    { effect: 'pod-not-ready', via: ['used-by'] },
  ],
} as const;
const TRY = {
  text: 'Ask the API server, as `{user:text}`, whether it is still so.',
  argv: ['kubectl', 'auth', 'can-i', '{verb}', '{resource}', '--as={user}', '-n', '{account.namespace}'],
} as const;

/** Messages of `kubernetes/request-denied`. */
export const REQUEST_DENIED_MESSAGES = {
  lacksVerb: {
    ...DENIED,
    text: '{account:object} may not {verb:text} {resource:text} ({where:text}): {role:object}, which it has, allows {verbs:text} only.',
    remedy: [
      { text: 'Add the verb to the rule of the role; charts and operators do so in their newer versions.' },
      TRY,
    ],
  },
  boundElsewhere: {
    ...DENIED,
    text: '{account:object} may not {verb:text} {resource:text} ({where:text}): {binding:object} gives it {role:object} in another namespace only.',
    remedy: [
      {
        text: 'Make a RoleBinding where it is needed, or a ClusterRoleBinding if it asks for all namespaces; or limit what it watches to the namespace it is bound in.',
      },
      TRY,
    ],
  },
  notBound: {
    ...DENIED,
    text: '{account:object} may not {verb:text} {resource:text} ({where:text}): no role bound to it names them. {candidate:text}',
    remedy: [
      {
        text: 'Make a Role with what it needs and bind it, or bind one that exists. If the call is not meant to be, find out what makes it.',
      },
      TRY,
    ],
  },
  defaultAccount: {
    ...DENIED,
    explains: [],
    text: '{account:object} may not {verb:text} {resource:text} ({where:text}): it is the account of pods that name none, and has no rights. {candidate:text}',
    remedy: [
      {
        text: 'Give the workload a ServiceAccount of its own with the rights it needs, and name it as `serviceAccountName`; rights given to `default` are given to every pod of the namespace.',
      },
      TRY,
    ],
  },
  componentDenied: {
    ...DENIED,
    severity: 'critical',
    text: 'The component {account:object} may not {verb:text} {resource:text} ({where:text}): the roles Kubernetes comes with were changed or removed.',
    remedy: [
      {
        text: 'The API server restores its roles and bindings when it starts, unless they carry `rbac.authorization.kubernetes.io/autoupdate: "false"`: see them, then restart it.',
        argv: [
          'kubectl',
          'get',
          'clusterroles,clusterrolebindings',
          '-l',
          'kubernetes.io/bootstrapping=rbac-defaults',
        ],
      },
    ],
    explains: [
      { effect: 'controllers-not-running', via: ['cluster-wide'] },
      { effect: 'scheduler-not-running', via: ['cluster-wide'] },
    ],
  },
  unverified: {
    ...DENIED,
    severity: 'warning',
    confidence: {
      level: 'possible',
      reason:
        'a log or event of the last hour says so; roles and bindings were not seen, it may be mended since',
    },
    text: '{account:object} was not allowed to {verb:text} {resource:text} ({where:text}); whether it is now cannot be told: {reason:text}.',
    remedy: [TRY],
    explains: [],
  },
} as const satisfies Readonly<Record<string, Message>>;
