import { nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { deployments } from '../../src/artifacts/workload-resources.ts';
import { lastEnd } from '../../src/derive/container-crash.ts';
import { containersOf } from '../../src/derive/containers.ts';
import { type KongContainer, kongContainer, kongSetting } from '../../src/derive/kong-containers.ts';
import { goDuration, type KongShutdown, kongShutdown, podsOfShare } from '../../src/derive/kong-shutdown.ts';
import { hasEnded } from '../../src/derive/pod-readiness.ts';
import { podOwner } from '../../src/derive/pod-siblings.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, type ItemOf, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ObjectRef, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** A container killed longer ago says nothing of how it is stopped today. */
const DAY_SECONDS = 86_400;
/** SIGKILL, after the grace period or by the kernel. */
const KILLED = 137;

const SET = { level: 'certain', reason: 'the settings of the pod say so' } as const;
const GRACE = {
  text: 'Let `terminationGracePeriodSeconds` of the {kind:text} be longer than `--wait` and `--timeout` of `kong quit` together (chart: `terminationGracePeriodSeconds`, `lifecycle.preStop`).',
  argv: ['kubectl', 'get', '{kind}', '{workload.name}', '-n', '{workload.namespace}', '-o', 'yaml'],
} as const;

const needs = {
  pods,
  deployments: optional(deployments),
  kubelets: optional(nodeKubeletConfig),
};

export const shutdownTooShort = defineAnalyzer({
  meta: {
    id: 'kong/shutdown-too-short',
    title: 'Kong has too little time to stop',
    description:
      'Kong pods whose preStop hook, grace period or rollout settings cut requests off when they are replaced.',
    messages: {
      graceTooShort: {
        severity: ['warning', 'info'],
        confidence: SET,
        text: 'Pods of {workload:object} may need {needed:duration} to stop ({hook:text}), but are killed after {grace:duration}{seen:text}: requests in flight are cut off.',
        remedy: [GRACE],
      },
      noDrain: {
        severity: 'info',
        confidence: SET,
        text: 'Pods of {workload:object} stop to listen at once when they are deleted ({hook:text}), while Services and load balancers still send them requests for some seconds.',
        remedy: [
          {
            text: 'Run `kong quit --wait=15` as preStop hook, as the chart does: Kong goes on listening while the endpoints are taken away.',
          },
        ],
      },
      nodeGivesLess: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the configuration of the kubelet says so' },
        text: 'Pods of {workload:object} may need {needed:duration} to stop, but a shutdown of {node:object} gives them {grace:duration}: they end in the middle of it and are left behind as ended pods.',
        remedy: [
          {
            text: 'Raise `shutdownGracePeriod` of the kubelet where it can be set; managed spot nodes allow 15 to 25 s.',
          },
        ],
      },
      allAtOnce: {
        severity: 'info',
        confidence: SET,
        text: 'A rollout of {workload:object} may take all its {replicas:count} pods away at the same time ({strategy:text}).',
        remedy: [
          {
            text: 'Use `RollingUpdate` with `maxUnavailable: 0` and `maxSurge: 1` (chart: `updateStrategy`): a pod goes when its successor is ready.',
          },
        ],
      },
    },
    checks: {
      enough: {
        item: 'Kong has time to stop',
        expected: 'grace period longer than the preStop hook',
        found: '{needed:duration} of {grace:duration}',
      },
    },
    references: [
      'Kong/kong kong/cmd/quit.lua: --timeout 10, --wait 0',
      'Kong/charts charts/kong/values.yaml: lifecycle.preStop kong quit --wait=15, terminationGracePeriodSeconds 30',
      'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
    ],
  },
  needs,
  appliesTo({ pods: { items, coverage } }) {
    if (items.some((pod) => kongContainer(pod))) return true;
    if (!coverage.complete) return { applies: 'unseen', gaps: coverage.gaps };
    return { applies: false, reason: 'no pod runs Kong' };
  },
  analyze(inputs, context) {
    const killed = killedByOwner(inputs.pods.items, context);
    const nodes = shutdownByNode(inputs.kubelets);
    const told = new Set<string>();
    for (const pod of inputs.pods.items) {
      if (hasEnded(pod) || pod.metadata.deletionTimestamp) continue;
      const kong = kongContainer(pod);
      const workload = podOwner(pod);
      const key = subjectKey(workload);
      if (!kong || workload.kind === 'Job' || told.has(key)) continue;
      told.add(key);
      const stop = kongShutdown(pod, kong);
      const one = { pod, kong, workload, stop, context };
      reportGrace(one, killed.has(key));
      reportNode(one, nodes);
      reportStrategy(one, inputs.deployments);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof shutdownTooShort.meta.messages,
  NonNullable<typeof shutdownTooShort.meta.checks>
>;

interface Workload {
  readonly pod: PodItem;
  readonly kong: KongContainer;
  readonly workload: ObjectRef;
  readonly stop: KongShutdown;
  readonly context: Context;
}

/** Workloads one of whose Kong containers was killed within a day, other than for memory. */
function killedByOwner(all: readonly PodItem[], { age }: Context): ReadonlySet<string> {
  const owners = new Set<string>();
  for (const pod of all) {
    // An eviction for a limit leaves a second, whatever the pod asks for.
    const kong = pod.status?.reason === 'Evicted' ? undefined : kongContainer(pod);
    const container = kong && containersOf(pod).find(({ name, init }) => name === kong.name && !init);
    const end = container && lastEnd(container);
    if (end?.exitCode !== KILLED || end.reason === 'OOMKilled') continue;
    if (isOlder(age(end.finishedAt, pod), DAY_SECONDS) === false) owners.add(subjectKey(podOwner(pod)));
  }
  return owners;
}

function reportGrace({ pod, kong, workload, stop, context }: Workload, wasKilled: boolean): void {
  const { needed, hook, grace, drains } = stop;
  const evidence = [
    context.at(pod, '/spec/terminationGracePeriodSeconds'),
    context.at(pod, kong.pointer),
  ] as const;
  if (needed !== undefined && needed >= grace) {
    const seen = wasKilled ? ', and one was killed within the last day' : '';
    context.report({
      message: 'graceTooShort',
      severity: wasKilled ? 'warning' : 'info',
      values: { workload, kind: workload.kind, needed, hook, grace, seen },
      subject: workload,
      evidence,
    });
  } else if (!drains && kongSetting(kong, 'KONG_ROLE') !== 'control_plane') {
    context.report({ message: 'noDrain', values: { workload, hook }, subject: workload, evidence });
  } else {
    context.looked({ check: 'enough', values: { needed: needed ?? 0, grace }, subject: workload });
  }
}

interface NodeShutdown {
  readonly seconds: number;
  readonly document: object;
}

/** What a shutdown of a node leaves to pods that are not critical; nodes without a graceful one are left out. */
function shutdownByNode(kubelets: Inputs<typeof needs>['kubelets']): ReadonlyMap<string, NodeShutdown> {
  const nodes = new Map<string, NodeShutdown>();
  for (const document of kubelets.items) {
    const all = goDuration(document.value.shutdownGracePeriod);
    if (document.scope.type !== 'node' || !all) continue;
    const critical = goDuration(document.value.shutdownGracePeriodCriticalPods) ?? 0;
    nodes.set(document.scope.node, { seconds: all - critical, document });
  }
  return nodes;
}

function reportNode(
  { pod, workload, stop, context }: Workload,
  nodes: ReadonlyMap<string, NodeShutdown>,
): void {
  const name = pod.spec?.nodeName ?? '';
  const node = nodes.get(name);
  const { needed } = stop;
  if (!node || needed === undefined || needed <= node.seconds) return;
  const ref: ObjectRef = { group: '', kind: 'Node', name };
  context.report({
    message: 'nodeGivesLess',
    values: { workload, needed, node: ref, grace: node.seconds },
    subject: workload,
    related: [ref, subjectOf(pod)],
    evidence: [context.at(node.document, '/shutdownGracePeriod')],
  });
}

function reportStrategy(
  { workload, context }: Workload,
  collection: Inputs<typeof needs>['deployments'],
): void {
  if (workload.kind !== 'Deployment') return;
  const { namespace = '', name } = workload;
  const found = collection.lookup({ namespace, name });
  if (found.state !== 'present') return;
  const strategy = allAtOnce(found.item);
  if (strategy === undefined) return;
  context.report({
    message: 'allAtOnce',
    values: { workload, replicas: found.item.spec?.replicas ?? 1, strategy },
    subject: workload,
    evidence: [context.at(found.item, '/spec/strategy')],
  });
}

/** The settings that take every pod away at once; undefined where some stay, or there is none. */
function allAtOnce({ spec }: ItemOf<typeof deployments>): string | undefined {
  const replicas = spec?.replicas ?? 1;
  if (replicas === 0) return undefined;
  if (spec?.strategy?.type === 'Recreate') return '`strategy: Recreate`';
  const unavailable = spec?.strategy?.rollingUpdate?.maxUnavailable;
  const away = podsOfShare(unavailable, replicas, 'down');
  return away !== undefined && away >= replicas ? `\`maxUnavailable: ${unavailable}\`` : undefined;
}
