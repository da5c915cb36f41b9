import { type NodeItem, nodes, type PodItem, pods } from '../../src/artifacts/resources.ts';
import { daemonSets } from '../../src/artifacts/workload-resources.ts';
import {
  isVirtualNode,
  type NetworkAgent,
  networkAgents,
  troubleOfNode,
} from '../../src/derive/network-agents.ts';
import { readinessSince } from '../../src/derive/pod-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE } from '../../src/model/scope.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** An agent that was replaced, or a node that has come, is given as long as a rollout takes for one node. */
const SETTLED_SECONDS = 120;

const UNHEALTHY = {
  severity: 'critical',
  effect: 'node-network-not-ready',
  explains: [
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'node-network-not-ready', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'connection-failing', via: ['runs'] },
    { effect: 'dns-failing', via: ['runs'] },
  ],
  check: 'healthy',
} as const;

export const networkPluginUnhealthy = defineAnalyzer({
  meta: {
    id: 'network/network-plugin-unhealthy',
    title: 'Network plugin not healthy on a node',
    description: 'Whether the agent of the network plugin runs and is ready on every node.',
    messages: {
      agentNotReady: {
        ...UNHEALTHY,
        confidence: { level: 'certain', reason: 'the conditions of the pod say so' },
        text: 'The {plugin:text} agent on {node:object} is not ready: {pod:object}.',
        remedy: [
          {
            text: 'Read what the agent says; new pods of the node get no network until it is ready.',
            argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '--all-containers', '--tail=50'],
          },
          {
            text: 'See its conditions, its restarts and its events.',
            argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
          },
        ],
      },
      agentMissing: {
        ...UNHEALTHY,
        confidence: { level: 'certain', reason: 'the DaemonSet selects the node and no pod of it is there' },
        text: '{node:object} has no {plugin:text} agent: {daemonSet:object} selects the node, but no pod of it runs there.',
        remedy: [
          {
            text: 'See why the DaemonSet has no pod there: its events tell what refuses the pod.',
            argv: ['kubectl', 'describe', 'daemonset', '{daemonSet.name}', '-n', '{daemonSet.namespace}'],
          },
        ],
      },
    },
    checks: {
      healthy: {
        checklist: 'check-kubernetes',
        item: 'Container network healthy on the node',
        expected: 'the agent of the network plugin runs and is ready',
        found: '{plugin:text} ready',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/network-plugins/',
      'https://kubernetes.io/docs/concepts/cluster-administration/addons/#networking-and-network-policy',
      'manifests of Calico, Canal, Cilium, Flannel, Weave Net, Antrea, OVN-Kubernetes, Kube-OVN, kube-router, kindnet, Amazon VPC CNI, Azure CNI: labels of the agents',
    ],
  },
  needs: { nodes, agents: networkAgents, pods, daemonSets: optional(daemonSets) },
  appliesTo({ agents, pods: collection, daemonSets: sets }) {
    if (agents.some((agent) => agent.role === 'plugin')) return true;
    const gaps = [...collection.coverage.gaps, ...sets.coverage.gaps];
    if (gaps.length > 0) return { applies: 'unseen', gaps };
    return { applies: false, reason: 'no agent of a known network plugin runs as a pod in this cluster' };
  },
  analyze(inputs, context) {
    const plugins = inputs.agents.filter((agent) => agent.role === 'plugin');
    for (const node of inputs.nodes.items) {
      if (isVirtualNode(node) || node.metadata.deletionTimestamp) continue;
      judge(node, plugins, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof networkPluginUnhealthy.meta.messages,
  NonNullable<typeof networkPluginUnhealthy.meta.checks>
>;

function judge(node: NodeItem, plugins: readonly NetworkAgent[], context: Context): void {
  const subject = subjectOf(node);
  const trouble = troubleOfNode(node);
  if (trouble) {
    context.looked({ check: 'healthy', unseen: trouble, subject });
    return;
  }
  for (const plugin of plugins) {
    const state = plugin.on(node);
    if (state.is === 'ready') {
      const evidence = [context.at(state.pod, '/status/conditions')];
      context.looked({ check: 'healthy', values: { plugin: plugin.name }, subject, evidence });
    } else if (state.is === 'not-ready') {
      notReady(node, state.pod, plugin.name, context);
    } else if (state.is === 'missing') {
      const settled = isOlder(context.age(node.metadata.creationTimestamp, node), SETTLED_SECONDS);
      const isNew = isOlder(
        context.age(state.daemonSet.metadata.creationTimestamp, state.daemonSet),
        SETTLED_SECONDS,
      );
      if (settled !== true || isNew !== true) continue;
      const daemonSet = subjectOf(state.daemonSet);
      context.report({
        message: 'agentMissing',
        values: { node: subject, plugin: plugin.name, daemonSet },
        subject,
        related: [daemonSet],
        evidence: [
          context.at(state.daemonSet, '/status'),
          context.absent({ artifact: pods, scope: CLUSTER_SCOPE }),
        ],
      });
    }
  }
}

function notReady(node: NodeItem, pod: PodItem, plugin: string, context: Context): void {
  const since = readinessSince(pod);
  const settled = isOlder(context.age(since, pod), SETTLED_SECONDS);
  const subject = subjectOf(node);
  if (!settled) {
    const unseen = settled === undefined ? 'the age of its state is not known' : 'it started a moment ago';
    context.looked({ check: 'healthy', unseen, subject });
    return;
  }
  context.report({
    message: 'agentNotReady',
    values: { plugin, node: subject, pod: subjectOf(pod) },
    subject,
    related: [subjectOf(pod)],
    evidence: [context.at(pod, '/status/conditions')],
    ...(since ? { since } : {}),
  });
}
