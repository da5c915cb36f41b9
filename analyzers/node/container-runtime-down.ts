import { type NodeRuntime, nodeRuntime } from '../../src/artifacts/node-runtime.ts';
import { type NodeService, nodeServices } from '../../src/artifacts/node-services.ts';
import { nodes } from '../../src/artifacts/resources.ts';
import {
  ALL_NODES,
  lostDocuments,
  machines,
  machinesWith,
  type SeenMachine,
} from '../../src/derive/machines.ts';
import {
  AGENT_RECENT_SECONDS,
  faultSeverity,
  KUBELET_LOG,
  lineAge,
  matchesByMachine,
} from '../../src/derive/node-logs.ts';
import { nodeState } from '../../src/derive/node-readiness.ts';
import { servicesOf, stateText } from '../../src/derive/service-states.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import type { Gap } from '../../src/model/coverage.ts';
import type { LogTail } from '../../src/model/log-signals.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const EFFECT = {
  check: 'runtime',
  effect: 'container-runtime-down',
  explains: [
    { effect: 'container-runtime-down', via: ['same-object'] },
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'node-network-not-ready', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-ready', via: ['runs'] },
    { effect: 'pod-not-terminating', via: ['runs'] },
    { effect: 'etcd-unavailable', via: ['runs'] },
  ],
} as const;
const START = {
  text: 'On the node, read why it ended, then start it: `journalctl -u {unit:text}`; a full disk and a configuration it cannot read are the usual reasons.',
  argv: ['systemctl', 'restart', '{unit}'],
} as const;

/** Units of container runtimes by the scheme of `containerRuntimeVersion`. */
const RUNTIME_UNITS: Readonly<Record<string, readonly string[]>> = {
  containerd: ['containerd.service'],
  'cri-o': ['crio.service'],
  docker: ['docker.service', 'cri-docker.service'],
};
/** Distributions whose one service holds the runtime too. */
const EMBEDDING_UNITS =
  /^(k3s|k3s-agent|rke2-server|rke2-agent|k0scontroller|k0sworker|snap\.microk8s.*)\.service$/;

const kubelet = logSignals({
  component: KUBELET_LOG,
  patterns: {
    socketRefused: {
      any: ['Container runtime sanity check failed', 'Status from runtime service failed'],
      re: /dial unix (?<socket>\/[^:\s]+): connect: (?<cause>connection refused|no such file or directory)/,
    },
  },
});
/** Any lines of a runtime: only its last words are read. */
const runtimeLog = logSignals({
  component: { id: 'runtime', unit: /^(containerd|crio|docker)$/ },
  patterns: {},
});

export const containerRuntimeDown = defineAnalyzer({
  meta: {
    id: 'node/container-runtime-down',
    title: 'Container runtime down',
    description:
      'Machines whose container runtime is stopped or does not answer, by unit states, its commands and the log of the kubelet.',
    messages: {
      stopped: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'systemd tells the state of the unit' },
        ...EFFECT,
        text: 'The container runtime of {node:object} does not run: {unit:text} is {state:text}.',
        remedy: [START],
      },
      notAnswering: {
        severity: 'critical',
        confidence: { level: 'likely', reason: 'its command line tool got no answer' },
        ...EFFECT,
        text: 'The container runtime of {node:object} does not answer on its socket: {detail:text}.',
        remedy: [
          {
            text: 'On the node, see whether the runtime runs and what it waits for.',
            argv: ['systemctl', 'status', 'containerd'],
          },
        ],
      },
      socketRefused: {
        severity: ['critical', 'warning'],
        confidence: { level: 'likely', reason: 'the kubelet cannot connect to its socket' },
        ...EFFECT,
        text: 'The kubelet of {node:object} does not reach the container runtime at {socket:text}: {cause:text} ({count:count} lines).',
        remedy: [
          {
            text: 'On the node, see whether the runtime runs; `no such file` may also be a wrong `containerRuntimeEndpoint` of the kubelet.',
            argv: ['systemctl', 'status', 'containerd'],
          },
        ],
      },
    },
    checks: {
      runtime: {
        checklist: 'check-nodes',
        item: 'Container runtime runs',
        expected: 'active',
        found: '{state:text}',
      },
    },
    references: [
      'kubernetes/kubernetes pkg/kubelet/kubelet.go: updateRuntimeUp',
      'https://www.freedesktop.org/software/systemd/man/org.freedesktop.systemd1.html (ActiveState, SubState)',
    ],
  },
  needs: {
    nodes,
    machines,
    services: optional(nodeServices),
    runtimes: optional(nodeRuntime),
    kubelet: optional(kubelet),
    runtimeLog: optional(runtimeLog),
  },
  analyze(inputs, context) {
    const { machines: known, runtimeLog: words } = inputs;
    const judged = new Set<string>();
    const told = <T>(machine: SeenMachine<T>, verdict: boolean): void => {
      if (verdict) judged.add(subjectKey(machine.subject));
    };
    for (const machine of machinesWith(inputs.services, known)) {
      told(
        machine,
        judgeUnits(machine, context, (unit) => words.lastWords({ node: machine.name, unit })),
      );
    }
    for (const machine of machinesWith(inputs.runtimes, known)) {
      if (!judged.has(subjectKey(machine.subject))) told(machine, judgeAnswer(machine, context));
    }
    // Files that were lost may tell that it runs again.
    const lost = lostDocuments(inputs.services) ?? lostDocuments(inputs.runtimes);
    if (lost) context.looked({ check: 'runtime', unseen: lost, subject: ALL_NODES });
    for (const { subject, state, matches } of matchesByMachine(inputs.kubelet, 'socketRefused', known)) {
      if (judged.has(subjectKey(subject))) continue;
      const { socket = 'its socket', cause = 'no connection' } = matches.hits.at(-1)?.captures ?? {};
      const severity = faultSeverity(state, lineAge(matches, context, AGENT_RECENT_SECONDS));
      // The kubelet of a node that is ready reaches it again.
      if (severity === 'info' || lost) continue;
      judged.add(subjectKey(subject));
      context.report({
        message: 'socketRefused',
        severity,
        values: { node: subject, socket, cause, count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const node of known.nodes) {
      const subject = subjectOf(node);
      if (judged.has(subjectKey(subject))) continue;
      // A kubelet is ready only while the runtime answers it.
      if (nodeState(node) === 'ready')
        context.looked({ check: 'runtime', values: { state: 'it answers the kubelet' }, subject });
      else context.looked({ check: 'runtime', unseen: gapOf(node.metadata.name), subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof containerRuntimeDown.meta.messages,
  NonNullable<typeof containerRuntimeDown.meta.checks>
>;

/** By the states of the units; false when they do not tell. */
function judgeUnits(
  machine: SeenMachine<readonly NodeService[]>,
  { report, looked, at }: Context,
  lastWords: (unit: string) => LogTail | undefined,
): boolean {
  const { subject, node } = machine;
  const units = servicesOf(machine);
  if (units.some(({ service }) => EMBEDDING_UNITS.test(service.unit) && service.active === 'active'))
    return false;
  const scheme = node?.status?.nodeInfo?.containerRuntimeVersion?.split('://', 1)[0];
  const names = RUNTIME_UNITS[scheme ?? ''] ?? Object.values(RUNTIME_UNITS).flat();
  const own = units.filter(({ service }) => names.includes(service.unit));
  if (own.length === 0) return false;
  // Of a runtime in two parts both have to run; where the runtime is not known, one that runs is it.
  const stopped = own.find(({ service }) => service.active !== 'active');
  const running = own.find(({ service }) => service.active === 'active');
  if (!stopped || (running && scheme === undefined)) {
    const unit = running?.service.unit ?? 'it';
    looked({ check: 'runtime', values: { state: `${unit} is active` }, subject });
    return true;
  }
  const { document, service, pointer } = stopped;
  const tail = lastWords(service.unit.replace(/\.service$/, ''));
  report({
    message: 'stopped',
    values: { node: subject, unit: service.unit, state: stateText(service) },
    subject,
    evidence: [at(document, pointer), ...(tail ? [{ cite: 'tail', tail } as const] : [])],
    ...(service.since ? { since: service.since } : {}),
  });
  return true;
}

/** By what the runtime answered its own command; false when nothing was asked. */
function judgeAnswer(
  { subject, documents }: SeenMachine<NodeRuntime>,
  { report, looked, at }: Context,
): boolean {
  if (documents.some(({ value }) => value.serverVersion !== undefined)) {
    looked({ check: 'runtime', values: { state: 'it answers' }, subject });
    return true;
  }
  const failed = documents.find(({ value }) => value.error !== undefined);
  if (!failed) return false;
  const values = { node: subject, detail: failed.value.error ?? '' };
  report({ message: 'notAnswering', values, subject, evidence: [at(failed, '/error')] });
  return true;
}

function gapOf(node: string): Gap {
  return {
    artifact: nodeServices.id,
    scope: { type: 'node', node },
    outcome: 'skipped',
    reason: 'this node is not ready, and no file of it is in the bundle',
  };
}
