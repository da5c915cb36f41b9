import { leaderUnstable } from '../../../analyzers/etcd/leader-unstable.ts';
import {
  componentLog,
  etcdDocument,
  etcdMetricsOf,
  etcdPods,
  MEMBERS,
  repeated,
} from '../../support/control-plane-builders.ts';
import { OBSERVED } from '../../support/given.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const ELECTED =
  '{"level":"info","ts":"2026-01-15T11:58:00Z","logger":"raft","caller":"etcdserver/zap_raft.go:77","msg":"raft.node: bdae9bbc11dd390d elected leader d8812d7cd4d463e at term 9"}';
const OLD_ELECTED =
  'raft2026/01/15 11:58:00 INFO: raft.node: 8425f172696c3d59 elected leader 7a93f9656667a769 at term 7';
const started = (secondsAgo: number) =>
  `process_start_time_seconds ${Date.parse(OBSERVED) / 1000 - secondsAgo}`;
const [first, second, third] = MEMBERS as [(typeof MEMBERS)[0], (typeof MEMBERS)[0], (typeof MEMBERS)[0]];

testAnalyzer(leaderUnstable, {
  silent: [
    {
      name: 'two elections after an upgrade',
      given: { objects: etcdPods(1), logs: [componentLog('etcd', 'cp-1', repeated(2, 300, ELECTED))] },
    },
    {
      name: 'elections spread over a week',
      given: {
        objects: etcdPods(1),
        logs: [
          componentLog(
            'etcd',
            'cp-1',
            [600_000, 400_000, 300_000, 200_000, 60].map((seconds) => [seconds, ELECTED] as const),
          ),
        ],
      },
    },
    {
      name: 'twenty changes in a month',
      given: {
        objects: etcdPods(1),
        documents: [etcdMetricsOf('cp-1', ['etcd_server_leader_changes_seen_total 20', started(2_592_000)])],
      },
    },
    {
      name: 'a term apart, as asked during an election',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument([{ ...first, status: { raftTerm: 3 } }, second, third])],
      },
    },
  ],
  reports: [
    {
      name: 'five elections in a few seconds (zap)',
      given: { objects: etcdPods(1), logs: [componentLog('etcd', 'cp-1', repeated(5, 300, ELECTED))] },
      expect: [
        { message: 'elections', subject: 'Pod/kube-system/etcd-cp-1', values: { count: 5, term: '9' } },
      ],
    },
    {
      name: 'quiet for a week, then many (raft logger of 3.4)',
      given: {
        objects: etcdPods(1),
        logs: [componentLog('etcd', 'cp-1', [[600_000, OLD_ELECTED], ...repeated(3, 60, OLD_ELECTED)])],
      },
      expect: [{ message: 'elections', subject: 'Pod/kube-system/etcd-cp-1', values: { term: '7' } }],
    },
    {
      name: 'six changes within ten minutes of its start',
      given: {
        objects: etcdPods(1),
        documents: [etcdMetricsOf('cp-1', ['etcd_server_leader_changes_seen_total 6', started(600)])],
      },
      expect: [
        {
          message: 'changesSinceStart',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { count: 6, uptime: 600 },
        },
      ],
    },
    {
      name: 'a member far ahead in its term',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument([first, second, { ...third, status: { raftTerm: 40 } }])],
      },
      expect: [
        {
          message: 'termsDiffer',
          subject: 'Pod/kube-system/etcd-cp-3',
          values: { term: '40', others: ['2'] },
        },
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
    },
  ],
});
