import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { etcdCluster, hexId } from '../../src/derive/etcd-cluster.ts';
import { etcdctl } from '../../src/derive/etcd-steps.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';

/** Raft entries a member may be behind: reads of a healthy cluster are a few apart, a busy one's hundreds. */
const ENTRIES = 1000;

export const memberNotVoting = defineAnalyzer({
  meta: {
    id: 'etcd/member-not-voting',
    title: 'etcd member does not vote or lags behind',
    description: 'Learners, and members that apply what the others have agreed on long after them.',
    messages: {
      learner: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'etcd lists it as a learner' },
        text: 'The etcd member {member:object} (id `{memberId:text}`) is a learner: it receives the data but does not vote, so the cluster stands a failure less than its size suggests.',
        remedy: etcdctl(
          'kubeadm adds members as learners and promotes them by itself. One that stays a learner is promoted once it has caught up.',
          'member',
          'member',
          'promote',
          '{memberId}',
        ),
      },
      lagging: {
        severity: 'info',
        confidence: {
          level: 'likely',
          reason: 'members were asked one after the other, while writes went on',
        },
        text: 'The etcd member {member:object} is {entries:count} raft entries behind the most recent member.',
        remedy: [
          {
            text: 'A member that was just restarted catches up within minutes. One that does not has a slow disk or a bad network.',
          },
          ...etcdctl(
            'Compare the applied index of all members.',
            'member',
            'endpoint',
            'status',
            '--cluster',
            '-w',
            'table',
          ),
        ],
      },
    },
    checks: {
      votes: { item: 'etcd member votes', expected: 'a voting member that keeps up', found: 'votes' },
    },
    references: [
      'https://etcd.io/docs/latest/learning/design-learner/',
      'facts: etcd endpoint status, raftIndex and raftAppliedIndex',
    ],
  },
  needs: { etcd: etcdCluster, statuses: etcdStatus },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd }, context) {
    const newest = Math.max(...etcd.members.map(({ status }) => status?.value.raftIndex ?? 0));
    for (const { subject, listed, status, id } of etcd.members) {
      const told = listed?.value.isLearner ? listed : status?.value.isLearner ? status : undefined;
      const behind = newest - (status?.value.raftAppliedIndex ?? newest);
      if (told) {
        const values = { member: subject, memberId: hexId(id) };
        const evidence = [context.at(told.document, told.pointer)] as const;
        context.report({ message: 'learner', values, subject, evidence });
      } else if (status && behind > ENTRIES) {
        const evidence = [context.at(status.document, `${status.pointer}/raftAppliedIndex`)] as const;
        context.report({
          message: 'lagging',
          values: { member: subject, entries: behind },
          subject,
          evidence,
        });
      } else if (status) {
        context.looked({ check: 'votes', values: {}, subject });
      }
    }
    return undefined;
  },
});
