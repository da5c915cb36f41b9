import { jobs } from '../artifacts/workload-resources.ts';
import { defineDerived, type ItemOf, optional } from '../model/artifact.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { ResourceIdentity } from '../model/json.ts';

/** A Job with the fields kept of it. */
export type JobItem = ItemOf<typeof jobs>;

/** Jobs by the CronJob that made them. */
export interface JobHistory {
  /** The Jobs of a CronJob, the newest first. */
  of(cronJob: { readonly namespace?: string; readonly name: string }): readonly JobItem[];
  /** A Job of the same CronJob that completed after this one had begun. */
  successAfter(job: JobItem): JobItem | undefined;
}

/** What CronJobs have made, as far as it is kept. */
export const jobHistory = defineDerived({
  id: 'job-history',
  title: 'Jobs of CronJobs',
  needs: { jobs: optional(jobs) },
  derive({ jobs: collection }): JobHistory {
    const byOwner = new Map<string, JobItem[]>();
    for (const job of collection.items) {
      const owner = cronJobOf(job);
      if (owner) getOrCreate(byOwner, `${job.metadata.namespace}/${owner}`, () => []).push(job);
    }
    for (const list of byOwner.values()) list.sort((a, b) => (begun(a) < begun(b) ? 1 : -1));
    const of = ({ namespace, name }: { namespace?: string; name: string }): readonly JobItem[] =>
      byOwner.get(`${namespace}/${name}`) ?? [];
    return {
      of,
      successAfter(job) {
        const owner = cronJobOf(job);
        if (owner === undefined) return undefined;
        const others = of({ namespace: job.metadata.namespace ?? '', name: owner });
        return others.find((one) => begun(one) > begun(job) && hasCompleted(one));
      },
    };
  },
});

/** The name of the CronJob a Job was made by. */
export function cronJobOf(job: ResourceIdentity): string | undefined {
  return job.metadata.ownerReferences?.find((one) => one.controller && one.kind === 'CronJob')?.name;
}

/** Whether a Job has reached its goal, whatever failed on the way. */
export function hasCompleted({ status }: JobItem): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: is }) => (type === 'Complete' || type === 'SuccessCriteriaMet') && is === 'True',
  );
}

function begun(job: JobItem): string {
  return job.status?.startTime ?? job.metadata.creationTimestamp ?? '';
}
