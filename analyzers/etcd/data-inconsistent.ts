import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { isReady, logOwnerOf } from '../../src/derive/control-plane.ts';
import { ETCD_DOWN_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type EtcdCluster, type EtcdMemberView, etcdCluster, hexId } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { answeringPod } from '../../src/derive/etcd-members.ts';
import { etcdctl } from '../../src/derive/etcd-steps.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';

const TOLD = { level: 'certain', reason: 'etcd says so itself' } as const;
const LOGGED = { level: 'likely', reason: 'its log says so within the hour before the collection' } as const;
const REJOIN = [
  {
    text: 'Before anything else take a snapshot from a member that is well, and keep the data directory of the broken one.',
  },
  ...etcdctl(
    'Remove the broken member (id `{memberId:text}`), from one that answers: {via:object}.',
    'via',
    'member',
    'remove',
    '{memberId}',
  ),
  {
    text: 'On its node stop etcd, move /var/lib/etcd away, and join it as a new member: it copies the data from the others. With kubeadm: `kubeadm reset`, then `kubeadm join … --control-plane`.',
  },
] as const;

export const dataInconsistent = defineAnalyzer({
  meta: {
    id: 'etcd/data-inconsistent',
    title: 'etcd data damaged or of another cluster',
    description:
      'Members whose data are damaged, differ from those of the others, or belong to another cluster.',
    messages: {
      corrupt: {
        severity: 'critical',
        confidence: TOLD,
        text: 'etcd has raised the alarm CORRUPT for {member:object} (id `{memberId:text}`): its data differ from those of the others.',
        remedy: REJOIN,
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
      },
      clustersDiffer: {
        severity: 'critical',
        confidence: TOLD,
        text: 'The etcd members do not belong to one cluster: {member:object} is of cluster `{own:text}`, {other:object} of `{others:text}`.',
        remedy: [
          {
            text: 'Find out which of the two holds the data of this Kubernetes cluster (the API server’s `--etcd-servers` names it) and leave that one alone.',
          },
          {
            text: 'The other was started with `--initial-cluster-state=new` or from a restored snapshot: stop it, move its data directory away and join it as a new member.',
          },
        ],
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
      },
      mismatchLogged: {
        severity: 'critical',
        confidence: LOGGED,
        text: 'A peer of {member:object} belongs to another etcd cluster: its log says `cluster ID mismatch`.',
        remedy: [
          {
            text: 'The peer was rebuilt as a cluster of its own, or still runs with old data at that address.',
          },
          {
            text: 'Stop it, move its data directory away, remove it from the member list of the right cluster and join it as a new member.',
          },
        ],
        effect: 'etcd-unavailable',
        groupBy: [],
      },
      removed: {
        severity: 'critical',
        confidence: LOGGED,
        text: '{member:object} was removed from the etcd cluster for good, but still starts with its old data.',
        remedy: [
          {
            text: 'A removed id never comes back: stop it, move /var/lib/etcd away, and join the node anew, or take the etcd manifest off it.',
          },
        ],
        explains: [
          { effect: 'pod-crashing', via: ['same-object'] },
          { effect: 'etcd-unavailable', via: ['same-object'] },
        ],
      },
      damaged: {
        severity: 'critical',
        confidence: LOGGED,
        text: '{member:object} cannot read its own data: {detail:text}.',
        remedy: [
          {
            text: 'Check the disk and its file system first (kernel log of the node): such damage comes from there, or from a machine that lost power.',
            argv: ['journalctl', '-k', '-p', 'err', '-n', '50', '--no-pager'],
          },
          ...REJOIN,
        ],
        effect: 'etcd-unavailable',
        explains: [
          { effect: 'pod-crashing', via: ['same-object'] },
          { effect: 'etcd-unavailable', via: ['same-object'] },
        ],
      },
    },
    checks: {
      consistent: {
        item: 'etcd data',
        expected: 'of one cluster, no alarm CORRUPT',
        found: 'no sign of damage',
      },
    },
    references: [
      'https://etcd.io/docs/latest/op-guide/data_corruption/',
      'etcd server/etcdserver/corrupt.go, server/storage/wal',
    ],
  },
  needs: { etcd: etcdCluster, log: etcdLog, statuses: optional(etcdStatus) },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    const ailing = new Set([...reportCorrupt(etcd, context), ...reportClusters(etcd, context)]);
    for (const member of etcd.members) {
      if (ailing.has(member) || reportLogged(member, { etcd, log, context })) continue;
      const { instance, subject } = member;
      // Without its pod nobody knows whether it runs, nor which log is its own.
      const unseen = instance ? undefined : etcd.unseenPods;
      if (unseen) context.looked({ check: 'consistent', unseen, subject });
      else context.looked({ check: 'consistent', values: {}, subject });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof dataInconsistent.meta.messages,
  NonNullable<typeof dataInconsistent.meta.checks>
>;

function reportCorrupt(etcd: EtcdCluster, context: Context): EtcdMemberView[] {
  const seen = new Set<string>();
  const ailing: EtcdMemberView[] = [];
  for (const { value, document, pointer } of etcd.alarms) {
    if (value.alarm !== 'CORRUPT' || seen.has(value.memberId)) continue;
    seen.add(value.memberId);
    const member = etcd.members.find(({ id }) => id === value.memberId);
    if (member) ailing.push(member);
    const subject = member?.subject ?? { external: 'member', name: hexId(value.memberId) };
    const via = answeringPod(etcd, member) ?? subject;
    context.report({
      message: 'corrupt',
      values: { member: subject, memberId: hexId(value.memberId), via },
      subject,
      evidence: [context.at(document, pointer)],
    });
  }
  return ailing;
}

/** The members of the smaller cluster; the first of two when they are equally many. */
function reportClusters(etcd: EtcdCluster, context: Context): EtcdMemberView[] {
  const groups = Object.values(
    Object.groupBy(
      etcd.members.filter(({ status }) => status?.value.clusterId !== undefined),
      ({ status }) => status?.value.clusterId ?? '',
    ),
  ).sort((a = [], b = []) => a.length - b.length);
  const [fewest, ...others] = groups;
  const [member, other] = [fewest?.[0], others.at(-1)?.[0]];
  if (!fewest || !member?.status || !other?.status) return [];
  context.report({
    message: 'clustersDiffer',
    values: {
      member: member.subject,
      own: hexId(member.status.value.clusterId),
      other: other.subject,
      others: hexId(other.status.value.clusterId),
    },
    subject: member.subject,
    related: [other.subject],
    evidence: [member.status, other.status].map(({ document, pointer }) =>
      context.at(document, pointer),
    ) as unknown as EvidenceRefs,
  });
  return fewest;
}

interface Surroundings {
  readonly etcd: EtcdCluster;
  readonly log: Input<typeof etcdLog>;
  readonly context: Context;
}

/** A line about the member's own data counts while it is not ready, one about a peer when it is recent. */
function reportLogged(member: EtcdMemberView, { etcd, log, context }: Surroundings): boolean {
  const { instance, subject } = member;
  if (!instance) return false;
  const owner = logOwnerOf(instance);
  const recent = (pattern: 'clusterMismatch' | 'removedForGood' | 'damagedFile' | 'inconsistent') =>
    recentMatches(log.matches(pattern, owner), context)[0];
  const down = isReady(instance) === false;
  const removed = down ? recent('removedForGood') : undefined;
  const damaged = down ? (recent('damagedFile') ?? recent('inconsistent')) : undefined;
  const mismatch = recent('clusterMismatch');
  if (removed) {
    const evidence = [lastLineOf(removed)] as const;
    context.report({ message: 'removed', values: { member: subject }, subject, evidence });
  } else if (damaged) {
    const via = answeringPod(etcd, member) ?? subject;
    const detail = DAMAGE.find((one) => damaged.hits.at(-1)?.text.includes(one)) ?? 'see its last lines';
    context.report({
      message: 'damaged',
      values: { member: subject, memberId: hexId(member.id), via, detail },
      subject,
      evidence: [lastLineOf(damaged)],
    });
  } else if (mismatch) {
    const evidence = [lastLineOf(mismatch)] as const;
    context.report({ message: 'mismatchLogged', values: { member: subject }, subject, evidence });
  }
  return (removed ?? damaged ?? mismatch) !== undefined;
}

const DAMAGE = [
  'found data inconsistency with peers',
  'walpb: crc mismatch',
  'snap: crc mismatch',
  'failed to open WAL',
  'failed to read WAL, cannot be repaired',
  'failed to recover v3 backend from snapshot',
] as const;
