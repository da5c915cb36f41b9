import type { SampleOutput, SampleReply } from './scenario.ts';
import { NODE_ADDRESSES } from './workloads.ts';

/** 64-bit ids as etcdctl prints them. */
const CLUSTER = '2375181864447732657';
const IDS: Readonly<Record<string, string>> = {
  'cp-1': '9368506742490709939',
  'cp-2': '13668033151171901709',
  'cp-3': '975050037397374526',
};
const LEADER = 'cp-1';
const QUOTA = 2_147_483_648;

/** One member and what it would answer. */
export interface SampleMember {
  readonly node: string;
  /** It does not answer: then nothing below is said. */
  readonly down?: boolean;
  /** Bytes of its database, and of those in use. */
  readonly size?: number;
  readonly inUse?: number;
  readonly alarm?: 'NOSPACE';
  /** Lines of its metrics beside those of a healthy member. */
  readonly metrics?: readonly string[];
}

/** What the members of an etcd cluster answer through port-forward and `etcdctl`, by the keys of a scenario. */
export function etcdAnswers(members: readonly SampleMember[]): {
  readonly podReplies: Record<string, SampleReply>;
  readonly commands: Record<string, SampleOutput>;
} {
  const answering = members.filter(({ down }) => !down);
  return {
    podReplies: Object.assign({}, ...answering.map(repliesOf)),
    commands: Object.assign({}, ...answering.map((member) => commandsOf(member, members))),
  };
}

function repliesOf(member: SampleMember): Record<string, SampleReply> {
  const { node, alarm, size = 19_783_680, inUse = 16_072_704, metrics = [] } = member;
  const pod = `kube-system/etcd-${node}:2381`;
  const checks = ['data_corruption', 'serializable_read', 'linearizable_read'];
  return {
    [`${pod}/health`]: alarm
      ? { status: 503, body: `{"health":"false","reason":"ALARM ${alarm}"}` }
      : { body: '{"health":"true","reason":""}' },
    [`${pod}/readyz`]: { body: `${checks.map((name) => `[+]${name} ok\n`).join('')}ok\n` },
    [`${pod}/livez`]: { body: '[+]serializable_read ok\nok\n' },
    [`${pod}/version`]: { body: '{"etcdserver":"3.6.5","etcdcluster":"3.6.0","storage":"3.6.0"}' },
    [`${pod}/metrics`]: {
      body: [
        'etcd_server_has_leader 1',
        `etcd_server_is_leader ${node === LEADER ? 1 : 0}`,
        'etcd_server_leader_changes_seen_total 1',
        'etcd_server_proposals_pending 0',
        `etcd_mvcc_db_total_size_in_bytes ${size}`,
        `etcd_mvcc_db_total_size_in_use_in_bytes ${inUse}`,
        `etcd_server_quota_backend_bytes ${QUOTA}`,
        ...metrics,
        '',
      ].join('\n'),
    },
  };
}

function commandsOf({ node }: SampleMember, members: readonly SampleMember[]): Record<string, SampleOutput> {
  const prefix = `kube-system/etcd-${node}/etcd etcdctl --endpoints=http://127.0.0.1:2379 --command-timeout=5s`;
  const up = members.filter(({ down }) => !down);
  const missing = members.filter(({ down }) => down).map(endpoint);
  const header = `{"cluster_id":${CLUSTER},"member_id":${IDS[node]},"raft_term":4}`;
  const alarms = up.filter(({ alarm }) => alarm).map((one) => `{"memberID":${IDS[one.node]},"alarm":1}`);
  const list = members.map(
    (one) =>
      `{"ID":${IDS[one.node]},"name":"${one.node}","peerURLs":["https://${NODE_ADDRESSES[one.node]}:2380"],"clientURLs":["${endpoint(one)}"]}`,
  );
  const own = members.find((one) => one.node === node)!;
  const health = own.alarm
    ? `[{"endpoint":"http://127.0.0.1:2379","health":false,"took":"3.2ms","error":"Active Alarm(s): ${own.alarm} "}]`
    : '[{"endpoint":"http://127.0.0.1:2379","health":true,"took":"3.2ms"}]';
  return {
    [`${prefix} endpoint status --cluster -w json`]: failing(
      `[${up.map((one) => statusOf(one, endpoint(one), up)).join(',')}]`,
      missing.map((one) => `Failed to get the status of endpoint ${one} (context deadline exceeded)\n`),
    ),
    [`${prefix} endpoint status -w json`]: `[${statusOf(own, 'http://127.0.0.1:2379', up)}]`,
    [`${prefix} endpoint health -w json`]: failing(health, own.alarm ? ['Error: unhealthy cluster\n'] : []),
    [`${prefix} alarm list -w json`]:
      alarms.length > 0 ? `{"header":${header},"alarms":[${alarms.join(',')}]}` : `{"header":${header}}`,
    [`${prefix} member list -w json`]: `{"header":${header},"members":[${list.join(',')}]}`,
  };
}

function failing(stdout: string, errors: readonly string[]): SampleOutput {
  return errors.length > 0 ? { stdout, stderr: errors.join('') } : stdout;
}

function endpoint({ node }: SampleMember): string {
  return `https://${NODE_ADDRESSES[node]}:2379`;
}

function statusOf(member: SampleMember, at: string, up: readonly SampleMember[]): string {
  const { node, size = 19_783_680, inUse = 16_072_704 } = member;
  const raised = up.find(({ alarm }) => alarm);
  const errors = raised ? `"errors":["memberID:${IDS[raised.node]} alarm:${raised.alarm} "],` : '';
  const header = `{"cluster_id":${CLUSTER},"member_id":${IDS[node]},"revision":183604,"raft_term":4}`;
  return `{"Endpoint":"${at}","Status":{"header":${header},"version":"3.6.5","dbSize":${size},"leader":${IDS[LEADER]},"raftIndex":201934,"raftTerm":4,"raftAppliedIndex":201934,${errors}"dbSizeInUse":${inUse},"storageVersion":"3.6.0","dbSizeQuota":${QUOTA}}}`;
}
