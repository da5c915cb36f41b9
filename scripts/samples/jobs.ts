import { ago, condition, type Identity, objectOf, type Parts } from './object.ts';
import type { ApiObject } from './scenario.ts';
import { podOf, podSpec, type Replica, type Workload } from './workloads.ts';

/** One run of a Job's container. */
export interface Attempt {
  readonly suffix: string;
  readonly node: string;
  readonly ip: string;
  /** Seconds since it began, and since it ended. */
  readonly began: number;
  readonly ended: number;
  /** 0: it succeeded. */
  readonly exitCode: number;
}

/** A Job that has completed, with its attempts. */
export interface CompletedJob {
  readonly namespace: string;
  readonly name: string;
  readonly container: Workload['container'];
  readonly attempts: readonly Attempt[];
  readonly owner?: ApiObject;
}

/** A Job that reached its one completion, and the pods it left. */
export function completedJob({ namespace, name, container, attempts, owner }: CompletedJob): ApiObject[] {
  const age = Math.max(...attempts.map(({ began }) => began)) + 1;
  const done = Math.min(...attempts.map(({ ended }) => ended));
  const labels = { 'batch.kubernetes.io/job-name': name, 'job-name': name };
  const workload: Workload = {
    namespace,
    name,
    hash: '',
    age,
    labels,
    container,
    spec: { restartPolicy: 'Never' },
    replicas: [],
  };
  const reached = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
  const identity: Identity = { apiVersion: 'batch/v1', kind: 'Job', namespace, name, age, labels };
  const failed = attempts.filter(({ exitCode }) => exitCode !== 0).length;
  const job = objectOf(owner ? { ...identity, owner } : identity, {
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      selector: { matchLabels: { 'batch.kubernetes.io/job-name': name } },
      template: { metadata: { labels }, spec: podSpec(workload) },
    },
    status: {
      startTime: ago(age),
      completionTime: ago(done),
      succeeded: 1,
      ...(failed > 0 ? { failed } : {}),
      ready: 0,
      terminating: 0,
      conditions: [
        condition('SuccessCriteriaMet', 'True', done, reached),
        condition('Complete', 'True', done, reached),
      ],
    },
  });
  return [job, ...attempts.map((one) => podOf(workload, replicaOf(one, container.name), job, name))];
}

function replicaOf({ suffix, node, ip, began, ended, exitCode }: Attempt, container: string): Replica {
  const isDone = exitCode === 0;
  const reason = isDone ? 'PodCompleted' : 'PodFailed';
  const times = { startedAt: ago(began - 2), finishedAt: ago(ended) };
  const terminated: Parts = { exitCode, reason: isDone ? 'Completed' : 'Error', ...times };
  return {
    suffix,
    node,
    ip,
    age: began,
    phase: isDone ? 'Succeeded' : 'Failed',
    ready: false,
    container: { name: container, state: { terminated }, started: false },
    status: {
      conditions: [
        condition('PodScheduled', 'True', began),
        condition('Initialized', 'True', began, isDone ? { reason } : {}),
        condition('ContainersReady', 'False', ended, { reason }),
        condition('Ready', 'False', ended, { reason }),
      ],
    },
  };
}
