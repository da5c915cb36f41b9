import type { NodeItem } from '../artifacts/resources.ts';
import type { Collection } from '../model/artifact.ts';
import type { ObjectRef } from '../model/subject.ts';
import type { EtcdCluster, EtcdMemberView } from './etcd-cluster.ts';

/** What is wrong with a member, or with the cluster as a whole. */
export type MemberProblem =
  | {
      readonly is: 'quorumLost';
      readonly down: readonly EtcdMemberView[];
      readonly voting: number;
      readonly answering: number;
      readonly needed: number;
    }
  | {
      readonly is: 'noLeader' | 'down' | 'neverStarted' | 'orphan' | 'notMember';
      readonly member: EtcdMemberView;
    };

/** Voting members and how many of them may fail (raft: more than half must agree). */
export function quorumOf(etcd: EtcdCluster): {
  readonly voters: readonly EtcdMemberView[];
  readonly needed: number;
} {
  const voters = etcd.members.filter(({ listed, status }) =>
    etcd.listed ? listed !== undefined && !listed.value.isLearner : status?.value.isLearner !== true,
  );
  return { voters, needed: Math.floor(voters.length / 2) + 1 };
}

/** Problems of the members, the cluster's first; a fact is told once. */
export function memberProblems(etcd: EtcdCluster, nodes: Collection<NodeItem>): MemberProblem[] {
  const { voters, needed } = quorumOf(etcd);
  const down = voters.filter(({ answers }) => answers === false);
  const answering = voters.length - down.length;
  if (down.length > 0 && answering < needed) {
    return [{ is: 'quorumLost', down, voting: voters.length, answering, needed }];
  }
  const leaderless = etcd.members.filter(hasNoLeader);
  if (leaderless.length > 0) return leaderless.map((member) => ({ is: 'noLeader', member }) as const);
  return etcd.members.flatMap((member): MemberProblem[] => {
    if (etcd.listed && !member.listed) return member.instance?.pod ? [{ is: 'notMember', member }] : [];
    if (member.listed && member.name === '') return [{ is: 'neverStarted', member }];
    if (member.answers === undefined && isListOnly(etcd))
      return isOrphan(member, etcd, nodes) ? [{ is: 'orphan', member }] : [];
    if (member.answers !== false) return [];
    return [{ is: isOrphan(member, etcd, nodes) ? 'orphan' : 'down', member }];
  });
}

/** Whether the list of members is all that etcd was asked, as by hand or in the archive of another tool. */
export function isListOnly({ documents, listed }: EtcdCluster): boolean {
  return (
    listed &&
    documents.every(({ value }) => value.statuses.length + value.health.length + value.http.length === 0)
  );
}

/** It answers, and what it answers names no leader. */
export function hasNoLeader({ status, metrics, own }: EtcdMemberView): boolean {
  if (status) return status.value.leader === undefined;
  if (own?.value.http.some(({ reason }) => reason === 'RAFT NO LEADER')) return true;
  return metrics?.value.named('etcd_server_has_leader')[0]?.value === 0;
}

/** A member named as a node that is gone, in a cluster whose other members are named as their nodes. */
function isOrphan(member: EtcdMemberView, etcd: EtcdCluster, nodes: Collection<NodeItem>): boolean {
  if (member.instance || nodes.lookup({ name: member.name }).state !== 'absent') return false;
  return etcd.members.some(({ listed, instance }) => listed && instance?.node === listed.value.name);
}

/** A pod of a member that answers: from there the others can be managed. */
export function answeringPod(etcd: EtcdCluster, except?: EtcdMemberView): ObjectRef | undefined {
  const found = etcd.members.find((one) => one !== except && one.answers === true && one.instance?.pod);
  return found?.instance?.subject;
}

/** How many members more may fail once this one is lost, in words. */
export function toleranceText(etcd: EtcdCluster, lost: EtcdMemberView): string {
  const { voters, needed } = quorumOf(etcd);
  const spare = voters.filter((one) => one !== lost && one.answers !== false).length - needed;
  return spare > 0 ? `${spare} more may fail.` : 'If one more fails, the cluster loses its quorum.';
}
