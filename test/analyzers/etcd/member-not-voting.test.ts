import { memberNotVoting } from '../../../analyzers/etcd/member-not-voting.ts';
import { etcdStatus } from '../../../src/artifacts/etcd-status.ts';
import { etcdDocument, etcdPods, MEMBERS } from '../../support/control-plane-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const [first, second, third] = MEMBERS as [(typeof MEMBERS)[0], (typeof MEMBERS)[0], (typeof MEMBERS)[0]];

testAnalyzer(memberNotVoting, {
  silent: [
    { name: 'three voters', given: { objects: etcdPods(), documents: [etcdDocument()] } },
    {
      name: 'a few entries apart, as writes go on',
      given: {
        objects: etcdPods(),
        documents: [etcdDocument([first, second, { ...third, status: { raftAppliedIndex: 4100 } }])],
      },
    },
    {
      name: 'a learner',
      given: { objects: etcdPods(), documents: [etcdDocument([first, second, { ...third, learner: true }])] },
      info: [
        {
          message: 'learner',
          subject: 'Pod/kube-system/etcd-cp-3',
          values: { memberId: '410cad88d6a93916' },
        },
      ],
    },
    {
      name: 'a member thousands of entries behind',
      given: {
        objects: etcdPods(),
        documents: [
          etcdDocument([first, second, { ...third, status: { raftIndex: 900, raftAppliedIndex: 900 } }]),
        ],
      },
      info: [{ message: 'lagging', subject: 'Pod/kube-system/etcd-cp-3', values: { entries: 4100 } }],
    },
  ],
  reports: [],
  unknown: [
    {
      name: 'etcd was not asked',
      given: {
        objects: etcdPods(),
        rows: [
          { artifact: etcdStatus.id, scope: { type: 'cluster' }, outcome: 'skipped', reason: 'not asked' },
        ],
      },
    },
  ],
});
