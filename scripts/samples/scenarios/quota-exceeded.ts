import { faultScenario, SHOP, WEB } from '../base-cluster.ts';
import { DAY, MINUTE, objectOf } from '../object.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { Scenario } from '../scenario.ts';

/** The web front was scaled from two to four so long before the collection. */
const SCALED = 25 * MINUTE;
const MESSAGE =
  'pods "web-7d4b8c6f9d-qk2vd" is forbidden: exceeded quota: compute, requested: requests.cpu=50m, used: requests.cpu=200m, limited: requests.cpu=200m';

/** The quota of the namespace is used up, so that a web front that was scaled up gets no further pods. */
export async function quotaExceeded(): Promise<Scenario> {
  const hard = { 'requests.cpu': '200m', 'requests.memory': '1Gi' };
  const quota = objectOf(
    { kind: 'ResourceQuota', namespace: SHOP, name: 'compute', age: 30 * DAY },
    { spec: { hard }, status: { hard, used: { 'requests.cpu': '200m', 'requests.memory': '384Mi' } } },
  );
  return faultScenario('quota-exceeded', {
    objects: [quota, ...refusedDeployment({ ...WEB, wanted: 4, unavailable: SCALED }, MESSAGE, SCALED)],
  });
}
