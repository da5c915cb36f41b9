import { memberUnhealthy } from '../../../analyzers/etcd/member-unhealthy.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { node } from '../../support/builders.ts';
import {
  componentLog,
  controlPlaneNode,
  etcdDocument,
  etcdMetricsOf,
  etcdPods,
  etcdStatusOf,
  MEMBERS,
  staticPod,
} from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const NODES = ['cp-1', 'cp-2', 'cp-3'].map((name) => controlPlaneNode(name));
const CLUSTER = [...NODES, ...etcdPods()];
const [first, second, third] = MEMBERS as [
  (typeof MEMBERS)[number],
  (typeof MEMBERS)[number],
  (typeof MEMBERS)[number],
];
const down = (one: (typeof MEMBERS)[number]) => ({ ...one, status: null });
/** What `etcdctl member list` alone says, as in the archive of another tool. */
function listOnly(members: readonly (typeof MEMBERS)[number][]) {
  const whole = JSON.parse(etcdDocument(members).bytes) as { etcdctl: { command: string }[] };
  const etcdctl = whole.etcdctl.filter(({ command }) => command === 'member list');
  return { ...etcdDocument(members), bytes: JSON.stringify({ etcdctl, http: [] }) };
}
const CRASHED = {
  ready: false,
  restartCount: 14,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
};
/** The pods, the second of which is restarted over and over. */
const WITH_CRASHED = ['cp-1', 'cp-2', 'cp-3'].map((name) =>
  staticPod('etcd', name, name === 'cp-2' ? { container: CRASHED } : {}),
);
const PROBE =
  '{"level":"warn","ts":"2026-01-15T11:59:00Z","caller":"rafthttp/probing_status.go:68","msg":"prober detected unhealthy status","round-tripper-name":"ROUND_TRIPPER_SNAPSHOT","remote-peer-id":"d8812d7cd4d463e","rtt":"0s","error":"dial tcp 10.0.0.2:2380: connect: connection refused"}';
const OLD_PROBE =
  '2026-01-15 11:59:00.000000 W | rafthttp: health check for peer d8812d7cd4d463e could not connect: dial tcp 10.0.0.2:2380: connect: connection refused';
const notAsked = [
  { artifact: etcdStatus.id, scope: { type: 'cluster' }, outcome: 'skipped', reason: 'not asked' } as const,
];

testAnalyzer(memberUnhealthy, {
  silent: [
    { name: 'three members answer', given: { objects: CLUSTER, documents: [etcdDocument()] } },
    {
      name: 'an alarm makes `endpoint health` false, but the member answers',
      given: {
        objects: CLUSTER,
        documents: [
          etcdDocument(MEMBERS, {
            replace: [
              {
                command: 'endpoint health --cluster',
                stdout:
                  '[{"endpoint":"https://10.0.0.1:2379","health":false,"took":"1ms","error":"Active Alarm(s): NOSPACE "}]',
              },
            ],
          }),
        ],
      },
    },
    {
      name: 'a refused exec says nothing of etcd',
      given: {
        objects: [...NODES, ...etcdPods(1)],
        documents: [
          etcdStatusOf('cp-1', [{ command: 'member list', error: 'pods "etcd-cp-1" is forbidden' }]),
        ],
      },
    },
    {
      name: 'the provider runs etcd',
      given: { objects: [node('node-1', { metadata: { labels: { 'eks.amazonaws.com/nodegroup': 'a' } } })] },
      status: 'not-applicable',
    },
    {
      name: 'a learner that is down does not touch the quorum of two voters',
      given: {
        objects: [...NODES.slice(0, 2), ...etcdPods(2)],
        documents: [etcdDocument([first, second, { ...third, learner: true }])],
      },
    },
  ],
  reports: [
    {
      name: 'two of three do not answer',
      given: { objects: CLUSTER, documents: [etcdDocument([first, down(second), down(third)])] },
      expect: [
        {
          message: 'quorumLost',
          subject: 'Pod/kube-system/etcd-cp-2',
          confidence: 'certain',
          values: { answering: 1, voting: 3, needed: 2, failure: 'context deadline exceeded' },
        },
      ],
    },
    {
      name: 'one of two does not answer, seen without a member list',
      given: {
        objects: [...NODES.slice(0, 2), ...etcdPods(2)],
        documents: [
          etcdStatusOf('cp-1', [
            {
              command: 'endpoint status',
              stdout:
                '[{"Endpoint":"https://127.0.0.1:2379","Status":{"header":{"member_id":1},"leader":1}}]',
            },
            { command: 'member list', stderr: 'Error: context deadline exceeded' },
          ]),
          etcdStatusOf('cp-2', [{ command: 'endpoint status', error: 'context deadline exceeded' }]),
        ],
      },
      expect: [{ message: 'quorumLost', subject: 'Pod/kube-system/etcd-cp-2', confidence: 'likely' }],
    },
    {
      name: 'a member knows of no leader',
      given: {
        objects: CLUSTER,
        documents: [
          etcdDocument([
            { ...first, status: { leader: null, errors: ['etcdserver: no leader'] } },
            second,
            third,
          ]),
        ],
      },
      expect: [{ message: 'noLeader', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'only the metrics tell that there is no leader',
      given: {
        objects: [...NODES.slice(0, 1), ...etcdPods(1)],
        documents: [etcdMetricsOf('cp-1', ['etcd_server_has_leader 0'])],
      },
      expect: [{ message: 'noLeader', subject: 'Pod/kube-system/etcd-cp-1' }],
    },
    {
      name: 'one of three does not answer',
      given: { objects: CLUSTER, documents: [etcdDocument([first, down(second), third])] },
      expect: [
        {
          message: 'down',
          subject: 'Pod/kube-system/etcd-cp-2',
          values: {
            memberId: 'd8812d7cd4d463e',
            tolerated: 'If one more fails, the cluster loses its quorum.',
          },
        },
      ],
    },
    {
      name: 'a member of a node that was replaced',
      given: {
        objects: [
          controlPlaneNode('cp-1'),
          controlPlaneNode('cp-3'),
          ...etcdPods().filter(({ metadata }) => metadata.name !== 'etcd-cp-2'),
        ],
        documents: [etcdDocument([first, down(second), third])],
      },
      expect: [{ message: 'orphan', subject: 'member:cp-2', values: { memberId: 'd8812d7cd4d463e' } }],
    },
    {
      name: 'a member of a node that was replaced, by a list of members alone',
      given: {
        objects: [
          controlPlaneNode('cp-1'),
          controlPlaneNode('cp-3'),
          ...etcdPods().filter(({ metadata }) => metadata.name !== 'etcd-cp-2'),
        ],
        documents: [listOnly([first, second, third])],
      },
      expect: [
        {
          message: 'orphan',
          subject: 'member:cp-2',
          values: { answer: '', tolerated: 'If one more fails, the cluster loses its quorum.' },
        },
      ],
    },
    {
      name: 'a member that was never started',
      given: {
        objects: [...NODES.slice(0, 2), ...etcdPods(2)],
        documents: [etcdDocument([first, second, { id: third.id, name: '' }])],
      },
      expect: [{ message: 'neverStarted', subject: 'member:4687312115414415638' }],
    },
    {
      name: 'a pod that is no member',
      given: { objects: CLUSTER, documents: [etcdDocument([first, second])] },
      expect: [{ message: 'notMember', subject: 'Pod/kube-system/etcd-cp-3' }],
    },
    {
      name: 'etcd was not asked, its log (zap) names a peer',
      given: { objects: CLUSTER, rows: notAsked, logs: [componentLog('etcd', 'cp-1', [[60, PROBE]])] },
      expect: [
        {
          message: 'peerUnreachable',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { peer: 'd8812d7cd4d463e', failure: 'dial tcp 10.0.0.2:2380: connect: connection refused' },
        },
      ],
    },
    {
      name: 'etcd was not asked, its log (capnslog) names a peer',
      given: { objects: CLUSTER, rows: notAsked, logs: [componentLog('etcd', 'cp-1', [[60, OLD_PROBE]])] },
      expect: [
        {
          message: 'peerUnreachable',
          subject: 'Pod/kube-system/etcd-cp-1',
          values: { peer: 'd8812d7cd4d463e' },
        },
      ],
    },
    {
      name: 'etcd was not asked, and all members but the one that is down log it',
      given: {
        objects: [...NODES, ...WITH_CRASHED],
        rows: notAsked,
        logs: ['cp-1', 'cp-3'].map((name) => componentLog('etcd', name, [[60, PROBE]])),
      },
      expect: [
        {
          message: 'peersComplain',
          subject: 'Pod/kube-system/etcd-cp-2',
          values: { peer: 'd8812d7cd4d463e', by: ['cp-1', 'cp-3'] },
        },
      ],
    },
    {
      name: 'etcd was not asked, and the one member that does not complain is well',
      given: {
        objects: CLUSTER,
        rows: notAsked,
        logs: ['cp-1', 'cp-3'].map((name) => componentLog('etcd', name, [[60, PROBE]])),
      },
      expect: ['etcd-cp-1', 'etcd-cp-3'].map((name) => ({
        message: 'peerUnreachable',
        subject: `Pod/kube-system/${name}`,
      })),
    },
    {
      name: 'etcd was not asked, its log knows no leader',
      given: {
        objects: CLUSTER,
        rows: notAsked,
        logs: [
          componentLog('etcd', 'cp-3', [
            [
              30,
              '2026-01-15 11:59:30.000000 W | etcdserver/api/etcdhttp: /health error; no leader (status code 503)',
            ],
          ]),
        ],
      },
      expect: [{ message: 'noLeaderLogged', subject: 'Pod/kube-system/etcd-cp-3' }],
    },
  ],
  unknown: [
    { name: 'etcd was not asked', given: { objects: CLUSTER, rows: notAsked }, reason: /not asked/ },
    {
      name: 'the log speaks of a peer hours ago',
      given: { objects: CLUSTER, rows: notAsked, logs: [componentLog('etcd', 'cp-1', [[7200, PROBE]])] },
    },
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'a member does not answer, and which pod it is was not seen',
      given: { documents: [etcdDocument([first, down(second), third])], forbidden: [pods] },
      reason: /not allowed/,
    },
    {
      name: 'what etcd was asked is lost: its log alone accuses nobody',
      given: {
        objects: CLUSTER,
        forbidden: [etcdStatus],
        logs: [componentLog('etcd', 'cp-1', [[60, PROBE]])],
      },
      reason: /not allowed/,
    },
  ],
});
