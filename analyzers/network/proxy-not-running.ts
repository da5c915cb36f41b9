import { type NodeItem, nodes, pods } from '../../src/artifacts/resources.ts';
import { daemonSets } from '../../src/artifacts/workload-resources.ts';
import { clusterIdentity } from '../../src/derive/cluster-identity.ts';
import {
  isVirtualNode,
  type NetworkAgent,
  networkAgents,
  troubleOfNode,
} from '../../src/derive/network-agents.ts';
import { readinessSince } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import type { LogSignals } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** A proxy that was replaced, or a node that has come, is given as long as a rollout takes for one node. */
const SETTLED_SECONDS = 120;
/** Older complaints of the proxy may be over. */
const RECENT_SECONDS = 600;
/** One failed write of rules is tried again (syncPeriod 30 s); this many are no chance. */
const SYNC_FAILURES = 3;

const proxyLog = logSignals({
  component: {
    id: 'kube-proxy',
    container: /^kube-proxy$/,
    image: /(^|\/)kube-proxy[:@]/,
    unit: /kube-proxy/,
  },
  patterns: {
    syncFailed: {
      any: [
        'iptables-restore failed',
        'iptables-restore"',
        'Failed to execute iptables-restore',
        'Sync failed',
      ],
    },
    noApi: {
      any: ['Failed to watch', 'failed to list *v1', 'Failed to list *v1'],
      re: /EndpointSlice|\*v1\.Service|\*v1\.Node/,
    },
  },
});

const DOWN = {
  severity: 'critical',
  effect: 'node-network-not-ready',
  explains: [
    { effect: 'connection-failing', via: ['runs'] },
    { effect: 'dns-failing', via: ['runs'] },
    { effect: 'node-network-not-ready', via: ['same-object'] },
  ],
} as const;

export const proxyNotRunning = defineAnalyzer({
  meta: {
    id: 'network/proxy-not-running',
    title: 'kube-proxy not running on a node',
    description: 'Whether kube-proxy, which makes the addresses of Services work, runs on every node.',
    messages: {
      podNotReady: {
        ...DOWN,
        confidence: { level: 'certain', reason: 'the conditions of the pod say so' },
        text: 'kube-proxy on {node:object} does not run: {pod:object} is not ready, so addresses of Services on this node lead where they led before, or nowhere.',
        remedy: [
          {
            text: 'Read what kube-proxy says.',
            argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--tail=50'],
          },
        ],
      },
      podMissing: {
        ...DOWN,
        confidence: { level: 'certain', reason: 'the DaemonSet selects the node and no pod of it is there' },
        text: '{node:object} has no kube-proxy: {daemonSet:object} selects the node, but no pod of it runs there.',
        remedy: [
          {
            text: 'See why the DaemonSet has no pod there: its events tell what refuses the pod.',
            argv: ['kubectl', 'describe', 'daemonset', '{daemonSet.name}', '-n', '{daemonSet.namespace}'],
          },
        ],
      },
      rulesNotWritten: {
        ...DOWN,
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'the log of kube-proxy says so; the rules were not looked at',
        },
        text: 'kube-proxy on {node:object} runs, but failed {count:count} times to write its rules.',
        remedy: [
          {
            text: 'Read the message of iptables in the log: mixed iptables backends, a missing kernel module, a lock held by another program.',
          },
        ],
      },
      noApiServer: {
        ...DOWN,
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the log of kube-proxy says so' },
        text: 'kube-proxy on {node:object} does not get Services and endpoints from the API server, {count:count} times lately.',
        remedy: [
          {
            text: 'Test from the node the address of the API server that stands in the kubeconfig of kube-proxy; after a change of that address or of the CA the ConfigMap `kube-proxy` has to be changed as well.',
          },
        ],
      },
    },
    checks: {
      runs: { item: 'kube-proxy runs on the node', expected: 'a ready pod', found: 'ready' },
    },
    references: [
      'https://kubernetes.io/docs/reference/networking/virtual-ips/',
      'https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#is-the-kube-proxy-working',
    ],
  },
  needs: {
    nodes,
    pods,
    agents: networkAgents,
    daemonSets: optional(daemonSets),
    identity: clusterIdentity,
    log: optional(proxyLog),
  },
  appliesTo({ agents, log, pods: collection, daemonSets: sets, identity }) {
    if (agents.some((agent) => agent.role === 'proxy') || log.units().length > 0) return true;
    const gaps = [...collection.coverage.gaps, ...sets.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: insteadOfProxy(agents, identity.flavour) };
  },
  analyze(inputs, context) {
    const proxy = inputs.agents.find((agent) => agent.role === 'proxy');
    for (const node of inputs.nodes.items) {
      if (isVirtualNode(node) || node.metadata.deletionTimestamp || troubleOfNode(node)) continue;
      if (!proxy || judge(node, proxy, context)) readLog(node, inputs.log, { proxy, context });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof proxyNotRunning.meta.messages,
  NonNullable<typeof proxyNotRunning.meta.checks>
>;

/** Why a cluster has no kube-proxy pods and needs none. */
function insteadOfProxy(agents: readonly NetworkAgent[], flavour: string | undefined): string {
  if (flavour === 'k3s') return 'k3s runs kube-proxy inside its own process';
  const replacing = agents.find((agent) => /Cilium|OVN|SDN|kube-router|Antrea/.test(agent.name));
  if (replacing) return `${replacing.name} does the work of kube-proxy in this cluster`;
  return 'kube-proxy does not run as pods here: the nodes or the provider run it';
}

/** Judges the pod on a node; whether it is there and ready, so that its log is of interest. */
function judge(node: NodeItem, proxy: NetworkAgent, context: Context): boolean {
  const subject = subjectOf(node);
  const state = proxy.on(node);
  if (state.is === 'ready') {
    context.looked({ check: 'runs', values: {}, subject });
    return true;
  }
  if (state.is === 'not-ready') {
    const since = readinessSince(state.pod);
    if (isOlder(context.age(since, state.pod), SETTLED_SECONDS) !== true) return false;
    context.report({
      message: 'podNotReady',
      values: { node: subject, pod: subjectOf(state.pod) },
      subject,
      related: [subjectOf(state.pod)],
      evidence: [context.at(state.pod, '/status/conditions')],
      ...(since ? { since } : {}),
    });
  } else if (state.is === 'missing') {
    const { daemonSet: set } = state;
    const ages = [
      context.age(node.metadata.creationTimestamp, node),
      context.age(set.metadata.creationTimestamp, set),
    ];
    if (!ages.every((age) => isOlder(age, SETTLED_SECONDS))) return false;
    context.report({
      message: 'podMissing',
      values: { node: subject, daemonSet: subjectOf(set) },
      subject,
      related: [subjectOf(set)],
      evidence: [context.at(set, '/status'), context.absent({ artifact: pods, scope: CLUSTER_SCOPE })],
    });
  }
  return false;
}

/** What the proxy of a node complains of, lately and often enough. */
function readLog(
  node: NodeItem,
  log: LogSignals<'syncFailed' | 'noApi'>,
  { proxy, context }: { proxy: NetworkAgent | undefined; context: Context },
): void {
  const state = proxy?.on(node);
  const pod = state?.is === 'ready' ? state.pod : undefined;
  const owner = pod
    ? { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name }
    : { node: node.metadata.name };
  const subject = subjectOf(node);
  for (const [pattern, message] of [
    ['syncFailed', 'rulesNotWritten'],
    ['noApi', 'noApiServer'],
  ] as const) {
    const found = log.matches(pattern, owner).find((one) => {
      if (one.count < SYNC_FAILURES || ('previous' in one.scope && one.scope.previous)) return false;
      return isOlder(context.age(one.last, one), RECENT_SECONDS) === false;
    });
    if (!found) continue;
    const evidence = [{ cite: 'matches', matches: found }] as const;
    const related = pod ? [subjectOf(pod)] : [];
    context.report({ message, values: { node: subject, count: found.count }, subject, related, evidence });
  }
}
