import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import {
  type StoredOperatorReply,
  virtualEnvironmentStatus,
} from '../../src/artifacts/virtual-environment-status.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import { KubeError } from '../../src/model/kube.ts';
import type { Observation } from '../../src/model/observation.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;

/** Listens on 127.0.0.1 in the pod. */
const PORT = 8000;
/** `/log` beside these changes the level of the log and is never asked. */
type Path = '/status' | '/version';
/** The operator's container as it is delivered, and its repository in images that were mirrored. */
const CONTAINER = 'virtual-env-operator';
const IMAGE = /(?:^|\/)virtual-env-operator(?:[:@]|$)/;
/** Operators asked: there is one for each namespace with a virtual environment. */
const MAX_OPERATORS = 100;
/** Operators asked at the same time. */
const PARALLEL = 4;
const LIMITS = { maxBytes: virtualEnvironmentStatus.maxBytes, timeoutMs: 15_000 } as const;

/** What each operator of KtEnv works with, by its own account. */
export const operatorStatus = defineCollector({
  meta: {
    id: 'virtual-environment/operator-status',
    title: 'View of KtEnv operators',
    description:
      'Asks each operator of KtEnv which Services and labels it has recorded, through port-forward or, with `--exec`, by the `inspector` in its image.',
    produces: [virtualEnvironmentStatus],
    priority: 44,
  },
  needs,
  keeps: { pods: isOperator },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds operators of KtEnv' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads what an operator of KtEnv has recorded',
    },
    {
      rule: { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] },
      why: 'asks operators by `inspector` where port-forward is off; the right allows any command in any container',
      optIn: '--exec',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const found = inputs.pods.items.filter(isOperator);
    const queue = found.slice(0, MAX_OPERATORS).values();
    await Promise.all(Array.from({ length: PARALLEL }, () => work(queue, context)));
    for (const pod of found.slice(MAX_OPERATORS)) {
      const reason = `only ${MAX_OPERATORS} operators are asked`;
      bundle.unread(virtualEnvironmentStatus, scopeOf(pod), 'skipped', reason);
    }
    if (found.length > 0 || !inputs.pods.coverage.complete) return;
    const reason = 'no pod runs an operator of KtEnv here';
    bundle.unread(virtualEnvironmentStatus, CLUSTER_SCOPE, 'not-found', reason);
  },
});

function isOperator(pod: PodItem): boolean {
  const { metadata, status } = pod;
  if (metadata.deletionTimestamp || status?.phase === 'Succeeded' || status?.phase === 'Failed') return false;
  return containerOf(pod) !== undefined;
}

function containerOf({ spec }: PodItem): string | undefined {
  const found = spec?.containers?.find(({ name, image = '' }) => name === CONTAINER || IMAGE.test(image));
  return found?.name;
}

function scopeOf({ metadata: { namespace = '', name } }: PodItem): Scope {
  return { type: 'object', kind: 'Pod', namespace, name };
}

async function work(queue: Iterator<PodItem>, context: Context): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) await ask(next.value, context);
}

async function ask(pod: PodItem, context: Context): Promise<void> {
  const { bundle, options } = context;
  const scope = scopeOf(pod);
  const container = containerOf(pod) ?? '';
  const isRunning = pod.status?.containerStatuses?.some(
    ({ name, state }) => name === container && state?.running,
  );
  if (!isRunning) bundle.unread(virtualEnvironmentStatus, scope, 'not-found', 'the operator does not run');
  else if (options.portForward)
    await bundle.add(virtualEnvironmentStatus, scope, () => askAll(pod, container, forwarder(pod, context)));
  else if (options.exec)
    await bundle.add(virtualEnvironmentStatus, scope, () =>
      askAll(pod, container, inspector(pod, container, context)),
    );
  else {
    const reason = 'port-forward was switched off';
    bundle.unread(virtualEnvironmentStatus, scope, 'skipped', reason, { flag: '--exec' });
  }
}

interface Answer {
  readonly body: unknown;
  readonly observedAt: Observation;
}
type Ask = (path: Path) => Promise<Answer>;

/** Without `/status` there is nothing to store; older operators have no `/version`. */
async function askAll(pod: PodItem, container: string, ask: Ask): Promise<SourceReply> {
  const [status, version] = await Promise.allSettled([ask('/status'), ask('/version')]);
  if (status.status === 'rejected') throw status.reason;
  const { namespace = '', name } = pod.metadata;
  const replies = [reply('/status', status), reply('/version', version)];
  const operator = { namespace, pod: name, container };
  return { body: jsonBytes({ operator, replies }), observedAt: status.value.observedAt };
}

function reply(path: Path, settled: PromiseSettledResult<Answer>): StoredOperatorReply {
  if (settled.status === 'fulfilled') return { path, body: settled.value.body };
  return { path, error: (settled.reason as Error).message };
}

function forwarder(pod: PodItem, { kube, signal }: Context): Ask {
  const { namespace = '', name } = pod.metadata;
  return async (path) => {
    const target = { namespace, pod: name, port: PORT, scheme: 'http', path } as const;
    const { status, body, truncated, observedAt } = await kube.podGet({ ...target, ...LIMITS, signal });
    if (status !== 200 || truncated)
      throw new KubeError('bad-reply', `the operator answers HTTP ${status} to ${path}`, { status });
    return { body: JSON.parse(body.toString('utf8')), observedAt };
  };
}

/** `inspector` asks the same paths and prints what it gets. */
function inspector(pod: PodItem, container: string, { kube, signal, discovery }: Context): Ask {
  const { namespace = '', name } = pod.metadata;
  return async (path) => {
    const command = ['inspector', path.slice(1)] as const;
    const ran = await kube.exec({ namespace, pod: name, container, command, ...LIMITS, signal });
    if (ran.exitCode !== 0)
      throw new KubeError(
        'other',
        `\`${command.join(' ')}\` ended with ${ran.exitCode ?? 'too much output'}`,
      );
    return { body: JSON.parse(ran.stdout.toString('utf8')), observedAt: discovery.observedAt };
  };
}
