import { type EventItem, nodes } from '../../src/artifacts/resources.ts';
import { eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { KERNEL_LOG, KERNEL_RECENT_SECONDS, kernelSeverity } from '../../src/derive/kernel-log.ts';
import { machines } from '../../src/derive/machines.ts';
import {
  capturedTexts,
  lineAge,
  machinesRead,
  matchesByMachine,
  unreadLogs,
} from '../../src/derive/node-logs.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Events are kept for an hour (API server, `--event-ttl`). */
const EVENT_SECONDS = 3600;

/** Only of a container killed for the node's sake does its finding name the node. */
const NAMED_AS_VICTIM = { effect: 'pod-crashing', via: ['same-object'] } as const;
const KERNEL_SAYS = { level: 'certain', reason: 'the kernel log names what it killed' } as const;
const FIND = {
  text: 'See what uses the memory: pods without memory limits, and processes outside of pods.',
  argv: ['kubectl', 'top', 'pods', '-A', '--sort-by=memory'],
} as const;
const RESERVE = {
  text: 'Give pods requests near what they use, and reserve memory for the system with `systemReserved` and `evictionHard` of the kubelet, so that it evicts before the kernel kills.',
} as const;

const kernel = logSignals({
  component: KERNEL_LOG,
  patterns: {
    nodeKill: {
      any: ['Out of memory: Kill'],
      re: /Out of memory: Kill(?:ed)? process \d+ \((?<process>[^)]+)\)/,
    },
    containerKill: {
      any: ['Memory cgroup out of memory: Kill'],
      re: /Memory cgroup out of memory: Kill(?:ed)? process \d+ \((?<process>[^)]+)\)/,
    },
  },
});

export const outOfMemory = defineAnalyzer({
  meta: {
    id: 'node/out-of-memory',
    title: 'Node out of memory',
    description: 'Nodes whose kernel killed processes because memory ran out, by kernel log and events.',
    messages: {
      processesKilled: {
        severity: ['critical', 'warning', 'info'],
        confidence: KERNEL_SAYS,
        text: '{node:object} ran out of memory {count:count} times: its kernel killed {processes:text}.',
        remedy: [FIND, RESERVE],
        effect: 'node-pressure',
        explains: [
          { effect: 'node-not-ready', via: ['same-object'] },
          { effect: 'container-runtime-down', via: ['same-object'] },
          { effect: 'pod-evicted', via: ['runs'] },
          NAMED_AS_VICTIM,
        ],
      },
      toldByEvent: {
        severity: ['warning', 'info'],
        confidence: { level: 'certain', reason: 'the kubelet watched the kernel kill' },
        text: '{node:object} ran out of memory: {detail:text}.',
        remedy: [FIND, RESERVE],
        effect: 'node-pressure',
        explains: [{ effect: 'pod-evicted', via: ['runs'] }, NAMED_AS_VICTIM],
      },
      containersKilled: {
        severity: 'info',
        confidence: KERNEL_SAYS,
        text: 'On {node:object} containers exceeded their own memory limits {count:count} times; the kernel killed {processes:text}.',
        remedy: [
          {
            text: 'Compare limits and use of the containers: a killed child process does not end its container and shows nowhere else.',
          },
        ],
      },
    },
    checks: {
      memory: {
        item: 'Memory of the node lasts',
        expected: 'no process killed for want of memory',
        found: 'no such line in the kernel log',
      },
    },
    references: [
      'torvalds/linux mm/oom_kill.c: "Out of memory" for the machine, "Memory cgroup out of memory" for a limit',
      'kubernetes/node-problem-detector config/kernel-monitor.json (OOMKilling)',
      'kubernetes/kubernetes pkg/kubelet/oom: event SystemOOM',
    ],
  },
  needs: { kernel, nodes: optional(nodes), events: eventIndex, machines },
  analyze({ kernel: log, nodes: collection, events, machines: known }, context) {
    const told = new Set<string>();
    for (const { subject, matches } of matchesByMachine(log, 'nodeKill', known)) {
      told.add(subjectKey(subject));
      context.report({
        message: 'processesKilled',
        severity: kernelSeverity(lineAge(matches, context, KERNEL_RECENT_SECONDS)),
        values: { node: subject, count: matches.count, processes: capturedTexts(matches, 'process') },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    for (const { subject, matches } of matchesByMachine(log, 'containerKill', known)) {
      context.report({
        message: 'containersKilled',
        values: { node: subject, count: matches.count, processes: capturedTexts(matches, 'process') },
        subject,
        evidence: [{ cite: 'matches', matches }],
      });
    }
    for (const node of collection.items) {
      const subject = subjectOf(node);
      const event = events.about(node).find((one) => one.reason === 'SystemOOM');
      if (!event || told.has(subjectKey(subject))) continue;
      told.add(subjectKey(subject));
      const pressed = node.status?.conditions?.some(
        (one) => one.type === 'MemoryPressure' && one.status === 'True',
      );
      reportEvent(event, { context, subject, severity: pressed ? 'warning' : 'info' });
    }
    for (const subject of machinesRead(log, known)) {
      if (!told.has(subjectKey(subject))) context.looked({ check: 'memory', values: {}, subject });
    }
    for (const { subject, gap } of unreadLogs(log, 'kernel log', known)) {
      context.looked({ check: 'memory', unseen: gap, subject });
    }
    return undefined;
  },
});

interface Told {
  readonly context: AnalyzeContext<
    typeof outOfMemory.meta.messages,
    NonNullable<typeof outOfMemory.meta.checks>
  >;
  readonly subject: ReturnType<typeof subjectOf>;
  readonly severity: 'warning' | 'info';
}

function reportEvent(event: EventItem, { context, subject, severity }: Told): void {
  const time = eventTime(event);
  if (isOlder(context.age(time, event), EVENT_SECONDS) !== false) return;
  context.report({
    message: 'toldByEvent',
    severity,
    values: { node: subject, detail: (event.message ?? 'System OOM encountered').replace(/\.$/, '') },
    subject,
    evidence: [context.at(event, '/message')],
    since: time,
  });
}
