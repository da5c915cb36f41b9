import { etcdMetrics } from '../../src/artifacts/etcd-metrics.ts';
import { logOwnerOf } from '../../src/derive/control-plane.ts';
import { API_SLOWED_REACHES, ETCD_SLOW_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type CounterLook, citeGrowth, tellingLook } from '../../src/derive/counter-rates.ts';
import { type EtcdMemberView, etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { hasNoLeader } from '../../src/derive/etcd-members.ts';
import { countOf, hourlyRate, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { citeSample, quantileOf } from '../../src/derive/metric-samples.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { type Input, optional } from '../../src/model/artifact.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';

/** Fewer slow writes than this are one hiccup. */
const LINES = 3;
/** Requests above 100 ms are common alone; this many an hour are not. */
const SLOW_PER_HOUR = 50;
/** Seconds at the 99th percentile: Prometheus mixin of etcd. */
const HISTOGRAMS = [
  { name: 'etcd_disk_wal_fsync_duration_seconds_bucket', what: 'write-ahead log sync', warn: 0.5, bad: 1 },
  {
    name: 'etcd_disk_backend_commit_duration_seconds_bucket',
    what: 'database commit',
    warn: 0.25,
    bad: Number.POSITIVE_INFINITY,
  },
] as const;

const REMEDY = [
  {
    text: 'Give etcd a disk of its own, an SSD or NVMe, local rather than networked; the write-ahead log wants syncs below 10 ms. Look for what else writes to that disk: logs, images, backups, other virtual machines.',
  },
  {
    text: 'Measure the disk as etcd uses it: `fio --rw=write --ioengine=sync --fdatasync=1 --size=22m --bs=2300` in the file system of /var/lib/etcd; the 99th percentile of fdatasync is to stay below 10 ms.',
  },
] as const;

export const diskSlow = defineAnalyzer({
  meta: {
    id: 'etcd/disk-slow',
    title: 'etcd disk slow',
    description: 'Whether the disk below etcd keeps up with its writes, by its metrics and its own warnings.',
    messages: {
      slowSinceStart: {
        severity: ['critical', 'warning'],
        confidence: {
          level: 'likely',
          reason: 'the histogram counts since etcd started, so it may speak of a time that is over',
        },
        text: 'The disk of {member:object} is slow: one {what:text} in a hundred takes {p99:duration} or more since etcd started; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        key: ['what'],
        groupBy: ['what'],
        explains: ETCD_SLOW_REACHES,
        check: 'fast',
      },
      slowNow: {
        severity: ['critical', 'warning'],
        confidence: {
          level: 'certain',
          reason: 'its histogram grew by that between the two looks of the collection',
        },
        text: 'The disk of {member:object} is slow: of each {what:text} within {seconds:duration}, one in a hundred takes {p99:duration} or more; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        key: ['what'],
        groupBy: ['what'],
        explains: ETCD_SLOW_REACHES,
        check: 'fast',
      },
      slowWrites: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'etcd measures its writes itself and logs the slow ones' },
        text: 'The disk of {member:object} is slow: etcd logs {count:count} writes that took over a second or made its heartbeats late.',
        remedy: REMEDY,
        groupBy: [],
        explains: ETCD_SLOW_REACHES,
        check: 'fast',
      },
      slowRequests: {
        severity: 'warning',
        confidence: {
          level: 'possible',
          reason:
            'slow requests come from a slow disk, from too little CPU, or from clients that read too much',
        },
        text: '{member:object} is slow to answer: {count:count} requests took a second or more, {all:count} more than 100 ms; the slowest of the last ones {took:text}.',
        remedy: [
          {
            text: 'See which requests they are: large ranges come from clients that list everything (the log line names the key), the rest from disk or CPU of the node.',
          },
          ...REMEDY,
        ],
        effect: 'etcd-slow',
        explains: API_SLOWED_REACHES,
        check: 'fast',
      },
    },
    checks: {
      fast: {
        checklist: 'control-plane',
        item: 'etcd disk',
        expected: '99 % of the log syncs within 0.5 s, no warning of slow writes',
        found: '{found:text}',
      },
    },
    references: [
      'https://etcd.io/docs/latest/faq/#what-does-the-etcd-warning-failed-to-send-out-heartbeat-on-time-mean',
      'etcd contrib/mixin: etcdHighFsyncDurations, etcdHighCommitDurations',
    ],
  },
  needs: { etcd: etcdCluster, log: etcdLog, metrics: optional(etcdMetrics) },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    for (const member of etcd.members) {
      const slow = slowHistogram(member);
      for (const one of slow) reportHistogram(member, one, context);
      const signs = signsOf(member, log, context);
      if (slow.length === 0 && !reportLines(member, signs, context)) lookAt(member, context);
    }
    return undefined;
  },
});

type Context = AnalyzeContext<typeof diskSlow.meta.messages, NonNullable<typeof diskSlow.meta.checks>>;
type Slow = (typeof HISTOGRAMS)[number] & { readonly p99: number; readonly look: CounterLook };

function slowHistogram({ counters }: EtcdMemberView): Slow[] {
  if (counters === undefined) return [];
  return HISTOGRAMS.flatMap((one) => {
    const look = tellingLook(counters, one.name);
    const p99 = look && quantileOf(look.metrics.named(one.name), 0.99);
    return p99 !== undefined && p99 > one.warn ? [{ ...one, p99, look: look! }] : [];
  });
}

function reportHistogram({ subject }: EtcdMemberView, slow: Slow, context: Context): void {
  const { name, what, p99, warn: limit, bad, look } = slow;
  const severity = p99 > bad ? 'critical' : 'warning';
  const values = { member: subject, what, p99, limit };
  const evidence = citeGrowth(context, look, name, { quantile: p99 });
  if (look.since === undefined)
    context.report({ message: 'slowSinceStart', severity, values, subject, evidence });
  else {
    const { seconds } = look.since;
    context.report({ message: 'slowNow', severity, values: { ...values, seconds }, subject, evidence });
  }
}

interface Signs {
  readonly writes: readonly LogMatches[];
  readonly slow: readonly LogMatches[];
  readonly all: readonly LogMatches[];
}

function signsOf({ instance }: EtcdMemberView, log: Input<typeof etcdLog>, context: Context): Signs {
  if (!instance) return { writes: [], slow: [], all: [] };
  const owner = logOwnerOf(instance);
  const recent = (pattern: 'slowSync' | 'lateHeartbeat' | 'slowApply' | 'verySlowApply') =>
    recentMatches(log.matches(pattern, owner), context);
  return {
    writes: [...recent('slowSync'), ...recent('lateHeartbeat')],
    slow: recent('verySlowApply'),
    all: recent('slowApply'),
  };
}

/** Whether the lines of the log are enough to report. */
function reportLines(member: EtcdMemberView, { writes, slow, all }: Signs, context: Context): boolean {
  const { subject } = member;
  if (countOf(writes) >= LINES) {
    const evidence = writes.map(lastLineOf) as unknown as EvidenceRefs;
    context.report({
      message: 'slowWrites',
      values: { member: subject, count: countOf(writes) },
      subject,
      evidence,
    });
    return true;
  }
  // Without a leader every request is slow: that is another fault.
  if (hasNoLeader(member) || member.answers === false) return false;
  const often = all.some((matches) => hourlyRate(matches) >= SLOW_PER_HOUR);
  if (countOf(slow) < LINES && !often) return false;
  const took = slow.at(-1)?.hits.at(-1)?.captures.took ?? 'below a second';
  const evidence = [...slow, ...all].slice(0, 2).map(lastLineOf) as unknown as EvidenceRefs;
  const values = { member: subject, count: countOf(slow), all: countOf(all), took };
  context.report({ message: 'slowRequests', values, subject, evidence });
  return true;
}

function lookAt({ subject, metrics, instance }: EtcdMemberView, context: Context): void {
  const buckets = metrics?.value.named(HISTOGRAMS[0].name) ?? [];
  const p99 = quantileOf(buckets, 0.99);
  if (p99 === undefined && !instance) return;
  const found =
    p99 === undefined ? 'no warning in its log' : `99 % of the log syncs within ${Math.ceil(p99 * 1000)} ms`;
  context.looked({
    check: 'fast',
    values: { found },
    subject,
    evidence:
      metrics && p99 !== undefined
        ? [citeSample(context, metrics, HISTOGRAMS[0].name, { quantile: p99 })]
        : [],
  });
}
