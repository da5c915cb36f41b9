import type { EventItem } from '../../src/artifacts/resources.ts';
import { cronJobs } from '../../src/artifacts/workload-resources.ts';
import { parseRefusal } from '../../src/derive/create-refusal.ts';
import { type CronPeriod, cronPeriod } from '../../src/derive/cron-schedule.ts';
import { eventIndex } from '../../src/derive/event-index.ts';
import { undecidedAge } from '../../src/derive/undecided-age.ts';
import { specWritten } from '../../src/derive/workload-revisions.ts';
import { type AnalyzeContext, defineAnalyzer, type EvidenceRefs } from '../../src/model/analyzer.ts';
import type { ItemOf } from '../../src/model/artifact.ts';
import { getOrCreate } from '../../src/model/get-or-create.ts';
import { isOlder } from '../../src/model/observation.ts';
import { subjectOf } from '../../src/model/subject.ts';

type CronJob = ItemOf<typeof cronJobs>;

/** Two pauses of the schedule have gone by: one may be a run that is just due. */
const PERIODS = 2;
/** Summer time moves a run by an hour; the controller looks every few seconds. */
const SLACK_SECONDS = 3660;

const CERTAIN = { level: 'certain', reason: 'the schedule and the time of the last run say so' } as const;
const MISSED = {
  severity: 'warning',
  confidence: CERTAIN,
  effect: 'workload-not-available',
} as const;
const SHOW = {
  text: 'See what the controller says of it.',
  argv: ['kubectl', 'describe', 'cronjob', '{job.name}', '-n', '{job.namespace}'],
} as const;

export const cronJobNotRunning = defineAnalyzer({
  meta: {
    id: 'workload/cron-job-not-running',
    title: 'CronJob does not run',
    description: 'CronJobs whose last run is more than two pauses of their schedule ago, and why.',
    messages: {
      scheduleInvalid: {
        ...MISSED,
        confidence: { level: 'certain', reason: 'the controller says so' },
        text: '{job:object} never runs: {detail:text}.',
        remedy: [
          { text: 'Write a schedule of five fields, and a time zone of the tz database in `timeZone`.' },
          SHOW,
        ],
      },
      neverComes: {
        ...MISSED,
        text: '{job:object} never runs: no date fits its schedule `{schedule:text}`.',
        remedy: [{ text: 'Correct day and month of the schedule.' }],
      },
      heldByActive: {
        ...MISSED,
        text: '{job:object} (`{schedule:text}`) has not run for {age:duration}: its policy is `Forbid`, and {active:text} is still at work.',
        remedy: [
          {
            text: 'See what the running Job waits for; end it if it hangs, and give it `activeDeadlineSeconds`.',
          },
          SHOW,
        ],
      },
      jobsRefused: {
        ...MISSED,
        confidence: { level: 'certain', reason: 'the API server said so, and no run has been since' },
        text: '{job:object} (`{schedule:text}`) has not run for {age:duration}: its Jobs are refused, {detail:text}.',
        remedy: [
          { text: 'Mend what the refusal names: a quota, a webhook or a field of the template.' },
          SHOW,
        ],
      },
      missed: {
        ...MISSED,
        text: '{job:object} (`{schedule:text}`) has not run for {age:duration}, although it is due every {period:duration} at the latest.',
        remedy: [
          {
            text: 'The controller manager starts the runs: see whether it runs and has a leader; a `startingDeadlineSeconds` shorter than its delay drops runs as well.',
          },
          SHOW,
        ],
      },
      suspended: {
        severity: 'info',
        confidence: { level: 'certain', reason: 'its spec says so' },
        text: '{job:object} is suspended: it starts no run.',
        remedy: [{ text: 'Set `suspend: false` when it is to run again.' }],
      },
    },
    checks: {
      runs: {
        item: 'CronJob runs',
        expected: 'a run within two pauses',
        found: 'last run {age:duration} ago',
      },
    },
    references: [
      'https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax',
      'kubernetes/kubernetes pkg/controller/cronjob: events UnparseableSchedule, UnknownTimeZone, JobAlreadyActive, FailedCreate',
    ],
  },
  needs: { cronJobs, events: eventIndex },
  analyze({ cronJobs: collection, events: index }, context) {
    // Many CronJobs share a schedule, and a year of days is walked for each.
    const periods = new Map<string, CronPeriod>();
    for (const job of collection.items) {
      if (job.metadata.deletionTimestamp) continue;
      const subject = subjectOf(job);
      if (job.spec?.suspend) {
        const evidence: EvidenceRefs = [context.at(job, '/spec/suspend')];
        context.report({ message: 'suspended', values: { job: subject }, subject, evidence });
      } else {
        const { schedule = '' } = job.spec ?? {};
        const period = getOrCreate(periods, schedule, () => cronPeriod(schedule));
        judge(job, { about: index.about(job), schedule, period }, context);
      }
    }
    return undefined;
  },
});

type Context = AnalyzeContext<
  typeof cronJobNotRunning.meta.messages,
  NonNullable<typeof cronJobNotRunning.meta.checks>
>;

interface Schedule {
  readonly about: readonly EventItem[];
  readonly schedule: string;
  readonly period: CronPeriod;
}

function judge(job: CronJob, { about, schedule, period }: Schedule, context: Context): void {
  const subject = subjectOf(job);
  const last = job.status?.lastScheduleTime ?? job.metadata.creationTimestamp;
  const age = context.age(last, job);
  const invalid = about.find(
    (event) => event.reason === 'UnparseableSchedule' || event.reason === 'UnknownTimeZone',
  );
  const spec = context.at(job, '/spec/schedule');
  // The event may be older than a correction: a schedule that is read and has run since is fine.
  if (
    invalid &&
    (period.kind === 'unreadable' || invalid.reason === 'UnknownTimeZone') &&
    !ranSince(job, invalid)
  ) {
    const detail = (invalid.message ?? 'its schedule cannot be read').trim().replace(/\.$/, '');
    const evidence: EvidenceRefs = [context.at(invalid, '/message'), spec];
    context.report({ message: 'scheduleInvalid', values: { job: subject, detail }, subject, evidence });
    return;
  }
  if (period.kind === 'unreadable') {
    context.looked({ check: 'runs', unseen: `its schedule \`${schedule}\` is not understood`, subject });
    return;
  }
  if (period.kind === 'never') {
    context.report({ message: 'neverComes', values: { job: subject, schedule }, subject, evidence: [spec] });
    return;
  }
  const limit = PERIODS * period.longestSeconds + SLACK_SECONDS;
  // A schedule changed, or a suspension lifted, begins anew: what was due before is not made up for.
  const late = isOlder(context.age(laterOf(last, specWritten(job)), job), limit);
  if (age === undefined || late === undefined) {
    context.looked({ check: 'runs', unseen: undecidedAge(job), subject });
  } else if (!late) {
    context.looked({ check: 'runs', values: { age: Math.max(0, age.seconds) }, subject });
  } else {
    reportLate(job, { about, schedule, age: age.seconds, period: period.longestSeconds }, context);
  }
}

function laterOf(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Date.parse(a) > Date.parse(b) ? a : b;
}

function ranSince(job: CronJob, event: EventItem): boolean {
  const run = job.status?.lastScheduleTime;
  const said = event.lastTimestamp ?? event.eventTime;
  return run !== undefined && said != null && Date.parse(run) > Date.parse(said);
}

interface Late {
  readonly about: readonly EventItem[];
  readonly schedule: string;
  readonly age: number;
  readonly period: number;
}

function reportLate(job: CronJob, { about, schedule, age, period }: Late, context: Context): void {
  const subject = subjectOf(job);
  const values = { job: subject, schedule, age };
  const evidence: EvidenceRefs = [context.at(job, '/spec'), context.at(job, '/status')];
  const active = job.status?.active ?? [];
  const refused = about.find((event) => event.reason === 'FailedCreate' && !ranSince(job, event));
  if (job.spec?.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const names = active.flatMap(({ name }) => (name === undefined ? [] : [name]));
    const related = names.map((name) => ({
      group: 'batch',
      kind: 'Job',
      namespace: job.metadata.namespace ?? '',
      name,
    }));
    context.report({
      message: 'heldByActive',
      values: { ...values, active: names },
      evidence,
      related,
      subject,
    });
  } else if (refused) {
    const refusal = parseRefusal(refused.message ?? '');
    const detail = (refused.message ?? '')
      .replace(/^Error creating job: /, '')
      .trim()
      .replace(/\.$/, '');
    const quota = refusal.kind === 'quotaExceeded' ? refusal.quota : undefined;
    const { namespace = '' } = job.metadata;
    const related = quota === undefined ? [] : [{ group: '', kind: 'ResourceQuota', namespace, name: quota }];
    const shown: EvidenceRefs = [context.at(refused, '/message'), ...evidence];
    context.report({
      message: 'jobsRefused',
      values: { ...values, detail },
      evidence: shown,
      related,
      subject,
    });
  } else {
    context.report({ message: 'missed', values: { ...values, period }, evidence, subject });
  }
}
