import { type NodeService, nodeServices } from '../../src/artifacts/node-services.ts';
import {
  lostDocuments,
  machines,
  machinesWith,
  machinesWithout,
  type SeenMachine,
  unseenNode,
} from '../../src/derive/machines.ts';
import {
  AGENT_RECENT_SECONDS,
  faultSeverity,
  KUBELET_LOG,
  lineAge,
  matchesByMachine,
} from '../../src/derive/node-logs.ts';
import { type PlacedService, servicesOf, stateText } from '../../src/derive/service-states.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey } from '../../src/model/subject.ts';

/** Restarts by systemd that are no single mishap any more (aws/eks-node-monitoring-agent: NRestarts > 3). */
const RESTARTS = 3;
/** A unit that has run this long is over its restarts. */
const STEADY_SECONDS = 1200;
/** As often within 20 minutes (node-problem-detector FrequentKubeletRestart). */
const STARTS = 5;

const KUBELET = 'kubelet.service';
const AGENTS = /^(?:kubelet|containerd|crio|docker|cri-docker)\.service$/;
/** Units a node of a cluster needs beside these; others may fail without anybody noticing. */
const NEEDED =
  /^(?:etcd|kube-[a-z-]+|chronyd?|ntpd?|systemd-timesyncd|systemd-resolved|systemd-networkd|NetworkManager|iscsid|multipathd|nfs-client)\.service$/;

const SYSTEMD = { level: 'certain', reason: 'systemd tells the state of the unit' } as const;
const KUBELET_DOWN = {
  effect: 'node-not-ready',
  explains: [
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-ready', via: ['runs'] },
    { effect: 'pod-not-terminating', via: ['runs'] },
  ],
} as const;
const JOURNAL = {
  text: 'On the node, read its last lines before it ended.',
  argv: ['journalctl', '-u', '{unit}', '-n', '100', '--no-pager'],
} as const;
const START_FAULTS = {
  text: 'Mend what the line names: swap (`swapoff -a`, and out of /etc/fstab), a cgroup driver other than that of the runtime, a configuration file that does not parse, a certificate; then start it.',
  argv: ['systemctl', 'restart', 'kubelet'],
} as const;

const kubelet = logSignals({
  component: KUBELET_LOG,
  patterns: {
    startFailed: {
      any: [
        '"command failed" err=',
        'failed to run Kubelet',
        'Failed to run kubelet',
        'failed to load kubelet config',
      ],
      re: /(?:"command failed" err=|"Failed to run kubelet" err=|(?=failed to run Kubelet)|(?=failed to load kubelet config))(?<detail>.{1,300})/,
    },
    started: {
      any: ['Started kubelet', 'Started Kubernetes Kubelet', 'Started Kubernetes kubelet'],
      re: /Started (?:kubelet|Kubernetes [Kk]ubelet)/,
    },
  },
});

export const serviceRestarting = defineAnalyzer({
  meta: {
    id: 'node/service-restarting',
    title: 'Service of a node down or restarting',
    description: 'Kubelets that do not stay up, services that restart again and again, units that failed.',
    messages: {
      kubeletDown: {
        severity: 'critical',
        confidence: SYSTEMD,
        ...KUBELET_DOWN,
        text: 'The kubelet of {node:object} does not run: {unit:text} is {state:text}; its log says: {detail:text}.',
        remedy: [JOURNAL, START_FAULTS],
        check: 'services',
      },
      kubeletNotStarting: {
        severity: ['critical', 'warning'],
        confidence: {
          level: 'likely',
          reason: 'the log of the kubelet says so; the state of its unit was not seen',
        },
        ...KUBELET_DOWN,
        text: 'The kubelet of {node:object} ended {count:count} times while starting: {detail:text}.',
        remedy: [START_FAULTS],
        check: 'services',
      },
      startedOften: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the journal shows the starts, not why' },
        text: 'The kubelet of {node:object} was started {count:count} times within {window:duration}.',
        remedy: [
          {
            text: 'On the node, read what stands before each start: `journalctl -u kubelet`; the last error line before it is the reason.',
          },
        ],
        check: 'services',
      },
      restarting: {
        severity: 'critical',
        confidence: SYSTEMD,
        text: '{unit:text} on {node:object} was restarted {restarts:count} times by systemd and does not stay up: it is {state:text}.',
        remedy: [JOURNAL],
        key: ['unit'],
        explains: [
          { effect: 'node-not-ready', via: ['same-object'] },
          { effect: 'container-runtime-down', via: ['same-object'] },
        ],
        check: 'services',
      },
      unitFailed: {
        severity: ['warning', 'info'],
        confidence: SYSTEMD,
        text: '{unit:text} on {node:object} is {state:text}.',
        remedy: [JOURNAL],
        key: ['unit'],
        explains: [{ effect: 'node-not-ready', via: ['same-object'] }],
      },
    },
    checks: {
      services: {
        checklist: 'check-nodes',
        item: 'Kubelet runs',
        expected: 'active, and not restarted again and again',
        found: '{state:text}',
      },
    },
    references: [
      'kubernetes/node-problem-detector config/systemd-monitor-counter.json (FrequentKubeletRestart: 5 in 20 min)',
      'https://www.freedesktop.org/software/systemd/man/org.freedesktop.systemd1.html (NRestarts, ActiveState, Result)',
      'kubernetes/kubernetes cmd/kubelet/app/server.go, pkg/kubelet/cm/container_manager_linux.go: reasons not to start',
    ],
  },
  needs: { services: nodeServices, kubelet: optional(kubelet), machines },
  analyze({ services, kubelet: log, machines: known }, context) {
    const failures = new Map<string, LogMatches>();
    const judged = new Set<string>();
    const failed = matchesByMachine(log, 'startFailed', known);
    for (const { subject, matches } of failed) failures.set(subjectKey(subject), matches);
    const read = machinesWith(services, known);
    for (const machine of read) {
      const key = subjectKey(machine.subject);
      if (judgeUnits(machine, failures.get(key), context)) judged.add(key);
    }
    const lost = lostDocuments(services);
    for (const { name, subject, state, matches } of failed) {
      if (judged.has(subjectKey(subject))) continue;
      const severity = faultSeverity(state, lineAge(matches, context, AGENT_RECENT_SECONDS));
      if (state === 'unseen') context.looked({ check: 'services', unseen: unseenNode(name), subject });
      // A kubelet whose node is ready has started since; what was lost may tell that it runs.
      if (severity === 'info' || lost) continue;
      judged.add(subjectKey(subject));
      context.report({
        message: 'kubeletNotStarting',
        severity,
        values: { node: subject, count: matches.count, detail: detailOf(matches) },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { subject, matches } of matchesByMachine(log, 'started', known)) {
      const window = (Date.parse(matches.last ?? '') - Date.parse(matches.first ?? '')) / 1000;
      const recent = lineAge(matches, context, STEADY_SECONDS) === 'recent';
      const often = (matches.count * STEADY_SECONDS) / Math.max(STEADY_SECONDS, window) >= STARTS;
      if (!recent || !often || failures.has(subjectKey(subject))) continue;
      const values = { node: subject, count: matches.count, window };
      context.report({ message: 'startedOften', values, subject, evidence: [{ cite: 'matches', matches }] });
    }
    for (const subject of machinesWithout(
      read.map(({ name }) => name),
      known,
    )) {
      context.looked({ check: 'services', unseen: 'no file with its services is in the bundle', subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof serviceRestarting.meta.messages,
  NonNullable<typeof serviceRestarting.meta.checks>
>;

/** Judges each unit by its state; true when the one of the kubelet is among them. */
function judgeUnits(
  machine: SeenMachine<readonly NodeService[]>,
  failure: LogMatches | undefined,
  context: Context,
): boolean {
  const units = servicesOf(machine);
  for (const placed of units) judgeUnit(machine, placed, { failure, context });
  return units.some(({ service }) => service.unit === KUBELET);
}

interface Surroundings {
  readonly failure: LogMatches | undefined;
  readonly context: Context;
}

function judgeUnit(
  { subject }: SeenMachine<readonly NodeService[]>,
  { service, document, pointer }: PlacedService,
  { failure, context }: Surroundings,
): void {
  const { unit, active, restarts = 0, since } = service;
  const state = stateText(service);
  const evidence: EvidenceRefs = [context.at(document, pointer)];
  const common = { subject, evidence, ...(since ? { since } : {}) };
  const steady = active === 'active' && isOlder(context.age(since, document), STEADY_SECONDS) !== false;
  if (unit === KUBELET && active !== 'active') {
    context.report({
      message: 'kubeletDown',
      values: {
        node: subject,
        unit,
        state,
        detail: failure ? detailOf(failure) : 'its log is not in the bundle',
      },
      ...common,
      evidence: failure ? [...evidence, { cite: 'matches', matches: failure }] : evidence,
    });
  } else if (AGENTS.test(unit) && active === 'active' && restarts > RESTARTS && !steady) {
    // One that is down altogether is told by node/container-runtime-down, with the same state.
    context.report({ message: 'restarting', values: { node: subject, unit, restarts, state }, ...common });
  } else if (active === 'failed' && !AGENTS.test(unit)) {
    const severity = NEEDED.test(unit) ? 'warning' : 'info';
    context.report({ message: 'unitFailed', severity, values: { node: subject, unit, state }, ...common });
  }
  if (unit === KUBELET && active === 'active') {
    context.looked({ check: 'services', values: { state: `${unit} is ${state}` }, subject, evidence });
  }
}

/** The end of the last failed start, without the quotes of klog. */
function detailOf(matches: LogMatches): string {
  const detail = matches.hits.at(-1)?.captures.detail ?? '';
  return detail.trim().replace(/^"|"$/g, '').replaceAll('\\"', '"').replace(/\.$/, '') || 'no reason given';
}
