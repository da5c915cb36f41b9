import {
  type ApiServerReachability,
  apiServerReachability,
} from '../../src/artifacts/api-server-reachability.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { collectionRecord, optional } from '../../src/model/artifact.ts';
import type { ExternalRef } from '../../src/model/subject.ts';

const TRIED = { level: 'certain', reason: 'the connection was tried during the collection' } as const;
const EXPLAINS = [
  { effect: 'controllers-not-running', via: ['cluster-wide'] },
  { effect: 'scheduler-not-running', via: ['cluster-wide'] },
  { effect: 'collection-broken-off', via: ['cluster-wide'] },
] as const;

export const apiServerUnreachable = defineAnalyzer({
  meta: {
    id: 'control-plane/api-server-unreachable',
    title: 'API server cannot be reached',
    description:
      'Why the API server gave no answer to the collector: name, network, TLS, or the server itself.',
    messages: {
      nameNotResolved: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The name of the API server {server:object} does not resolve: {detail:text}.',
        remedy: [
          { text: 'Check the name in the kubeconfig and the DNS of the machine the collection ran on.' },
          { text: 'See which server the kubeconfig names.', argv: ['kubectl', 'config', 'view', '--minify'] },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
      refused: {
        severity: 'critical',
        confidence: TRIED,
        text: 'Nothing listens at the address of the API server, {server:object}: {detail:text}.',
        remedy: [
          {
            text: 'On a control plane node, see whether the kube-apiserver container runs and why it ended.',
            argv: ['crictl', 'ps', '-a', '--name', 'kube-apiserver'],
          },
          {
            text: 'Read the kubelet log there: a static pod whose manifest or certificate is broken is named in it.',
          },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
      noRoute: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The API server {server:object} does not answer on the network: {detail:text}.',
        remedy: [
          {
            text: 'Check the route, the firewall and the load balancer between this machine and the control plane, port included.',
          },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
      handshakeFailed: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The API server {server:object} accepts connections, but the TLS handshake fails: {detail:text}.',
        remedy: [
          {
            text: 'Check whether something else listens on that port, or a proxy ends the connection before the API server.',
          },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
      certificateNotAccepted: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The certificate the API server {server:object} serves is not accepted: {detail:text}.',
        remedy: [
          {
            text: 'See which certificates of the control plane are expired.',
            argv: ['kubeadm', 'certs', 'check-expiration'],
            flavour: 'kubeadm',
          },
          {
            text: 'Compare the CA in the kubeconfig with the one that issued the served certificate, and its names with the server name used.',
          },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
      credentialsRejected: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The API server {server:object} answers, but rejects the credentials of the kubeconfig: {detail:text}.',
        remedy: [
          {
            text: 'Renew the client certificate or token of the kubeconfig; an expired client certificate ends as 401 Unauthorized.',
          },
          {
            text: 'On a control plane node renew the one of the administrator, then copy /etc/kubernetes/admin.conf from there to where kubectl reads it.',
            argv: ['kubeadm', 'certs', 'renew', 'admin.conf'],
            flavour: 'kubeadm',
          },
        ],
        effect: 'api-server-unreachable',
        explains: [{ effect: 'collection-broken-off', via: ['cluster-wide'] }],
        check: 'answers',
      },
      serverFails: {
        severity: 'critical',
        confidence: TRIED,
        text: 'The API server {server:object} is reached but fails to answer: {detail:text}.',
        remedy: [
          {
            text: 'Ask it which of its checks fails; etcd is the usual one.',
            argv: ['kubectl', 'get', '--raw', '/readyz?verbose'],
          },
        ],
        effect: 'api-server-unreachable',
        explains: EXPLAINS,
        check: 'answers',
      },
    },
    checks: {
      answers: {
        item: 'API server answers',
        expected: 'a connection, a trusted certificate, an HTTP reply',
        found: 'answered',
      },
    },
    references: [
      'https://kubernetes.io/docs/reference/using-api/health-checks/',
      'kubeadm renews certificates with `kubeadm certs renew`: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/',
    ],
  },
  needs: { reachability: optional(apiServerReachability), record: collectionRecord },
  appliesTo({ reachability, record }) {
    if (reachability.items.length > 0 || answered(record.rows)) return true;
    return { applies: 'unseen', gaps: reachability.coverage.gaps };
  },
  analyze({ reachability, record }, { report, looked, at }) {
    for (const document of reachability.items) {
      const verdict = judge(document.value);
      const subject = serverOf(document.value.server);
      if (!verdict) {
        looked({ check: 'answers', values: {}, subject });
        continue;
      }
      const { message, detail, pointer } = verdict;
      report({ message, values: { server: subject, detail }, subject, evidence: [at(document, pointer)] });
    }
    if (reachability.items.length === 0 && answered(record.rows)) {
      looked({ check: 'answers', values: {}, subject: { external: 'host', name: 'kube-apiserver' } });
    }
    return undefined;
  },
});

/** Objects in the bundle prove that the API server answered whoever collected them. */
function answered(rows: readonly { readonly artifact: string; readonly outcome: string }[]): boolean {
  return rows.some((row) => row.outcome === 'collected' && row.artifact.startsWith('resources:'));
}

interface Verdict {
  readonly message: keyof typeof apiServerUnreachable.meta.messages;
  readonly detail: string;
  readonly pointer: string;
}

/** The first layer that failed, from the name up to the reply. */
function judge({ dns, tcp, tls, http }: ApiServerReachability): Verdict | undefined {
  if (dns?.error) return { message: 'nameNotResolved', detail: dns.error, pointer: '/dns' };
  if (tcp && !tcp.ok) {
    const detail = tcp.error ?? 'no connection';
    return { message: /refused/i.test(detail) ? 'refused' : 'noRoute', detail, pointer: '/tcp' };
  }
  if (tls && !tls.ok)
    return { message: 'handshakeFailed', detail: tls.error ?? 'no reason given', pointer: '/tls' };
  if (!http || http.ok) return undefined;
  if (http.kind === 'tls') {
    return {
      message: 'certificateNotAccepted',
      detail: tls?.error ?? http.error ?? 'no reason given',
      pointer: '/tls/error',
    };
  }
  const detail = http.error ?? `HTTP ${http.status ?? 'without a status'}`;
  if (http.status === 401 || http.kind === 'unauthorized')
    return { message: 'credentialsRejected', detail, pointer: '/http' };
  if (http.kind === 'refused') return { message: 'refused', detail, pointer: '/http' };
  if (http.status === 403 || http.kind === 'forbidden') return undefined;
  return { message: 'serverFails', detail, pointer: '/http' };
}

/** The server as `host:port`, the name its certificates are found under too. */
function serverOf(server: string): ExternalRef {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  const port = url?.port || (url?.protocol === 'http:' ? '80' : '443');
  return { external: 'host', name: url ? `${url.hostname}:${port}` : server };
}
