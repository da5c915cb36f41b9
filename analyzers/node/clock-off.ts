import { clockOffset } from '../../src/artifacts/clock-offset.ts';
import { type NodeTime, nodeTime } from '../../src/artifacts/node-time.ts';
import { type LeaseItem, leases, nodes } from '../../src/artifacts/resources.ts';
import { ALL_NODES, lostDocuments, machines, machinesWith } from '../../src/derive/machines.ts';
import { nodeClocks } from '../../src/derive/node-clocks.ts';
import { HEARTBEAT_NAMESPACE } from '../../src/derive/node-heartbeats.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type DocumentItem, optional } from '../../src/model/artifact.ts';
import { type Subject, subjectKey, subjectOf } from '../../src/model/subject.ts';

/** Well above the whole seconds managed fields are kept in, and below the minute of leeway tokens have. */
const AHEAD_SECONDS = 5;
/** The request that renews a lease may take this long, which looks like a clock that is behind. */
const BEHIND_SECONDS = 15;
/** When all nodes are off alike, within this, it is the other clock. */
const ALIKE_SECONDS = 10;
const ENOUGH_NODES = 3;
/** Of a clock beside its time servers. */
const SERVER_SECONDS = 1;
/** konvoy and konvoy-image-builder refuse machines whose clocks differ by more. */
const COLLECTOR_SECONDS = 30;

const LEASE = {
  level: 'certain',
  reason: 'in one and the same update, the node wrote one time and the API server another',
} as const;
const ASKED = { level: 'certain', reason: 'the node was asked about its clock' } as const;
const EXPLAINS = [
  { effect: 'certificate-invalid', via: ['same-object'] },
  { effect: 'request-denied', via: ['same-object', 'runs'] },
  { effect: 'node-not-ready', via: ['same-object'] },
  { effect: 'controllers-not-running', via: ['runs'] },
  { effect: 'scheduler-not-running', via: ['runs'] },
  { effect: 'etcd-slow', via: ['runs'] },
] as const;
const SYNC = [
  {
    text: 'On the node, see which time servers it asks and whether they answer (UDP 123 outbound).',
    argv: ['chronyc', 'sources', '-v'],
  },
  { text: 'Where no time service runs, turn one on.', argv: ['timedatectl', 'set-ntp', 'true'] },
] as const;

export const clockOff = defineAnalyzer({
  meta: {
    id: 'node/clock-off',
    title: 'Clock of a node off',
    description: 'Nodes whose clock differs from that of the API server, or is not synchronised.',
    messages: {
      nodeOff: {
        severity: 'warning',
        confidence: LEASE,
        text: 'The clock of {node:object} is {seconds:duration} {way:text} that of the API server: tokens and certificates are judged by both.',
        remedy: SYNC,
        effect: 'clock-off',
        explains: EXPLAINS,
        check: 'clock',
      },
      serverOff: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason:
            'all nodes differ from the API server by the same; that every one is wrong alike is less likely',
        },
        text: 'The clock of the API server is off: all {total:count} nodes agree with each other and are {seconds:duration} {way:text} it.',
        remedy: [
          {
            text: 'On each control plane node, compare the clock with a time server, and mend the one that is off.',
            argv: ['timedatectl'],
          },
        ],
        effect: 'clock-off',
        explains: [
          { effect: 'certificate-invalid', via: ['cluster-wide'] },
          { effect: 'request-denied', via: ['cluster-wide'] },
        ],
      },
      notSynchronized: {
        severity: 'warning',
        confidence: ASKED,
        text: 'The clock of {node:object} is not synchronised with any time server{detail:text}.',
        remedy: SYNC,
        effect: 'clock-off',
        check: 'clock',
      },
      offFromServers: {
        severity: 'warning',
        confidence: ASKED,
        text: 'The clock of {node:object} is {seconds:duration} {way:text} its time servers.',
        remedy: SYNC,
        effect: 'clock-off',
        explains: EXPLAINS,
        check: 'clock',
      },
      hardwareClockLocal: {
        severity: 'info',
        confidence: ASKED,
        text: 'The hardware clock of {node:object} is kept in local time: after a restart its time is off until it is synchronised, by an hour where summer time began or ended meanwhile.',
        remedy: [{ text: 'Keep it in UTC.', argv: ['timedatectl', 'set-local-rtc', '0'] }],
        groupBy: [],
      },
      collectorOff: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the API server dated its answers' },
        text: 'The clock of the machine the collection ran on is {seconds:duration} {way:text} that of the API server; ages in this report go by the API server.',
        remedy: [{ text: 'Synchronise that machine; tokens it uses may count as not yet valid or expired.' }],
      },
    },
    checks: {
      clock: {
        checklist: 'check-preflight',
        item: 'Clock is synchronised',
        expected: 'equal to the clock of the API server',
        found: '{state:text}',
      },
    },
    references: [
      'k8s.io/apimachinery util/managedfields: the time of a managed field is the clock of the API server',
      'https://www.freedesktop.org/software/systemd/man/timedatectl.html',
      'mesosphere/konvoy-image-builder ansible/roles/validate: clocks within 30 s',
    ],
  },
  needs: {
    nodes,
    leases,
    clocks: nodeClocks,
    times: optional(nodeTime),
    collector: optional(clockOffset),
    machines,
  },
  analyze({ nodes: collection, leases: leaseList, clocks, times, collector, machines: known }, context) {
    const told = new Set<string>();
    const whole = collection.coverage.complete && leaseList.coverage.covers(HEARTBEAT_NAMESPACE) === true;
    const off = offNodes(
      known.nodes.map((node) => node.metadata.name),
      clocks.offset,
    );
    const server = off.everyone && off.nodes.length >= ENOUGH_NODES;
    if (server && whole) reportServer(off, leaseList.items, context);
    // Whether the others are off alike decides whose clock it is.
    else if (!off.everyone || whole) {
      for (const { name, seconds } of off.nodes) {
        const lease = leaseList.lookup({ namespace: HEARTBEAT_NAMESPACE, name });
        const subject = known.subjectOf(name);
        if (lease.state !== 'present') continue;
        told.add(subjectKey(subject));
        context.report({
          message: 'nodeOff',
          values: { node: subject, ...spoken(seconds) },
          subject,
          evidence: [
            context.at(lease.item, '/spec/renewTime'),
            context.at(lease.item, '/metadata/managedFields'),
          ],
        });
      }
    }
    for (const { subject, documents } of machinesWith(times, known)) {
      if (told.has(subjectKey(subject))) continue;
      told.add(subjectKey(subject));
      judgeFile(subject, documents[0], context);
    }
    const lost = lostDocuments(times);
    if (lost) context.looked({ check: 'clock', unseen: lost, subject: ALL_NODES });
    for (const node of known.nodes) {
      const subject = subjectOf(node);
      if (told.has(subjectKey(subject))) continue;
      const offset = clocks.offset(node.metadata.name);
      if (offset === undefined)
        context.looked({ check: 'clock', unseen: 'no lease or file tells its time', subject });
      else
        context.looked({
          check: 'clock',
          values: { state: 'the lease of the node shows no difference' },
          subject,
        });
    }
    for (const document of collector.items) {
      const { offsetSeconds, errorSeconds } = document.value;
      if (Math.abs(offsetSeconds) - errorSeconds <= COLLECTOR_SECONDS) continue;
      const subject: Subject = { external: 'machine', name: 'machine of the collection' };
      const evidence = [context.at(document, '/offsetSeconds')] as const;
      context.report({ message: 'collectorOff', values: spoken(offsetSeconds), subject, evidence });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof clockOff.meta.messages, NonNullable<typeof clockOff.meta.checks>>;

interface Off {
  readonly nodes: readonly { readonly name: string; readonly seconds: number }[];
  /** Whether every node is off, and all alike. */
  readonly everyone: boolean;
}

function offNodes(names: readonly string[], offsetOf: (name: string) => number | undefined): Off {
  const measured = names.flatMap((name) => {
    const seconds = offsetOf(name);
    return seconds === undefined ? [] : [{ name, seconds }];
  });
  const nodes = measured.filter(({ seconds }) => seconds > AHEAD_SECONDS || seconds < -BEHIND_SECONDS);
  const all = nodes.map(({ seconds }) => seconds);
  const alike = Math.max(...all) - Math.min(...all) <= ALIKE_SECONDS;
  return { nodes, everyone: nodes.length > 0 && nodes.length === measured.length && alike };
}

function reportServer({ nodes: off }: Off, items: readonly LeaseItem[], { report, at }: Context): void {
  const middle = off.toSorted((a, b) => a.seconds - b.seconds)[Math.floor(off.length / 2)];
  const lease = items.find(
    ({ metadata }) => metadata.namespace === HEARTBEAT_NAMESPACE && metadata.name === middle?.name,
  );
  if (!middle || !lease) return;
  report({
    message: 'serverOff',
    values: { total: off.length, ...spoken(middle.seconds) },
    subject: { external: 'host', name: 'kube-apiserver' },
    related: [ALL_NODES],
    evidence: [at(lease, '/spec/renewTime'), at(lease, '/metadata/managedFields')],
  });
}

function judgeFile(
  subject: Subject,
  document: DocumentItem<NodeTime>,
  { report, looked, at }: Context,
): void {
  const { synchronized, service, offsetSeconds, localRtc } = document.value;
  if (localRtc) {
    const evidence = [at(document, '/localRtc')] as const;
    report({ message: 'hardwareClockLocal', values: { node: subject }, subject, evidence });
  }
  if (offsetSeconds !== undefined && Math.abs(offsetSeconds) >= SERVER_SECONDS) {
    const evidence = [at(document, '/offsetSeconds')] as const;
    report({
      message: 'offFromServers',
      values: { node: subject, ...spoken(offsetSeconds) },
      subject,
      evidence,
    });
  } else if (synchronized === false) {
    const detail = service === false ? ', and no time service is on' : '';
    report({
      message: 'notSynchronized',
      values: { node: subject, detail },
      subject,
      evidence: [at(document, '')],
    });
  } else if (synchronized === undefined) {
    looked({ check: 'clock', unseen: 'the node does not say whether its clock is synchronised', subject });
  } else {
    looked({ check: 'clock', values: { state: 'the node calls its clock synchronised' }, subject });
  }
}

function spoken(seconds: number): { readonly seconds: number; readonly way: string } {
  return { seconds: Math.round(Math.abs(seconds)), way: seconds > 0 ? 'ahead of' : 'behind' };
}
