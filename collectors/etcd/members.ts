import { etcdMetrics } from '../../src/artifacts/etcd-metrics.ts';
import { etcdContainer, etcdFlag, isEtcdPod } from '../../src/artifacts/etcd-pod.ts';
import { etcdStatus, type StoredEtcdctl, type StoredEtcdHttp } from '../../src/artifacts/etcd-status.ts';
import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { Reply } from '../../src/model/kube.ts';
import type { ExecResult } from '../../src/model/pod-requests.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** `--listen-metrics-urls` of kubeadm and RKE2: plain HTTP, without certificates. */
const METRICS_PORT = 2381;
const HTTP_PATHS = ['/health', '/readyz?verbose', '/livez?verbose', '/version'];
/** Without quorum the last one hangs, so that it is asked last; `--cluster` asks for the members first. */
const COMMANDS: readonly string[] = [
  'endpoint status --cluster',
  'endpoint status',
  'endpoint health',
  'alarm list',
  'member list',
];
const COMMAND_TIMEOUT_MS = 15_000;

/** Health, metrics and, when commands are allowed, members, status and alarms of each etcd that runs as a pod. */
export const members = defineCollector({
  meta: {
    id: 'etcd/members',
    title: 'etcd',
    description:
      'Asks each etcd pod for health and metrics through port-forward and, with `--exec`, runs `etcdctl` for members, status and alarms.',
    produces: [etcdStatus, etcdMetrics],
    priority: 25,
  },
  needs,
  keeps: { pods: isEtcdPod },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds etcd' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads health and metrics of etcd',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'runs `etcdctl`; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const found = inputs.pods.items.filter(isEtcdPod);
    await Promise.all(found.map((pod) => askMember(context, pod)));
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    const reason = 'no pod runs etcd here: it is managed, or runs outside of pods';
    for (const artifact of [etcdStatus, etcdMetrics])
      bundle.unread(artifact, CLUSTER_SCOPE, 'not-found', reason);
  },
});

async function askMember(context: Context, pod: PodItem): Promise<void> {
  const { bundle, kube, options, signal } = context;
  const { name, namespace = '' } = pod.metadata;
  const scope: Scope = { type: 'object', kind: 'Pod', namespace, name };
  const port = metricsPort(pod);
  const get = (path: string): Promise<Reply> =>
    kube.podGet({ namespace, pod: name, port, scheme: 'http', path, signal });
  if (!options.portForward && !options.exec) {
    for (const artifact of [etcdStatus, etcdMetrics])
      bundle.unread(artifact, scope, 'skipped', 'port-forward was switched off');
    return;
  }
  await bundle.add(etcdStatus, scope, () => status(context, pod, get));
  if (options.portForward) {
    await bundle.add(etcdMetrics, scope, async () => {
      const { body, observedAt } = await get('/metrics');
      return { body, observedAt };
    });
  } else bundle.unread(etcdMetrics, scope, 'skipped', 'port-forward was switched off');
}

/** HTTP replies through port-forward, answers of `etcdctl` where commands are allowed; both failing is a failure. */
async function status(
  context: Context,
  pod: PodItem,
  get: (path: string) => Promise<Reply>,
): Promise<SourceReply> {
  const { discovery, options } = context;
  const http: StoredEtcdHttp[] = [];
  let observedAt = discovery.observedAt;
  if (options.portForward) {
    for (const path of HTTP_PATHS) {
      const [reply] = await Promise.allSettled([get(path)]);
      http.push(storedReply(path, reply));
      if (reply.status === 'fulfilled') observedAt = reply.value.observedAt;
    }
  }
  const etcdctl = options.exec ? await runEtcdctl(context, pod) : [];
  const answered =
    http.some(({ status: code }) => code !== undefined) || etcdctl.some(({ stdout }) => stdout);
  const error = http.find((one) => one.error)?.error ?? etcdctl.find((one) => one.error)?.error;
  if (!answered) throw new Error(error ?? 'neither port-forward nor `--exec` is allowed');
  const body = jsonBytes({ etcdctl, http });
  if (options.exec) return { body, observedAt };
  const reason = 'members, status and alarms need `etcdctl` in the container';
  return { body, observedAt, shortfall: { outcome: 'partial', reason, fix: { flag: '--exec' } } };
}

function storedReply(path: string, reply: PromiseSettledResult<Reply>): StoredEtcdHttp {
  const asked = path.split('?', 1)[0] ?? path;
  if (reply.status === 'rejected') return { path: asked, error: (reply.reason as Error).message };
  return { path: asked, status: reply.value.status, text: reply.value.body.toString('utf8') };
}

async function runEtcdctl({ kube, signal }: Context, pod: PodItem): Promise<StoredEtcdctl[]> {
  const { name, namespace = '' } = pod.metadata;
  const container = etcdContainer(pod)?.name ?? 'etcd';
  const connection = connectionFlags(pod, container);
  const runs: StoredEtcdctl[] = [];
  for (const command of COMMANDS) {
    const argv: [string, ...string[]] = ['etcdctl', ...connection, '--command-timeout=5s'];
    argv.push(...command.split(' '), '-w', 'json');
    const limits = { timeoutMs: COMMAND_TIMEOUT_MS, maxBytes: 1024 * 1024, signal };
    const run = kube.exec({ namespace, pod: name, container, command: argv, ...limits });
    const [result] = await Promise.allSettled([run]);
    runs.push({ command, ...storedRun(result) });
  }
  return runs;
}

function storedRun(result: PromiseSettledResult<ExecResult>): Omit<StoredEtcdctl, 'command'> {
  if (result.status === 'rejected') return { error: (result.reason as Error).message };
  const { stdout, stderr } = result.value;
  return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

/** The member's own certificates, as its command names them; the container `etcdctl` of OpenShift has them in its environment. */
function connectionFlags(pod: PodItem, container: string): string[] {
  if (container === 'etcdctl') return [];
  const argument = (flag: string) => etcdFlag(pod, flag);
  const [ca, cert, key] = [argument('trusted-ca-file'), argument('cert-file'), argument('key-file')];
  const secure = ca !== undefined && cert !== undefined && key !== undefined;
  const endpoint = `--endpoints=${secure ? 'https' : 'http'}://127.0.0.1:2379`;
  return secure ? [endpoint, `--cacert=${ca}`, `--cert=${cert}`, `--key=${key}`] : [endpoint];
}

function metricsPort(pod: PodItem): number {
  const url = etcdFlag(pod, 'listen-metrics-urls')?.split(',')[0];
  const port = url && URL.canParse(url) ? Number(new URL(url).port) : Number.NaN;
  return port > 0 ? port : METRICS_PORT;
}
