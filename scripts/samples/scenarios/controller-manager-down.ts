import { API, faultScenario, placeOf, servedDeployment } from '../base-cluster.ts';
import { changed } from '../change.ts';
import { crashLoop } from '../container-states.ts';
import { componentPod } from '../control-plane.ts';
import { klog } from '../klog.ts';
import { leases } from '../nodes.ts';
import { logOf, MINUTE, microAgo } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** The key of the service accounts was moved away so long before the collection. */
const MOVED = 38 * MINUTE;
/** The controller-manager took its lease for the last time, and ended at once. */
const TRIED = 203;
const POD = 'kube-controller-manager-cp-1';
const IS_LEASE = ({ metadata }: ApiObject) => metadata.name === 'kube-controller-manager';

/**
 * A key the only controller-manager needs is gone: it takes its lease, ends and starts again. A pod deleted
 * since then is not made anew, and its address stays in the EndpointSlice of its Service.
 */
export function controllerManagerDown(): Promise<Scenario> {
  const manager = componentPod('kube-controller-manager', 'cp-1', {
    ready: false,
    changed: MOVED - 20,
    flags: ['--leader-elect=true', '--service-account-private-key-file=/etc/kubernetes/pki/sa.key'],
    container: crashLoop({
      namespace: 'kube-system',
      pod: POD,
      container: 'kube-controller-manager',
      exitCode: 1,
      reason: 'Error',
      restarts: 12,
      began: TRIED + 3,
      ended: TRIED,
    }),
  });
  // Somebody deleted the only pod of the API to restart it; no controller was there to notice.
  const deleted = podsIn(servedDeployment(API))[0]!;
  return faultScenario('controller-manager-down', {
    objects: [
      manager,
      fromKubelet(manager, {
        reason: 'BackOff',
        message: `Back-off restarting failed container kube-controller-manager in pod ${POD}_kube-system(3d5a0c1b9f7e4286a1c0d2e4f6a8b0c2)`,
        age: 14,
        first: MOVED - 40,
        count: 171,
        container: 'kube-controller-manager',
      }),
      ...leases(TRIED + 1)
        .filter(IS_LEASE)
        .map(takenAgain),
    ],
    gone: [placeOf(deleted)],
    later: leases(-23).filter((lease) => !IS_LEASE(lease)),
    logs: [
      [`kube-system/${POD}/kube-controller-manager`, log()],
      [`kube-system/${POD}/kube-controller-manager/previous`, log()],
    ],
  });
}

function takenAgain(lease: ApiObject): ApiObject {
  return changed(lease, {
    spec: {
      holderIdentity: 'cp-1_c0a1b7de-92f4-4a58-8b1c-5e6f70819a2b',
      acquireTime: microAgo(TRIED + 1),
      renewTime: microAgo(TRIED + 1),
      leaseTransitions: 13,
    },
  });
}

function log(): string {
  return logOf([
    [
      TRIED + 2,
      `${klog('I', TRIED + 2, 1)} leaderelection.go:257] "Attempting to acquire leader lease" lock="kube-system/kube-controller-manager"`,
    ],
    [
      TRIED + 1,
      `${klog('I', TRIED + 1, 1)} leaderelection.go:271] "Successfully acquired lease" lock="kube-system/kube-controller-manager"`,
    ],
    [
      TRIED,
      `${klog('E', TRIED, 1)} controllermanager.go:259] "Error starting controllers" err="error reading key for service account token controller: open /etc/kubernetes/pki/sa.key: no such file or directory"`,
    ],
  ]);
}
