import { nodes, pods } from '../../src/artifacts/resources.ts';
import { daemonSets } from '../../src/artifacts/workload-resources.ts';
import { type DaemonSetItem, daemonGaps, foundationOf } from '../../src/derive/daemon-gaps.ts';
import { readyCondition } from '../../src/derive/node-readiness.ts';
import { readinessSince } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { Inputs } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** As long as the alert KubeDaemonSetRolloutStuck waits; slow images on new nodes fit in. */
const GAP_SECONDS = 900;
/** Named in the text. */
const NAMES = 10;

const CERTAIN = { level: 'certain', reason: 'the pods and the nodes say so' } as const;
const GAP = {
  severity: ['critical', 'warning'],
  confidence: CERTAIN,
  effect: 'workload-not-available',
  explains: [
    { effect: 'node-network-not-ready', via: ['same-object', 'owns'] },
    { effect: 'not-reconciled', via: ['same-object'] },
  ],
} as const;
const SHOW = {
  text: 'See the pods with their nodes.',
  argv: ['kubectl', 'get', 'pods', '-n', '{set.namespace}', '-o', 'wide'],
} as const;

const needs = { daemonSets, nodes, pods, gaps: daemonGaps };

export const daemonSetIncomplete = defineAnalyzer({
  meta: {
    id: 'workload/daemon-set-incomplete',
    title: 'DaemonSet not on every node',
    description:
      'DaemonSets without a ready pod on nodes that are up: not ready, or not there; and pods on nodes no longer meant for them.',
    messages: {
      notReady: {
        ...GAP,
        text: 'The pods of {set:object}{role:text} on {count:count} nodes that are up have not been ready for 15 minutes or more: {nodes:text}.',
        remedy: [{ text: 'Look at one of these pods: the nodes themselves are ready.' }, SHOW],
      },
      missing: {
        ...GAP,
        text: '{set:object}{role:text} has no pod on {count:count} nodes that are up and meant for it: {nodes:text}.',
        remedy: [
          {
            text: 'The events of the DaemonSet tell when a pod is refused; without events see whether the controller manager runs.',
            argv: ['kubectl', 'describe', 'daemonset', '{set.name}', '-n', '{set.namespace}'],
          },
          SHOW,
        ],
      },
      misscheduled: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the DaemonSet counts them' },
        text: '{count:count} pods of {set:object} run on nodes that its selector or tolerations no longer fit.',
        remedy: [
          { text: 'A taint set later lets them run on; delete them if the nodes are to be free of them.' },
          SHOW,
        ],
      },
    },
    checks: {
      complete: {
        item: 'DaemonSet is complete',
        expected: 'a ready pod on each node',
        found: '{ready:count} ready',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations',
      'kubernetes-mixin: KubeDaemonSetRolloutStuck, KubeDaemonSetNotScheduled, KubeDaemonSetMisScheduled',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const set of inputs.daemonSets.items) {
      if (set.metadata.deletionTimestamp) continue;
      const { numberReady = 0, numberMisscheduled = 0 } = set.status ?? {};
      const waiting = reportNotReady(set, inputs, context);
      const absent = reportMissing(set, inputs, context);
      if (numberMisscheduled > 0) {
        context.report({
          message: 'misscheduled',
          values: { set: subjectOf(set), count: numberMisscheduled },
          subject: subjectOf(set),
          evidence: [context.at(set, '/status/numberMisscheduled')],
        });
      }
      if (!waiting && !absent)
        context.looked({ check: 'complete', values: { ready: numberReady }, subject: subjectOf(set) });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof daemonSetIncomplete.meta.messages,
  NonNullable<typeof daemonSetIncomplete.meta.checks>
>;

function roleOf(set: DaemonSetItem) {
  const foundation = foundationOf(set);
  if (!foundation) return { role: '', severity: 'warning' } as const;
  return { role: ` (the ${foundation} of the nodes)`, severity: 'critical' } as const;
}

function reportNotReady(set: DaemonSetItem, { gaps }: Inputs<typeof needs>, context: Context): boolean {
  const stuck = gaps
    .notReady(set)
    .filter(({ pod }) => isOlder(context.age(readinessSince(pod), pod), GAP_SECONDS));
  const [first] = stuck;
  if (!first) return false;
  const { role, severity } = roleOf(set);
  const since = stuck
    .map(({ pod }) => readinessSince(pod))
    .filter((time) => time !== undefined)
    .sort()[0];
  context.report({
    message: 'notReady',
    values: {
      set: subjectOf(set),
      role,
      count: stuck.length,
      nodes: stuck.slice(0, NAMES).map(({ pod, node }) => node?.metadata.name ?? pod.metadata.name),
    },
    subject: subjectOf(set),
    severity,
    evidence: [context.at(first.pod, '/status/conditions'), context.at(set, '/status')],
    related: stuck.slice(0, 50).map(({ pod }) => subjectOf(pod)),
    ...(since === undefined ? {} : { since }),
  });
  return true;
}

function reportMissing(set: DaemonSetItem, { gaps }: Inputs<typeof needs>, context: Context): boolean {
  const { desiredNumberScheduled = 0, currentNumberScheduled = 0 } = set.status ?? {};
  if (currentNumberScheduled >= desiredNumberScheduled) return false;
  if (!isOlder(context.age(set.metadata.creationTimestamp, set), GAP_SECONDS)) return false;
  // A node that has just come back is not late yet.
  const late = gaps
    .without(set)
    ?.filter((node) =>
      isOlder(context.age(readyCondition(node)?.condition.lastTransitionTime, node), GAP_SECONDS),
    );
  const [first] = late ?? [];
  if (!late || !first) return false;
  const { role, severity } = roleOf(set);
  context.report({
    message: 'missing',
    values: {
      set: subjectOf(set),
      role,
      count: late.length,
      nodes: late.slice(0, NAMES).map((node) => node.metadata.name),
    },
    subject: subjectOf(set),
    severity,
    evidence: [context.at(set, '/status'), context.at(first, '/status/conditions')],
  });
  return true;
}
