import { jsonBytes } from '../../src/artifacts/json-bytes.ts';
import {
  type KongController,
  keptControllerMetrics,
  kongController,
  kongControllerState,
  refusedEntities,
} from '../../src/artifacts/kong-controller.ts';
import { type PodItem, pods } from '../../src/artifacts/resources.ts';
import { type CollectContext, defineCollector, type SourceReply } from '../../src/model/collector.ts';
import type { Reply } from '../../src/model/kube.ts';
import { CLUSTER_SCOPE, type Scope } from '../../src/model/scope.ts';

const needs = { pods };
type Context = CollectContext<typeof needs>;
type Get = (port: number, path: string) => Promise<Reply>;

const MAX_BYTES = 8 * 1024 * 1024;
const FALLBACK = '/debug/config/fallback';
const RAW_ERROR = '/debug/config/raw-error';

/** What each Kong ingress controller says of its pushes. */
export const ingressController = defineCollector({
  meta: {
    id: 'kong/ingress-controller',
    title: 'Kong ingress controllers',
    description:
      'Reads the push metrics of each Kong ingress controller through port-forward, and names and messages of what Kong refused where its diagnostics are on.',
    produces: [kongControllerState],
    priority: 42,
  },
  needs,
  keeps: { pods: (pod) => kongController(pod) !== undefined },
  rbac: () => [
    { rule: { apiGroups: [''], resources: ['pods'], verbs: ['list'] }, why: 'finds ingress controllers' },
    {
      rule: { apiGroups: [''], resources: ['pods/portforward'], verbs: ['create', 'get'] },
      why: 'reads metrics and diagnostics of ingress controllers',
    },
  ],
  async collect(context) {
    const { bundle, inputs } = context;
    let found = false;
    for (const pod of inputs.pods.items) {
      const controller = kongController(pod);
      if (!controller || controller.kind === 'operator' || hasEnded(pod)) continue;
      found = true;
      await ask(pod, controller, context);
    }
    if (found || !inputs.pods.coverage.complete) return;
    bundle.unread(
      kongControllerState,
      CLUSTER_SCOPE,
      'not-found',
      'no pod runs a Kong ingress controller here',
    );
  },
});

function hasEnded({ metadata, status }: PodItem): boolean {
  return Boolean(metadata.deletionTimestamp) || status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

async function ask(pod: PodItem, controller: KongController, context: Context): Promise<void> {
  const { bundle, kube, options, signal } = context;
  const { namespace = '', name } = pod.metadata;
  const scope: Scope = { type: 'object', kind: 'Pod', namespace, name };
  const status = pod.status?.containerStatuses?.find((one) => one.name === controller.container.name);
  if (!status?.state?.running) {
    bundle.unread(kongControllerState, scope, 'not-found', 'the ingress controller does not run');
  } else if (!options.portForward) {
    bundle.unread(kongControllerState, scope, 'skipped', 'port-forward was switched off');
  } else if (controller.metricsPort === undefined && controller.diagnosticsPort === undefined) {
    bundle.unread(kongControllerState, scope, 'not-found', 'its metrics and diagnostics are off');
  } else {
    const get: Get = (port, path) =>
      kube.podGet({ namespace, pod: name, port, scheme: 'http', path, maxBytes: MAX_BYTES, signal });
    await bundle.add(kongControllerState, scope, () => stateOf(controller, get));
  }
}

/** Metrics and the two replies that name objects; the dumps of configurations are not asked for. */
async function stateOf({ metricsPort, diagnosticsPort }: KongController, get: Get): Promise<SourceReply> {
  const asked: [string, number | undefined][] = [
    ['/metrics', metricsPort],
    [FALLBACK, diagnosticsPort],
    [RAW_ERROR, diagnosticsPort],
  ];
  const open = asked.flatMap(([path, port]) => (port === undefined ? [] : [{ path, port }]));
  const settled = await Promise.allSettled(open.map(({ path, port }) => get(port, path)));
  const first = settled.find((one) => one.status === 'fulfilled')?.value;
  if (!first) throw settled[0]?.status === 'rejected' ? settled[0].reason : new Error('no reply');
  const errors: string[] = [];
  const texts = new Map<string, string>();
  for (const [index, one] of settled.entries()) {
    const { path } = open[index]!;
    if (one.status === 'rejected') errors.push(`${path}: ${String(one.reason?.message ?? one.reason)}`);
    else if (one.value.status === 200) texts.set(path, one.value.body.toString('utf8'));
    // No push was refused yet, or a version without that path.
    else if (one.value.status !== 404) errors.push(`${path}: HTTP ${one.value.status}`);
  }
  const metrics = texts.get('/metrics');
  const fallback = texts.get(FALLBACK);
  const refused = refusedEntities(jsonOrNothing(texts.get(RAW_ERROR)));
  const body = {
    ...(metrics === undefined ? {} : { metrics: keptControllerMetrics(metrics) }),
    ...(fallback === undefined ? {} : { fallback: jsonOrNothing(fallback) }),
    refused,
    errors,
  };
  return { body: jsonBytes(body), observedAt: first.observedAt };
}

/** The replies are JSON or, where nothing happened yet, empty. */
function jsonOrNothing(text: string | undefined): unknown {
  return text?.trimStart().startsWith('{') ? JSON.parse(text) : undefined;
}
