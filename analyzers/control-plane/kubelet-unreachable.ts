import { nodes, pods } from '../../src/artifacts/resources.ts';
import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { apiServerLog } from '../../src/derive/control-plane-logs.ts';
import { kubeletFailures } from '../../src/derive/kubelet-failures.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { defineAnalyzer } from '../../src/model/analyzer.ts';
import { collectionRecord, optional } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

/** Lines of one broken request are several. */
const LINES = 3;

const TUNNEL = {
  text: 'Where konnectivity or another tunnel stands between, see whether its agents run and reach its server.',
  argv: ['kubectl', 'get', 'pods', '-A', '-l', 'k8s-app=konnectivity-agent', '-o', 'wide'],
} as const;

export const kubeletUnreachable = defineAnalyzer({
  meta: {
    id: 'control-plane/kubelet-unreachable',
    title: 'Kubelet not reachable from the API server',
    description:
      'Whether the API server reaches the kubelets for logs, exec and port-forward; the collection tried it itself.',
    messages: {
      node: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'the collection asked for logs of its pods and got this answer',
        },
        text: 'The API server does not reach the kubelet of {node:object} on port 10250: {failure:text}. Logs, exec and port-forward of {count:count} containers there fail.',
        remedy: [
          {
            text: '`i/o timeout` is a firewall or a route between the control-plane nodes and port 10250 of the node; `connection refused` a kubelet that does not run or listens elsewhere; `no such host` a node name no DNS knows: put `InternalIP` first in `--kubelet-preferred-address-types` of the API server.',
          },
          {
            text: '`x509` is the kubelet’s serving certificate: with `serverTLSBootstrap` its requests wait to be approved.',
            argv: ['kubectl', 'get', 'certificatesigningrequests'],
          },
          TUNNEL,
        ],
        effect: 'connection-failing',
        groupBy: ['failure'],
        check: 'reached',
      },
      everyNode: {
        severity: 'warning',
        confidence: {
          level: 'certain',
          reason: 'the collection asked for logs on every node and got this answer',
        },
        text: 'The API server reaches no kubelet at all: {failure:text}. Logs, exec, port-forward and metrics of pods fail for {count:count} nodes, webhooks behind a tunnel too.',
        remedy: [
          TUNNEL,
          {
            text: 'See whether a firewall closes port 10250 from the control-plane nodes, and whether the client certificate of the API server for kubelets (apiserver-kubelet-client.crt) is accepted.',
          },
        ],
        effect: 'connection-failing',
        check: 'reached',
      },
      logged: {
        severity: 'warning',
        confidence: {
          level: 'likely',
          reason: 'its log says so within the last hour; it may be one node that was down',
        },
        text: '{server:object} does not reach kubelets or its tunnel: {failure:text} ({count:count} lines).',
        remedy: [TUNNEL],
        effect: 'connection-failing',
      },
    },
    checks: {
      reached: {
        item: 'Kubelet reached by the API server',
        expected: 'logs are served',
        found: 'logs were served',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/architecture/control-plane-node-communication/',
      'facts: control-plane-and-nodes.md §3.2, errors of the proxy to kubelets',
    ],
  },
  needs: {
    record: collectionRecord,
    pods,
    nodes: optional(nodes),
    plane: controlPlane,
    log: optional(apiServerLog),
  },
  analyze({ record, pods: podCollection, nodes: nodeCollection, plane, log }, context) {
    const { failing, served } = kubeletFailures(record, podCollection.items, nodeCollection);
    const isEverywhere = failing.length > 1 && served.length === 0;
    const [first] = failing;
    if (isEverywhere && first) {
      const subject = { external: 'host', name: 'kube-apiserver' } as const;
      const values = { failure: first.failure, count: failing.length };
      const evidence = [context.absent({ artifact: { id: 'logs' }, scope: first.row.scope })] as const;
      const related = failing.map(({ node }) => subjectOf(node));
      context.report({ message: 'everyNode', values, subject, related, evidence });
      return undefined;
    }
    for (const { node, failure, count, row } of failing) {
      const subject = subjectOf(node);
      const evidence = [context.absent({ artifact: { id: 'logs' }, scope: row.scope })] as const;
      context.report({ message: 'node', values: { node: subject, failure, count }, subject, evidence });
    }
    for (const node of served) context.looked({ check: 'reached', values: {}, subject: subjectOf(node) });
    // The collection's own requests say it better, and say when all is well.
    if (failing.length > 0 || served.length > 0) return undefined;
    for (const instance of plane.of('kube-apiserver')) {
      const owner = logOwnerOf(instance);
      const found = [
        ...recentMatches(log.matches('kubeletUnreachable', owner), context),
        ...recentMatches(log.matches('tunnelFailed', owner), context),
      ].filter(({ count }) => count >= LINES);
      const [matches] = found;
      if (!matches) continue;
      const { subject } = instance;
      const failure = matches.hits.at(-1)?.captures.cause ?? '';
      const values = { server: subject, failure, count: matches.count };
      context.report({ message: 'logged', values, subject, evidence: [lastLineOf(matches)] });
    }
    return undefined;
  },
});
