import { nodes } from '../../src/artifacts/resources.ts';
import { machines } from '../../src/derive/machines.ts';
import {
  AGENT_RECENT_SECONDS,
  faultSeverity,
  KUBELET_LOG,
  lineAge,
  type MachineMatches,
  matchesByMachine,
  unreadLog,
} from '../../src/derive/node-logs.ts';
import { nodeState } from '../../src/derive/node-readiness.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { logSignals, optional } from '../../src/model/artifact.ts';
import { subjectKey, subjectOf } from '../../src/model/subject.ts';

const KUBELET_SAYS = { level: 'certain', reason: 'the log of the kubelet says so' } as const;
const INVALID = {
  severity: ['critical', 'warning'],
  confidence: KUBELET_SAYS,
  effect: 'certificate-invalid',
  explains: [
    { effect: 'node-not-ready', via: ['same-object'] },
    { effect: 'request-denied', via: ['same-object'] },
  ],
  check: 'credentials',
} as const;
const RENEW = [
  {
    text: 'On a control plane node, make a kubelet.conf with a new certificate, whose organisation and name have to be these, and copy it to /etc/kubernetes/kubelet.conf of the node.',
    argv: [
      'kubeadm',
      'kubeconfig',
      'user',
      '--org',
      'system:nodes',
      '--client-name',
      'system:node:{node.name}',
    ],
    flavour: 'kubeadm',
  },
  {
    text: 'On the node, remove the old certificates and restart the kubelet: `rm /var/lib/kubelet/pki/kubelet-client*`; it asks for a certificate of its own then. `kubeadm certs renew` does not touch them.',
    argv: ['systemctl', 'restart', 'kubelet'],
  },
] as const;
const APPROVE = {
  text: 'See which requests of kubelets wait, and who is to approve them; requests for serving certificates are approved by nobody unless an approver is installed.',
  argv: ['kubectl', 'get', 'certificatesigningrequests'],
} as const;

const kubelet = logSignals({
  component: KUBELET_LOG,
  patterns: {
    expired: {
      any: [
        'The currently active client certificate has expired',
        'part of the existing bootstrap client certificate',
      ],
      re: /(?<detail>[Tt]he currently active client certificate has expired|part of the existing bootstrap client certificate.{0,120}is expired.{0,60})/,
    },
    bootstrapMissing: {
      any: ['unable to load bootstrap kubeconfig'],
      re: /unable to load bootstrap kubeconfig: (?<detail>[^"]{1,200})/,
    },
    notSigned: {
      any: [
        'still unable to rotate certs',
        'Certificate request was not signed',
        'certificate request was not signed',
        'Failed while requesting a signed certificate',
      ],
    },
    serverNotTrusted: {
      any: ['x509: certificate'],
      re: /(?:lease|register node|node status|\*v1\.(?:Node|Pod|Service|CSIDriver)|CSINode).*x509: (?<detail>certificate (?:has expired or is not yet valid|signed by unknown authority|is valid for [^"\\]{1,120}))/,
    },
    rejected: {
      any: ['Unauthorized', 'the server has asked for the client to provide credentials'],
      re: /(?:lease|[Rr]egister node|node status|\*v1\.(?:Node|Pod|Service)).*(?<detail>Unauthorized|the server has asked for the client to provide credentials)/,
    },
  },
});

export const kubeletCertificateInvalid = defineAnalyzer({
  meta: {
    id: 'node/kubelet-certificate-invalid',
    title: 'Kubelet without a valid certificate',
    description: 'Kubelets that cannot log in at the API server, or do not trust it, by their own logs.',
    messages: {
      expired: {
        ...INVALID,
        text: 'The client certificate of the kubelet of {node:object} has expired: {detail:text}.',
        remedy: RENEW,
      },
      bootstrapMissing: {
        ...INVALID,
        text: 'The kubelet of {node:object} has no valid certificate and nothing to ask for a new one with: {detail:text}.',
        remedy: RENEW,
      },
      rejected: {
        ...INVALID,
        text: 'The API server rejects the credentials of the kubelet of {node:object}: {detail:text} ({count:count} lines).',
        remedy: RENEW,
      },
      serverNotTrusted: {
        ...INVALID,
        text: 'The kubelet of {node:object} does not accept the certificate of the API server: {detail:text} ({count:count} lines).',
        remedy: [
          {
            text: 'Compare the CA in the kubeconfig of the kubelet with the one that issued the certificate of the API server, its names with the address used, and the clock of the node with both.',
            argv: ['kubeadm', 'certs', 'check-expiration'],
            flavour: 'kubeadm',
          },
        ],
      },
      notRenewed: {
        severity: 'warning',
        confidence: KUBELET_SAYS,
        text: 'The kubelet of {node:object} asks for a new certificate in vain ({count:count} lines): the old one ends some day.',
        remedy: [APPROVE],
        effect: 'certificate-invalid',
      },
    },
    checks: {
      credentials: {
        item: 'Kubelet logs in at the API server',
        expected: 'a valid certificate',
        found: 'the kubelet reports its status',
      },
    },
    references: [
      'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/troubleshooting-kubeadm/#kubelet-client-cert',
      'kubernetes/kubernetes pkg/kubelet/certificate/transport.go and bootstrap/bootstrap.go',
    ],
  },
  needs: { nodes, kubelet: optional(kubelet), machines },
  analyze({ kubelet: log, machines: known }, context) {
    const told = new Set<string>();
    for (const pattern of [
      'expired',
      'bootstrapMissing',
      'rejected',
      'serverNotTrusted',
      'notSigned',
    ] as const) {
      for (const found of matchesByMachine(log, pattern, known)) {
        const key = subjectKey(found.subject);
        if (!told.has(key) && reportLines(pattern, found, context)) told.add(key);
      }
    }
    const read = new Set(log.units().map(({ node }) => subjectKey(known.subjectOf(node))));
    for (const node of known.nodes) {
      const subject = subjectOf(node);
      const key = subjectKey(subject);
      if (told.has(key)) continue;
      // Only a kubelet that is let in keeps its node ready.
      const fine = nodeState(node) === 'ready' || nodeState(node) === 'not-ready' || read.has(key);
      if (fine) context.looked({ check: 'credentials', values: {}, subject });
      else
        context.looked({
          check: 'credentials',
          unseen: unreadLog('kubelet log', node.metadata.name),
          subject,
        });
    }
    return undefined;
  },
});

type Pattern = 'expired' | 'bootstrapMissing' | 'rejected' | 'serverNotTrusted' | 'notSigned';
type Context = AnalyzeContext<
  typeof kubeletCertificateInvalid.meta.messages,
  NonNullable<typeof kubeletCertificateInvalid.meta.checks>
>;

/** False when the lines are of a trouble that is over: who reports a status is let in. */
function reportLines(
  pattern: Pattern,
  { subject, state, matches }: MachineMatches,
  context: Context,
): boolean {
  const age = lineAge(matches, context, AGENT_RECENT_SECONDS);
  const severity = faultSeverity(state === 'not-ready' ? 'ready' : state, age);
  const detail = (matches.hits.at(-1)?.captures.detail ?? '').trim().replace(/[.,:]$/, '');
  const common = {
    subject,
    evidence: [{ cite: 'matches', matches }] as const,
    ...(matches.first ? { since: matches.first } : {}),
  };
  const values = { node: subject, detail, count: matches.count };
  if (pattern === 'notSigned') {
    // A certificate that is not renewed is still valid while the node is ready.
    if (age === 'old' || state === 'unseen') return false;
    context.report({ message: 'notRenewed', values, ...common });
    return true;
  }
  if (severity === 'info') return false;
  context.report({ message: pattern, severity, values, ...common });
  return true;
}
