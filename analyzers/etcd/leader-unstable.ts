import { etcdMetrics } from '../../src/artifacts/etcd-metrics.ts';
import { logOwnerOf } from '../../src/derive/control-plane.ts';
import { API_SLOWED_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type EtcdCluster, etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { isBurst, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { citeSample, metricValue, uptimeOf } from '../../src/derive/metric-samples.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';

/** Four in fifteen minutes: Prometheus mixin of etcd. */
const CHANGES = 4;
const WINDOW_SECONDS = 900;
/** Members of one answer differ by one term at most while an election is under way. */
const TERMS = 2;

const REMEDY = [
  {
    text: 'Look at disk and network first: a leader whose disk or CPU stalls sends no heartbeat within the election timeout (1 s), and its followers elect another.',
  },
  {
    text: 'Members far apart need longer intervals: `--heartbeat-interval` about the round trip, `--election-timeout` ten times that, equal on all members.',
  },
] as const;

export const leaderUnstable = defineAnalyzer({
  meta: {
    id: 'etcd/leader-unstable',
    title: 'etcd leader unstable',
    description: 'Whether the members of etcd keep electing new leaders.',
    messages: {
      elections: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'each election is logged' },
        text: 'etcd keeps electing new leaders: {member:object} logs {count:count} elections, the last to term {term:text}.',
        remedy: REMEDY,
        effect: 'etcd-slow',
        explains: API_SLOWED_REACHES,
        groupBy: [],
      },
      changesSinceStart: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the counter runs since etcd started' },
        text: '{member:object} has seen {count:count} changes of the leader in {uptime:duration}.',
        remedy: REMEDY,
        effect: 'etcd-slow',
        explains: API_SLOWED_REACHES,
        groupBy: [],
      },
      termsDiffer: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'the members were asked one after the other, an election in between moves a term by one',
        },
        text: '{member:object} is in raft term {term:text}, other members in {others:text}: it campaigns for elections the others do not hear of.',
        remedy: [{ text: 'See whether it reaches its peers on port 2380 in both directions.' }, ...REMEDY],
        effect: 'etcd-slow',
        explains: API_SLOWED_REACHES,
      },
    },
    checks: {
      stable: { item: 'etcd leader', expected: 'fewer than four elections in 15 minutes', found: 'stable' },
    },
    references: ['etcd contrib/mixin: etcdHighNumberOfLeaderChanges', 'https://etcd.io/docs/latest/tuning/'],
  },
  needs: { etcd: etcdCluster, log: etcdLog, metrics: optional(etcdMetrics) },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    const apart = reportTerms(etcd, context);
    for (const member of etcd.members) {
      const { subject, metrics } = member;
      const [matches] = member.instance
        ? recentMatches(log.matches('elected', logOwnerOf(member.instance)), context)
        : [];
      const changes = metrics && frequentChanges(metrics, context);
      if (matches && isFrequent(matches)) {
        const term = matches.hits.at(-1)?.captures.term ?? '';
        const values = { member: subject, count: matches.count, term };
        context.report({ message: 'elections', values, subject, evidence: [lastLineOf(matches)] });
      } else if (changes) {
        const evidence = [citeSample(context, metrics, 'etcd_server_leader_changes_seen_total')] as const;
        context.report({
          message: 'changesSinceStart',
          values: { member: subject, ...changes },
          subject,
          evidence,
        });
      } else if (!apart && (matches || metrics || member.answers)) {
        context.looked({ check: 'stable', values: {}, subject });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof leaderUnstable.meta.messages,
  NonNullable<typeof leaderUnstable.meta.checks>
>;

/** Often over the whole log, or in its last lines. */
function isFrequent(matches: LogMatches): boolean {
  if (matches.count < CHANGES) return false;
  const seconds = (Date.parse(matches.last ?? '') - Date.parse(matches.first ?? '')) / 1000;
  return (
    matches.count / Math.max(1, seconds / WINDOW_SECONDS) >= CHANGES || isBurst(matches, WINDOW_SECONDS / 2)
  );
}

type MetricsItem = Input<typeof etcdMetrics>['items'][number];

function frequentChanges(item: MetricsItem, context: Context): { count: number; uptime: number } | undefined {
  const count = metricValue(item.value, 'etcd_server_leader_changes_seen_total');
  const uptime = uptimeOf(item, context);
  if (count === undefined || uptime === undefined || count < CHANGES) return undefined;
  return count / Math.max(1, uptime / WINDOW_SECONDS) >= CHANGES ? { count, uptime } : undefined;
}

function reportTerms(etcd: EtcdCluster, context: Context): boolean {
  const told = etcd.members.flatMap((member) =>
    member.status?.value.raftTerm === undefined
      ? []
      : [{ member, status: member.status, term: member.status.value.raftTerm }],
  );
  const [highest, ...others] = told.sort((a, b) => b.term - a.term);
  const lowest = others.at(-1);
  if (!highest || !lowest || highest.term - lowest.term < TERMS) return false;
  const evidence = [highest, lowest].map(({ status }) =>
    context.at(status.document, `${status.pointer}/raftTerm`),
  ) as unknown as EvidenceRefs;
  const { subject } = highest.member;
  const values = {
    member: subject,
    term: String(highest.term),
    others: [...new Set(others.map(({ term }) => String(term)))],
  };
  context.report({ message: 'termsDiffer', values, subject, evidence });
  return true;
}
