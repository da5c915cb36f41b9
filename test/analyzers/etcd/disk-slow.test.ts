import { diskSlow } from '../../../analyzers/etcd/disk-slow.ts';
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

const FSYNC = 'etcd_disk_wal_fsync_duration_seconds';
const COMMIT = 'etcd_disk_backend_commit_duration_seconds';
const apply = (took: string) =>
  `{"level":"warn","ts":"2026-01-15T11:59:00.5Z","caller":"etcdserver/util.go:183","msg":"apply request took too long","took":"${took}","expected-duration":"100ms","prefix":"read-only range ","request":"key:\\"/registry/pods\\" ","response":"","error":""}`;
const SYNC =
  '{"level":"warn","ts":"2026-01-15T11:59:00.5Z","caller":"wal/wal.go:802","msg":"slow fdatasync","took":"2.1s","expected-duration":"1s"}';
const OLD_SYNC = '2026-01-15 11:59:00.000000 W | wal: sync duration of 2.1s, expected less than 1s';
const OLD_APPLY =
  '2026-01-15 11:59:00.000000 W | etcdserver: read-only range request "key:\\"/registry/pods\\" " with result "range_response_count:1 size:100" took too long (2.5s) to execute';
const HEARTBEAT =
  '{"level":"warn","ts":"2026-01-15T11:59:00.5Z","caller":"etcdserver/raft.go:428","msg":"leader failed to send out heartbeat on time; took too long, leader is overloaded likely from slow disk","to":"410cad88d6a93916","heartbeat-interval":"100ms","expected-duration":"200ms","exceeded-duration":"27.6ms"}';
const log = (line: string, count: number, secondsAgo = 60) => [
  componentLog('etcd', 'cp-1', repeated(count, secondsAgo, line)),
];

/** Log syncs in all: quick ones, and slow ones of a second. */
const syncs = (quick: number, slow: number) =>
  etcdMetricsOf(
    'cp-1',
    buckets(FSYNC, [
      ['0.008', quick],
      ['0.512', quick],
      ['1.024', quick + slow],
      ['+Inf', quick + slow],
    ]),
  );

testAnalyzer(diskSlow, {
  silent: [
    {
      name: 'slow log syncs that were over before the first of two looks',
      given: { objects: etcdPods(1), documents: twoLooks(syncs(5000, 900), syncs(5600, 900)) },
    },
    {
      name: 'a fast disk',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf(
            'cp-1',
            buckets(FSYNC, [
              ['0.008', 995],
              ['0.5', 1000],
              ['+Inf', 1000],
            ]),
          ),
        ],
      },
    },
    {
      name: 'a histogram with a handful of observations',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf(
            'cp-1',
            buckets(FSYNC, [
              ['0.5', 0],
              ['1.024', 9],
              ['+Inf', 9],
            ]),
          ),
        ],
      },
    },
    { name: 'a few requests above 100 ms', given: { objects: etcdPods(1), logs: log(apply('140.2ms'), 20) } },
    { name: 'two slow writes', given: { objects: etcdPods(1), logs: log(SYNC, 2) } },
    { name: 'slow writes hours ago', given: { objects: etcdPods(1), logs: log(SYNC, 20, 7200) } },
    {
      name: 'slow requests of a member without a leader',
      given: {
        objects: etcdPods(1),
        documents: [etcdDocument([{ ...MEMBERS[0]!, status: { leader: null } }])],
        logs: log(apply('5.0s'), 9),
      },
    },
    {
      name: 'lines of an etcd that is not of the control plane',
      given: {
        objects: etcdPods(1),
        logs: [{ namespace: 'tenant-a', pod: 'etcd-0', container: 'etcd', text: log(SYNC, 9)[0]!.text }],
      },
    },
  ],
  reports: [
    {
      name: 'slow log syncs between two looks at a disk that was fast for a year',
      given: { objects: etcdPods(1), documents: twoLooks(syncs(1e7, 0), syncs(1e7 + 500, 100)) },
      expect: [
        {
          message: 'slowNow',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { what: 'write-ahead log sync', limit: 0.5, seconds: 30 },
        },
      ],
    },
    {
      name: 'too few log syncs between two looks: told since the start',
      given: { objects: etcdPods(1), documents: twoLooks(syncs(500, 100), syncs(520, 100)) },
      expect: [{ message: 'slowSinceStart', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'etcd started anew between two looks: told since that start',
      given: { objects: etcdPods(1), documents: twoLooks(syncs(1e7, 0), syncs(500, 100)) },
      expect: [{ message: 'slowSinceStart', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'log syncs above half a second',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf(
            'cp-1',
            buckets(FSYNC, [
              ['0.512', 900],
              ['1.024', 1000],
              ['+Inf', 1000],
            ]),
          ),
        ],
      },
      expect: [
        {
          message: 'slowSinceStart',
          subject: 'Pod/kube-system/etcd-cp-1',
          severity: 'warning',
          values: { what: 'write-ahead log sync', limit: 0.5 },
        },
      ],
    },
    {
      name: 'log syncs above a second, commits above a quarter',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf('cp-1', [
            ...buckets(FSYNC, [
              ['1.024', 500],
              ['2.048', 1000],
              ['+Inf', 1000],
            ]),
            ...buckets(COMMIT, [
              ['0.256', 500],
              ['0.512', 1000],
              ['+Inf', 1000],
            ]),
          ]),
        ],
      },
      expect: [
        { message: 'slowSinceStart', subject: 'Pod/kube-system/etcd-cp-1' },
        { message: 'slowSinceStart', subject: 'Pod/kube-system/etcd-cp-1' },
      ],
    },
    {
      name: 'log syncs above a second',
      given: {
        objects: etcdPods(1),
        documents: [
          etcdMetricsOf(
            'cp-1',
            buckets(FSYNC, [
              ['1.024', 500],
              ['2.048', 1000],
              ['+Inf', 1000],
            ]),
          ),
        ],
      },
      expect: [{ message: 'slowSinceStart', subject: 'Pod/kube-system/etcd-cp-1', severity: 'critical' }],
    },
    {
      name: 'slow writes (zap)',
      given: { objects: etcdPods(1), logs: log(SYNC, 3) },
      expect: [{ message: 'slowWrites', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 3 } }],
    },
    {
      name: 'slow writes (capnslog)',
      given: { objects: etcdPods(1), logs: log(OLD_SYNC, 4) },
      expect: [{ message: 'slowWrites', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 4 } }],
    },
    {
      name: 'late heartbeats',
      given: { objects: etcdPods(1), logs: log(HEARTBEAT, 3) },
      expect: [{ message: 'slowWrites', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'requests above a second (zap)',
      given: { objects: etcdPods(1), logs: log(apply('1.5s'), 3) },
      expect: [
        {
          message: 'slowRequests',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { count: 3, all: 3, took: '1.5s' },
        },
      ],
    },
    {
      name: 'requests above a second (capnslog)',
      given: { objects: etcdPods(1), logs: log(OLD_APPLY, 3) },
      expect: [{ message: 'slowRequests', subject: 'Pod/kube-system/etcd-cp-1', values: { took: '2.5s' } }],
    },
    {
      name: 'requests above 100 ms all the time',
      given: { objects: etcdPods(1), logs: log(apply('210.7ms'), 80) },
      expect: [
        { message: 'slowRequests', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 0, all: 80 } },
      ],
    },
  ],
  unknown: [
    {
      name: 'the logs were not collected',
      given: {
        objects: etcdPods(1),
        rows: [
          { artifact: 'logs', scope: { type: 'cluster' }, outcome: 'skipped', reason: 'logs were left out' },
        ],
      },
      reason: /left out/,
    },
  ],
});
