import { faultScenario } from '../base-cluster.ts';
import { eventsOfLostWorker, LOST, lostTaints, podsOfLostWorker, SUBSTITUTE_LOGS } from '../lost-pods.ts';
import { leases, node, silentConditions } from '../nodes.ts';
import { MINUTE } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** The kubelet of the worker stopped so long before the collection. */
const STOPPED = 12 * MINUTE;
/** The node controller waits so long for a sign of life (nodeMonitorGracePeriod from 1.31 on). */
const NOTICED = STOPPED - 50;

/**
 * The kubelet of one of two workers has ended: the lease of its node is not renewed, its conditions are
 * unknown, and pods of it that were to be moved stay in deletion.
 */
export function nodeLost(): Promise<Scenario> {
  const worker = node(LOST, {
    conditions: silentConditions(NOTICED),
    taints: lostTaints('unreachable', NOTICED),
  });
  const pods = podsOfLostWorker(NOTICED, 'silent');
  const isOwn = (name: string) => name === LOST;
  return faultScenario('node-lost', {
    objects: [
      worker,
      ...pods,
      ...leases(STOPPED).filter(({ metadata }) => isOwn(metadata.name)),
      ...eventsOfLostWorker(worker, pods, { since: NOTICED, loss: 'silent' }),
    ],
    later: leases(-23).filter(({ metadata }) => !isOwn(metadata.name)),
    logs: SUBSTITUTE_LOGS,
    kubelets: {
      [LOST]:
        'Get "https://192.0.2.22:10250/containerLogs": dial tcp 192.0.2.22:10250: connect: connection refused',
    },
  });
}
