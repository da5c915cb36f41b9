import { faultScenario, SHOP } from '../base-cluster.ts';
import { ago, DAY, MINUTE, objectOf } from '../object.ts';
import { CLAIM, ORDERS_DB, ordersDatabase } from '../orders-database.ts';
import { from, unschedulable } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** The database was installed so long before the collection. */
const INSTALLED = 45 * MINUTE;
const MESSAGE =
  '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';

/** The claim of a new database names no class, and none of the classes is the default. */
export async function claimWithoutClass(): Promise<Scenario> {
  const database = ordersDatabase({
    ...ORDERS_DB,
    age: INSTALLED,
    replicas: [{ suffix: '0', age: INSTALLED, status: unschedulable(MESSAGE, ago(INSTALLED)) }],
  });
  const claim = objectOf(
    {
      kind: 'PersistentVolumeClaim',
      namespace: SHOP,
      name: 'data-orders-db-0',
      age: INSTALLED,
      labels: { app: 'orders-db' },
    },
    {
      spec: CLAIM,
      status: { phase: 'Pending' },
    },
  );
  const [pending] = podsIn(database);
  return faultScenario('claim-without-class', {
    objects: [
      ...database,
      claim,
      storageClass(),
      from('persistentvolume-controller', claim, {
        type: 'Normal',
        reason: 'FailedBinding',
        message: 'no persistent volumes available for this claim and no storage class is set',
        age: 9,
        first: INSTALLED,
        count: 182,
      }),
      from('default-scheduler', pending!, {
        reason: 'FailedScheduling',
        message: MESSAGE,
        age: 4 * MINUTE,
        first: INSTALLED,
        count: 9,
      }),
    ],
  });
}

/** The one class there is, made without the annotation of a default. */
function storageClass(): ApiObject {
  return objectOf(
    { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name: 'local-path', age: 40 * DAY },
    {
      provisioner: 'rancher.io/local-path',
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
  );
}
