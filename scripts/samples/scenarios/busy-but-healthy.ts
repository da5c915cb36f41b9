import { faultScenario, SHOP } from '../base-cluster.ts';
import { completedJob } from '../jobs.ts';
import { node } from '../nodes.ts';
import { ago, DAY, HOUR, MINUTE, objectOf } from '../object.ts';
import {
  eventsOfReplacedPods,
  evictedLeftovers,
  rebootedWorker,
  rolloutUnderWay,
} from '../restarts-of-healthy.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { service } from '../services.ts';
import { deployment } from '../workloads.ts';

const IMPORT = { name: 'import', image: 'registry.example/shop/import:3.0.2' };
const CLEANUP = { name: 'cleanup', image: 'registry.example/shop/cleanup:1.1.0' };

/** Much goes on and nothing is broken: what a careless diagnosis would accuse. */
export async function busyButHealthy(): Promise<Scenario> {
  return faultScenario('busy-but-healthy', {
    objects: [
      cordonedControlPlane(),
      ...rebootedWorker(),
      ...rolloutUnderWay(),
      ...evictedLeftovers(),
      ...eventsOfReplacedPods(),
      ...retriedImport(),
      ...cleanups(),
      ...asleep(),
      payments(),
    ],
  });
}

/** Cordoned for an upgrade that goes on: kubeadm drains one node after the other. */
function cordonedControlPlane(): ApiObject {
  const taint = {
    key: 'node.kubernetes.io/unschedulable',
    effect: 'NoSchedule',
    timeAdded: ago(20 * MINUTE),
  };
  return node('cp-1', { taints: [taint], spec: { unschedulable: true } });
}

/** A Job that succeeded with its third pod. */
function retriedImport(): ApiObject[] {
  const attempt = (suffix: string, began: number, ended: number, exitCode: number) => ({
    suffix,
    node: 'worker-1',
    ip: '10.244.1.90',
    began,
    ended,
    exitCode,
  });
  const attempts = [
    attempt('5gqzk', 5 * HOUR, 5 * HOUR - 40, 1),
    attempt('tm7pd', 5 * HOUR - 60, 5 * HOUR - 95, 1),
    attempt('wz4xh', 5 * HOUR - 130, 4.8 * HOUR, 0),
  ];
  return completedJob({ namespace: SHOP, name: 'import-catalogue', container: IMPORT, attempts });
}

/** A CronJob with the runs it keeps. */
function cleanups(): ApiObject[] {
  const template = {
    spec: { template: { spec: { containers: [CLEANUP], restartPolicy: 'Never' } } },
  };
  const cron = objectOf(
    { apiVersion: 'batch/v1', kind: 'CronJob', namespace: SHOP, name: 'cleanup', age: 30 * DAY },
    {
      spec: {
        schedule: '*/30 * * * *',
        concurrencyPolicy: 'Forbid',
        suspend: false,
        successfulJobsHistoryLimit: 2,
        failedJobsHistoryLimit: 1,
        jobTemplate: template,
      },
      status: { lastScheduleTime: ago(0), lastSuccessfulTime: ago(30 * MINUTE - 9) },
    },
  );
  const runs = [30, 60].flatMap((minutes) =>
    completedJob({
      namespace: SHOP,
      name: `cleanup-${29_542_410 - minutes}`,
      container: CLEANUP,
      owner: cron,
      attempts: [
        {
          suffix: minutes === 30 ? 'nd5kx' : 'fw8rc',
          node: 'worker-1',
          ip: '10.244.1.91',
          began: minutes * MINUTE - 1,
          ended: minutes * MINUTE - 9,
          exitCode: 0,
        },
      ],
    }),
  );
  return [cron, ...runs];
}

/** A workload of office hours, scaled to zero with its Service left. */
function asleep(): ApiObject[] {
  const labels = { app: 'reports' };
  const objects = deployment({
    namespace: SHOP,
    name: 'reports',
    hash: '7b5d8c6f9d',
    labels,
    container: {
      name: 'reports',
      image: 'registry.example/shop/reports:2.0.0',
      ports: [{ name: 'http', containerPort: 8000 }],
    },
    replicas: [],
  });
  const ports = [{ name: 'http', port: 80, targetPort: 8000 }];
  const front = {
    namespace: SHOP,
    name: 'reports',
    selector: labels,
    clusterIP: '10.102.60.4',
    ports,
    pods: [],
  };
  return [...objects, ...service(front)];
}

/** A name for something outside. */
function payments(): ApiObject {
  return objectOf(
    { kind: 'Service', namespace: SHOP, name: 'payments' },
    {
      spec: { type: 'ExternalName', externalName: 'api.payments.example', sessionAffinity: 'None' },
      status: { loadBalancer: {} },
    },
  );
}
