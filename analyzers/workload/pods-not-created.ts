import { serviceAccounts } from '../../src/artifacts/access-resources.ts';
import { priorityClasses, resourceQuotas, runtimeClasses } from '../../src/artifacts/policy-resources.ts';
import { events, pods } from '../../src/artifacts/resources.ts';
import {
  daemonSets,
  deployments,
  jobs,
  replicaSets,
  statefulSets,
} from '../../src/artifacts/workload-resources.ts';
import { type CreateFailure, createFailures } from '../../src/derive/create-failures.ts';
import { CREATE_CONFIDENCE, CREATE_MESSAGES } from '../../src/derive/create-messages.ts';
import { type CreateVerdict, createVerdict } from '../../src/derive/create-verdict.ts';
import { webhooksByName } from '../../src/derive/webhooks-by-name.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional, resourcesId } from '../../src/model/artifact.ts';
import type { ResourceIdentity } from '../../src/model/json.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { type ObjectRef, subjectOf } from '../../src/model/subject.ts';

export const podsNotCreated = defineAnalyzer({
  meta: {
    id: 'workload/pods-not-created',
    title: 'Pods cannot be created',
    description:
      'Controllers that want pods which do not exist because the API server refuses them: quota, limits, ServiceAccount, PodSecurity, webhooks.',
    messages: CREATE_MESSAGES,
    checks: {
      created: {
        item: 'Pods of the workload can be created',
        expected: 'no refusal while pods are missing',
        found: 'none refused',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/policy/resource-quotas/',
      'kubernetes/kubernetes pkg/controller/replicaset: condition ReplicaFailure; event FailedCreate; back-off up to 1000 s',
      'kubernetes/kubernetes pkg/controller/statefulset/stateful_pod_control.go: event FailedCreate for pods and claims',
    ],
  },
  needs: {
    failures: createFailures,
    replicaSets,
    deployments,
    statefulSets,
    daemonSets,
    jobs,
    pods: optional(pods),
    events: optional(events),
    quotas: optional(resourceQuotas),
    accounts: optional(serviceAccounts),
    priorityClasses: optional(priorityClasses),
    runtimeClasses: optional(runtimeClasses),
    webhooks: webhooksByName,
  },
  analyze({ failures, events: eventItems, ...inputs }, context) {
    for (const { item, gap } of failures.unseen)
      context.looked({ check: 'created', unseen: gap, subject: subjectOf(item) });
    for (const failure of failures.failures) {
      const verdict = createVerdict(failure, inputs);
      if (verdict) {
        reportVerdict(failure, verdict, context);
        continue;
      }
      const covered = eventItems.coverage.covers(failure.controller.metadata.namespace);
      if (failure.said || covered === true) continue;
      // Pods are missing and what the controller was told cannot be read.
      context.looked({ check: 'created', unseen: covered, subject: subjectOf(failure.workload) });
    }
    const unseen = new Set<object>(failures.unseen.map(({ item }) => item));
    const kinds = [inputs.deployments, inputs.statefulSets, inputs.daemonSets, inputs.jobs];
    for (const item of kinds.flatMap((kind): readonly ResourceIdentity[] => kind.items)) {
      if (failures.of(item) || unseen.has(item)) continue;
      context.looked({ check: 'created', values: {}, subject: subjectOf(item) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof podsNotCreated.meta.messages,
  NonNullable<typeof podsNotCreated.meta.checks>
>;

function reportVerdict(failure: CreateFailure, verdict: CreateVerdict, context: Context): void {
  const { workload, controller, wanted, existing, said } = failure;
  const evidence: EvidenceRefs = [
    said ? context.at(said.item, said.pointer) : context.at(controller, '/status'),
    ...(said && said.item !== controller ? [context.at(controller, '/status')] : []),
    ...verdict.shown.map(({ item, pointer }) => context.at(item, pointer)),
    ...(verdict.absent ? [absence(verdict.absent, context)] : []),
  ];
  const values = { workload: subjectOf(workload), wanted, existing, ...verdict.values };
  // Fields that only some messages have make the union of arguments too wide for inference.
  const argument = {
    message: verdict.message,
    values,
    subject: subjectOf(workload),
    evidence,
    related: [...(controller === workload ? [] : [subjectOf(controller)]), ...verdict.related],
    ...(said?.since === undefined ? {} : { since: said.since }),
    ...(verdict.message === 'retryPending'
      ? {}
      : { severity: severityOf(failure), confidence: CREATE_CONFIDENCE[verdict.basis] }),
  } as Parameters<Context['report']>[0];
  context.report(argument);
}

/** Nothing runs at all: down. Something runs, or it is a Job: less than wanted. */
function severityOf({ workload, ready }: CreateFailure): 'critical' | 'warning' {
  return ready > 0 || workload.kind === 'Job' ? 'warning' : 'critical';
}

function absence({ group, kind, namespace, name }: ObjectRef, context: Context) {
  const scope = namespace === undefined ? CLUSTER_SCOPE : ({ type: 'namespace', namespace } as const);
  return context.absent({ artifact: { id: resourcesId(group, kind) }, scope, name });
}
