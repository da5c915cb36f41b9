import { type PodDisruptionBudgetItem, podDisruptionBudgets } from '../../src/artifacts/policy-resources.ts';
import { nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { budgetedPods } from '../../src/derive/budgeted-pods.ts';
import { isTakenOut } from '../../src/derive/node-readiness.ts';
import { isReady } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Named in the text. */
const NAMES = 10;

const CERTAIN = { level: 'certain', reason: 'the budget and the pods it selects say so' } as const;
const SHOW = {
  text: 'See what the budget allows.',
  argv: ['kubectl', 'get', 'pdb', '{budget.name}', '-n', '{budget.namespace}', '-o', 'yaml'],
} as const;

const needs = { budgets: podDisruptionBudgets, pods, nodes: optional(nodes), guarded: budgetedPods };

export const disruptionBudgetBlocksDrain = defineAnalyzer({
  meta: {
    id: 'workload/disruption-budget-blocks-drain',
    title: 'Disruption budget keeps pods on a node',
    description:
      'PodDisruptionBudgets that allow no eviction, above all while nodes are being drained, and budgets that contradict each other.',
    messages: {
      drainBlocked: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            'a node is cordoned and the budget allows no eviction; whether a drain is under way is not recorded',
        },
        text: '{budget:object} lets none of the {count:count} pods go that it guards on cordoned nodes ({nodes:text}): {detail:text}.',
        remedy: [
          {
            text: 'Bring the unhealthy pods back, or give the workload one replica more than the budget asks for, then drain again.',
          },
          SHOW,
        ],
        explains: [{ effect: 'object-not-deleted', via: ['same-object'] }],
      },
      twoBudgets: {
        severity: ['warning', 'info'],
        confidence: CERTAIN,
        text: '{count:count} pods are guarded by {budget:object} and by {other:object}: the API server evicts no pod with two budgets.',
        remedy: [{ text: 'Make the selectors of the budgets exclude each other.' }, SHOW],
        key: ['other'],
      },
      neverAllows: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{budget:object} allows no eviction even while all {count:count} pods are healthy ({rule:text}): a drain waits for somebody to step in.',
        remedy: [
          { text: 'Leave it if that is meant; otherwise run one replica more, or allow one to be away.' },
          SHOW,
        ],
      },
      notComputed: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{budget:object} allows no eviction because its pods cannot be counted: {detail:text}.',
        remedy: [
          {
            text: 'A budget with a percentage or `maxUnavailable` needs pods of a controller with a scale subresource.',
          },
          SHOW,
        ],
      },
      selectsNothing: {
        severity: 'info',
        confidence: CERTAIN,
        text: '{budget:object} guards nothing: its selector matches no pod.',
        remedy: [{ text: 'Compare its selector with the labels of the pods it is meant for.' }, SHOW],
      },
    },
    checks: {
      evictable: { item: 'Budget lets a pod go', expected: 'at least one', found: '{allowed:count} may go' },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/pods/disruptions/',
      'kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go: more than one PodDisruptionBudget is refused',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const budget of inputs.budgets.items)
      if (!budget.metadata.deletionTimestamp) judge(budget, inputs, context);
    reportOverlaps(inputs, context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof disruptionBudgetBlocksDrain.meta.messages,
  NonNullable<typeof disruptionBudgetBlocksDrain.meta.checks>
>;

function judge(budget: PodDisruptionBudgetItem, inputs: Inputs<typeof needs>, context: Context): void {
  const subject = subjectOf(budget);
  const {
    disruptionsAllowed = 0,
    expectedPods = 0,
    currentHealthy = 0,
    desiredHealthy = 0,
  } = budget.status ?? {};
  const guarded = inputs.guarded.podsOf(budget);
  const covered = inputs.pods.coverage.covers(budget.metadata.namespace) === true;
  if (covered && guarded.length === 0 && expectedPods === 0) {
    context.report({
      message: 'selectsNothing',
      values: { budget: subject },
      subject,
      evidence: [context.at(budget, '/spec/selector')],
    });
    return;
  }
  const index = (budget.status?.conditions ?? []).findIndex((one) => one.reason === 'SyncFailed');
  const failed = budget.status?.conditions?.[index];
  if (disruptionsAllowed > 0 || (expectedPods === 0 && !failed)) {
    context.looked({ check: 'evictable', values: { allowed: disruptionsAllowed }, subject });
    return;
  }
  const why = failed?.message?.trim().replace(/\.$/, '');
  const healthy = `${currentHealthy} of ${expectedPods} are healthy and ${desiredHealthy} have to be`;
  if (reportDrain({ budget, guarded, detail: why ?? healthy }, inputs, context)) return;
  if (failed) {
    context.report({
      message: 'notComputed',
      values: { budget: subject, detail: why ?? 'SyncFailed' },
      subject,
      evidence: [context.at(budget, `/status/conditions/${index}`)],
    });
  } else if (currentHealthy >= expectedPods) {
    context.report({
      message: 'neverAllows',
      values: { budget: subject, count: expectedPods, rule: ruleOf(budget) },
      subject,
      evidence: [context.at(budget, '/spec'), context.at(budget, '/status')],
    });
    // Pods that are not healthy are told by what makes them so.
  } else context.looked({ check: 'evictable', unseen: 'some of its pods are not healthy', subject });
}

function ruleOf({ spec }: PodDisruptionBudgetItem): string {
  const { minAvailable, maxUnavailable } = spec ?? {};
  return maxUnavailable === undefined ? `minAvailable: ${minAvailable}` : `maxUnavailable: ${maxUnavailable}`;
}

interface Blocked {
  readonly budget: PodDisruptionBudgetItem;
  readonly guarded: readonly PodItem[];
  readonly detail: string;
}

/** Pods on nodes that somebody has taken out of service are those a drain waits for. */
function reportDrain(
  { budget, guarded, detail }: Blocked,
  inputs: Inputs<typeof needs>,
  context: Context,
): boolean {
  const leaving = guarded.filter(isDrained).flatMap((pod) => {
    const node = inputs.nodes.lookup({ name: pod.spec?.nodeName ?? '' });
    // An unhealthy pod may go where the policy says so.
    const free = budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' && !isReady(pod);
    return node.state === 'present' && isTakenOut(node.item) && !free ? [{ pod, node: node.item }] : [];
  });
  const [first] = leaving;
  if (!first) return false;
  const names = [...new Set(leaving.map(({ node }) => node.metadata.name))];
  context.report({
    message: 'drainBlocked',
    values: { budget: subjectOf(budget), count: leaving.length, nodes: names.slice(0, NAMES), detail },
    subject: subjectOf(budget),
    evidence: [
      context.at(budget, '/status'),
      context.at(first.node, '/spec'),
      context.at(first.pod, '/spec'),
    ],
    related: leaving.slice(0, 50).map(({ pod }) => subjectOf(pod)),
  });
  return true;
}

/** A drain leaves the pods of DaemonSets and static pods where they are. */
function isDrained({ metadata }: PodItem): boolean {
  if (metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return false;
  return !metadata.ownerReferences?.some((one) => one.controller && one.kind === 'DaemonSet');
}

/** Pairs of budgets over the same pods, each pair once. */
function reportOverlaps({ budgets, guarded, nodes: known }: Inputs<typeof needs>, context: Context): void {
  const pairs = new Map<
    string,
    { budget: PodDisruptionBudgetItem; other: PodDisruptionBudgetItem; shared: PodItem[] }
  >();
  for (const item of budgets.items) {
    for (const pod of guarded.podsOf(item)) {
      const [budget, other] = guarded.budgetsOf(pod);
      if (!budget || !other || budget !== item) continue;
      const key = `${budget.metadata.namespace}/${budget.metadata.name} ${other.metadata.name}`;
      const pair = pairs.get(key) ?? { budget, other, shared: [] };
      pair.shared.push(pod);
      pairs.set(key, pair);
    }
  }
  for (const { budget, other, shared } of pairs.values()) {
    const leaving = shared.filter(isDrained).some((pod) => {
      const node = known.lookup({ name: pod.spec?.nodeName ?? '' });
      return node.state === 'present' && isTakenOut(node.item);
    });
    context.report({
      message: 'twoBudgets',
      values: { budget: subjectOf(budget), other: subjectOf(other), count: shared.length },
      subject: subjectOf(budget),
      severity: leaving ? 'warning' : 'info',
      evidence: [context.at(budget, '/spec/selector'), context.at(other, '/spec/selector')],
      related: [subjectOf(other)],
    });
  }
}
