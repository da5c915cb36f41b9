import { nodeManifests } from '../../src/artifacts/node-manifests.ts';
import { componentState } from '../../src/derive/component-state.ts';
import { controlPlane, logOwnerOf } from '../../src/derive/control-plane.ts';
import { componentLog, staticPodLog } from '../../src/derive/control-plane-logs.ts';
import { logGaps } from '../../src/derive/log-gap.ts';
import { lastLineOf, recentMatches } from '../../src/derive/log-recency.ts';
import { duplicateManifests, unreadableManifests } from '../../src/derive/manifest-faults.ts';
import { type AnalyzeContext, defineAnalyzer } from '../../src/model/analyzer.ts';
import { type Inputs, optional } from '../../src/model/artifact.ts';

/** The kubelet reads its folder every 20 s and complains each time: older lines are over. */
const COMPLAINT_SECONDS = 600;

const EXPLAINS = [
  { effect: 'api-server-degraded', via: ['same-object', 'runs'] },
  { effect: 'controllers-not-running', via: ['same-object', 'runs'] },
  { effect: 'etcd-unavailable', via: ['same-object', 'runs'] },
  { effect: 'pod-crashing', via: ['same-object'] },
  { effect: 'api-server-unreachable', via: ['cluster-wide'] },
] as const;
const KUBELET_RESTARTS = {
  text: 'The kubelet takes a corrected file by itself within 20 s. Keep copies outside of /etc/kubernetes/manifests: whatever lies there is run.',
} as const;

const needs = {
  plane: controlPlane,
  log: optional(componentLog),
  kubelet: optional(staticPodLog),
  manifests: optional(nodeManifests),
};

export const manifestInvalid = defineAnalyzer({
  meta: {
    id: 'control-plane/manifest-invalid',
    title: 'Static pod manifest invalid',
    description:
      'Manifests the kubelet cannot read, flags a component does not know, and files its manifest names that are not there.',
    messages: {
      notProcessed: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the kubelet says so' },
        text: 'The kubelet of {node:object} cannot use the manifest `{file:text}`: {detail:text}.',
        remedy: [
          { text: 'Correct the file; its indentation and the line named are where to look.' },
          KUBELET_RESTARTS,
        ],
        key: ['file'],
        explains: EXPLAINS,
      },
      unreadable: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the file itself was read' },
        text: 'The manifest `{file:text}` on {node:object} is no valid YAML: {detail:text}.',
        remedy: [{ text: 'Correct the file at the line named.' }, KUBELET_RESTARTS],
        key: ['file'],
        explains: EXPLAINS,
      },
      twice: {
        severity: 'warning',
        confidence: { level: 'certain', reason: 'both files were read' },
        text: 'Two manifests on {node:object} are of the same pod: `{file:text}` and `{other:text}`. The kubelet runs one of them, not always the same.',
        remedy: [{ text: 'Move the one that is not wanted, often a backup, out of the folder.' }],
        key: ['file'],
        explains: EXPLAINS,
      },
      flagUnknown: {
        severity: 'critical',
        confidence: { level: 'certain', reason: 'the component ends with these words' },
        text: '{pod:object} ends at its start: {detail:text}.',
        remedy: [
          {
            text: 'Correct or remove the flag in /etc/kubernetes/manifests; flags go away between versions, so after an upgrade look into the release notes. kubeadm writes flags from the ConfigMap kubeadm-config: correct them there too.',
            flavour: 'kubeadm',
          },
          {
            text: 'See the flags as the kubelet runs them.',
            argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
          },
        ],
        explains: EXPLAINS,
      },
      fileMissing: {
        severity: 'critical',
        confidence: { level: 'likely', reason: 'its log names the file shortly before it ended' },
        text: '{pod:object} ends because a file it needs is not there: `{file:text}`.',
        remedy: [
          {
            text: 'See whether the file is on the node and whether the manifest mounts its folder (hostPath) at the path of the flag. `FileOrCreate` makes an empty file where the path is wrong.',
            argv: ['ls', '-l', '{file}'],
          },
          {
            text: 'A certificate or kubeconfig is made again by its own phase, such as `kubeadm init phase certs apiserver` or `kubeadm init phase kubeconfig scheduler`. Never make a CA (`ca`, `etcd/ca`, `front-proxy-ca`) or the key of the service accounts (`sa.key`) anew: what the old one signed would be worthless. Copy these from another control-plane node or a backup.',
            flavour: 'kubeadm',
          },
        ],
        explains: EXPLAINS,
      },
    },
    checks: {
      valid: { item: 'Static pod manifest', expected: 'used by the kubelet', found: 'in use' },
    },
    references: [
      'https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/',
      'kubernetes pkg/kubelet/config/file.go: Could not process manifest file',
    ],
  },
  needs,
  appliesTo: ({ plane }) => (plane.instances.length > 0 ? true : plane.applies('kube-apiserver')),
  analyze(inputs, context) {
    reportComplaints(inputs, context);
    for (const { node, file, error, document, index } of unreadableManifests(inputs.manifests)) {
      const values = { node, file, detail: error };
      const evidence = [context.at(document, `/${index}`)] as const;
      context.report({ message: 'unreadable', values, subject: node, evidence });
    }
    for (const { node, file, other, document, index } of duplicateManifests(inputs.manifests)) {
      const evidence = [context.at(document, `/${index}`)] as const;
      context.report({ message: 'twice', values: { node, file, other }, subject: node, evidence });
    }
    const gapOf = logGaps(inputs.log);
    const { unseenPods } = inputs.plane;
    if (unseenPods) {
      const subject = { group: '', kind: 'Namespace', name: 'kube-system' };
      context.looked({ check: 'valid', unseen: unseenPods, subject });
    }
    for (const instance of inputs.plane.instances) {
      const { subject, pod } = instance;
      // Without a status, an old line of a log tells nothing of now.
      if (!pod || componentState(instance, context)?.is !== 'down') {
        context.looked({ check: 'valid', values: {}, subject });
        continue;
      }
      const owner = logOwnerOf(instance);
      const [flag] = recentMatches(inputs.log.matches('flagUnknown', owner), context);
      const [missing] = recentMatches(inputs.log.matches('fileMissing', owner), context);
      const common = { subject };
      if (flag) {
        const detail = (flag.hits.at(-1)?.captures.error ?? '').slice(0, 200);
        const values = { pod: subject, detail };
        context.report({ message: 'flagUnknown', values, ...common, evidence: [lastLineOf(flag)] });
      } else if (missing) {
        const values = { pod: subject, file: missing.hits.at(-1)?.captures.file ?? '' };
        context.report({ message: 'fileMissing', values, ...common, evidence: [lastLineOf(missing)] });
      } else {
        const { namespace = '', name } = subject;
        const gap = gapOf({ namespace, pod: name, container: instance.component });
        if (gap) context.looked({ check: 'valid', unseen: gap, subject });
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof manifestInvalid.meta.messages,
  NonNullable<typeof manifestInvalid.meta.checks>
>;

function reportComplaints({ kubelet }: Inputs<typeof needs>, context: Context): void {
  for (const matches of recentMatches(kubelet.matches('manifestRefused'), context, COMPLAINT_SECONDS)) {
    const { scope } = matches;
    if (scope.type !== 'unit') continue;
    const node = { group: '', kind: 'Node', name: scope.node };
    const files = new Map(
      matches.hits.map((hit) => {
        const { file, oldFile, error, old } = hit.captures;
        return [
          file ?? oldFile ?? /^(\S+?):/.exec(error ?? '')?.[1] ?? '',
          { hit, detail: error ?? old ?? '' },
        ];
      }),
    );
    for (const [file, { hit, detail }] of files) {
      const said = detail
        .replaceAll('\\"', '"')
        .replace(`${file}: `, '')
        .replace(', please check config file', '');
      const evidence = [{ cite: 'matches', matches, hit }] as const;
      context.report({
        message: 'notProcessed',
        values: { node, file, detail: said },
        subject: node,
        evidence,
      });
    }
  }
}
