import { type NamespaceItem, namespaces } from '../../src/artifacts/resources.ts';
import { deletingObjects } from '../../src/derive/deleting-objects.ts';
import { type NamespaceObstacle, obstacleOf } from '../../src/derive/namespace-deletion.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { webhookCalls } from '../../src/derive/webhook-calls.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

/** Content is deleted kind by kind; pods take their grace period. */
const SLOW_SECONDS = 300;
/** Objects named as what the namespace waits for. */
const RELATED = 20;
const WEBHOOK = /failed calling (?:admission )?webhook "([^"]+)"/;

const SAID = { level: 'certain', reason: 'the conditions of the Namespace say so' } as const;
const STUCK = { severity: 'warning', confidence: SAID, effect: 'object-not-deleted' } as const;
const NEVER_FORCE = {
  text: 'Do not clear the finalizers of the Namespace itself: what is left in it would stay in etcd, out of reach.',
} as const;
const SHOW = {
  text: 'See the conditions.',
  argv: ['kubectl', 'get', 'namespace', '{namespace.name}', '-o', 'yaml'],
} as const;

const needs = {
  namespaces,
  deleting: optional(deletingObjects),
  webhooks: optional(webhookCalls),
};

export const namespaceNotDeleted = defineAnalyzer({
  meta: {
    id: 'kubernetes/namespace-not-deleted',
    title: 'Namespace stuck in Terminating',
    description: 'Namespaces that are being deleted for long, and what they wait for.',
    messages: {
      discoveryFails: {
        ...STUCK,
        text: '{namespace:object} is being deleted for {age:duration}, but kinds of {groups:text} cannot be listed: nobody can tell whether it holds any.',
        remedy: [
          {
            text: 'Make the aggregated API answer again, or delete its APIService if it is left over; the deletion then goes on by itself.',
            argv: ['kubectl', 'get', 'apiservices'],
          },
          NEVER_FORCE,
        ],
        groupBy: ['groups'],
      },
      finalizersRemain: {
        ...STUCK,
        text: '{namespace:object} is being deleted for {age:duration}: {finalizers:text} (finalizers) hold {remaining:text}.',
        remedy: [
          {
            text: 'Whoever set a finalizer has to remove it: see that the controller its name belongs to runs. If it was uninstalled for good, clean up what the finalizer guards by hand, then remove the finalizer from the objects named.',
          },
          SHOW,
          NEVER_FORCE,
        ],
      },
      deletionFails: {
        ...STUCK,
        text: '{namespace:object} is being deleted for {age:duration}, but deleting what it holds fails: {detail:text}.',
        remedy: [
          { text: 'Remove the cause the message names; the deletion is tried again by itself.' },
          SHOW,
        ],
      },
      contentRemains: {
        ...STUCK,
        text: '{namespace:object} is being deleted for {age:duration} and still holds {remaining:text}.',
        remedy: [
          {
            text: 'See what is left; objects in Terminating wait for their finalizers or, pods, for their node.',
            argv: [
              'kubectl',
              'get',
              'all,configmaps,secrets,persistentvolumeclaims',
              '-n',
              '{namespace.name}',
            ],
          },
          SHOW,
        ],
      },
      notProcessed: {
        ...STUCK,
        confidence: { level: 'likely', reason: 'no condition says what it waits for' },
        text: '{namespace:object} is being deleted for {age:duration}, and no condition says why it is still there; its finalizers are {finalizers:text}.',
        remedy: [
          {
            text: 'With the finalizer `kubernetes`, the namespace controller has not come to it: see that kube-controller-manager runs and has the lease. Another finalizer belongs to the controller it names.',
            argv: ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system', '-o', 'yaml'],
          },
          SHOW,
        ],
      },
    },
    checks: {
      deleted: {
        item: 'Namespace is deleted when asked',
        expected: 'gone within 5 minutes',
        found: 'not being deleted',
      },
    },
    references: [
      'kubernetes/kubernetes pkg/controller/namespace/deletion: conditions of a Namespace that is deleted',
      'https://kubernetes.io/docs/tasks/administer-cluster/namespaces/#deleting-a-namespace',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const namespace of inputs.namespaces.items) {
      const { deletionTimestamp } = namespace.metadata;
      const age = context.age(deletionTimestamp, namespace);
      const subject = subjectOf(namespace);
      if (deletionTimestamp === undefined) context.looked({ check: 'deleted', values: {}, subject });
      else if (age && isOlder(age, SLOW_SECONDS) === true) {
        report(
          namespace,
          { age: Math.round(age.seconds), obstacle: obstacleOf(namespace) },
          { inputs, context },
        );
      } else if (isOlder(age, SLOW_SECONDS) === undefined) {
        context.looked({ check: 'deleted', unseen: undecidedAge(namespace), subject });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof namespaceNotDeleted.meta.messages,
  NonNullable<typeof namespaceNotDeleted.meta.checks>
>;

function report(
  namespace: NamespaceItem,
  { age, obstacle }: { readonly age: number; readonly obstacle: NamespaceObstacle },
  { inputs, context }: { readonly inputs: Inputs<typeof needs>; readonly context: Context },
): void {
  const subject = subjectOf(namespace);
  context.report({
    ...findingOf(obstacle, { namespace: subject, age }),
    subject,
    related: relatedTo(namespace, obstacle, inputs),
    evidence: [context.at(namespace, obstacle.pointer)],
    // An API that comes and goes began its last absence later than the deletion it holds up.
    ...(obstacle.kind === 'discovery' ? {} : { since: namespace.metadata.deletionTimestamp ?? '' }),
  });
}

function findingOf(
  obstacle: NamespaceObstacle,
  values: { readonly namespace: ObjectRef; readonly age: number },
) {
  switch (obstacle.kind) {
    case 'discovery': {
      const groups = orElse(obstacle.groupVersions, 'some groups');
      return { message: 'discoveryFails', values: { ...values, groups } } as const;
    }
    case 'finalizers': {
      const { finalizers } = obstacle;
      const remaining = orElse(obstacle.remaining, 'objects in it');
      return { message: 'finalizersRemain', values: { ...values, finalizers, remaining } } as const;
    }
    case 'failure':
      return { message: 'deletionFails', values: { ...values, detail: oneLine(obstacle.detail) } } as const;
    case 'content':
      return { message: 'contentRemains', values: { ...values, remaining: obstacle.remaining } } as const;
    case 'silent': {
      const finalizers = orElse(obstacle.finalizers, 'none');
      return { message: 'notProcessed', values: { ...values, finalizers } } as const;
    }
  }
}

function orElse(texts: readonly string[], otherwise: string): readonly string[] {
  return texts.length > 0 ? texts : [otherwise];
}

/** What may be the cause: the APIs that cannot be listed, a webhook that is in the way, the objects that stay. */
function relatedTo(
  namespace: NamespaceItem,
  obstacle: NamespaceObstacle,
  { deleting, webhooks }: Inputs<typeof needs>,
): ObjectRef[] {
  if (obstacle.kind === 'discovery') {
    return obstacle.groupVersions.map((groupVersion) => {
      const [group = '', version = ''] = groupVersion.split('/');
      return { group: 'apiregistration.k8s.io', kind: 'APIService', name: `${version}.${group}` };
    });
  }
  const hook = obstacle.kind === 'failure' ? WEBHOOK.exec(obstacle.detail)?.[1] : undefined;
  const configs = hook === undefined ? [] : webhooks.named(hook).map(({ config }) => subjectOf(config));
  const held = deleting
    .within(namespace.metadata.name)
    .slice(0, RELATED)
    .map((item) => subjectOf(item));
  return [...configs, ...held];
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}
