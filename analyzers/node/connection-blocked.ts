import { type NodeFirewall, nodeFirewall } from '../../src/artifacts/node-firewall.ts';
import { nodeProbes } from '../../src/artifacts/node-probes.ts';
import { ALL_NODES, type Machines, machines, machinesWith, unseenNode } from '../../src/derive/machines.ts';
import { CONNECTION_MESSAGES } from '../../src/derive/node-connection-messages.ts';
import { nodePeers, type PlacedProbe, type ProbedTarget } from '../../src/derive/node-peers.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import { type Subject, subjectKey } from '../../src/model/subject.ts';

/** Names shown of nodes or targets, and probes cited. */
const NAMES = 8;
const CITED = 3;

export const connectionBlocked = defineAnalyzer({
  meta: {
    id: 'node/connection-blocked',
    title: 'Connection from a node blocked',
    description: 'Nodes that do not reach each other, the API server, registries or package sources.',
    messages: CONNECTION_MESSAGES,
    checks: {
      peers: {
        checklist: 'check-preflight',
        item: 'Nodes reach each other',
        expected: 'every tried port answers',
        found: 'every tried port answers',
      },
      server: {
        checklist: 'check-preflight',
        item: 'Nodes reach the API server',
        expected: 'its address answers from every node',
        found: 'it answers',
      },
      registries: {
        checklist: 'check-preflight',
        item: 'Registries can be reached',
        expected: 'an answer, be it 401',
        found: 'they answer',
      },
      packages: {
        checklist: 'check-preflight',
        item: 'Package sources can be reached',
        expected: 'an answer',
        found: 'they answer',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
      'kubernetes/kubernetes cmd/kubeadm/app/preflight/checks.go: FirewalldCheck',
      'konvoy check preflight: registries, package sources, node-to-node',
    ],
  },
  needs: { peers: nodePeers, probes: nodeProbes, firewalls: optional(nodeFirewall), machines },
  analyze({ peers, firewalls, machines: known }, context) {
    const bad = new Set<string>();
    judgePeers(peers.of('node'), { context, known, bad });
    for (const [kind, message] of EACH) {
      for (const { target, failed } of peers.of(kind)) {
        for (const placed of failed) {
          if (kind === 'api-server') bad.add(`server ${subjectKey(placed.subject)}`);
          const values = { node: placed.subject, target, outcome: outcomeOf([placed]) };
          context.report({ message, values, subject: placed.subject, evidence: cite([placed], context) });
        }
      }
    }
    for (const { target, failed } of peers.of('registry')) {
      if (failed.length === 0) continue;
      const registry: Subject = { external: 'registry', name: target.replace(/:443$/, '') };
      const values = { registry, from: namesOf(failed.map(({ from }) => from)), outcome: outcomeOf(failed) };
      for (const { subject } of failed) bad.add(`registries ${subjectKey(subject)}`);
      context.report({
        message: 'registryUnreachable',
        values,
        subject: registry,
        evidence: cite(failed, context),
      });
    }
    for (const { target, failed } of peers.of('package-source')) {
      const [first] = failed;
      if (!first) continue;
      const values = { target, from: namesOf(failed.map(({ from }) => from)), outcome: outcomeOf(failed) };
      for (const { subject } of failed) bad.add(`packages ${subjectKey(subject)}`);
      context.report({
        message: 'packageSourceUnreachable',
        values,
        subject: first.subject,
        evidence: cite(failed, context),
      });
    }
    for (const [kind, check] of ROWS) {
      const tried = new Map<string, Subject>();
      for (const { failed, reached } of peers.of(kind)) {
        for (const { subject } of [...failed, ...reached]) tried.set(subjectKey(subject), subject);
      }
      for (const [key, subject] of tried) {
        if (!bad.has(`${check} ${key}`)) context.looked({ check, values: {}, subject });
      }
      if (tried.size === 0)
        context.looked({ check, unseen: 'it was not tried from any node', subject: ALL_NODES });
    }
    for (const { subject, documents } of machinesWith(firewalls, known)) {
      reportFirewall(subject, documents[0], context);
    }
    return undefined;
  },
});

/** Kinds reported for each node on its own. */
const EACH = [
  ['api-server', 'apiServerUnreachable'],
  ['service', 'serviceUnreachable'],
] as const;
const ROWS = [
  ['node', 'peers'],
  ['api-server', 'server'],
  ['registry', 'registries'],
  ['package-source', 'packages'],
] as const;

type Context = AnalyzeContext<
  typeof connectionBlocked.meta.messages,
  NonNullable<typeof connectionBlocked.meta.checks>
>;

interface Surroundings {
  readonly context: Context;
  readonly known: Machines;
  /** Check and subject of the rows that are not fine. */
  readonly bad: Set<string>;
}

/** A target nobody reaches is the target's fault, one that some reach is theirs who do not. */
function judgePeers(targets: readonly ProbedTarget[], { context, known, bad }: Surroundings): void {
  const perSource = new Map<string, PlacedProbe[]>();
  for (const { target, failed, reached } of targets) {
    const name = failed[0]?.probe.node;
    const state = name === undefined ? 'ready' : known.stateOf(name);
    // A node that is not ready is told as such; its ports are closed for that reason.
    if (failed[0] && name !== undefined && state === 'unseen') {
      context.looked({ check: 'peers', unseen: unseenNode(name), subject: known.subjectOf(name) });
    }
    if (!failed[0] || (state !== 'ready' && state !== 'alone')) continue;
    if (name !== undefined && reached.length === 0 && failed.length > 1) {
      const subject = known.subjectOf(name);
      bad.add(`peers ${subjectKey(subject)}`);
      const values = {
        node: subject,
        target,
        outcome: outcomeOf(failed),
        from: namesOf(failed.map(({ from }) => from)),
      };
      context.report({ message: 'nodeUnreachable', values, subject, evidence: cite(failed, context) });
      continue;
    }
    for (const placed of failed) {
      const known = perSource.get(placed.from);
      if (known) known.push(placed);
      else perSource.set(placed.from, [placed]);
    }
  }
  for (const failed of perSource.values()) {
    const [{ subject }] = failed as [PlacedProbe];
    bad.add(`peers ${subjectKey(subject)}`);
    const names = failed.map(({ probe }) => (probe.node ? `${probe.node} (${probe.target})` : probe.target));
    const values = { node: subject, targets: namesOf(names), outcome: outcomeOf(failed) };
    context.report({ message: 'peersUnreachable', values, subject, evidence: cite(failed, context) });
  }
}

function reportFirewall(
  subject: Subject,
  document: DocumentItem<NodeFirewall>,
  { report, at }: Context,
): void {
  const { ufwActive, firewalldActive } = document.value;
  if (!ufwActive && !firewalldActive) return;
  const firewall = firewalldActive ? 'firewalld' : 'ufw';
  report({
    message: 'firewallOn',
    values: { node: subject, firewall },
    subject,
    evidence: [at(document, '')],
  });
}

function outcomeOf(probes: readonly PlacedProbe[]): string[] {
  return [...new Set(probes.map(({ probe }) => probe.error ?? WORDS[probe.outcome]))].slice(0, NAMES);
}

const WORDS = {
  ok: 'reached',
  dns: 'the name does not resolve',
  refused: 'connection refused',
  timeout: 'no answer in time',
  tls: 'the TLS handshake fails',
  http: 'an HTTP error',
  error: 'no connection',
} as const;

function namesOf(names: readonly string[]): string[] {
  const all = [...new Set(names)];
  return all.length > NAMES ? [...all.slice(0, NAMES), `${all.length - NAMES} more`] : all;
}

function cite(probes: readonly PlacedProbe[], { at }: Context): EvidenceRefs {
  const [first, ...others] = probes.slice(0, CITED).map(({ document, pointer }) => at(document, pointer));
  return [first as EvidenceRefs[0], ...others];
}
