import type { DeriveContext, Inputs } from '../model/artifact.ts';
import type { LogHit, LogMatches } from '../model/log-signals.ts';
import { componentState } from './component-state.ts';
import type { EtcdCluster, EtcdMemberView } from './etcd-cluster.ts';
import type { etcdLog } from './etcd-logs.ts';
import { recentMatches } from './log-recency.ts';

/** Probes of a peer repeat every few seconds: older lines speak of a time that is over. */
const PROBE_SECONDS = 300;

/** A line of a member's log that says it does not reach a peer. */
export interface PeerComplaint {
  readonly by: EtcdMemberView;
  /** The peer's id in hex, as the log has it. */
  readonly peer: string;
  readonly failure: string;
  readonly matches: LogMatches;
  readonly hit: LogHit;
}

/** What the logs of members say of each other. */
export interface LoggedPeers {
  /** Members that know of no leader. */
  readonly leaderless: readonly { readonly member: EtcdMemberView; readonly matches: LogMatches }[];
  /** Members all others complain of. */
  readonly down: readonly {
    readonly member: EtcdMemberView;
    readonly complaints: readonly [PeerComplaint, ...PeerComplaint[]];
  }[];
  /** Complaints of a peer of which only the id is known. */
  readonly unreached: readonly PeerComplaint[];
}

/**
 * Reads who complains of whom. Logs name a peer by its id; which pod that is can be told when every member but
 * one complains of it and that one is down.
 */
export function loggedPeers(
  { members, unseenPods }: EtcdCluster,
  log: Inputs<{ log: typeof etcdLog }>['log'],
  context: Pick<DeriveContext, 'age'>,
): LoggedPeers {
  const leaderless: { member: EtcdMemberView; matches: LogMatches }[] = [];
  const byPeer = new Map<string, PeerComplaint[]>();
  const known = members.filter(({ instance }) => instance?.pod !== undefined);
  for (const member of known) {
    const { namespace = '', name } = member.instance?.pod?.metadata ?? { name: '' };
    const owner = { namespace, pod: name };
    const [silent] = recentMatches(log.matches('noLeader', owner), context, PROBE_SECONDS);
    if (silent) {
      leaderless.push({ member, matches: silent });
      continue;
    }
    for (const matches of recentMatches(log.matches('peerUnreachable', owner), context, PROBE_SECONDS)) {
      const hit = matches.hits.at(-1);
      if (!hit) continue;
      const { peer, old, error, cause } = hit.captures;
      const complaint = {
        by: member,
        peer: peer ?? old ?? '',
        failure: error ?? cause ?? 'no answer',
        matches,
        hit,
      };
      byPeer.set(complaint.peer, [...(byPeer.get(complaint.peer) ?? []), complaint]);
    }
  }
  const down: { member: EtcdMemberView; complaints: readonly [PeerComplaint, ...PeerComplaint[]] }[] = [];
  const unreached: PeerComplaint[] = [];
  for (const [peer, complaints] of byPeer) {
    const others = known.filter((member) => !complaints.some(({ by }) => by === member));
    const [other] = others;
    const [first, ...more] = complaints;
    const isTold = peer !== '' && others.length === 1 && members.length === known.length && !unseenPods;
    const isDown = other?.instance && componentState(other.instance, context)?.is === 'down';
    if (isTold && isDown && first) down.push({ member: other, complaints: [first, ...more] });
    else unreached.push(...complaints);
  }
  return { leaderless, down, unreached };
}
