import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { type NodeItem, nodes } from '../../src/artifacts/resources.ts';
import {
  allowedLag,
  type KubernetesVersion,
  minorsAhead,
  parseKubernetesVersion,
} from '../../src/derive/kubernetes-version.ts';
import { ALL_NODES } from '../../src/derive/machines.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import type { DocumentItem } from '../../src/model/artifact.ts';
import { subjectOf } from '../../src/model/subject.ts';

const BOTH_TELL = { level: 'certain', reason: 'node and API server tell their versions' } as const;
const UPGRADE = {
  text: 'Upgrade the kubelet of the node, one minor version at a time, to that of the API server.',
  argv: ['kubectl', 'drain', '{node.name}', '--ignore-daemonsets', '--delete-emptydir-data'],
} as const;

export const versionSkew = defineAnalyzer({
  meta: {
    id: 'node/version-skew',
    title: 'Kubelet version not supported by the API server',
    description: 'Kubelets newer than the API server, or older than it supports.',
    messages: {
      newerThanServer: {
        severity: 'critical',
        confidence: BOTH_TELL,
        text: 'The kubelet of {node:object} is of version {kubelet:text}, newer than the API server of {server:text}: it may ask for what the server does not serve.',
        remedy: [
          {
            text: 'Upgrade the control plane first; until then, install a kubelet of at most the version of the oldest API server.',
            argv: ['kubeadm', 'upgrade', 'plan'],
            flavour: 'kubeadm',
          },
          { text: 'Where several API servers run, the oldest sets the limit: see the version of each.' },
        ],
        key: ['kubelet'],
        groupBy: ['kubelet'],
        check: 'supported',
      },
      tooOld: {
        severity: 'warning',
        confidence: BOTH_TELL,
        text: 'The kubelet of {node:object} is of version {kubelet:text}, {behind:count} minor versions behind the API server of {server:text}; {allowed:count} are supported.',
        remedy: [UPGRADE],
        key: ['kubelet'],
        groupBy: ['kubelet'],
        check: 'supported',
      },
      mixed: {
        severity: 'info',
        confidence: BOTH_TELL,
        text: 'The nodes run kubelets of {minors:count} minor versions: {versions:text}. All are supported by the API server of {server:text}; an upgrade may be under way.',
        remedy: [{ text: 'Finish the upgrade; a mixture is meant to last as long as an upgrade does.' }],
      },
    },
    checks: {
      supported: {
        checklist: 'check-kubernetes',
        item: 'Version of the kubelet',
        expected: 'not newer than the API server, and not too old for it',
        found: '{kubelet:text}',
      },
    },
    references: [
      'https://kubernetes.io/releases/version-skew-policy/#kubelet',
      'konvoy check kubernetes: kubelet version of each node equals the one of the cluster',
    ],
  },
  needs: { nodes, version: apiServerVersion },
  analyze({ nodes: collection, version }, context) {
    const servers = version.items.flatMap((document) => {
      const parsed = parseKubernetesVersion(document.value.gitVersion);
      return parsed ? [{ document, parsed, text: document.value.gitVersion }] : [];
    });
    // The oldest API server is the limit for kubelets.
    const oldest = servers.toSorted((a, b) => compare(a.parsed, b.parsed))[0];
    if (!oldest) return undefined;
    const supported = new Map<string, number>();
    let unsupported = 0;
    for (const node of collection.items) {
      const minor = judge(node, oldest, context);
      if (minor === undefined) unsupported += 1;
      else supported.set(minor, (supported.get(minor) ?? 0) + 1);
    }
    if (supported.size > 1 && unsupported === 0 && collection.coverage.complete) {
      const versions = [...supported].sort().map(([minor, count]) => `${minor} on ${count}`);
      context.report({
        message: 'mixed',
        values: { minors: supported.size, versions, server: oldest.text },
        subject: ALL_NODES,
        evidence: [context.at(oldest.document, '/gitVersion')],
      });
    }
    return undefined;
  },
});

interface Server {
  readonly document: DocumentItem<unknown>;
  readonly parsed: KubernetesVersion;
  readonly text: string;
}

/** The minor version of a supported kubelet; undefined when it is not supported, or not told. */
function judge(
  node: NodeItem,
  { document, parsed, text }: Server,
  context: AnalyzeContext<typeof versionSkew.meta.messages, NonNullable<typeof versionSkew.meta.checks>>,
): string | undefined {
  const subject = subjectOf(node);
  const told = node.status?.nodeInfo?.kubeletVersion;
  const kubelet = parseKubernetesVersion(told);
  if (!told || !kubelet) {
    context.looked({ check: 'supported', unseen: 'the node does not tell its version', subject });
    return undefined;
  }
  const evidence = [
    context.at(node, '/status/nodeInfo/kubeletVersion'),
    context.at(document, '/gitVersion'),
  ] as const;
  const ahead = minorsAhead(kubelet, parsed);
  const values = { node: subject, kubelet: told, server: text };
  if (ahead > 0) {
    context.report({ message: 'newerThanServer', values, subject, evidence });
    return undefined;
  }
  const allowed = allowedLag(kubelet);
  if (-ahead > allowed) {
    context.report({ message: 'tooOld', values: { ...values, behind: -ahead, allowed }, subject, evidence });
    return undefined;
  }
  context.looked({ check: 'supported', values: { kubelet: told }, subject });
  return `v${kubelet.major}.${kubelet.minor}`;
}

function compare(a: KubernetesVersion, b: KubernetesVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}
