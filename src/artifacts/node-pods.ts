import type { NodePodOptions } from '../model/collector.ts';
import type { CreatedObject, TemporaryBody } from '../model/kube-writes.ts';

/** Name of the container in each of the pods. */
export const NODE_CONTAINER = 'files';

/** Label of the pods with the name of the Job they belong to. */
export const NODE_FILES_LABEL = 'kubecase/node-files';

/** Shortest life of the objects when nobody removes them, and how long the Job is kept after its end, seconds. */
const LIFETIME_SECONDS = 1800;
const KEPT_SECONDS = 60;
/** A node takes less than this as a rule, and so many are read at once. */
const SECONDS_PER_NODE = 30;
const NODES_AT_ONCE = 8;
/** Until the pods are there. */
const START_SECONDS = 300;

/** Where the root of the node is mounted. */
const HOST_ROOT = '/host';

/**
 * What the programs of the node need to look: another root (chroot), files of every owner, sockets of every
 * process, packet filters, the kernel's log, quiet priorities. None of it allows a change of the node's files.
 */
const CAPABILITIES = ['SYS_CHROOT', 'DAC_READ_SEARCH', 'SYS_PTRACE', 'NET_ADMIN', 'SYSLOG', 'SYS_NICE'];

/** The script is in the environment, so that neither the image nor the length of a URL limits it. */
const LAUNCH = 'exec sh -c "$KUBECASE_SCRIPT" "$0" "$@"';

const NOT_WINDOWS = {
  nodeSelectorTerms: [
    { matchExpressions: [{ key: 'kubernetes.io/os', operator: 'NotIn', values: ['windows'] }] },
  ],
};

/** The arguments that run the script in a pod, for this node. */
export function nodeScriptCommand(
  node: string,
  options: { readonly peers: readonly string[]; readonly registries: readonly string[] },
): [string, ...string[]] {
  const command: [string, ...string[]] = ['sh', '-c', LAUNCH, 'kubecase', '--stream', '--node', node];
  if (options.peers.length > 0) command.push('--peers', options.peers.join(' '));
  if (options.registries.length > 0) command.push('--registries', options.registries.join(' '));
  return command;
}

/** How long the pods may be needed, for the Job as for themselves. */
export function nodePodSeconds(nodes: number): number {
  return Math.max(LIFETIME_SECONDS, Math.ceil(nodes / NODES_AT_ONCE) * SECONDS_PER_NODE + START_SECONDS);
}

/**
 * A Job that runs no pod: it is a clock. After its deadline it counts as failed, a minute later the control plane
 * removes it, and with it what it owns.
 */
export function nodeFilesJob(
  { image, namespace }: Pick<NodePodOptions, 'image' | 'namespace'>,
  lifetime: number,
  kept: number = KEPT_SECONDS,
): TemporaryBody {
  const container = { name: NODE_CONTAINER, image, command: ['sleep', '1'] };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'kubecase-nodes-', namespace },
    spec: {
      parallelism: 0,
      backoffLimit: 0,
      activeDeadlineSeconds: lifetime,
      ttlSecondsAfterFinished: kept,
      template: { spec: { restartPolicy: 'Never', containers: [container] } },
    },
  };
}

/** A DaemonSet of that Job: on every Linux node a pod that sleeps until the script is run in it. */
export function nodeFilesDaemonSet(
  { image, namespace, script }: NodePodOptions,
  owner: CreatedObject,
  lifetime: number,
): TemporaryBody {
  const labels = { [NODE_FILES_LABEL]: owner.name, 'app.kubernetes.io/managed-by': 'kubecase' };
  const { name, uid } = owner;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      generateName: 'kubecase-nodes-',
      namespace,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }],
    },
    spec: {
      selector: { matchLabels: { [NODE_FILES_LABEL]: name } },
      // All at once: nothing is served that could be interrupted.
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '100%' } },
      template: { metadata: { labels }, spec: podSpec(image, script, lifetime) },
    },
  };
}

function podSpec(image: string, script: string, lifetime: number): object {
  return {
    hostPID: true,
    hostNetwork: true,
    dnsPolicy: 'Default',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: NOT_WINDOWS } },
    tolerations: [{ operator: 'Exists' }],
    containers: [
      {
        name: NODE_CONTAINER,
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['sleep', String(lifetime)],
        env: [
          { name: 'ROOT', value: HOST_ROOT },
          { name: 'KUBECASE_SCRIPT', value: script },
        ],
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          runAsUser: 0,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'], add: CAPABILITIES },
          seLinuxOptions: { type: 'spc_t' },
        },
        volumeMounts: [
          { name: 'host', mountPath: HOST_ROOT, readOnly: true },
          { name: 'scratch', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'host', hostPath: { path: '/' } },
      { name: 'scratch', emptyDir: { sizeLimit: '128Mi' } },
    ],
  };
}
