import { API, faultScenario, SHOP } from '../base-cluster.ts';
import { MINUTE, objectOf } from '../object.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { Scenario } from '../scenario.ts';

/** The API was deployed anew so long before the collection. */
const DEPLOYED = 40 * MINUTE;
const MESSAGE =
  'pods "api-5c9f7db84b-" is forbidden: error looking up service account shop/catalogue: serviceaccount "catalogue" not found';

/** The API runs as a ServiceAccount that nobody created. */
export async function serviceAccountMissing(): Promise<Scenario> {
  const workload = {
    ...API,
    age: DEPLOYED,
    spec: { serviceAccountName: 'catalogue' },
    replicas: [],
    wanted: 2,
    rollout: 'stuck',
  } as const;
  const accounts = ['default', 'kube-system', SHOP].map((namespace) =>
    objectOf({ kind: 'ServiceAccount', namespace, name: 'default' }),
  );
  return faultScenario('service-account-missing', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [...accounts, ...refusedDeployment(workload, MESSAGE, DEPLOYED)],
  });
}
