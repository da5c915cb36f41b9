import { serviceAccounts } from '../../src/artifacts/access-resources.ts';
import { priorityClasses, runtimeClasses } from '../../src/artifacts/policy-resources.ts';
import { secrets } from '../../src/artifacts/resources.ts';
import { createFailures } from '../../src/derive/create-failures.ts';
import { type PodMaker, podMakers } from '../../src/derive/pod-references.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Gap, Lookup } from '../../src/model/coverage.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';
import type { ObjectRef } from '../../src/model/subject.ts';

/** Made by the API server itself and put back when they are deleted. */
const BUILT_IN_CLASS = /^system-(?:node|cluster)-critical$/;
/** Made by a controller in every namespace; what its absence does is told by the pods it stops. */
const DEFAULT_ACCOUNT = 'default';

const CERTAIN = {
  level: 'certain',
  reason: 'the kind was listed whole, and the object is not in it',
} as const;
const ABSENT = { severity: ['warning', 'info'], confidence: CERTAIN, groupBy: ['missing'] } as const;

const needs = {
  makers: podMakers,
  failures: createFailures,
  accounts: serviceAccounts,
  priorityClasses,
  runtimeClasses,
  secrets: optional(secrets),
};

export const referenceMissing = defineAnalyzer({
  meta: {
    id: 'workload/reference-missing',
    title: 'Reference of a pod to a missing object',
    description:
      'Workloads whose pods name a ServiceAccount, PriorityClass, RuntimeClass or pull Secret that does not exist, while their pods still run.',
    messages: {
      serviceAccountMissing: {
        ...ABSENT,
        text: '{workload:object} names {missing:object}, which does not exist: pods that run lose their API token, and no new pod can be created.',
        remedy: [
          {
            text: 'Create the ServiceAccount with the role bindings it had, or correct `serviceAccountName` in the pod template.',
            argv: ['kubectl', 'create', 'serviceaccount', '{missing.name}', '-n', '{missing.namespace}'],
          },
        ],
        key: ['missing'],
      },
      classMissing: {
        ...ABSENT,
        text: '{workload:object} names {missing:object}, which does not exist: no new pod of it can be created.',
        remedy: [
          { text: 'Create the class again, or name an existing one in the pod template.' },
          {
            text: 'See which there are.',
            argv: ['kubectl', 'get', 'priorityclasses,runtimeclasses'],
          },
        ],
        key: ['missing'],
      },
      pullSecretMissing: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{workload:object} names {missing:object} in `imagePullSecrets`, which does not exist: its images are pulled without it.',
        remedy: [
          {
            text: 'Remove the name from `imagePullSecrets` when the registry needs no login, else create the Secret.',
          },
        ],
        key: ['missing'],
        groupBy: ['missing'],
      },
    },
    checks: {
      resolved: {
        item: 'ServiceAccount and classes of the workload exist',
        expected: 'each is found',
        found: 'found',
      },
    },
    references: [
      'https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/',
      'kubernetes/kubernetes plugin/pkg/admission/serviceaccount, plugin/pkg/admission/priority: pods that name a missing object are refused',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const maker of inputs.makers) {
      // That its pods are missing for it is told by workload/pods-not-created.
      if (maker.existing < maker.wanted || inputs.failures.of(maker.item)) continue;
      judge(maker, inputs, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof referenceMissing.meta.messages,
  NonNullable<typeof referenceMissing.meta.checks>
>;
type Message = 'serviceAccountMissing' | 'classMissing' | 'pullSecretMissing';

interface Reference {
  readonly message: Message;
  readonly ref: ObjectRef;
  readonly artifact: { readonly id: string };
  readonly found: Lookup<unknown>;
  /** JSON Pointer below the pod spec. */
  readonly pointer: string;
}

function judge(maker: PodMaker, inputs: Inputs<typeof needs>, context: Context): void {
  let gap: Gap | undefined;
  let isMissing = false;
  for (const reference of references(maker, inputs)) {
    const { found, message } = reference;
    if (found.state === 'absent') {
      report(maker, reference, context);
      isMissing = true;
    } else if (found.state === 'unseen' && message !== 'pullSecretMissing') gap ??= found.gap;
  }
  if (isMissing) return;
  const { subject } = maker;
  if (gap) context.looked({ check: 'resolved', unseen: gap, subject });
  else context.looked({ check: 'resolved', values: {}, subject });
}

function references({ subject, names }: PodMaker, inputs: Inputs<typeof needs>): Reference[] {
  const { namespace = '' } = subject;
  const { serviceAccountName: account, priorityClassName, runtimeClassName, imagePullSecrets = [] } = names;
  const found: Reference[] = [];
  if (account && account !== DEFAULT_ACCOUNT) {
    found.push({
      message: 'serviceAccountMissing',
      ref: { group: '', kind: 'ServiceAccount', namespace, name: account },
      artifact: serviceAccounts,
      found: inputs.accounts.lookup({ namespace, name: account }),
      pointer: '/serviceAccountName',
    });
  }
  if (priorityClassName && !BUILT_IN_CLASS.test(priorityClassName)) {
    found.push({
      message: 'classMissing',
      ref: { group: 'scheduling.k8s.io', kind: 'PriorityClass', name: priorityClassName },
      artifact: priorityClasses,
      found: inputs.priorityClasses.lookup({ name: priorityClassName }),
      pointer: '/priorityClassName',
    });
  }
  if (runtimeClassName) {
    found.push({
      message: 'classMissing',
      ref: { group: 'node.k8s.io', kind: 'RuntimeClass', name: runtimeClassName },
      artifact: runtimeClasses,
      found: inputs.runtimeClasses.lookup({ name: runtimeClassName }),
      pointer: '/runtimeClassName',
    });
  }
  for (const [index, { name }] of imagePullSecrets.entries()) {
    if (!name) continue;
    found.push({
      message: 'pullSecretMissing',
      ref: { group: '', kind: 'Secret', namespace, name },
      artifact: secrets,
      found: inputs.secrets.lookup({ namespace, name }),
      pointer: `/imagePullSecrets/${index}`,
    });
  }
  return found;
}

function report(maker: PodMaker, { message, ref, artifact, pointer }: Reference, context: Context): void {
  const { item, subject, wanted } = maker;
  const scope: Scope =
    ref.namespace === undefined ? CLUSTER_SCOPE : { type: 'namespace', namespace: ref.namespace };
  const common = {
    values: { workload: subject, missing: ref },
    subject,
    evidence: [
      context.at(item, `${maker.pointer}${pointer}`),
      context.absent({ artifact, scope, name: ref.name }),
    ] as const,
    related: [ref],
  };
  if (message === 'pullSecretMissing') context.report({ message, ...common });
  else context.report({ message, ...common, severity: wanted > 0 ? 'warning' : 'info' });
}
