import { NODE_DOCUMENTS } from '../../src/artifacts/node-archive.ts';
import {
  NODE_CONTAINER,
  NODE_FILES_LABEL,
  nodeFilesDaemonSet,
  nodeFilesJob,
  nodePodSeconds,
  nodeScriptCommand,
} from '../../src/artifacts/node-pods.ts';
import { type NodeStream, parseNodeStream } from '../../src/artifacts/node-stream.ts';
import { type NodePeers, nodePeers, registriesOf, whyNotReady } from '../../src/artifacts/node-targets.ts';

import { type NodeItem, nodes, pods } from '../../src/artifacts/resources.ts';
import { type DocumentArtifact, optional } from '../../src/model/artifact.ts';
import {
  type CollectContext,
  defineCollector,
  LOGS_ARTIFACT,
  type NodePodOptions,
  type SourceReply,
} from '../../src/model/collector.ts';
import type { TemporaryObjects } from '../../src/model/kube-writes.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { nodes, pods: optional(pods) };
type Context = CollectContext<typeof needs>;

/** Looked for this often, so many seconds apart: an image is pulled, then every pod starts within seconds. */
const LOOKS = 60;
const SECONDS_BETWEEN = 2;
/** Looks spent on nodes that are not ready, once all others are done: theirs seldom start. */
const LOOKS_FOR_UNREADY = 8;
/** The script ends itself before. */
const TIMEOUT_MS = 200_000;
const MAX_BYTES = 32 * 1024 * 1024;

/** Files, settings, logs and connections of every node, read by a pod on it. */
export const files = defineCollector({
  meta: {
    id: 'node/files',
    title: 'Node files',
    description:
      'Starts a pod on every node for a short time and reads services, runtime, kernel, network, certificates and logs there.',
    produces: [...NODE_DOCUMENTS, LOGS_ARTIFACT],
    optIn: '--nodes',
    createsObjects: true,
    priority: 90,
  },
  needs,
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['nodes'], verbs: ['list'] }, why: 'finds the nodes' },
    {
      rule: { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete'] },
      why: 'in the namespace of `--node-namespace`: a Job that ends everything even if kubecase is killed',
    },
    {
      rule: { apiGroups: ['apps'], resources: ['daemonsets'], verbs: ['create', 'delete'] },
      why: 'in the namespace of `--node-namespace`: the pod on each node',
    },
    {
      rule: { apiGroups: [''], resources: ['pods', 'events'], verbs: ['list'] },
      why: 'sees when the pods are ready, or why they are not',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'in the namespace of `--node-namespace`: runs the script in those pods',
    },
  ],
  async collect(context) {
    const { bundle, inputs, options, temporary } = context;
    if (!options.nodes || !temporary) {
      const reason = 'it runs only with `--nodes`, which gives it the right to create pods';
      for (const artifact of NODE_DOCUMENTS) bundle.unread(artifact, CLUSTER_SCOPE, 'skipped', reason);
      return;
    }
    const found = inputs.nodes.items.filter(({ metadata }) => !isWindows(metadata.labels));
    if (found.length === 0) return;
    const started = await startPods(options.nodes, temporary, found.length).then(
      (daemonSet) => daemonSet,
      (error: Error) => error,
    );
    if (started instanceof Error) await recordFailure(context, CLUSTER_SCOPE, started);
    else await readNodes(targeted(context, options.nodes), started, found);
  },
});

/** Names of what was made for this collection. */
interface Started {
  readonly job: string;
  readonly daemonSet: string;
}

async function startPods(
  options: NodePodOptions,
  temporary: TemporaryObjects,
  count: number,
): Promise<Started> {
  const namespace = encodeURIComponent(options.namespace);
  const seconds = nodePodSeconds(count);
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const job = await temporary.create(jobs, nodeFilesJob(options, seconds));
  const body = nodeFilesDaemonSet(options, job, seconds);
  const { name } = await temporary.create(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, body);
  return { job: job.name, daemonSet: name };
}

/** A pod of ours as the API lists it. */
interface NodePod {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

type NodesContext = Context & {
  readonly pods: NodePodOptions;
  readonly peers: NodePeers;
  readonly registries: readonly string[];
};

/** What every node is to try is the same for all of them, or looked up: found out once. */
function targeted(context: Context, options: NodePodOptions): NodesContext {
  const { nodes: known, pods: seen } = context.inputs;
  const peers = nodePeers(known.items, seen.items);
  return { ...context, pods: options, peers, registries: registriesOf(seen.items) };
}

/** Reads each node as soon as its pod is ready; the engine lets no more than eight sources run at once. */
async function readNodes(context: NodesContext, started: Started, found: readonly NodeItem[]): Promise<void> {
  const { signal } = context;
  const waiting = new Map(found.map((node) => [node.metadata.name, node]));
  const reading: Promise<void>[] = [];
  let last: readonly NodePod[] = [];
  for (let look = 0; waiting.size > 0 && look < LOOKS && !signal.aborted; look++) {
    if (look > 0) await context.wait(SECONDS_BETWEEN);
    last = await listPods(context, started.job).then(
      (listed) => listed,
      () => last,
    );
    for (const pod of last) {
      const node = waiting.get(pod.spec?.nodeName ?? '');
      if (!node || !isReady(pod)) continue;
      waiting.delete(node.metadata.name);
      reading.push(readNode(context, node, pod.metadata.name));
    }
    if (look >= LOOKS_FOR_UNREADY && ![...waiting.values()].some(isReady)) break;
  }
  await Promise.all(reading);
  if (waiting.size === 0 || signal.aborted) return;
  const refusals = await listRefusals(context, started.daemonSet).then(
    (messages) => messages,
    () => [],
  );
  for (const node of waiting.values()) {
    const pod = last.find(({ spec }) => spec?.nodeName === node.metadata.name);
    recordNotReady(context, node, whyNotReady({ pod, nodeReady: isReady(node), refusals }));
  }
}

async function listPods(
  { kube, signal, pods: { namespace } }: NodesContext,
  job: string,
): Promise<NodePod[]> {
  const resource = { group: '', version: 'v1', plural: 'pods', kind: 'Pod' };
  const found: NodePod[] = [];
  const labelSelector = `${NODE_FILES_LABEL}=${job}`;
  for await (const page of kube.list(resource, { namespace, labelSelector, signal })) {
    for (const { value } of page.items) found.push(value as NodePod);
  }
  return found;
}

/** Why the DaemonSet could not create pods, in the words of the controller. */
async function listRefusals(
  { kube, signal, pods: { namespace } }: NodesContext,
  name: string,
): Promise<string[]> {
  const resource = { group: '', version: 'v1', plural: 'events', kind: 'Event' };
  const messages: string[] = [];
  const fieldSelector = `involvedObject.name=${name},reason=FailedCreate`;
  for await (const page of kube.list(resource, { namespace, fieldSelector, signal })) {
    for (const { value } of page.items) messages.push(String((value as { message?: unknown }).message ?? ''));
  }
  return messages;
}

/** The script runs once, as the source of the first document; everything else is taken from its answer. */
async function readNode(context: NodesContext, node: NodeItem, pod: string): Promise<void> {
  const { bundle } = context;
  const { name } = node.metadata;
  const scope = { type: 'node', node: name } as const;
  let run: Promise<NodeStream> | undefined;
  const answer = (): Promise<NodeStream> => {
    run ??= runScript(context, name, pod);
    return run;
  };
  const [first, ...rest] = NODE_DOCUMENTS;
  await bundle.add(first!, scope, async () => documentOf(await answer(), first!));
  const stream = await answer().then(
    (told) => told,
    () => undefined,
  );
  if (context.signal.aborted) return;
  await Promise.all(rest.map((artifact) => addDocument(context, scope, artifact, stream, answer)));
  if (stream) await addLogs(context, stream);
}

async function runScript(context: NodesContext, node: string, pod: string): Promise<NodeStream> {
  const { kube, peers, registries, signal, pods: options } = context;
  const result = await kube.exec({
    namespace: options.namespace,
    pod,
    container: NODE_CONTAINER,
    command: nodeScriptCommand(node, { peers: peers.of(node), registries }),
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    signal,
  });
  const stream = parseNodeStream(result.stdout, node);
  if (stream.archive) return stream;
  const said = result.stderr.toString('utf8').trim().split('\n', 1)[0] || 'it wrote nothing';
  throw new Error(`the script ended with ${result.exitCode ?? 'its output cut'}: ${said}`);
}

/** The document with the reason of what is missing in it; throws when it is not there at all. */
function documentOf(stream: NodeStream, artifact: DocumentArtifact): SourceReply {
  const body = stream.documents.get(artifact.id);
  const row = stream.rows.find((one) => one.artifact === artifact.id);
  if (!body) throw new Error(row?.reason ?? 'the answer of the node ended before it');
  const observedAt = stream.archive?.observedAt ?? { time: '', source: 'collector', errorSeconds: 0 };
  const { outcome, reason = '' } = row ?? {};
  if (outcome !== 'partial' && outcome !== 'truncated') return { body, observedAt };
  return { body, observedAt, shortfall: { outcome, reason } };
}

async function addDocument(
  { bundle }: NodesContext,
  scope: Scope,
  artifact: DocumentArtifact,
  stream: NodeStream | undefined,
  answer: () => Promise<NodeStream>,
): Promise<void> {
  const row = stream?.rows.find((one) => one.artifact === artifact.id);
  if (row && !stream?.documents.has(artifact.id) && row.outcome !== 'collected') {
    bundle.unread(artifact, scope, row.outcome, row.reason ?? row.outcome);
    return;
  }
  await bundle.add(artifact, scope, async () => documentOf(await answer(), artifact));
}

async function addLogs({ bundle }: NodesContext, stream: NodeStream): Promise<void> {
  const observedAt = stream.archive?.observedAt ?? { time: '', source: 'collector', errorSeconds: 0 };
  for (const { scope, bytes } of stream.logs) {
    // The API gives the newest file of a container, the node all of them: another snapshot of the same log.
    const sample = scope.type === 'container' ? 1 : 0;
    await bundle.add(LOGS_ARTIFACT, scope, async () => ({ body: bytes, observedAt }), { sample });
  }
  for (const { artifact, scope, outcome, reason = '' } of stream.rows) {
    if (artifact !== LOGS_ARTIFACT.id || scope.type !== 'unit' || outcome === 'collected') continue;
    if (stream.logs.some((log) => log.scope.type === 'unit' && log.scope.unit === scope.unit)) continue;
    bundle.unread(LOGS_ARTIFACT, scope, outcome, reason);
  }
}

/** One row for each document, with what the error says of the missing right. */
async function recordFailure({ bundle }: Context, scope: Scope, error: Error): Promise<void> {
  for (const artifact of NODE_DOCUMENTS) await bundle.add(artifact, scope, () => Promise.reject(error));
}

function recordNotReady({ bundle }: Context, { metadata }: NodeItem, why: string): void {
  const scope = { type: 'node', node: metadata.name } as const;
  for (const artifact of NODE_DOCUMENTS)
    bundle.unread(artifact, scope, 'timed-out', `no pod of kubecase came to run there: ${why}`);
}

function isReady({ status }: NodePod | NodeItem): boolean {
  return status?.conditions?.some(({ type, status: state }) => type === 'Ready' && state === 'True') ?? false;
}

function isWindows(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels?.['kubernetes.io/os'] === 'windows';
}
