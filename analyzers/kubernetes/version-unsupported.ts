import { apiServerVersion } from '../../src/artifacts/api-server-version.ts';
import { nodes } from '../../src/artifacts/resources.ts';
import { controlPlane } from '../../src/derive/control-plane.ts';
import { parseKubernetesVersion } from '../../src/derive/kubernetes-version.ts';
import { SUPPORT_AS_OF, supportEnd } from '../../src/derive/version-support.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { type ExternalRef, subjectOf } from '../../src/model/subject.ts';

const SERVER: ExternalRef = { external: 'host', name: 'kube-apiserver' };
/** The kubelet talks to Docker by itself before this minor version only. */
const WITHOUT_DOCKERSHIM = 24;

const TABLE = {
  level: 'certain',
  reason: 'version and table agree; a provider may support the version for longer',
} as const;

const needs = { version: apiServerVersion, nodes: optional(nodes), plane: optional(controlPlane) };

export const versionUnsupported = defineAnalyzer({
  meta: {
    id: 'kubernetes/version-unsupported',
    title: 'Version without upstream support',
    description: 'Versions of Kubernetes, containerd and etcd that get no more fixes from upstream.',
    messages: {
      kubernetesEnded: {
        severity: 'info',
        confidence: TABLE,
        text: 'The API server is of version {version:text}: Kubernetes {minor:text} has no upstream support since {end:time} (table of {asOf:text}).',
        remedy: [
          {
            text: 'Upgrade one minor version at a time; the control plane comes first, kubelets follow.',
            argv: ['kubeadm', 'upgrade', 'plan'],
            flavour: 'kubeadm',
          },
        ],
        key: ['minor'],
      },
      runtimeEnded: {
        severity: 'info',
        confidence: TABLE,
        text: '{count:count} nodes, {node:object} among them, run {version:text}: containerd {minor:text} has no upstream support since {end:time} (table of {asOf:text}).',
        remedy: [{ text: 'Upgrade containerd node by node, each drained before.' }],
        key: ['minor'],
      },
      dockershimUsed: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'the nodes tell kubelet version and runtime' },
        text: '{count:count} nodes, {node:object} among them, run {version:text} under a kubelet of {kubelet:text}: from 1.24 on the kubelet cannot talk to Docker by itself.',
        remedy: [
          {
            text: 'Change the runtime to containerd (or install cri-dockerd) before the upgrade to 1.24.',
          },
        ],
      },
      etcdEnded: {
        severity: 'info',
        confidence: TABLE,
        text: '{member:object} runs etcd {version:text}: {minor:text} has no upstream support since {end:time} (table of {asOf:text}).',
        remedy: [
          {
            text: 'Upgrade etcd with the control plane, one minor version at a time and after a snapshot; kubeadm brings the version that belongs to its own.',
          },
        ],
        key: ['minor'],
      },
    },
    checks: {
      supported: {
        item: 'Version is supported upstream',
        expected: 'a supported minor version',
        found: '{version:text}',
      },
    },
    references: [
      'https://kubernetes.io/releases/patch-releases/',
      'https://github.com/containerd/containerd/blob/main/RELEASES.md',
      'https://etcd.io/docs/latest/op-guide/versioning/',
      'https://kubernetes.io/blog/2022/02/17/dockershim-faq/',
    ],
  },
  needs,
  analyze(inputs, context) {
    for (const document of inputs.version.items) {
      const { gitVersion: version } = document.value;
      const ended = endOf('kubernetes', version, document, context);
      if (ended) {
        const evidence = [context.at(document, '/gitVersion')] as const;
        context.report({
          message: 'kubernetesEnded',
          values: { version, ...ended },
          subject: SERVER,
          evidence,
        });
      } else {
        context.looked({ check: 'supported', values: { version }, subject: SERVER });
      }
    }
    judgeNodes(inputs, context);
    for (const { version, pod, subject: member } of inputs.plane.of('etcd')) {
      const ended = pod && version !== undefined ? endOf('etcd', version, pod, context) : undefined;
      if (!pod || !ended || version === undefined) continue;
      const evidence = [context.at(pod, '/spec/containers')] as const;
      context.report({
        message: 'etcdEnded',
        values: { member, version, ...ended },
        subject: member,
        evidence,
      });
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof versionUnsupported.meta.messages,
  NonNullable<typeof versionUnsupported.meta.checks>
>;

/** The end of support, when it lies before the moment the version was observed. */
function endOf(
  product: 'kubernetes' | 'containerd' | 'etcd',
  version: string,
  item: object,
  context: Context,
): { readonly minor: string; readonly end: string; readonly asOf: string } | undefined {
  const found = supportEnd(product, version);
  if (!found) return undefined;
  const end = `${found.end}T00:00:00Z`;
  if (isOlder(context.age(end, item), 0) !== true) return undefined;
  return { minor: found.minor, end, asOf: SUPPORT_AS_OF };
}

/** One finding for each version, not for each node. */
function judgeNodes({ nodes: collection }: Inputs<typeof needs>, context: Context): void {
  const byVersion = new Map<string, (typeof collection.items)[number][]>();
  for (const node of collection.items) {
    const { containerRuntimeVersion = '', kubeletVersion = '' } = node.status?.nodeInfo ?? {};
    getOrCreate(byVersion, `${containerRuntimeVersion} ${kubeletVersion}`, () => []).push(node);
  }
  for (const [key, members] of byVersion) {
    const [node] = members;
    const [version = '', kubelet = ''] = key.split(' ');
    if (!node) continue;
    const common = { subject: subjectOf(node), evidence: [context.at(node, '/status/nodeInfo')] } as const;
    const values = { count: members.length, node: subjectOf(node), version };
    const [, product, number = ''] = /^(\w+):\/\/(.*)$/.exec(version) ?? [];
    const ended = product === 'containerd' ? endOf('containerd', number, node, context) : undefined;
    if (ended) context.report({ message: 'runtimeEnded', values: { ...values, ...ended }, ...common });
    const minor = parseKubernetesVersion(kubelet)?.minor;
    if (product === 'docker' && minor !== undefined && minor < WITHOUT_DOCKERSHIM)
      context.report({ message: 'dockershimUsed', values: { ...values, kubelet }, ...common });
  }
}
