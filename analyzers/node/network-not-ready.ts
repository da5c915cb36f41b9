import { nodeNetwork } from '../../src/artifacts/node-network.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { ALL_NODES, lostDocuments, machines, machinesWith } from '../../src/derive/machines.ts';
import {
  AGENT_RECENT_SECONDS,
  faultSeverity,
  lineAge,
  matchesByMachine,
} from '../../src/derive/node-logs.ts';
import { nodeState } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** A network plugin has to be pulled and started on a new node first. */
const STARTED_SECONDS = 300;

const EFFECT = {
  check: 'network',
  effect: 'node-network-not-ready',
  explains: [
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'node-network-not-ready', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-scheduled', via: ['same-object'] },
    { effect: 'connection-failing', via: ['runs'] },
  ],
} as const;
const PLUGIN = {
  text: 'Look at the pod of the network plugin on this node: it writes the configuration in /etc/cni/net.d when it is up.',
  argv: ['kubectl', 'get', 'pods', '-A', '-o', 'wide', '--field-selector', 'spec.nodeName={node.name}'],
} as const;

const runtime = logSignals({
  component: { id: 'container-runtime', unit: /^(kubelet|containerd|crio|journal)$/ },
  patterns: {
    notInitialized: {
      any: [
        'cni plugin not initialized',
        'no network config found in /etc/cni/net.d',
        'no networks found in /etc/cni/net.d',
        'cni config uninitialized',
      ],
    },
  },
});

export const networkNotReady = defineAnalyzer({
  meta: {
    id: 'node/network-not-ready',
    title: 'Pod network of a node not set up',
    description: 'Nodes without routes or without a configured network plugin, by condition, files and logs.',
    messages: {
      unavailable: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the condition of the node says so' },
        ...EFFECT,
        text: 'The network of {node:object} counts as unavailable: {detail:text}; no pod is placed on it.',
        remedy: [
          PLUGIN,
          {
            text: 'On a cloud, the condition is kept by its route controller: see its log for refused or exhausted routes.',
          },
        ],
      },
      noConfiguration: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the folder of the network plugin was listed and is empty' },
        ...EFFECT,
        text: '{node:object} has no network plugin: /etc/cni/net.d holds no configuration.',
        remedy: [
          PLUGIN,
          {
            text: 'See whether its DaemonSet selects and tolerates this node, and whether its image can be pulled there.',
          },
        ],
      },
      notInitialized: {
        severity: ['critical', 'warning', 'info'],
        confidence: { level: 'likely', reason: 'the log of the kubelet or the container runtime says so' },
        ...EFFECT,
        text: 'The network plugin of {node:object} is not initialised, as its logs say {count:count} times.',
        remedy: [PLUGIN],
      },
    },
    checks: {
      network: {
        checklist: 'check-nodes',
        item: 'Pod network is set up',
        expected: 'no complaint of the kubelet',
        found: 'set up',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/node/node-status/#condition (NetworkUnavailable)',
      'containerd internal/cri/server/status.go: cni plugin not initialized',
    ],
  },
  needs: { nodes, runtime: optional(runtime), networks: optional(nodeNetwork), machines },
  analyze({ nodes: collection, runtime: log, networks, machines: known }, context) {
    const faulty = new Set<string>();
    for (const node of collection.items) {
      if (reportCondition(node, context)) faulty.add(subjectKey(subjectOf(node)));
    }
    for (const { subject, state, documents } of machinesWith(networks, known)) {
      const document = documents.find(({ value }) => value.cniFiles !== undefined);
      const configured = document?.value.cniFiles?.some((name) => /\.(conf|conflist|json)$/.test(name));
      if (!document || configured || faulty.has(subjectKey(subject))) continue;
      if (state === 'ready' || state === 'unseen') continue;
      faulty.add(subjectKey(subject));
      context.report({
        message: 'noConfiguration',
        values: { node: subject },
        subject,
        evidence: [context.at(document, '/cniFiles')],
      });
    }
    for (const { subject, state, matches } of matchesByMachine(log, 'notInitialized', known)) {
      if (faulty.has(subjectKey(subject))) continue;
      // A node that is not ready says so itself; node/not-ready reports it. Ready ones have it behind them.
      if (state !== 'silent' && state !== 'alone') continue;
      faulty.add(subjectKey(subject));
      context.report({
        message: 'notInitialized',
        severity: faultSeverity(state, lineAge(matches, context, AGENT_RECENT_SECONDS)),
        values: { node: subject, count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    lookAtRest(collection.items, faulty, context);
    const lost = lostDocuments(networks);
    if (lost) context.looked({ check: 'network', unseen: lost, subject: ALL_NODES });
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof networkNotReady.meta.messages,
  NonNullable<typeof networkNotReady.meta.checks>
>;

function reportCondition(node: NodeItem, { report, at, age }: Context): boolean {
  const conditions = node.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === 'NetworkUnavailable');
  const condition = conditions[index];
  if (condition?.status !== 'True') return false;
  if (!isOlder(age(node.metadata.creationTimestamp, node), STARTED_SECONDS)) return false;
  const { message, reason, lastTransitionTime: since } = condition;
  report({
    message: 'unavailable',
    values: { node: subjectOf(node), detail: (message || reason || 'no reason given').replace(/\.$/, '') },
    subject: subjectOf(node),
    evidence: [at(node, `/status/conditions/${index}`)],
    ...(since ? { since } : {}),
  });
  return true;
}

/** A ready node has a network; of one that is not ready for another reason, nobody can tell. */
function lookAtRest(items: readonly NodeItem[], faulty: ReadonlySet<string>, { looked }: Context): void {
  for (const node of items) {
    const subject = subjectOf(node);
    if (faulty.has(subjectKey(subject))) continue;
    if (nodeState(node) === 'ready') looked({ check: 'network', values: {}, subject });
    else looked({ check: 'network', unseen: 'the node is not ready, which is told elsewhere', subject });
  }
}
