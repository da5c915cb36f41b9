import { type LoggedPod, loggedPods } from '../../src/artifacts/logged-pods.ts';
import {
  type CollectContext,
  type CollectOptions,
  defineCollector,
  LOGS_ARTIFACT,
  type SourceReply,
} from '../../src/model/collector.ts';
import type { StreamReply } from '../../src/model/kube.ts';
import type { Scope } from '../../src/model/scope.ts';

const needs = { pods: loggedPods };
type Context = CollectContext<typeof needs>;
type ContainerScope = Extract<Scope, { type: 'container' }>;
type Status = NonNullable<NonNullable<LoggedPod['status']>['containerStatuses']>[number];

/** One log that may exist. */
interface Target {
  readonly scope: ContainerScope;
  readonly status: Status | undefined;
  /** Why there is no such log; undefined: it is asked for. */
  readonly absent: string | undefined;
}

/** Logs of every container of every pod. */
export const logs = defineCollector({
  meta: {
    id: 'kubernetes/logs',
    title: 'Container logs',
    description:
      'Reads the current log of every container, init and ephemeral ones included, and the log of the instance before the last restart.',
    produces: [LOGS_ARTIFACT],
    priority: 90,
  },
  needs,
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds the containers' },
    { rule: { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }, why: 'reads container logs' },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    const targets = inputs.pods.items.flatMap(byUrgency).sort((a, b) => a.urgency - b.urgency);
    const reads: Promise<unknown>[] = [];
    for (const target of targets) {
      const { scope, absent } = target;
      if (absent !== undefined) bundle.unread(LOGS_ARTIFACT, scope, 'not-found', absent);
      else reads.push(bundle.add(LOGS_ARTIFACT, scope, () => read(context, target)));
    }
    await Promise.all(reads);
  },
});

/**
 * The logs of a pod; what explains a failure comes first: those of crashed instances, then of containers that fail,
 * then of the others in their pods.
 */
function byUrgency(pod: LoggedPod): (Target & { readonly urgency: number })[] {
  const targets = targetsOf(pod);
  const isIll = targets.some(fails);
  return targets.map((target) => {
    const urgency = target.scope.previous ? 0 : fails(target) ? 1 : isIll ? 2 : 3;
    return { ...target, urgency };
  });
}

/** A container that is not ready, unless it has done its work. */
function fails({ status }: Target): boolean {
  const { terminated } = status?.state ?? {};
  return terminated ? terminated.exitCode !== 0 : status?.ready === false;
}

function targetsOf(pod: LoggedPod): Target[] {
  const { spec, status } = pod;
  const parts = [
    [spec?.initContainers, status?.initContainerStatuses],
    [spec?.containers, status?.containerStatuses],
    [spec?.ephemeralContainers, status?.ephemeralContainerStatuses],
  ] as const;
  return parts.flatMap(([containers = [], statuses = []]) =>
    containers.flatMap(({ name }) =>
      targetsOfContainer(
        pod,
        name,
        statuses.find((one) => one.name === name),
      ),
    ),
  );
}

function targetsOfContainer(pod: LoggedPod, container: string, status: Status | undefined): Target[] {
  const { namespace = '', name, uid } = pod.metadata;
  const scope: ContainerScope = { type: 'container', namespace, pod: name, uid, container };
  const current = { scope, status, absent: whyNoLog(pod, status) };
  if (!status || (status.restartCount === 0 && !status.lastState?.terminated)) return [current];
  return [{ scope: { ...scope, previous: true }, status, absent: undefined }, current];
}

/** A container that never ran has no log; that is its state, not a failure to read. */
function whyNoLog(pod: LoggedPod, status: Status | undefined): string | undefined {
  if (!pod.spec?.nodeName) return 'the pod is not scheduled: it has no log yet';
  if (!status) return 'the container has no status: it has no log yet';
  const { state, lastState } = status;
  if (!state?.waiting || lastState?.terminated) return undefined;
  return `the container waits (${state.waiting.reason ?? 'no reason given'}): it has no log yet`;
}

async function read({ kube, options, signal }: Context, { scope, status }: Target): Promise<SourceReply> {
  const { namespace, pod } = scope;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
  const reply = await kube.stream(`${path}?${queryOf(scope, options)}`, { signal });
  const { body, observedAt } = reply;
  return { body, observedAt, ...shortfall(options, status, scope, reply) };
}

function queryOf({ container, previous }: ContainerScope, options: CollectOptions): URLSearchParams {
  const query = new URLSearchParams({ container, timestamps: 'true' });
  if (previous) query.set('previous', 'true');
  if (options.sinceSeconds !== undefined) query.set('sinceSeconds', String(options.sinceSeconds));
  if (options.tailLines !== undefined) query.set('tailLines', String(options.tailLines));
  return query;
}

/** `--tail` and `--since` leave out lines of a log that may hold more: what they hide was not seen. */
function shortfall(
  { tailLines, sinceSeconds }: CollectOptions,
  status: Status | undefined,
  { previous }: ContainerScope,
  { observedAt }: StreamReply,
): Pick<SourceReply, 'shortfall'> {
  if (tailLines !== undefined) return cut(`only the last ${tailLines} lines were asked for`, '--tail');
  if (sinceSeconds === undefined) return {};
  const startedAt = previous ? undefined : status?.state?.running?.startedAt;
  const from = Date.parse(observedAt.time) - sinceSeconds * 1000;
  if (startedAt !== undefined && Date.parse(startedAt) > from) return {};
  return cut(`only the lines of the last ${sinceSeconds} s were asked for`, '--since');
}

function cut(reason: string, flag: string): Pick<SourceReply, 'shortfall'> {
  return { shortfall: { outcome: 'truncated', reason: `${reason} (\`${flag}\`)`, fix: { flag } } };
}
