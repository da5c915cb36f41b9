import {
  clusterRoleBindings,
  clusterRoles,
  roleBindings,
  roles,
  serviceAccounts,
} from '../../src/artifacts/access-resources.ts';
import { objectGraph } from '../../src/derive/object-graph.ts';
import type { Binding } from '../../src/derive/rbac-evaluation.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Kubernetes makes these itself, before or after what they name. */
const OWN = 'system:';
const ABSENT = { level: 'certain', reason: 'the whole list of the kind was seen' } as const;

const needs = {
  roleBindings,
  clusterRoleBindings,
  roles,
  clusterRoles,
  accounts: serviceAccounts,
  graph: objectGraph,
};

export const bindingDangling = defineAnalyzer({
  meta: {
    id: 'kubernetes/binding-dangling',
    title: 'Role binding to something that does not exist',
    description: 'RoleBindings and ClusterRoleBindings whose role or ServiceAccount is missing.',
    messages: {
      roleMissing: {
        severity: ['warning', 'info'],
        confidence: ABSENT,
        text: '{binding:object} gives {role:object}, which does not exist: those it names have none of its rights.',
        remedy: [
          {
            text: 'Create the role, or delete the binding if it is left over. A binding cannot be changed to another role: make a new one.',
            argv: ['kubectl', 'get', '{resource}', '{binding.name}', '-o', 'yaml'],
          },
          { text: 'See which {resource:text} there are that name it.' },
        ],
        effect: 'request-denied',
        explains: [{ effect: 'request-denied', via: ['same-object'] }],
      },
      roleMissingInNamespace: {
        severity: ['warning', 'info'],
        confidence: ABSENT,
        text: '{binding:object} gives {role:object}, which does not exist: those it names have none of its rights.',
        remedy: [
          {
            text: 'Create the role, or delete the binding if it is left over. A binding cannot be changed to another role: make a new one.',
            argv: [
              'kubectl',
              'get',
              'rolebinding',
              '{binding.name}',
              '-n',
              '{binding.namespace}',
              '-o',
              'yaml',
            ],
          },
        ],
        effect: 'request-denied',
        explains: [{ effect: 'request-denied', via: ['same-object'] }],
      },
      accountMissing: {
        severity: 'info',
        confidence: ABSENT,
        text: '{binding:object} gives rights to {account:object}, which does not exist: whoever makes an account of that name gets them.',
        remedy: [
          {
            text: 'Delete the binding if it is left over, or correct name and namespace of the account in it.',
          },
        ],
        key: ['account'],
      },
    },
    checks: {
      whole: {
        item: 'Role bindings name what exists',
        expected: 'role and accounts exist',
        found: 'they do',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/access-authn-authz/rbac/#rolebinding-and-clusterrolebinding',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const binding of [...inputs.roleBindings.items, ...inputs.clusterRoleBindings.items]) {
      const { name, labels, deletionTimestamp } = binding.metadata;
      const bootstrapped = labels?.['kubernetes.io/bootstrapping'] !== undefined;
      if (deletionTimestamp || bootstrapped || name.startsWith(OWN) || binding.roleRef.name.startsWith(OWN))
        continue;
      const whole = [judgeRole(binding, inputs, context), judgeAccounts(binding, inputs, context)];
      if (whole.every(Boolean)) context.looked({ check: 'whole', values: {}, subject: subjectOf(binding) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof bindingDangling.meta.messages,
  NonNullable<typeof bindingDangling.meta.checks>
>;

function judgeRole(binding: Binding, inputs: Inputs<typeof needs>, context: Context): boolean {
  const { kind, name, apiGroup: group = 'rbac.authorization.k8s.io' } = binding.roleRef;
  const isLocal = kind === 'Role';
  const { namespace } = binding.metadata;
  const ref = { name, ...(isLocal && namespace !== undefined ? { namespace } : {}) };
  const found = isLocal ? inputs.roles.lookup(ref) : inputs.clusterRoles.lookup(ref);
  if (found.state === 'present') return true;
  const subject = subjectOf(binding);
  if (found.state === 'unseen') {
    context.looked({ check: 'whole', unseen: found.gap, subject });
    return false;
  }
  const scope =
    isLocal && namespace !== undefined ? ({ type: 'namespace', namespace } as const) : CLUSTER_SCOPE;
  const artifact = isLocal ? roles : clusterRoles;
  const accounts = accountsOf(binding);
  const used = accounts.filter((one) => inputs.graph.usersOf(subjectKey(one)).length > 0);
  const common = {
    subject,
    severity: used.length > 0 ? ('warning' as const) : ('info' as const),
    related: used,
    evidence: [context.at(binding, '/roleRef'), context.absent({ artifact, scope, name })] as const,
  };
  const role: ObjectRef = { group, kind, ...ref };
  const values = { binding: subject, role };
  if (namespace === undefined) {
    const resource = 'clusterrolebindings';
    context.report({ message: 'roleMissing', values: { ...values, resource }, ...common });
  } else {
    context.report({ message: 'roleMissingInNamespace', values, ...common });
  }
  return false;
}

function judgeAccounts(binding: Binding, inputs: Inputs<typeof needs>, context: Context): boolean {
  const subject = subjectOf(binding);
  let whole = true;
  for (const account of accountsOf(binding)) {
    const { namespace = '', name } = account;
    const found = inputs.accounts.lookup({ namespace, name });
    if (found.state === 'present') continue;
    whole = false;
    if (found.state === 'unseen') {
      context.looked({ check: 'whole', unseen: found.gap, subject });
      continue;
    }
    const scope = { type: 'namespace', namespace } as const;
    context.report({
      message: 'accountMissing',
      values: { binding: subject, account },
      subject,
      evidence: [
        context.at(binding, '/subjects'),
        context.absent({ artifact: serviceAccounts, scope, name }),
      ],
    });
  }
  return whole;
}

function accountsOf({ subjects = [], metadata }: Binding): ObjectRef[] {
  return subjects
    .filter((one) => one.kind === 'ServiceAccount')
    .map(({ name, namespace }) => ({
      group: '',
      kind: 'ServiceAccount',
      namespace: namespace ?? metadata.namespace ?? '',
      name,
    }));
}
