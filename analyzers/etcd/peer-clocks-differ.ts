import { logOwnerOf } from '../../src/derive/control-plane.ts';
import { etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';

export const peerClocksDiffer = defineAnalyzer({
  meta: {
    id: 'etcd/peer-clocks-differ',
    title: 'Clocks of etcd members differ',
    description: 'Whether etcd warns that the clocks of two members are more than a second apart.',
    messages: {
      drift: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'the members compare their clocks themselves' },
        text: 'The clocks of {member:object} and its peer `{peer:text}` are {drift:text} apart; etcd warns from one second on.',
        remedy: [
          {
            text: 'On both nodes, see whether time is synchronised and against which server.',
            argv: ['timedatectl', 'status'],
          },
          {
            text: 'Start chronyd or systemd-timesyncd, and let the clock be stepped once when it is far off.',
          },
        ],
        key: ['peer'],
        effect: 'clock-off',
        explains: [{ effect: 'certificate-invalid', via: ['cluster-wide'] }],
      },
    },
    checks: {
      agree: { item: 'Clocks of etcd members', expected: 'within one second', found: 'no warning' },
    },
    references: ['etcd server/etcdserver/api/rafthttp/probing_status.go: warns above one second'],
  },
  needs: { etcd: etcdCluster, log: etcdLog },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    for (const { instance, subject } of etcd.members) {
      if (!instance) continue;
      const [matches] = recentMatches(log.matches('clockDrift', logOwnerOf(instance)), context);
      const captures = matches?.hits.at(-1)?.captures;
      if (!matches || !captures) {
        context.looked({ check: 'agree', values: {}, subject });
        continue;
      }
      const { peer, old, drift, rtt, difference } = captures;
      const told = [drift, rtt, difference].find((one) => one !== undefined && /(?:\d|\.)s$/.test(one));
      const values = { member: subject, peer: peer ?? old ?? '', drift: told ?? 'more than a second' };
      context.report({ message: 'drift', values, subject, evidence: [lastLineOf(matches)] });
    }
    return undefined;
  },
});
