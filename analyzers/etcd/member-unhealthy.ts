import { etcdStatus } from '../../src/artifacts/etcd-status.ts';
import { nodes } from '../../src/artifacts/resources.ts';
import { ETCD_DOWN_REACHES } from '../../src/derive/control-plane-reach.ts';
import { type EtcdCluster, type EtcdMemberView, etcdCluster, hexId } from '../../src/derive/etcd-cluster.ts';
import { type LoggedPeers, loggedPeers } from '../../src/derive/etcd-logged-peers.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import {
  answeringPod,
  isListOnly,
  type MemberProblem,
  memberProblems,
  toleranceText,
} from '../../src/derive/etcd-members.ts';
import { etcdctl, READ_ETCD_LOG, REPLACE_MEMBER } from '../../src/derive/etcd-steps.ts';
import { lastLineOf } from '../../src/derive/log-recency.ts';
import { lostDocuments } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import { optional } from '../../src/model/artifact.ts';

const ANSWERED = { level: 'certain', reason: 'etcd says so itself' } as const;
const LOGGED = {
  level: 'likely',
  reason: 'its log says so minutes before the collection; etcd itself was not asked',
} as const;

export const memberUnhealthy = defineAnalyzer({
  meta: {
    id: 'etcd/member-unhealthy',
    title: 'etcd member unhealthy',
    description:
      'Whether the members of etcd answer, know a leader, have quorum, and are the ones that should be there.',
    messages: {
      quorumLost: {
        severity: 'critical',
        confidence: ANSWERED,
        text: 'etcd has lost its quorum: {answering:count} of {voting:count} voting members answer and {needed:count} must; {down:text} does not answer: {failure:text}.',
        remedy: [
          {
            text: 'Bring back one of the missing members: start its machine, then the etcd container. Quorum comes back by itself; remove no member now, since a change of the membership needs quorum too.',
          },
          READ_ETCD_LOG,
          {
            text: 'Only when too many members are lost for good: restore a snapshot as a new cluster, on one node first, with `etcdutl snapshot restore` (etcd 3.6 and later; `etcdctl snapshot restore` before), or start the one survivor with `--force-new-cluster` once.',
          },
        ],
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
        check: 'healthy',
      },
      noLeader: {
        severity: 'critical',
        confidence: ANSWERED,
        text: 'The etcd member {member:object} knows of no leader: it serves neither writes nor consistent reads.',
        remedy: [
          {
            text: 'See which peers it reaches: port 2380 between the control-plane nodes, certificates of the peers, and whether the other members run.',
          },
          READ_ETCD_LOG,
        ],
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
        groupBy: [],
        check: 'healthy',
      },
      down: {
        severity: 'warning',
        confidence: ANSWERED,
        text: 'The etcd member {member:object} (id `{memberId:text}`) does not answer: {failure:text}. {tolerated:text}',
        remedy: [
          { text: 'Bring its machine and its etcd container back: it catches up by itself.' },
          READ_ETCD_LOG,
          ...REPLACE_MEMBER,
        ],
        effect: 'etcd-unavailable',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
        check: 'healthy',
      },
      neverStarted: {
        severity: 'warning',
        confidence: ANSWERED,
        text: 'The etcd member `{memberId:text}` at {peers:text} was added but never started. It counts for the quorum.',
        remedy: [
          {
            text: 'Start etcd on that machine with `--initial-cluster-state=existing` and an empty data directory; its log says what it stumbles over.',
          },
          ...REPLACE_MEMBER,
        ],
        check: 'healthy',
      },
      orphan: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'its name is that of no node, while the other members are named as their nodes',
        },
        text: 'The etcd member {member:object} (id `{memberId:text}`) belongs to a node that no longer exists{answer:text}. It still counts for the quorum. {tolerated:text}',
        remedy: REPLACE_MEMBER,
        effect: 'etcd-unavailable',
        check: 'healthy',
      },
      notMember: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the member list was read and does not hold it' },
        text: '{member:object} runs, but etcd does not list it as a member: it was removed, or belongs to another cluster.',
        remedy: [
          {
            text: 'If the node is to be a control-plane node, stop its etcd, empty /var/lib/etcd, and join it anew; a removed member never comes back with its old data.',
          },
          READ_ETCD_LOG,
        ],
        check: 'healthy',
      },
      peerUnreachable: {
        severity: 'warning',
        confidence: LOGGED,
        text: 'The etcd member {member:object} does not reach its peer `{peer:text}`: {failure:text}.',
        remedy: [
          { text: 'See whether etcd runs on the peer, and whether port 2380 is open between the nodes.' },
          ...etcdctl('Find the peer by its id.', 'member', 'member', 'list', '-w', 'table'),
        ],
        key: ['peer'],
        effect: 'etcd-unavailable',
        groupBy: ['peer'],
      },
      peersComplain: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'it is the one member that is down, and all others log it; etcd itself was not asked',
        },
        text: 'The etcd member {member:object} is not reached by {by:text} (`{peer:text}` in their logs): {failure:text}.',
        remedy: [{ text: 'Bring its etcd container back: it catches up by itself.' }, READ_ETCD_LOG],
        effect: 'etcd-unavailable',
        explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
      },
      noLeaderLogged: {
        severity: 'critical',
        confidence: LOGGED,
        text: 'The etcd member {member:object} knows of no leader by its log.',
        remedy: [
          READ_ETCD_LOG,
          ...etcdctl('Ask all members.', 'member', 'endpoint', 'status', '--cluster', '-w', 'table'),
        ],
        effect: 'etcd-unavailable',
        explains: ETCD_DOWN_REACHES,
        groupBy: [],
      },
    },
    checks: {
      healthy: {
        checklist: 'control-plane',
        item: 'etcd member',
        expected: 'answers, and the cluster has quorum and a leader',
        found: 'answers, version {version:text}, {role:text}',
      },
    },
    references: [
      'https://etcd.io/docs/latest/op-guide/runtime-configuration/',
      'https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/#replacing-a-failed-etcd-member',
      'etcd contrib/mixin: etcdInsufficientMembers, etcdMembersDown, etcdNoLeader',
    ],
  },
  needs: {
    etcd: etcdCluster,
    statuses: etcdStatus,
    nodes: optional(nodes),
    log: optional(etcdLog),
  },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, statuses, nodes: nodeCollection, log }, context) {
    const problems = memberProblems(etcd, nodeCollection);
    for (const problem of problems) {
      // Which pod a member is, or whether it has one, is not known then.
      if (etcd.unseenPods && problem.is !== 'quorumLost' && 'external' in problem.member.subject) {
        const { subject } = problem.member;
        context.looked({ check: 'healthy', unseen: etcd.unseenPods, subject });
      } else reportProblem(problem, etcd, context);
    }
    const faulty = new Set(problems.flatMap((one) => (one.is === 'quorumLost' ? one.down : [one.member])));
    for (const member of etcd.members) if (!faulty.has(member)) lookAt(member, context);
    // What etcd was asked and the bundle lost says more than what its peers log of it.
    if (etcd.documents.length > 0 || lostDocuments(statuses)) return undefined;
    reportLogged(loggedPeers(etcd, log, context), context);
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof memberUnhealthy.meta.messages,
  NonNullable<typeof memberUnhealthy.meta.checks>
>;

function reportLogged({ leaderless, down, unreached }: LoggedPeers, context: Context): void {
  for (const { member, matches } of leaderless) {
    const { subject } = member;
    const evidence = [lastLineOf(matches)] as const;
    context.report({ message: 'noLeaderLogged', values: { member: subject }, subject, evidence });
  }
  for (const { member, complaints } of down) {
    const [{ peer, failure, hit, matches }] = complaints;
    const { subject } = member;
    const by = complaints.map((one) => one.by);
    const values = { member: subject, peer, failure, by: by.map(({ name }) => name) };
    const related = by.map((one) => one.subject);
    const evidence = [{ cite: 'matches', matches, hit }] as const;
    context.report({ message: 'peersComplain', values, subject, related, evidence });
  }
  for (const { by, peer, failure, hit, matches } of unreached) {
    const { subject } = by;
    const values = { member: subject, peer, failure };
    const evidence = [{ cite: 'matches', matches, hit }] as const;
    context.report({ message: 'peerUnreachable', values, subject, evidence });
  }
}

function lookAt(member: EtcdMemberView, context: Context): void {
  const { subject, status, health } = member;
  if (member.answers !== true) {
    context.looked({ check: 'healthy', subject, unseen: 'it was not asked' });
    return;
  }
  const {
    version = member.own?.value.version ?? 'unknown',
    leader,
    memberId,
    isLearner,
  } = status?.value ?? {};
  const role = isLearner ? 'learner' : leader !== undefined && leader === memberId ? 'leader' : 'follower';
  const told = status ?? health;
  context.looked({
    check: 'healthy',
    values: { version, role: status ? role : 'role not told' },
    subject,
    evidence: told ? [context.at(told.document, told.pointer)] : [],
  });
}

function reportProblem(problem: MemberProblem, etcd: EtcdCluster, context: Context): void {
  if (problem.is === 'quorumLost') {
    const [first, ...others] = problem.down as [EtcdMemberView, ...EtcdMemberView[]];
    const { answering, needed, voting } = problem;
    context.report({
      message: 'quorumLost',
      values: {
        answering,
        needed,
        voting,
        down: problem.down.map(({ name, id }) => name || hexId(id)),
        failure: first.failure ?? 'no answer',
      },
      subject: first.subject,
      related: others.map(({ subject }) => subject),
      evidence: evidenceOf(problem.down, context),
      ...(etcd.listed
        ? {}
        : { confidence: { level: 'likely', reason: 'the member list is not served: members are its pods' } }),
    });
    return;
  }
  const { member, is } = problem;
  const { subject } = member;
  const evidence = evidenceOf([member], context);
  const via = answeringPod(etcd, member) ?? subject;
  const values = { member: subject, memberId: hexId(member.id), via };
  if (is === 'neverStarted') {
    const peers = member.listed?.value.peerURLs ?? [];
    context.report({ message: is, values: { ...values, peers }, subject, evidence });
  } else if (is === 'down' || is === 'orphan') {
    const failure = member.failure ?? 'no answer';
    const answer = isListOnly(etcd) ? '' : ' and does not answer';
    const all = { ...values, failure, answer, tolerated: toleranceText(etcd, member) };
    context.report({ message: is, values: all, subject, evidence });
  } else {
    context.report({ message: is, values, subject, evidence });
  }
}

/** Where it stands that a member does not answer, or is (not) listed. */
function evidenceOf(members: readonly EtcdMemberView[], context: Context): EvidenceRefs {
  const refs = members.flatMap(({ health, status, listed, own, instance }) => {
    const told = status ?? health ?? listed;
    if (told) return [context.at(told.document, told.pointer)];
    if (own) return [context.at(own, '/failures')];
    return instance?.pod ? [context.at(instance.pod, '/metadata/name')] : [];
  });
  return refs.length > 0
    ? (refs as unknown as EvidenceRefs)
    : [context.absent({ artifact: etcdStatus, scope: { type: 'cluster' } })];
}
