import { API, serviceOf, WEB } from './base-cluster.ts';
import { changed, withConditions } from './change.ts';
import { DNS, dnsService, proxies } from './control-plane.ts';
import { ago, condition, eventAbout, MINUTE } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { deployment, podsIn, type Replica } from './workloads.ts';

/** The worker that falls out in the samples of lost nodes. */
export const LOST = 'worker-2';
/** Default of `tolerationSeconds` for the taints not-ready and unreachable (DefaultTolerationSeconds). */
const TOLERATED = 5 * MINUTE;
const GRACE = 30;

/** Pods that take the place of those on the lost worker, by workload. */
const SUBSTITUTES: Readonly<Record<string, Replica>> = {
  web: { suffix: 'k2v9c', node: 'worker-1', ip: '10.244.1.31' },
  api: { suffix: 'zd8s4', node: 'worker-1', ip: '10.244.1.32' },
  coredns: { suffix: 'tt8mz', node: 'worker-1', ip: '10.244.1.33' },
};

/** Logs of the pods that take the place of others: they started and work. */
export const SUBSTITUTE_LOGS = [
  ['shop/web-7d4b8c6f9d-k2v9c/nginx', ''],
  ['shop/api-5c9f7db84b-zd8s4/api', ''],
  ['kube-system/coredns-66bc5c9577-tt8mz/coredns', ''],
] as const;

/** How a worker is lost: its kubelet is silent, or says itself that the node is not ready. */
export type Loss = 'silent' | 'not-ready';

/**
 * What becomes of the pods of a worker that is lost since so many seconds, more than five minutes: those of
 * DaemonSets stay, the others are to be deleted and made again elsewhere, and stay until the kubelet says
 * that they ended. Only of a silent kubelet are they marked as not ready.
 */
export function podsOfLostWorker(since: number, loss: Loss): ApiObject[] {
  const moved = [WEB, API, DNS].flatMap((workload) => {
    const here = workload.replicas.filter(({ node }) => node !== LOST);
    const wanted = workload.replicas.length;
    const substitute = { ...SUBSTITUTES[workload.name]!, age: since - TOLERATED };
    const living = deployment({ ...workload, replicas: [...here, substitute], wanted });
    const lost = podsIn(deployment(workload)).filter(isLost);
    const objects = [...living, ...lost.map((pod) => evicted(pod, since, loss))];
    const slices = workload === DNS ? dnsService : (pods: ApiObject[]) => serviceOf(workload, pods);
    return [...objects, ...slices(podsIn(objects))];
  });
  return loss === 'silent' ? [...moved, ...proxiesWithout(since)] : moved;
}

function proxiesWithout(since: number): ApiObject[] {
  return proxies().map((object) => {
    if (object.kind === 'DaemonSet')
      return changed(object, { status: { numberReady: 2, numberAvailable: 2, numberUnavailable: 1 } });
    return isLost(object) ? markedNotReady(object, since) : object;
  });
}

function isLost({ spec }: ApiObject): boolean {
  return (spec as { nodeName?: string }).nodeName === LOST;
}

/** The node controller changes only the Ready condition. */
function markedNotReady(pod: ApiObject, since: number): ApiObject {
  return withConditions(pod, condition('Ready', 'False', since));
}

/** A pod the taint manager has deleted, and whose kubelet does not end it. */
function evicted(pod: ApiObject, since: number, loss: Loss): ApiObject {
  const marked = since - TOLERATED;
  const metadata = { deletionTimestamp: ago(marked - GRACE), deletionGracePeriodSeconds: GRACE };
  return withConditions(
    changed(loss === 'silent' ? markedNotReady(pod, since) : pod, { metadata }),
    condition('DisruptionTarget', 'True', marked, {
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    }),
  );
}

/** Events about the lost worker and its pods, by whoever noticed it. */
export function eventsOfLostWorker(
  node: ApiObject,
  pods: readonly ApiObject[],
  { since, loss }: { since: number; loss: Loss },
): ApiObject[] {
  const controller = { component: 'node-controller' };
  const own = podsIn(pods).filter(isLost);
  const marked = loss === 'silent' ? own : [];
  return [
    eventAbout(node, {
      reason: 'NodeNotReady',
      message: `Node ${LOST} status is now: NodeNotReady`,
      age: since,
      source: loss === 'silent' ? controller : { component: 'kubelet', host: LOST },
    }),
    ...marked.map((pod) =>
      eventAbout(pod, {
        type: 'Warning',
        reason: 'NodeNotReady',
        message: 'Node is not ready',
        age: since,
        source: controller,
      }),
    ),
    ...own
      .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
      .map((pod) =>
        eventAbout(pod, {
          reason: 'TaintManagerEviction',
          message: `Marking for deletion Pod ${pod.metadata.namespace}/${pod.metadata.name}`,
          age: since - TOLERATED,
          source: { component: 'taint-eviction-controller' },
        }),
      ),
  ];
}

/** The taints of a node that is not ready (`not-ready`) or silent (`unreachable`). */
export function lostTaints(state: 'not-ready' | 'unreachable', since: number): Record<string, unknown>[] {
  const key = `node.kubernetes.io/${state}`;
  return [
    { key, effect: 'NoSchedule', timeAdded: ago(since) },
    { key, effect: 'NoExecute', timeAdded: ago(since - 5) },
  ];
}
