import { API, faultScenario, serviceOf } from '../base-cluster.ts';
import type { Scenario } from '../scenario.ts';
import { unreachedApi } from '../unreached-api.ts';

/** The Service of the API selects a label that its pods do not carry: it has no endpoint at all. */
export async function selectorMatchesNothing(): Promise<Scenario> {
  const labels = { app: 'api', tier: 'backend' };
  return faultScenario('selector-matches-nothing', {
    objects: serviceOf({ ...API, labels }, []),
    logs: unreachedApi(),
  });
}
