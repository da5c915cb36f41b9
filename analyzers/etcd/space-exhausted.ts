import { apiServerMetrics } from '../../src/artifacts/api-server-metrics.ts';
import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { type ControlPlane, controlPlane } from '../../src/derive/control-plane.ts';
import { apiServerLog } from '../../src/derive/control-plane-logs.ts';
import { ETCD_DOWN_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type EtcdCluster, etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { fullest, type Space } from '../../src/derive/etcd-space.ts';
import { etcdctl } from '../../src/derive/etcd-steps.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { mostStored } from '../../src/derive/stored-objects.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { EvidenceRef } from '../../src/model/finding.ts';
import type { Subject } from '../../src/model/subject.ts';

const TOLD = { level: 'certain', reason: 'etcd says so itself' } as const;
/** Shares of the quota: Prometheus mixin of etcd (95 %) and OpenShift's overrides (65 %, 75 %). */
const [FULL, HIGH, NOTABLE] = [0.95, 0.75, 0.65];
/** A raised alarm stays after space was made; below this share it is the alarm alone that blocks. */
const MADE_ROOM = 0.75;

const FREE = [
  {
    text: 'See what fills it and delete that first, through the API server; events expire by themselves after an hour. Most stored: {top:text}.',
  },
  ...etcdctl(
    'Drop old revisions. The API server does so every five minutes by itself; the number is the current revision.',
    'member',
    'compact',
    '{revision}',
  ),
  ...etcdctl(
    'Give the space back, one member after the other, the leader last: each stands still meanwhile. Revision {revision:text}, etcd {version:text}. With the member stopped: `etcdutl defrag --data-dir` from 3.6 on, `etcdctl defrag --data-dir` before.',
    'member',
    'defrag',
  ),
  ...etcdctl('Then take the alarm back.', 'member', 'alarm', 'disarm'),
  {
    text: 'If that much is really needed, raise `--quota-backend-bytes` (default 2 GiB, at most 8 GiB advised) in /etc/kubernetes/manifests/etcd.yaml of every member.',
    flavour: 'kubeadm',
  },
] as const;

export const spaceExhausted = defineAnalyzer({
  meta: {
    id: 'etcd/space-exhausted',
    title: 'etcd database full',
    description: 'Whether the database of etcd has reached its quota or comes near it.',
    messages: {
      noSpace: {
        severity: 'critical',
        confidence: TOLD,
        text: 'etcd refuses every write (alarm NOSPACE): the database of {member:object} takes {size:bytes} of a quota of {quota:bytes}.',
        remedy: FREE,
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
        check: 'room',
      },
      alarmLeft: {
        severity: 'critical',
        confidence: TOLD,
        text: 'etcd refuses every write: the alarm NOSPACE is still raised, although the database of {member:object} takes only {size:bytes} of a quota of {quota:bytes}.',
        remedy: etcdctl('Take the alarm back.', 'member', 'alarm', 'disarm'),
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
        check: 'room',
      },
      writesRefused: {
        severity: 'critical',
        confidence: {
          level: 'likely',
          reason: 'the API server has logged the refusal within the last hour; etcd itself was not asked',
        },
        text: 'etcd refuses writes, since its database is full: `mvcc: database space exceeded` in the log of {server:object}.',
        remedy: [
          { text: 'See what fills it and delete that first. Most stored: {top:text}.' },
          {
            text: 'In an etcd pod run `etcdctl endpoint status`, `compact` to its revision, `defrag` member by member and `alarm disarm`, in this order.',
          },
        ],
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
      },
      nearQuota: {
        severity: ['critical', 'warning', 'info'],
        confidence: TOLD,
        text: 'The database of {member:object} takes {size:bytes} of a quota of {quota:bytes} ({percent:count} %); at the quota etcd refuses every write.',
        remedy: FREE,
        check: 'room',
      },
    },
    checks: {
      room: {
        checklist: 'control-plane',
        item: 'etcd database within its quota',
        expected: 'below 75 % of the quota',
        found: '{size:bytes} of {quota:bytes}',
      },
    },
    references: [
      'https://etcd.io/docs/latest/op-guide/maintenance/#space-quota',
      'etcd server/storage/quota.go: DefaultQuotaBytes 2 GiB, MaxQuotaBytes 8 GiB',
    ],
  },
  needs: {
    etcd: etcdCluster,
    plane: controlPlane,
    statuses: etcdStatus,
    metrics: optional(apiServerMetrics),
    log: optional(apiServerLog),
  },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, plane, metrics, log }, context) {
    const stored = mostStored(metrics.items, 5).map(({ resource, count }) => `${count} ${resource}`);
    const top = stored.length > 0 ? stored : 'not known, the metrics of the API server do not tell';
    const alarm = etcd.alarms.find(({ value }) => value.alarm === 'NOSPACE');
    const space = fullest(etcd, context);
    if (space)
      judge(space, etcd, { context, top, alarm: alarm && context.at(alarm.document, alarm.pointer) });
    if (space || (etcd.documents.length > 0 && !alarm)) return undefined;
    const [refused] = recentMatches(log.matches('spaceExceeded'), context);
    const evidence = alarm ? context.at(alarm.document, alarm.pointer) : refused && lastLineOf(refused);
    if (!evidence) return undefined;
    const scope = alarm?.document.scope ?? refused?.scope;
    const pod = scope?.type === 'object' ? scope.name : scope?.type === 'container' ? scope.pod : 'etcd';
    const server = { group: '', kind: 'Pod', namespace: 'kube-system', name: pod };
    context.report({
      message: 'writesRefused',
      values: { server, top },
      subject: memberBehind(server.name, etcd, plane) ?? server,
      related: [server],
      evidence: [evidence],
      ...(alarm ? { confidence: TOLD } : {}),
    });
    return undefined;
  },
});

/** The member an API server asks: the only one there is, or with kubeadm the one on its node. */
function memberBehind(server: string, { members }: EtcdCluster, plane: ControlPlane): Subject | undefined {
  const pods = members.filter(({ instance }) => instance?.pod !== undefined);
  if (members.length === 1) return pods[0]?.subject;
  const { node } = plane.of('kube-apiserver').find(({ subject }) => subject.name === server) ?? {};
  return pods.find(({ instance }) => node !== undefined && instance?.node === node)?.subject;
}

interface Facts {
  readonly context: AnalyzeContext<
    typeof spaceExhausted.meta.messages,
    NonNullable<typeof spaceExhausted.meta.checks>
  >;
  readonly top: string | readonly string[];
  readonly alarm: EvidenceRef | undefined;
}

function judge(space: Space, etcd: EtcdCluster, { context, top, alarm }: Facts): void {
  const { member, size, quota, evidence } = space;
  const { subject } = member;
  const share = size / quota;
  const revision = member.status?.value.revision ?? 'unknown';
  const values = { member: subject, size, quota, top, revision, version: etcd.version ?? 'unknown' };
  if (alarm) {
    const message = share < MADE_ROOM ? 'alarmLeft' : 'noSpace';
    context.report({ message, values, subject, evidence: [alarm, ...evidence] });
  } else if (share < NOTABLE) {
    context.looked({ check: 'room', values: { size, quota }, subject, evidence });
  } else {
    context.report({
      message: 'nearQuota',
      severity: share >= FULL ? 'critical' : share >= HIGH ? 'warning' : 'info',
      values: { ...values, percent: Math.floor(share * 100) },
      subject,
      evidence,
    });
  }
}
