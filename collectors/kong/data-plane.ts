import { certificatePem } from '../../src/artifacts/certificates.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type KongNode, kongNode } from '../../src/artifacts/kong-admin.ts';
import { keptMetricLines, kongPlaneMetrics } from '../../src/artifacts/kong-plane-metrics.ts';
import {
  handshakeCommands,
  type KongProbeId,
  keptHandshakeLines,
  kongPlaneProbes,
  type StoredProbe,
} from '../../src/artifacts/kong-plane-probes.ts';
import { kongPlaneStatus, type StoredPlaneReply } from '../../src/artifacts/kong-plane-status.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError, type Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** One Kong node on its way through the collection. */
interface Asked {
  readonly pod: PodItem;
  readonly node: KongNode;
  readonly scope: Scope;
}

/** `unit=b` gives memory as numbers of bytes. */
const STATUS_PATHS = ['/status?unit=b', '/status/ready'];
const MAX_BYTES = 16 * 1024 * 1024;
const COMMAND_TIMEOUT_MS = 20_000;
const COMMAND_MAX_BYTES = 256 * 1024;
/** Nodes asked at the same time. */
const PARALLEL = 6;
/** Kong's own prefix; the chart sets `/kong_prefix/`. */
const DEFAULT_PREFIX = '/usr/local/kong';
/** Where Kong keeps its configuration below the prefix, since 3.0. */
const DATABASE = 'dbless.lmdb';
/** Cluster listener of a control plane. */
const CLUSTER_PORT = 8005;

/** What each Kong node says of itself, and with `--exec` what its container shows. */
export const dataPlane = defineCollector({
  meta: {
    id: 'kong/data-plane',
    title: 'Kong nodes',
    description:
      'Asks the Status API of each Kong data plane and control plane for status and metrics through port-forward; with `--exec` reads the size of the prefix and tries the way to the control plane from inside.',
    produces: [kongPlaneStatus, kongPlaneMetrics, kongPlaneProbes],
    priority: 41,
  },
  needs,
  keeps: { pods: (pod) => askedOf(pod).length > 0 },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds Kong nodes' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads status and metrics of Kong nodes',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'looks at the prefix and tries the way to the control plane; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const asked = inputs.pods.items.flatMap(askedOf);
    const queue = asked.values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    if (asked.length > 0 || !inputs.pods.coverage.complete) return;
    for (const artifact of [kongPlaneStatus, kongPlaneMetrics, kongPlaneProbes])
      bundle.unread(artifact, CLUSTER_SCOPE, 'not-found', 'no pod runs Kong here');
  },
});

/** Evicted and completed pods and migration Jobs answer nobody and are no gap. */
function askedOf(pod: PodItem): Asked[] {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  if (metadata.ownerReferences?.some((owner) => owner.kind === 'Job')) return [];
  const node = kongNode(pod);
  const { namespace = '', name } = metadata;
  return node ? [{ pod, node, scope: { type: 'object', kind: 'Pod', namespace, name } }] : [];
}

async function work(queue: Iterator<Asked>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) await ask(next.value, context);
}

async function ask(asked: Asked, context: Context): Promise<void> {
  const { bundle, options } = context;
  const { pod, node, scope } = asked;
  const { container, status } = node;
  const isRunning = pod.status?.containerStatuses?.some(
    ({ name, state }) => name === container.name && state?.running,
  );
  const none = (outcome: 'skipped' | 'not-found', reason: string) => {
    for (const artifact of [kongPlaneStatus, kongPlaneMetrics])
      bundle.unread(artifact, scope, outcome, reason);
  };
  if (!isRunning) none('not-found', 'the container does not run');
  else if (!options.portForward) none('skipped', 'port-forward was switched off');
  else if (!status) none('not-found', 'its Status API is off (`KONG_STATUS_LISTEN`)');
  else {
    const { namespace = '', name } = pod.metadata;
    const get = (path: string): Promise<Reply> =>
      context.kube.podGet({
        namespace,
        pod: name,
        ...status,
        path,
        maxBytes: MAX_BYTES,
        signal: context.signal,
      });
    await bundle.add(kongPlaneStatus, scope, () => statusOf(asked, get));
    await bundle.add(kongPlaneMetrics, scope, () => metricsOf(get));
  }
  if (!isRunning) bundle.unread(kongPlaneProbes, scope, 'not-found', 'the container does not run');
  else if (options.exec) await bundle.add(kongPlaneProbes, scope, () => probesOf(asked, context));
  else
    bundle.unread(kongPlaneProbes, scope, 'skipped', 'commands in the container need `--exec`', {
      flag: '--exec',
    });
}

type Get = (path: string) => Promise<Reply>;

async function statusOf({ pod, node }: Asked, get: Get): Promise<SourceReply> {
  const { namespace, name } = pod.metadata;
  const settled = await Promise.allSettled(STATUS_PATHS.map(get));
  const first = settled.find((one) => one.status === 'fulfilled')?.value;
  if (!first) throw settled[0]!.status === 'rejected' ? settled[0]!.reason : new Error('no reply');
  const replies = settled.map((one, index): StoredPlaneReply => {
    const path = STATUS_PATHS[index]!;
    if (one.status === 'rejected') return { path, error: String(one.reason?.message ?? one.reason) };
    return { path, status: one.value.status, body: bodyOf(one.value) };
  });
  const plane = { namespace, pod: name, container: node.container.name };
  return { body: jsonBytes({ plane, replies }), observedAt: first.observedAt };
}

/** A text that is no JSON, an error page of something in between, only in its beginning. */
function bodyOf({ body, headers }: Reply): unknown {
  const text = body.toString('utf8');
  return headers['content-type']?.includes('json') ? JSON.parse(text) : text.slice(0, 500);
}

async function metricsOf(get: Get): Promise<SourceReply> {
  const { status, body, observedAt, truncated } = await get('/metrics');
  if (status !== 200)
    throw new KubeError('not-found', `Kong answers HTTP ${status}: the plugin \`prometheus\` is not loaded`, {
      status,
    });
  const kept = new TextEncoder().encode(keptMetricLines(body.toString('utf8')));
  if (!truncated) return { body: kept, observedAt };
  return { body: kept, observedAt, shortfall: { outcome: 'truncated', reason: `cut at ${MAX_BYTES} bytes` } };
}

type Command = [string, ...string[]];
type Run = (command: Command) => Promise<{ exitCode?: number; text: string } | { error: string }>;

async function probesOf({ pod, node }: Asked, { kube, signal, discovery }: Context): Promise<SourceReply> {
  const { namespace = '', name } = pod.metadata;
  const { container } = node;
  const run: Run = (command) =>
    kube
      .exec({
        namespace,
        pod: name,
        container: container.name,
        command,
        timeoutMs: COMMAND_TIMEOUT_MS,
        maxBytes: COMMAND_MAX_BYTES,
        signal,
      })
      .then(
        ({ stdout, stderr, exitCode }) => ({
          ...(exitCode === undefined ? {} : { exitCode }),
          text: `${stdout.toString('utf8')}\n${stderr.toString('utf8')}`,
        }),
        (error: Error) => {
          if (error instanceof KubeError && error.kind === 'forbidden') throw error;
          return { error: error.message };
        },
      );
  const address = node.role === 'data_plane' ? settingOf(node, 'KONG_CLUSTER_CONTROL_PLANE') : undefined;
  const probes = [...(await sizes(node, run)), ...(address ? await way(address, node, run) : [])];
  const plane = { namespace, pod: name, container: container.name };
  return { body: jsonBytes({ plane, address, probes }), observedAt: discovery.observedAt };
}

async function sizes(node: KongNode, run: Run): Promise<StoredProbe[]> {
  const prefix = (settingOf(node, 'KONG_PREFIX') ?? DEFAULT_PREFIX).replace(/\/$/, '');
  const whole = ['du', '-sk', prefix] as Command;
  const files = ['ls', '-ln', `${prefix}/${DATABASE}`] as Command;
  return [stored('prefix', whole, await run(whole)), stored('database', files, await run(files))];
}

/** Name, port and TLS of the control plane, with what the image has. */
async function way(address: string, node: KongNode, run: Run): Promise<StoredProbe[]> {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (!host || host.startsWith('-')) return [];
  const lookup = ['getent', 'ahosts', host] as Command;
  const dns = stored('dns', lookup, await run(lookup));
  const isShared = (settingOf(node, 'KONG_CLUSTER_MTLS') ?? 'shared') === 'shared';
  const serverName = isShared ? 'kong_clustering' : (settingOf(node, 'KONG_CLUSTER_SERVER_NAME') ?? host);
  const target = `${bracketed ? `[${host}]` : host}:${port ?? CLUSTER_PORT}`;
  let tls: StoredProbe | undefined;
  for (const command of handshakeCommands(target, serverName)) {
    const result = await run(command);
    tls = handshake(command, result);
    // `timeout` ends with 127 when it does not find what it is to run.
    if (!('error' in result) && result.exitCode !== 127) break;
  }
  return tls ? [dns, tls] : [dns];
}

function stored(id: KongProbeId, command: Command, result: Awaited<ReturnType<Run>>): StoredProbe {
  if ('error' in result) return { id, command, error: result.error };
  const { exitCode, text } = result;
  return { id, command, output: text.trim(), ...(exitCode === undefined ? {} : { exitCode }) };
}

/** Sessions, tickets and keys that `s_client` prints are left behind. */
function handshake(command: Command, result: Awaited<ReturnType<Run>>): StoredProbe {
  if ('error' in result) return { id: 'tls', command, error: result.error };
  const { exitCode, text } = result;
  if (exitCode === 127) return { id: 'tls', command, error: 'the image has no `openssl`' };
  const pem = certificatePem(text);
  return {
    id: 'tls',
    command,
    output: keptHandshakeLines(text),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(pem === undefined ? {} : { pem }),
  };
}

function settingOf({ container }: KongNode, variable: string): string | undefined {
  return container.env?.find(({ name }) => name === variable)?.value?.trim() || undefined;
}
