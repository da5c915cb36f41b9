import { faultScenario, servedDeployment, WEB } from '../base-cluster.ts';
import { waiting } from '../container-states.ts';
import { MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** The web front was deployed anew so long before the collection, its ConfigMap was left out. */
const DEPLOYED = 28 * MINUTE;
const MESSAGE = 'configmap "web" not found';

/** The ConfigMap that the web front takes its environment from does not exist. */
export async function configMapMissing(): Promise<Scenario> {
  const objects = servedDeployment({
    ...WEB,
    age: DEPLOYED,
    rollout: 'stuck',
    replicas: WEB.replicas.map((replica) => ({
      ...replica,
      phase: 'Pending',
      ready: false,
      changed: DEPLOYED,
      container: waiting('CreateContainerConfigError', MESSAGE),
    })),
  });
  const events = podsIn(objects).map((pod) =>
    fromKubelet(pod, {
      reason: 'Failed',
      message: `Error: ${MESSAGE}`,
      age: 12,
      first: DEPLOYED - 3,
      count: 131,
      container: 'nginx',
    }),
  );
  return faultScenario('config-map-missing', {
    gone: ['ConfigMap/shop/web'],
    objects: [...objects, ...events],
  });
}
