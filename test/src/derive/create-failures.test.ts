import { describe, expect, it } from 'vitest';
import { deployments } from '../../../src/artifacts/workload-resources.ts';
import { createFailures } from '../../../src/derive/create-failures.ts';
import { ago, condition, deployment } from '../../support/builders.ts';
import { daemonSet, job, replicaSet, statefulSet } from '../../support/controller-builders.ts';
import { derivedFrom } from '../../support/derived-value.ts';
import { failedCreate, REFUSALS, refusedDeployment } from '../../support/refused-pods.ts';

function failuresIn(...objects: readonly object[]) {
  return derivedFrom(createFailures, { objects }).failures.map(
    ({ workload, controller, wanted, existing, said }) => ({
      workload: `${workload.kind}/${workload.metadata.name}`,
      controller: `${controller.kind}/${controller.metadata.name}`,
      wanted,
      existing,
      since: said?.since,
    }),
  );
}

describe('createFailures', () => {
  it('names the Deployment of a ReplicaSet once, although both carry the condition', () => {
    expect(failuresIn(...refusedDeployment(REFUSALS.account))).toEqual([
      {
        workload: 'Deployment/web',
        controller: 'ReplicaSet/web-7d4',
        wanted: 3,
        existing: 0,
        since: ago(600),
      },
    ]);
  });

  it('names a ReplicaSet without a Deployment itself', () => {
    const [, alone] = refusedDeployment(REFUSALS.account);

    expect(failuresIn(alone as object)).toMatchObject([{ workload: 'ReplicaSet/web-7d4' }]);
  });

  it('names a Deployment that was not seen by what its ReplicaSet says of it', () => {
    const [, owned] = refusedDeployment(REFUSALS.account);

    const { failures } = derivedFrom(createFailures, {
      objects: [owned as object],
      forbidden: [deployments],
    });

    expect(failures.map(({ workload }) => `${workload.kind}/${workload.metadata.name}`)).toEqual([
      'Deployment/web',
    ]);
  });

  it('counts the pods of the new revision when its ReplicaSet was refused', () => {
    const refused = condition('Progressing', 'False', {
      reason: 'ReplicaSetCreateError',
      message: REFUSALS.replicaSets,
    });

    expect(
      failuresIn(deployment('web', { status: { updatedReplicas: 0, conditions: [refused] } })),
    ).toMatchObject([{ workload: 'Deployment/web', wanted: 1, existing: 0 }]);
  });

  it('leaves out a ReplicaSet that failed to delete pods', () => {
    const other = condition('ReplicaFailure', 'True', { reason: 'FailedDelete', message: 'x' });

    expect(failuresIn(replicaSet('web-1', { status: { replicas: 1, conditions: [other] } }))).toEqual([]);
  });

  it('takes a DaemonSet with nodes lacking pods, said or not, but a Job only when refused', () => {
    const agent = daemonSet('agent', { status: { currentNumberScheduled: 1 } });
    const waiting = job('waiting', { status: { active: 0 } });
    const refused = job('refused', { status: { active: 0 } });

    expect(failuresIn(agent, waiting, refused, failedCreate(refused, REFUSALS.priority))).toMatchObject([
      { workload: 'DaemonSet/agent', wanted: 2, existing: 1, since: undefined },
      { workload: 'Job/refused', since: ago(60) },
    ]);
  });

  it('counts what a Job with completions still lacks, and a work queue after its first success not at all', () => {
    const last = job('last', {
      spec: { completions: 5, parallelism: 3 },
      status: { active: 0, succeeded: 4 },
    });
    const queue = job('queue', {
      spec: { completions: undefined, parallelism: 3 },
      status: { active: 0, succeeded: 1 },
    });

    expect(
      failuresIn(last, queue, failedCreate(last, REFUSALS.priority), failedCreate(queue, REFUSALS.priority)),
    ).toMatchObject([{ workload: 'Job/last', wanted: 1 }]);
  });

  it('reads only the event of the pod a StatefulSet lacks', () => {
    const set = statefulSet('db', { status: { replicas: 0 } });
    const other = REFUSALS.claim.replaceAll('db-0', 'db-10');

    expect(failuresIn(set, failedCreate(set, other))).toMatchObject([{ since: undefined }]);
    expect(failuresIn(set, failedCreate(set, REFUSALS.claim))).toMatchObject([{ since: ago(60) }]);
  });
});
