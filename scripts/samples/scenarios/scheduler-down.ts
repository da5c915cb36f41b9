import { faultScenario, servedDeployment, WEB } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { crashLoop } from '../container-states.ts';
import { componentPod } from '../control-plane.ts';
import { leases } from '../nodes.ts';
import { condition, DAY, HOUR, logOf, MINUTE, microAgo } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The manifest of the scheduler was edited so long before the collection. */
const EDITED = 26 * MINUTE;
/** The web front was scaled from two to three. */
const SCALED = 11 * MINUTE;
const POD = 'kube-scheduler-cp-1';

/**
 * A misspelt flag in the manifest of the only scheduler: it ends at each start, gave its lease back when the
 * old one was stopped, and a pod made since then is looked at by nobody.
 */
export function schedulerDown(): Promise<Scenario> {
  const scheduler = componentPod('kube-scheduler', 'cp-1', {
    age: EDITED,
    ready: false,
    changed: EDITED,
    flags: ['--leader-elect=true', '--leader-elect-lease-duraton=30s'],
    container: crashLoop({
      namespace: 'kube-system',
      pod: POD,
      container: 'kube-scheduler',
      exitCode: 1,
      reason: 'Error',
      restarts: 10,
      began: 132,
      ended: 132,
    }),
  });
  const given = leases(EDITED)
    .filter(({ metadata }) => metadata.name === 'kube-scheduler')
    .map(released);
  const log = logOf([[132, 'Error: unknown flag: --leader-elect-lease-duraton']]);
  return faultScenario('scheduler-down', {
    objects: [
      scheduler,
      fromKubelet(scheduler, {
        reason: 'BackOff',
        message: `Back-off restarting failed container kube-scheduler in pod ${POD}_kube-system(3d5a0c1b9f7e4286a1c0d2e4f6a8b0c2)`,
        age: 9,
        first: EDITED - 8,
        count: 118,
        container: 'kube-scheduler',
      }),
      ...given,
      ...scaledWeb(),
    ],
    later: leases(-23).filter(({ metadata }) => metadata.name !== 'kube-scheduler'),
    logs: [
      [`kube-system/${POD}/kube-scheduler`, log],
      [`kube-system/${POD}/kube-scheduler/previous`, log],
    ],
  });
}

/** A scheduler that is stopped gives its lease back (ReleaseOnCancel). */
function released(lease: ApiObject): ApiObject {
  const time = microAgo(EDITED);
  return changed(lease, {
    spec: {
      holderIdentity: '',
      leaseDurationSeconds: 1,
      renewTime: time,
      acquireTime: time,
      leaseTransitions: 2,
    },
  });
}

function scaledWeb(): ApiObject[] {
  return servedDeployment({
    ...WEB,
    replicas: [...WEB.replicas, { suffix: 'm2k8w', age: SCALED }],
  }).map((object) => {
    if (object.kind !== 'Deployment') return object;
    // Two of three are available, which is more than a quarter below: the rollout was long done.
    const conditions = [
      condition('Progressing', 'True', 9 * DAY - HOUR, { reason: 'NewReplicaSetAvailable' }),
      condition('Available', 'False', SCALED, {
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      }),
    ];
    return changed(object, { status: { conditions } });
  });
}
