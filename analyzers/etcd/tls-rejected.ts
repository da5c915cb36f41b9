import { logOwnerOf } from '../../src/derive/control-plane.ts';
import { etcdCluster } from '../../src/derive/etcd-cluster.ts';
import { etcdLog } from '../../src/derive/etcd-logs.ts';
import { countOf, lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';

/** A rejected connection or two may be a person trying. */
const LINES = 3;

export const tlsRejected = defineAnalyzer({
  meta: {
    id: 'etcd/tls-rejected',
    title: 'etcd rejects connections',
    description: 'Connections of clients or peers that etcd refuses for their certificates.',
    messages: {
      rejected: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'etcd logs each connection it refuses' },
        text: '{member:object} rejects connections from {from:text}: {error:text} ({count:count} lines).',
        remedy: [
          {
            text: 'See whose address it is: a control-plane node (the API server’s client certificate, or a peer’s), or a monitoring agent that has the wrong CA.',
          },
          {
            text: 'On a control-plane node, see which certificates are expired.',
            argv: ['kubeadm', 'certs', 'check-expiration'],
            flavour: 'kubeadm',
          },
          {
            text: 'Compare issuer and names of /etc/kubernetes/pki/apiserver-etcd-client.crt and etcd/peer.crt with /etc/kubernetes/pki/etcd/ca.crt on every node: the CA must be the same file on all of them.',
            flavour: 'kubeadm',
          },
        ],
        effect: 'request-denied',
        explains: [
          { effect: 'etcd-unavailable', via: ['cluster-wide'] },
          { effect: 'api-server-degraded', via: ['cluster-wide'] },
        ],
      },
    },
    checks: {
      accepted: { item: 'Connections to etcd', expected: 'none rejected', found: 'none rejected' },
    },
    references: ['etcd server/embed/config_logging.go, client/pkg/transport: rejected connection'],
  },
  needs: { etcd: etcdCluster, log: etcdLog },
  appliesTo: ({ etcd }) => etcd.applies,
  analyze({ etcd, log }, context) {
    for (const { instance, subject } of etcd.members) {
      if (!instance) continue;
      const recent = recentMatches(log.matches('rejected', logOwnerOf(instance)), context);
      if (countOf(recent) < LINES) {
        context.looked({ check: 'accepted', values: {}, subject });
        continue;
      }
      const captures = recent.flatMap(({ hits }) => hits.map((hit) => hit.captures));
      const from = [...new Set(captures.map(({ from, old }) => from ?? old ?? ''))].filter(
        (one) => one !== '',
      );
      const last = captures.at(-1);
      context.report({
        message: 'rejected',
        values: { member: subject, from, error: last?.error ?? last?.cause ?? '', count: countOf(recent) },
        subject,
        evidence: recent.map(lastLineOf) as unknown as EvidenceRefs,
      });
    }
    return undefined;
  },
});
