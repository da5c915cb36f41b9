import { SHOP } from './base-cluster.ts';
import { DAY, objectOf } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { service } from './services.ts';
import { type StatefulWorkload, statefulSet } from './stateful-sets.ts';
import { podsIn } from './workloads.ts';

/** The database of the orders: one PostgreSQL with a claim for its data. */
export const ORDERS_DB: StatefulWorkload = {
  namespace: SHOP,
  name: 'orders-db',
  hash: '7c5f6d8b94',
  age: 20 * DAY,
  labels: { app: 'orders-db' },
  container: {
    name: 'postgres',
    image: 'docker.io/library/postgres:17.2',
    ports: [{ name: 'postgres', containerPort: 5432 }],
    readinessProbe: { exec: { command: ['pg_isready', '-U', 'postgres'] }, periodSeconds: 10 },
    volumeMounts: [{ name: 'data', mountPath: '/var/lib/postgresql/data' }],
  },
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-orders-db-0' } }],
  claims: [{ name: 'data', storage: '20Gi' }],
  replicas: [{ suffix: '0', node: 'worker-1', ip: '10.244.1.50' }],
};

/** The database with its headless Service; the claim is for the scenario to add. */
export function ordersDatabase(workload: StatefulWorkload): ApiObject[] {
  const { namespace, name, labels, age } = workload;
  const objects = statefulSet(workload);
  const ports = [{ name: 'postgres', port: 5432, targetPort: 5432 }];
  const pods = podsIn(objects);
  return [...objects, ...service({ namespace, name, selector: labels, clusterIP: 'None', ports, pods, age })];
}

/** Its claim and the volume it is bound to. */
export function boundVolume({ namespace, age, labels }: StatefulWorkload): ApiObject[] {
  const claim = objectOf(
    { kind: 'PersistentVolumeClaim', namespace, name: 'data-orders-db-0', age, labels },
    {
      spec: { ...CLAIM, volumeName: 'orders-data', storageClassName: '' },
      status: { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '20Gi' } },
    },
  );
  const { name, uid } = claim.metadata;
  return [
    claim,
    objectOf(
      { kind: 'PersistentVolume', name: 'orders-data', age },
      {
        spec: {
          capacity: { storage: '20Gi' },
          accessModes: ['ReadWriteOnce'],
          claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid },
          persistentVolumeReclaimPolicy: 'Retain',
          volumeMode: 'Filesystem',
          nfs: { server: '192.0.2.40', path: '/exports/orders' },
        },
        status: { phase: 'Bound' },
      },
    ),
  ];
}

/** What a claim asks for, when it leaves the class to the cluster. */
export const CLAIM = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '20Gi' } },
  volumeMode: 'Filesystem',
} as const;
