import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { apiServerLog } from '../../src/derive/control-plane-logs.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import type { LogMatches } from '../../src/model/log-signals.ts';

/** Scanners and people leave a line or two; a client of the cluster tries again for ever. */
const LINES = 10;

const CERTAIN = { level: 'certain', reason: 'the API server logs each request it rejects' } as const;
const EXPLAINS = [
  { effect: 'controllers-not-running', via: ['cluster-wide'] },
  { effect: 'scheduler-not-running', via: ['cluster-wide'] },
] as const;

export const apiClientsRejected = defineAnalyzer({
  meta: {
    id: 'control-plane/api-clients-rejected',
    title: 'Clients rejected by the API server',
    description: 'Clients whose certificate or token the API server does not accept, told apart by why.',
    messages: {
      certificateExpired: {
        severity: 'warning',
        confidence: CERTAIN,
        text: 'A client keeps coming to {server:object} with an expired certificate ({count:count} times): {certificate:text}.',
        remedy: [
          {
            text: 'Find whose certificate it is: the serial number is that of a kubeconfig’s client certificate, a kubelet’s, or a component’s.',
          },
          {
            text: 'Renew those of the control plane on each control-plane node; this covers the ones inside admin.conf, controller-manager.conf and scheduler.conf, but no kubelet’s. `kubeadm kubeconfig user` is for people and makes none of them.',
            argv: ['kubeadm', 'certs', 'renew', 'all'],
            flavour: 'kubeadm',
          },
          {
            text: 'Then restart the static pods: move their manifests out of /etc/kubernetes/manifests for 20 seconds and back. There is no Deployment to roll out.',
            flavour: 'kubeadm',
          },
        ],
        key: ['certificate'],
        effect: 'request-denied',
        explains: EXPLAINS,
        groupBy: ['certificate'],
      },
      authorityUnknown: {
        severity: 'warning',
        confidence: CERTAIN,
        text: 'A client keeps coming to {server:object} with a certificate of an authority it does not trust ({count:count} times): {certificate:text}.',
        remedy: [
          {
            text: 'The CA was made anew, or the client belongs to another cluster. Compare the authority key id of the line with the CA in ConfigMap `extension-apiserver-authentication`, key `client-ca-file`, and issue the client a new certificate.',
          },
        ],
        key: ['certificate'],
        effect: 'request-denied',
        explains: EXPLAINS,
        groupBy: ['certificate'],
      },
      tokenRejected: {
        severity: 'warning',
        confidence: CERTAIN,
        text: '{server:object} keeps rejecting tokens ({count:count} times): {error:text}.',
        remedy: [
          {
            text: 'Expired or invalidated: the client does not reload its mounted token, or its Pod or ServiceAccount was made anew; restart it. Invalid everywhere at once: the service account key or issuer differs between control-plane nodes.',
          },
          {
            text: 'Compare the key files of all control-plane nodes: `sha256sum /etc/kubernetes/pki/sa.pub` gives the same on each.',
            flavour: 'kubeadm',
          },
        ],
        effect: 'request-denied',
      },
      handshakeFailed: {
        severity: 'warning',
        confidence: CERTAIN,
        text: 'TLS handshakes from {from:text} with {server:object} fail ({count:count} times): {error:text}.',
        remedy: [
          {
            text: '`bad certificate` and `unknown certificate authority` come from the client: it does not trust the certificate the API server serves. Compare the CA in its kubeconfig, and the names in the served certificate with the address it uses.',
          },
        ],
        effect: 'request-denied',
      },
    },
    checks: {
      accepted: { item: 'Clients of the API server', expected: 'none rejected', found: 'none rejected' },
    },
    references: [
      'kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/filters/authentication.go',
      'facts: control-plane-and-nodes.md §5.1, seen with 1.36',
    ],
  },
  needs: { plane: controlPlane, log: apiServerLog },
  appliesTo: ({ plane }) => plane.applies('kube-apiserver'),
  analyze({ plane, log }, context) {
    for (const instance of plane.of('kube-apiserver')) {
      const { subject } = instance;
      const owner = logOwnerOf(instance);
      let isFine = true;
      const often = (
        pattern: 'certificateExpired' | 'authorityUnknown' | 'tokenRejected' | 'handshakeFailed',
      ) =>
        recentMatches(log.matches(pattern, owner), context).filter(({ count }) => {
          if (count >= LINES) isFine = false;
          return count >= LINES;
        });
      for (const message of ['certificateExpired', 'authorityUnknown'] as const) {
        for (const matches of often(message)) {
          const certificate = certificateOf(matches);
          if (certificate === undefined) continue;
          const values = { server: subject, count: matches.count, certificate };
          context.report({ message, values, subject, evidence: [lastLineOf(matches)] });
        }
      }
      for (const matches of often('tokenRejected')) {
        const error = matches.hits.at(-1)?.captures.error ?? 'invalid bearer token';
        const values = { server: subject, count: matches.count, error };
        context.report({ message: 'tokenRejected', values, subject, evidence: [lastLineOf(matches)] });
      }
      for (const matches of often('handshakeFailed')) {
        const from = [...new Set(matches.hits.map(({ captures }) => captures.from ?? ''))];
        const error = matches.hits.at(-1)?.captures.error ?? '';
        const values = { server: subject, count: matches.count, from, error };
        context.report({ message: 'handshakeFailed', values, subject, evidence: [lastLineOf(matches)] });
      }
      if (isFine) context.looked({ check: 'accepted', values: {}, subject });
    }
    return undefined;
  },
});

/** The client by its certificate: lines without one may be of any scanner. */
function certificateOf({ hits }: LogMatches): string | undefined {
  const { serial, authority } = hits.at(-1)?.captures ?? {};
  if (serial === undefined) return undefined;
  return `serial number ${serial}${authority === undefined ? '' : `, authority key id ${authority}`}`;
}
