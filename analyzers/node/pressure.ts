import { nodeKubeletConfig } from '../../src/artifacts/node-kubelet-config.ts';
import { type EventItem, type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import { type EventIndex, eventIndex, eventTime } from '../../src/derive/event-index.ts';
import { machines, machinesWith } from '../../src/derive/machines.ts';
import { type MemoryUsers, memoryUsers } from '../../src/derive/memory-users.ts';
import {
  AGENT_RECENT_SECONDS,
  capturedTexts,
  faultSeverity,
  KUBELET_LOG,
  lineAge,
  matchesByMachine,
} from '../../src/derive/node-logs.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

/** A pressure that ended within this time still explains what it evicted. */
const RECENT_SECONDS = 1800;

const CONDITION = { level: 'certain', reason: 'the condition of the node says so' } as const;
const EFFECT = {
  effect: 'node-pressure',
  explains: [
    { effect: 'pod-evicted', via: ['runs'] },
    { effect: 'pod-not-starting', via: ['runs'] },
    { effect: 'pod-not-scheduled', via: ['same-object'] },
    { effect: 'workload-not-available', via: ['same-object'] },
  ],
} as const;
const USAGE = {
  text: 'See what the kubelet measures on the node: `node.fs`, `node.runtime.imageFs`, `node.memory`, and the pods that use most.',
  argv: ['kubectl', 'get', '--raw', '/api/v1/nodes/{node.name}/proxy/stats/summary'],
} as const;

const kubelet = logSignals({
  component: KUBELET_LOG,
  patterns: {
    // `Eviction manager` in newer kubelets, `eviction manager` in 1.20.
    evicting: {
      any: ['viction manager: attempting to reclaim', 'viction manager: must evict pod(s) to reclaim'],
      re: /viction manager: (?:attempting|must evict pod\(s\)) to reclaim(?:" resourceName="| )(?<resource>[\w-]+)/,
    },
  },
});

export const pressure = defineAnalyzer({
  meta: {
    id: 'node/pressure',
    title: 'Node under pressure',
    description: 'Nodes that run short of memory, disk or process ids, so that their kubelet evicts pods.',
    messages: {
      memoryPressure: {
        severity: 'critical',
        confidence: CONDITION,
        ...EFFECT,
        // Only of a container killed for the node's sake does its finding name the node.
        explains: [...EFFECT.explains, { effect: 'pod-crashing', via: ['same-object'] }],
        check: 'memory',
        text: '{node:object} is short of memory (eviction at {threshold:text}): its kubelet evicts pods and takes none without requests.',
        remedy: [
          {
            text: 'See which pods use the most memory, above their requests first: these are evicted first.',
            argv: ['kubectl', 'top', 'pods', '-A', '--sort-by=memory'],
          },
          USAGE,
        ],
      },
      diskPressure: {
        severity: 'critical',
        confidence: CONDITION,
        ...EFFECT,
        check: 'disk',
        text: '{node:object} is short of disk space (eviction at {threshold:text}): its kubelet evicts pods and takes no new ones.',
        remedy: [
          {
            text: 'On the node, see what fills the disk: `df -h`, `df -i`, `du -xsh /var/log /var/lib/containerd /var/lib/kubelet`; remove unused images.',
            argv: ['crictl', 'rmi', '--prune'],
          },
          USAGE,
        ],
      },
      processPressure: {
        severity: 'critical',
        confidence: CONDITION,
        ...EFFECT,
        check: 'processes',
        text: '{node:object} runs out of process ids (eviction at {threshold:text}): its kubelet evicts pods.',
        remedy: [
          {
            text: 'On the node, find what forks, by `ps -eLf` counted per user and parent; limit pods with `podPidsLimit` of the kubelet.',
          },
        ],
      },
      evicting: {
        severity: ['critical', 'warning', 'info'],
        confidence: { level: 'likely', reason: 'the log of the kubelet says so; there is no Node to ask' },
        ...EFFECT,
        text: 'The kubelet of {node:object} evicts pods to get back {resource:text} ({count:count} lines).',
        remedy: [
          {
            text: 'On the node, see what is used up and by whom: `df -h`, `df -i`, `free -m`, `ps -eLf`; then `journalctl -u kubelet` around `eviction manager`.',
          },
        ],
      },
      passed: {
        severity: 'info',
        confidence: CONDITION,
        text: '{node:object} was under pressure until {ended:time}: {detail:text}.',
        remedy: [USAGE],
        key: ['detail'],
      },
    },
    checks: {
      memory: { checklist: 'check-nodes', item: 'Memory', expected: 'no pressure', found: 'no pressure' },
      disk: { checklist: 'check-nodes', item: 'Disk space', expected: 'no pressure', found: 'no pressure' },
      processes: {
        checklist: 'check-nodes',
        item: 'Process ids',
        expected: 'no pressure',
        found: 'no pressure',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/',
      'kubernetes/kubernetes pkg/kubelet/eviction/defaults_linux.go: default thresholds',
    ],
  },
  needs: {
    nodes,
    events: eventIndex,
    configs: optional(nodeKubeletConfig),
    kubelet: optional(kubelet),
    machines,
    users: optional(memoryUsers),
  },
  analyze({ nodes: collection, events, configs, kubelet: log, machines: known, users }, context) {
    const thresholds = new Map<string, Readonly<Record<string, string>>>();
    for (const { node, documents } of machinesWith(configs, known)) {
      const hard = documents[0].value.evictionHard;
      if (node && hard) thresholds.set(node.metadata.name, hard);
    }
    for (const node of collection.items) {
      const hard = thresholds.get(node.metadata.name);
      for (const kind of KINDS) judge(node, kind, { context, events, hard, users });
    }
    for (const { subject, state, matches } of matchesByMachine(log, 'evicting', known)) {
      // Where there is a Node, its conditions decide.
      if (state !== 'alone') continue;
      const resources = capturedTexts(matches, 'resource');
      context.report({
        message: 'evicting',
        severity: faultSeverity(state, lineAge(matches, context, AGENT_RECENT_SECONDS)),
        values: { node: subject, resource: resources, count: matches.count },
        subject,
        evidence: [{ cite: 'matches', matches }],
        ...(matches.first ? { since: matches.first } : {}),
      });
    }
    return undefined;
  },
});

/** A kind of pressure: its condition, its message and check, and the signals that lead to it with their defaults. */
interface Kind {
  readonly type: string;
  readonly message: 'memoryPressure' | 'diskPressure' | 'processPressure';
  readonly check: 'memory' | 'disk' | 'processes';
  readonly word: string;
  readonly signals: Readonly<Record<string, string | undefined>>;
  readonly events: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    type: 'MemoryPressure',
    message: 'memoryPressure',
    check: 'memory',
    word: 'it was short of memory',
    signals: { 'memory.available': '100Mi' },
    events: ['EvictionThresholdMet', 'NodeHasInsufficientMemory', 'SystemOOM'],
  },
  {
    type: 'DiskPressure',
    message: 'diskPressure',
    check: 'disk',
    word: 'it was short of disk space',
    signals: { 'nodefs.available': '10%', 'imagefs.available': '15%', 'nodefs.inodesFree': '5%' },
    events: ['EvictionThresholdMet', 'NodeHasDiskPressure', 'FreeDiskSpaceFailed', 'ImageGCFailed'],
  },
  {
    type: 'PIDPressure',
    message: 'processPressure',
    check: 'processes',
    word: 'it ran out of process ids',
    signals: { 'pid.available': undefined },
    events: ['EvictionThresholdMet', 'NodeHasInsufficientPID'],
  },
];

interface Surroundings {
  readonly context: AnalyzeContext<typeof pressure.meta.messages, NonNullable<typeof pressure.meta.checks>>;
  readonly events: EventIndex;
  /** `evictionHard` of the kubelet, where its configuration is in the bundle. */
  readonly hard: Readonly<Record<string, string>> | undefined;
  /** Whose memory it is, where usage was measured. */
  readonly users: MemoryUsers;
}

function judge(node: NodeItem, kind: Kind, { context, events, hard, users }: Surroundings): void {
  const conditions = node.status?.conditions ?? [];
  const index = conditions.findIndex((one) => one.type === kind.type);
  const condition = conditions[index];
  const subject = subjectOf(node);
  if (!condition || condition.status === 'Unknown') {
    context.looked({ check: kind.check, unseen: 'the kubelet of the node does not report it', subject });
    return;
  }
  const pointer = `/status/conditions/${index}`;
  const since = condition.lastTransitionTime;
  const told = events.about(node).filter((event) => kind.events.includes(event.reason ?? ''));
  if (condition.status === 'True') {
    const most = kind.check === 'memory' ? users.on(subjectKey(subject)) : [];
    context.report({
      message: kind.message,
      values: { node: subject, threshold: thresholdText(kind, hard) },
      subject,
      evidence: [
        context.at(node, pointer),
        ...told.slice(0, 2).map((event) => context.at(event, '/message')),
        ...most.map(({ item }) => context.at(item, '/containers')),
      ],
      ...(since ? { since } : {}),
    });
    return;
  }
  const began = told.find((event) => event.reason?.startsWith('NodeHas'));
  if (
    began &&
    since &&
    isBefore(began, since) &&
    isOlder(context.age(since, node), RECENT_SECONDS) === false
  ) {
    context.report({
      message: 'passed',
      values: { node: subject, ended: since, detail: kind.word },
      subject,
      evidence: [context.at(node, pointer), context.at(began, '/message')],
    });
  }
  context.looked({ check: kind.check, values: {}, subject, evidence: [context.at(node, pointer)] });
}

function thresholdText({ signals }: Kind, hard: Surroundings['hard']): string[] {
  const texts = Object.entries(signals).flatMap(([signal, byDefault]) => {
    const threshold = hard ? hard[signal] : byDefault;
    return threshold === undefined ? [] : [`${signal} below ${threshold}${hard ? '' : ', the default'}`];
  });
  return texts.length > 0 ? texts : ['a threshold set on the node'];
}

function isBefore(event: EventItem, time: string): boolean {
  return Date.parse(eventTime(event)) <= Date.parse(time);
}
