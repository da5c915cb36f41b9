import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { notReadySince } from '../../src/derive/container-crash.ts';
import { type ContainerView, containersOf } from '../../src/derive/containers.ts';
import {
  ailmentOf,
  type Complaint,
  complaintOfCrash,
  complaintOfRunning,
  isUndecided,
} from '../../src/derive/dependency-complaint.ts';
import { dependencySignals } from '../../src/derive/dependency-error.ts';
import { dependencyFinding, dependencyMessages } from '../../src/derive/dependency-messages.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { serviceIndex } from '../../src/derive/service-index.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import { subjectOf } from '../../src/model/subject.ts';

const needs = { pods, hosts: serviceIndex, logs: optional(dependencySignals) };

export const dependencyFailing = defineAnalyzer({
  meta: {
    id: 'workload/dependency-failing',
    title: 'Dependency that fails an application',
    description:
      'Containers that are not well and whose last error says that a database, a broker or another server refuses them, does not answer or cannot be found.',
    messages: dependencyMessages,
    checks: {
      complains: {
        item: 'Unhealthy container complains of no dependency',
        expected: 'no failing connection among its last errors',
        found: 'none',
      },
    },
    references: [
      'PostgreSQL, MySQL, MongoDB, Redis, RabbitMQ and Kafka client errors; net package of Go, libuv, java.net',
      'https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/',
    ],
  },
  needs,
  analyze(inputs, context) {
    const gapOf = logGaps(inputs.logs);
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      for (const container of containersOf(pod)) {
        const ailment = ailmentOf(pod, container, context.age);
        const { namespace = '', name } = pod.metadata;
        const owner = { namespace, pod: name, container: container.name };
        const source = { owner, logs: inputs.logs, age: context.age };
        if (!ailment) {
          if (isUndecided(pod, container, context.age) && complaintOfRunning(source))
            looked({ pod, container }, inputs, undecidedAge(pod), context);
          continue;
        }
        const complaint =
          ailment === 'crashed' ? complaintOfCrash(container, source) : complaintOfRunning(source);
        if (complaint) tell({ pod, container, complaint }, inputs, context);
        else looked({ pod, container }, inputs, gapOf(owner), context);
      }
    }
    return undefined;
  },
});

type Given = Inputs<typeof needs>;
type Context = AnalyzeContext<
  typeof dependencyFailing.meta.messages,
  NonNullable<typeof dependencyFailing.meta.checks>
>;

interface Unwell {
  readonly pod: PodItem;
  readonly container: ContainerView;
}

/** An unhealthy container that complains of nothing, or whose log was not read. */
function looked({ pod, container }: Unwell, { logs }: Given, gap: Gap | undefined, context: Context): void {
  const subject = subjectOf(pod, container.pointer);
  const { namespace = '', name } = pod.metadata;
  const owner = { namespace, pod: name, container: container.name };
  const read = logs.seen(owner) || logs.lastWords(owner) !== undefined;
  if (!gap && read) context.looked({ check: 'complains', values: {}, subject });
  else context.looked({ check: 'complains', unseen: gap ?? 'its log is not in the bundle', subject });
}

interface Told extends Unwell {
  readonly complaint: Complaint;
}

function tell({ pod, container, complaint }: Told, { hosts }: Given, context: Context): void {
  const { namespace = '' } = pod.metadata;
  const { host } = complaint.error;
  const target = host === undefined ? undefined : hosts.find(host, namespace);
  const since = notReadySince(pod, container);
  const base = { container: container.name, pod: subjectOf(pod), line: complaint.text };
  const { related, ...finding } = dependencyFinding(complaint.error, { base, target, namespace });
  context.report({
    ...finding,
    subject: subjectOf(pod, container.pointer),
    related,
    ...(complaint.last
      ? {}
      : {
          confidence: {
            level: 'possible',
            reason: 'an error among its last lines says so, not the last one',
          } as const,
        }),
    ...(since ? { since } : {}),
    evidence: [context.at(pod, container.pointer), ...(complaint.evidence ? [complaint.evidence] : [])],
  });
}
