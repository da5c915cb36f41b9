import { type NodeItem, nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { readyCondition } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

type Taint = NonNullable<NonNullable<NodeItem['spec']>['taints']>[number];

/** What puts these taints on takes them off again within seconds. */
const SETTLED_SECONDS = 300;
/** An agent that has to be pulled and started first. */
const STARTED_SECONDS = 900;

const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized';
/** Taints agents put on a node until they run there: Cilium, the EBS driver, Karpenter. */
const AGENT_TAINTS = [
  'node.cilium.io/agent-not-ready',
  'ebs.csi.aws.com/agent-not-ready',
  'karpenter.sh/unregistered',
];
/** Taints the node-lifecycle controller keeps equal to a condition, with what the condition is when they belong there. */
const CONDITION_TAINTS: Readonly<Record<string, { readonly type: string; readonly unless: string }>> = {
  'node.kubernetes.io/not-ready': { type: 'Ready', unless: 'True' },
  'node.kubernetes.io/unreachable': { type: 'Ready', unless: 'True' },
  'node.kubernetes.io/memory-pressure': { type: 'MemoryPressure', unless: 'False' },
  'node.kubernetes.io/disk-pressure': { type: 'DiskPressure', unless: 'False' },
  'node.kubernetes.io/pid-pressure': { type: 'PIDPressure', unless: 'False' },
  'node.kubernetes.io/network-unavailable': { type: 'NetworkUnavailable', unless: 'False' },
};
/** Taints set by people, autoscalers and roles that say by their key what they are for. */
const KNOWN_KEYS =
  /^(?:node-role\.kubernetes\.io\/|node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/|ToBeDeleted|DeletionCandidate|karpenter\.sh\/)/;

const TAINTS = { level: 'certain', reason: 'the specification of the node says so' } as const;
const EXPLAINS = [{ effect: 'pod-not-scheduled', via: ['same-object'] }] as const;
const REMOVE = {
  text: 'If nothing is to take it off any more, remove the taint.',
  argv: ['kubectl', 'taint', 'node', '{node.name}', '{key}:{mode}-'],
} as const;

export const taintUntolerated = defineAnalyzer({
  meta: {
    id: 'node/taint-untolerated',
    title: 'Taint that keeps pods away',
    description: 'Nodes with a taint that should be gone by now, or that no pod of the cluster tolerates.',
    messages: {
      uninitialized: {
        severity: 'warning',
        confidence: TAINTS,
        text: '{node:object} waits to be initialised by a cloud controller manager since it was made: no pod without a toleration of `{key:text}:{mode:text}` is placed on it.',
        remedy: [
          {
            text: 'The kubelet runs with `--cloud-provider=external`: see whether a cloud controller manager runs, its log, and its rights at the provider.',
            argv: [
              'kubectl',
              'get',
              'pods',
              '-A',
              '-o',
              'wide',
              '--field-selector',
              'spec.nodeName={node.name}',
            ],
          },
          REMOVE,
        ],
        key: ['key'],
        explains: EXPLAINS,
      },
      agentNotStarted: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'an agent that runs removes its taint; how long this one has been there is not recorded',
        },
        text: '{node:object} still carries the taint `{key:text}:{mode:text}`, which its agent removes as soon as it runs there.',
        remedy: [
          {
            text: 'Look at the pod of the agent on this node.',
            argv: [
              'kubectl',
              'get',
              'pods',
              '-A',
              '-o',
              'wide',
              '--field-selector',
              'spec.nodeName={node.name}',
            ],
          },
          REMOVE,
        ],
        key: ['key'],
        explains: EXPLAINS,
      },
      conditionOver: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'taint and condition of the node contradict each other' },
        text: '{node:object} carries the taint `{key:text}:{mode:text}`, though its condition {condition:text} has been {status:text} since {since:time}: the controller that keeps the two equal does not work.',
        remedy: [
          {
            text: 'See whether kube-controller-manager runs and renews its lease: its node-lifecycle controller sets and removes this taint.',
            argv: ['kubectl', 'get', 'lease', 'kube-controller-manager', '-n', 'kube-system', '-o', 'yaml'],
          },
        ],
        key: ['key'],
        explains: EXPLAINS,
      },
      nobodyTolerates: {
        severity: 'info',
        confidence: { level: 'likely', reason: 'no pod of the bundle tolerates it; pods to come may' },
        text: 'No pod of the cluster tolerates the taint `{key:text}:{mode:text}` of {node:object}: nothing is placed on it.',
        remedy: [
          {
            text: 'If the node is not reserved on purpose, remove the taint, or give the pods meant for it a toleration.',
          },
          REMOVE,
        ],
        key: ['key'],
        groupBy: ['key'],
      },
    },
    checks: {
      taints: {
        item: 'Taints of the node',
        expected: 'none that is left over',
        found: '{taints:count} taints',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/',
      'kubernetes/kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go: nodeConditionToTaintKeyStatusMap',
      'https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/',
    ],
  },
  needs: { nodes, pods: optional(pods) },
  analyze({ nodes: collection, pods: podCollection }, context) {
    const tolerated = new Set<string>();
    let everything = !podCollection.coverage.complete;
    for (const pod of podCollection.items) {
      for (const { key, operator } of pod.spec?.tolerations ?? []) {
        if (key) tolerated.add(key);
        // What tolerates everything to run everywhere makes no node useful to others.
        else if (operator === 'Exists' && !runsEverywhere(pod)) everything = true;
      }
    }
    for (const node of collection.items) {
      const taints = node.spec?.taints ?? [];
      const left = taints.flatMap((taint, index) => judge(node, taint, { context, index }) ?? []);
      for (const [index, { key, effect }] of taints.entries()) {
        if (everything || KNOWN_KEYS.test(key) || AGENT_TAINTS.includes(key) || tolerated.has(key)) continue;
        if (effect === 'PreferNoSchedule') continue;
        context.report({
          message: 'nobodyTolerates',
          values: { node: subjectOf(node), key, mode: effect },
          subject: subjectOf(node),
          evidence: [context.at(node, `/spec/taints/${index}`)],
        });
      }
      if (left.length === 0)
        context.looked({ check: 'taints', values: { taints: taints.length }, subject: subjectOf(node) });
    }
    return undefined;
  },
});

interface Place {
  readonly context: AnalyzeContext<
    typeof taintUntolerated.meta.messages,
    NonNullable<typeof taintUntolerated.meta.checks>
  >;
  readonly index: number;
}

/** Reports a taint that should be gone; the key when it does. */
function judge(node: NodeItem, taint: Taint, { context, index }: Place): string | undefined {
  const { key, effect: mode } = taint;
  const subject = subjectOf(node);
  const pointer = `/spec/taints/${index}`;
  const values = { node: subject, key, mode };
  const created = context.age(node.metadata.creationTimestamp, node);
  const evidence = [context.at(node, pointer)] as const;
  if (key === UNINITIALIZED && isOlder(created, SETTLED_SECONDS)) {
    const since = node.metadata.creationTimestamp;
    context.report({ message: 'uninitialized', values, subject, evidence, ...(since ? { since } : {}) });
    return key;
  }
  if (AGENT_TAINTS.includes(key) && isOlder(created, STARTED_SECONDS)) {
    context.report({ message: 'agentNotStarted', values, subject, evidence });
    return key;
  }
  const belongs = CONDITION_TAINTS[key];
  const ready = readyCondition(node)?.condition;
  const condition = node.status?.conditions?.find((one) => one.type === belongs?.type);
  const since = condition?.lastTransitionTime;
  if (!belongs || !since || condition.status !== belongs.unless || ready?.status === 'Unknown')
    return undefined;
  if (!isOlder(context.age(since, node), SETTLED_SECONDS)) return undefined;
  const { type, status } = condition;
  context.report({
    message: 'conditionOver',
    values: { ...values, condition: type, status, since },
    subject,
    evidence: [...evidence, context.at(node, '/status/conditions')],
    since,
  });
  return key;
}

/** Pods of DaemonSets, and static pods, which no scheduler places. */
function runsEverywhere({ metadata }: PodItem): boolean {
  if (metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return true;
  return metadata.ownerReferences?.some(({ kind }) => kind === 'DaemonSet') === true;
}
