import { etcdMetrics } from '../../src/artifacts/etcd-metrics.ts';
import type { MetricSample } from '../../src/artifacts/prometheus-text.ts';
import { logOwnerOf } from '../../src/derive/control-plane.ts';
import { ETCD_SLOW_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type CounterLook, citeGrowth, tellingLook } from '../../src/derive/counter-rates.ts';
import { type EtcdMemberView, etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { countOf, isBurst, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { quantileOf } from '../../src/derive/metric-samples.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';
import type { Subject } from '../../src/model/subject.ts';

const ROUND_TRIPS = 'etcd_network_peer_round_trip_time_seconds_bucket';
/** Seconds at the 99th percentile: Prometheus mixin of etcd. */
const ROUND_TRIP = 0.15;
/** A peer that restarts breaks four streams at once: this many, the last of them close together, are a pattern. */
const STREAMS = 10;
const BURST_SECONDS = 900;
/** One full buffer is one burst of the cluster's own writes. */
const BUFFERS = 3;

const REMEDY = [
  {
    text: 'Look at the network between the control-plane nodes: loss, MTU, a saturated link, and machines in different sites. Port 2380 must be open both ways.',
  },
  {
    text: 'If the way is long by design, raise `--heartbeat-interval` and `--election-timeout` on all members alike.',
  },
] as const;

export const peerNetworkSlow = defineAnalyzer({
  meta: {
    id: 'etcd/peer-network-slow',
    title: 'Network between etcd members slow or lossy',
    description: 'Round trips between the members of etcd, broken streams and full sending buffers.',
    messages: {
      slowRoundTrip: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'the histogram counts since etcd started' },
        text: 'The way from {member:object} to its peer `{peer:text}` is slow: one round trip in a hundred takes {p99:duration} or more; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        key: ['peer'],
        explains: ETCD_SLOW_REACHES,
      },
      slowRoundTripNow: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'its histogram grew by that between the two looks of the collection',
        },
        text: 'The way from {member:object} to its peer `{peer:text}` is slow: of the round trips within {seconds:duration}, one in a hundred takes {p99:duration} or more; up to {limit:duration} is accepted.',
        remedy: REMEDY,
        key: ['peer'],
        explains: ETCD_SLOW_REACHES,
      },
      streamsBreak: {
        severity: 'warning',
        confidence: { level: 'likely', reason: 'its log repeats it while all members answer' },
        text: '{member:object} keeps losing its connections to peers: {count:count} lines of lost streams or full sending buffers, the last about `{peer:text}`.',
        remedy: REMEDY,
        explains: ETCD_SLOW_REACHES,
      },
    },
    checks: {
      connected: {
        item: 'Network between etcd members',
        expected: 'round trips within 0.15 s',
        found: 'fine',
      },
    },
    references: ['etcd contrib/mixin: etcdMemberCommunicationSlow', 'etcd server/etcdserver/api/rafthttp'],
  },
  needs: { etcd: etcdCluster, log: etcdLog, metrics: optional(etcdMetrics) },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    // A peer that is down loses its streams as well: that is a fault of the member.
    const down = etcd.members.some(({ answers }) => answers === false);
    for (const member of etcd.members) {
      const { subject, instance } = member;
      if (reportRoundTrips(member, context) || !instance) continue;
      const owner = logOwnerOf(instance);
      const lost = recentMatches(log.matches('streamLost', owner), context).filter(
        (matches) => matches.count >= STREAMS && isBurst(matches, BURST_SECONDS),
      );
      const full = recentMatches(log.matches('sendingBufferFull', owner), context).filter(
        ({ count }) => count >= BUFFERS,
      );
      const signs = [...lost, ...full];
      if (signs.length === 0 || down) {
        context.looked({ check: 'connected', values: {}, subject });
        continue;
      }
      const { peer, old } = lost[0]?.hits.at(-1)?.captures ?? {};
      context.report({
        message: 'streamsBreak',
        values: { member: subject, count: countOf(signs), peer: peer ?? old ?? 'not named' },
        subject,
        evidence: signs.map(lastLineOf) as unknown as EvidenceRefs,
        ...(etcd.documents.length > 0
          ? {}
          : { confidence: { level: 'possible', reason: 'whether all members answer is not known' } }),
      });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof peerNetworkSlow.meta.messages,
  NonNullable<typeof peerNetworkSlow.meta.checks>
>;

function reportRoundTrips({ counters, subject }: EtcdMemberView, context: Context): boolean {
  if (!counters) return false;
  const all = counters.item.value.named(ROUND_TRIPS);
  const peers = new Set(all.map(({ labels }) => labels.To ?? ''));
  const slow = [...peers].filter((peer) => reportRoundTrip({ counters, subject, peer }, context));
  return slow.length > 0;
}

function reportRoundTrip(
  {
    counters,
    subject,
    peer,
  }: { readonly counters: CounterLook; readonly subject: Subject; readonly peer: string },
  context: Context,
): boolean {
  const isOf = ({ labels }: MetricSample) => (labels.To ?? '') === peer;
  const look = tellingLook(counters, ROUND_TRIPS, isOf);
  const p99 = look && quantileOf(look.metrics.named(ROUND_TRIPS).filter(isOf), 0.99);
  if (look === undefined || p99 === undefined || p99 <= ROUND_TRIP) return false;
  const values = { member: subject, peer, p99, limit: ROUND_TRIP };
  const evidence = citeGrowth(context, look, ROUND_TRIPS, { quantile: p99, labels: { To: peer } });
  if (look.since === undefined) context.report({ message: 'slowRoundTrip', values, subject, evidence });
  else {
    const { seconds } = look.since;
    context.report({ message: 'slowRoundTripNow', values: { ...values, seconds }, subject, evidence });
  }
  return true;
}
