import { peerNetworkSlow } from '../../../analyzers/etcd/peer-network-slow.ts';
import {
  buckets,
  componentLog,
  etcdDocument,
  etcdMetricsOf,
  etcdPods,
  MEMBERS,
  repeated,
  twoLooks,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const RTT = 'etcd_network_peer_round_trip_time_seconds';
const LOST =
  '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/stream.go:421","msg":"lost TCP streaming connection with remote peer","stream-reader-type":"stream Message","local-member-id":"bdae9bbc11dd390d","remote-peer-id":"d8812d7cd4d463e","error":"EOF"}';
const OLD_LOST =
  '2026-01-15 11:59:00.000000 W | rafthttp: lost the TCP streaming connection with peer 9d355f4e8ce901cf (stream MsgApp v2 reader)';
const FULL =
  '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/peer.go:267","msg":"dropped internal Raft message since sending buffer is full (overloaded network)","message-type":"MsgHeartbeat"}';
const log = (line: string, count: number) => [componentLog('etcd', 'cp-1', repeated(count, 60, line))];

/** Round trips to one peer, quick ones and slow ones. */
const trips = (quick: number, slow: number) =>
  etcdMetricsOf(
    'cp-1',
    buckets(
      RTT,
      [
        ['0.0128', quick],
        ['0.4096', quick + slow],
        ['+Inf', quick + slow],
      ],
      'To="aa"',
    ),
  );

testAnalyzer(peerNetworkSlow, {
  silent: [
    {
      name: 'long round trips that were over before the first of two looks',
      given: { objects: etcdPods(1), documents: twoLooks(trips(1000, 500), trips(1300, 500)) },
    },
    {
      name: 'short round trips',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf(
            'cp-1',
            buckets(
              RTT,
              [
                ['0.0128', 999],
                ['+Inf', 1000],
              ],
              'To="aa"',
            ),
          ),
        ],
      },
    },
    {
      name: 'a peer that was restarted',
      given: { objects: etcdPods(), documents: [etcdDocument()], logs: log(LOST, 4) },
    },
    {
      name: 'a peer that is down',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument([MEMBERS[0]!, { ...MEMBERS[1]!, status: null }, MEMBERS[2]!])],
        logs: log(LOST, 40),
      },
    },
  ],
  reports: [
    {
      name: 'long round trips between two looks',
      given: { objects: etcdPods(1), documents: twoLooks(trips(1e6, 0), trips(1e6 + 200, 50)) },
      expect: [
        {
          message: 'slowRoundTripNow',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { peer: 'aa', limit: 0.15, seconds: 30 },
        },
      ],
    },
    {
      name: 'long round trips to one peer',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf('cp-1', [
            ...buckets(
              RTT,
              [
                ['0.1024', 10],
                ['0.2048', 1000],
                ['+Inf', 1000],
              ],
              'To="d8812d7cd4d463e"',
            ),
            ...buckets(
              RTT,
              [
                ['0.0128', 1000],
                ['+Inf', 1000],
              ],
              'To="410cad88d6a93916"',
            ),
          ]),
        ],
      },
      expect: [
        {
          message: 'slowRoundTrip',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { peer: 'd8812d7cd4d463e' },
        },
      ],
    },
    {
      name: 'streams break while all members answer (zap)',
      given: { objects: etcdPods(), documents: [etcdDocument()], logs: log(LOST, 12) },
      expect: [
        {
          message: 'streamsBreak',
          subject: 'Pod/kube-system/etcd-cp-1',
          confidence: 'likely',
          values: { count: 12, peer: 'd8812d7cd4d463e' },
        },
      ],
    },
    {
      name: 'streams break, nobody was asked (capnslog)',
      given: { objects: etcdPods(1), logs: log(OLD_LOST, 12) },
      expect: [
        {
          message: 'streamsBreak',
          subject: 'Pod/kube-system/etcd-cp-1',
          confidence: 'possible',
          values: { peer: '9d355f4e8ce901cf' },
        },
      ],
    },
    {
      name: 'sending buffers are full',
      given: { objects: etcdPods(), documents: [etcdDocument()], logs: log(FULL, 3) },
      expect: [{ message: 'streamsBreak', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 3 } }],
    },
  ],
});
