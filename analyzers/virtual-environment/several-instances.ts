import { virtualEnvironments } from '../../src/artifacts/virtual-environment-resources.ts';
import {
  type EffectiveBy,
  type EnvironmentNamespace,
  environmentNamespaces,
} from '../../src/derive/virtual-environments.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** How it is known which instance is in effect. */
const HOW: Readonly<Record<EffectiveBy, string>> = {
  only: 'there is no other',
  operator: 'the operator says so',
  log: 'it is the last one in the log of the operator',
  owner: 'it owns the VirtualServices and DestinationRules there are',
};

const LIST = {
  text: 'List the instances of the namespace.',
  argv: ['kubectl', 'get', 'virtualenvironments', '-n', '{namespace.name}', '-o', 'yaml'],
} as const;

const needs = { environments: environmentNamespaces, instances: virtualEnvironments };

export const severalInstances = defineAnalyzer({
  meta: {
    id: 'virtual-environment/several-instances',
    title: 'Not one VirtualEnvironment in a namespace',
    description:
      'Namespaces with more than one VirtualEnvironment, of which the operator follows one only, and operators without any.',
    messages: {
      several: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the operator keeps the first instance it has seen' },
        text: '{namespace:object} has {count:count} VirtualEnvironments, but only {instance:object} is in effect ({how:text}): {others:text} do nothing.',
        remedy: [
          {
            text: 'Keep one: delete the others, or put their settings into the one that is in effect. After a restart of the operator another one may be in effect.',
          },
          LIST,
        ],
        check: 'instance',
      },
      severalUnclear: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the objects say so' },
        text: '{namespace:object} has {count:count} VirtualEnvironments, {others:text}, and nothing here says which one its operator follows: the others do nothing.',
        remedy: [
          { text: 'Keep one and delete the others.' },
          {
            text: 'Ask the operator which one it follows.',
            argv: [
              'kubectl',
              'exec',
              '-n',
              '{namespace.name}',
              'deploy/virtual-env-operator',
              '-c',
              'virtual-env-operator',
              '--',
              'inspector',
              'status',
            ],
          },
          LIST,
        ],
        check: 'instance',
      },
      none: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the list of VirtualEnvironments was seen whole' },
        text: '{namespace:object} has an operator of KtEnv and no VirtualEnvironment: no rules are made there.',
        remedy: [
          {
            text: 'Create a VirtualEnvironment in this namespace, or take the operator away: each namespace has its own of both.',
          },
        ],
        check: 'instance',
      },
    },
    checks: {
      instance: {
        checklist: 'virtual-environment',
        item: 'Routing rules: one VirtualEnvironment',
        expected: 'one in the namespace',
        found: '{name:text}',
      },
    },
    references: [
      'alibaba/virtual-environment pkg/controller/virtualenv: reconcile_trigger.go, virtualenv_controller.go',
      'https://alibaba.github.io/virtual-environment/#/zh-cn/doc/trouble-shooting',
    ],
  },
  needs,
  appliesTo: ({ environments }) => environments.applies,
  analyze({ environments, instances }, context) {
    for (const one of environments.namespaces) {
      if (one.instances.length > 1) reportSeveral(one, context);
      else if (one.instances.length === 1) lookAt(one, context);
      else if (instances.coverage.covers(one.namespace) === true) reportNone(one, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof severalInstances.meta.messages,
  NonNullable<typeof severalInstances.meta.checks>
>;

function namespaceRef(name: string): ObjectRef {
  return { group: '', kind: 'Namespace', name };
}

function reportSeveral(
  { namespace, instances, effective, operator }: EnvironmentNamespace,
  context: Context,
): void {
  const subject = namespaceRef(namespace);
  const others = instances
    .filter((instance) => instance !== effective?.instance)
    .map(({ metadata }) => `\`${metadata.name}\``);
  const evidence = instances.map((instance) => context.at(instance)) as unknown as EvidenceRefs;
  const related = [...instances, ...(operator?.deployment ? [operator.deployment] : [])].map((item) =>
    subjectOf(item),
  );
  const values = { namespace: subject, count: instances.length, others };
  if (!effective) {
    context.report({ message: 'severalUnclear', values, subject, related, evidence });
    return;
  }
  const { instance, by } = effective;
  context.report({
    message: 'several',
    values: { ...values, instance: subjectOf(instance), how: HOW[by] },
    subject,
    related,
    evidence,
  });
}

function lookAt({ instances: [instance] }: EnvironmentNamespace, context: Context): void {
  if (!instance) return;
  context.looked({
    check: 'instance',
    values: { name: instance.metadata.name },
    subject: subjectOf(instance),
    evidence: [context.at(instance)],
  });
}

/** A deployed operator is enough: it waits for an instance. */
function reportNone({ namespace, operator }: EnvironmentNamespace, context: Context): void {
  const shown = operator?.deployment ?? operator?.pods[0];
  if (!shown) return;
  const subject = namespaceRef(namespace);
  context.report({
    message: 'none',
    values: { namespace: subject },
    subject,
    related: [subjectOf(shown)],
    evidence: [context.at(shown)],
  });
}
