import { dataInconsistent } from '../../../analyzers/etcd/data-inconsistent.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import {
  componentLog,
  crashing,
  etcdDocument,
  etcdPods,
  MEMBERS,
  notReady,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const [first, second, third] = MEMBERS as [(typeof MEMBERS)[0], (typeof MEMBERS)[0], (typeof MEMBERS)[0]];
const BROKEN = staticPod('etcd', 'cp-1', notReady(crashing()));
const MISMATCH =
  '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/http.go:500","msg":"request cluster ID mismatch","local-member-id":"bdae9bbc11dd390d","remote-peer-server-cluster-id":"aa"}';
const REMOVED =
  '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"etcdserver/server.go:1150","msg":"server error","error":"the member has been permanently removed from the cluster"}';
const CRC =
  '{"level":"fatal","ts":"2026-01-15T11:59:00Z","caller":"etcdserver/storage.go:95","msg":"failed to open WAL","error":"walpb: crc mismatch"}';
const log = (line: string, secondsAgo = 60) => [componentLog('etcd', 'cp-1', [[secondsAgo, line]])];

testAnalyzer(dataInconsistent, {
  silent: [
    { name: 'one cluster, no alarm', given: { objects: etcdPods(), documents: [etcdDocument()] } },
    {
      name: 'the alarm NOSPACE is another matter',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument(MEMBERS, { alarms: [{ id: first.id, alarm: 1 }] })],
      },
    },
    {
      name: 'a line about damaged data of a member that is ready again',
      given: { objects: etcdPods(1), logs: log(CRC) },
    },
    { name: 'a mismatch of yesterday', given: { objects: etcdPods(1), logs: log(MISMATCH, 86_400) } },
  ],
  reports: [
    {
      name: 'the alarm CORRUPT',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument(MEMBERS, { alarms: [{ id: second.id, alarm: 2 }] })],
      },
      expect: [
        { message: 'corrupt', subject: 'Pod/kube-system/etcd-cp-2', values: { memberId: 'd8812d7cd4d463e' } },
      ],
    },
    {
      name: 'a member of another cluster',
      given: {
        objects: etcdPods(),
        documents: [
          etcdDocument([first, second, { ...third, status: { clusterId: '17000000000000000001' } }]),
        ],
      },
      expect: [
        {
          message: 'clustersDiffer',
          subject: 'Pod/kube-system/etcd-cp-3',
          values: { own: 'ebec21ee1da40001', others: '98bca1971e782694' },
        },
      ],
    },
    {
      name: 'a peer of another cluster, by the log',
      given: { objects: etcdPods(1), logs: log(MISMATCH) },
      expect: [{ message: 'mismatchLogged', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'a removed member that starts again and again',
      given: { objects: [BROKEN], logs: log(REMOVED) },
      expect: [{ message: 'removed', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'a damaged log file',
      given: { objects: [BROKEN], logs: log(CRC) },
      expect: [
        {
          message: 'damaged',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { detail: 'walpb: crc mismatch' },
        },
      ],
    },
  ],
  unknown: [
    {
      name: 'pods were refused: which log belongs to which member is not known',
      given: { documents: [etcdDocument()], forbidden: [pods] },
      reason: /not allowed/,
    },
  ],
});
