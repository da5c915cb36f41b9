import { cronJobNotRunning } from '../../../analyzers/workload/cron-job-not-running.ts';
import { cronJobs } from '../../../src/artifacts/workload-resources.ts';
import { ago, anyObject, type Built, event } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const HOUR = 3600;
const SUBJECT = 'CronJob/shop/nightly';

function cronJob(
  schedule: string,
  lastRun: number | undefined,
  spec: object = {},
  rest: { status?: object; metadata?: object } = {},
): Built {
  return anyObject('batch/v1', 'CronJob', 'nightly', 'shop', {
    metadata: { creationTimestamp: ago(90 * 24 * HOUR), ...rest.metadata },
    spec: { schedule, concurrencyPolicy: 'Allow', ...spec },
    status: { ...(lastRun === undefined ? {} : { lastScheduleTime: ago(lastRun) }), ...rest.status },
  });
}

const hourlyLate = cronJob('0 * * * *', 5 * HOUR);
const badZone = cronJob('0 2 * * *', undefined, { timeZone: 'Mars/Base' });
const badSchedule = cronJob('sometimes', undefined);

testAnalyzer(cronJobNotRunning, {
  silent: [
    { name: 'ran within the hour', given: { objects: [cronJob('0 * * * *', 1800)] } },
    { name: 'one run may be due right now', given: { objects: [cronJob('0 * * * *', 2 * HOUR + 600)] } },
    { name: 'weekdays only, over a weekend', given: { objects: [cronJob('0 9 * * 1-5', 3 * 24 * HOUR)] } },
    {
      name: 'created a moment ago, not run yet',
      given: {
        objects: [cronJob('0 2 * * *', undefined, {}, { metadata: { creationTimestamp: ago(600) } })],
      },
    },
    {
      name: 'its suspension was lifted a minute ago',
      given: {
        objects: [cronJob('0 * * * *', 500 * HOUR, {}, { metadata: { managedFields: [{ time: ago(60) }] } })],
      },
    },
    {
      name: 'a schedule that is not understood is not judged',
      given: { objects: [cronJob('H 2 * * *', 900 * HOUR)] },
    },
    {
      name: 'suspended',
      given: { objects: [cronJob('0 * * * *', 500 * HOUR, { suspend: true })] },
      info: [{ message: 'suspended', subject: SUBJECT }],
    },
    {
      name: 'an unknown time zone was corrected and it has run since',
      given: {
        objects: [
          cronJob('0 * * * *', 30),
          event(cronJob('0 * * * *', 30), {
            reason: 'UnknownTimeZone',
            message: 'unknown time zone',
            lastTimestamp: ago(900),
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'hourly, last run five hours ago',
      given: { objects: [hourlyLate] },
      expect: [
        {
          message: 'missed',
          subject: SUBJECT,
          values: { age: 5 * HOUR, period: HOUR, schedule: '0 * * * *' },
        },
      ],
    },
    {
      name: 'created months ago and never run',
      given: { objects: [cronJob('0 2 * * *', undefined)] },
      expect: [{ message: 'missed', subject: SUBJECT, values: { period: 24 * HOUR } }],
    },
    {
      name: 'the run before still works and none may run beside it',
      given: {
        objects: [
          cronJob(
            '0 * * * *',
            9 * HOUR,
            { concurrencyPolicy: 'Forbid' },
            { status: { active: [{ namespace: 'shop', name: 'nightly-29' }] } },
          ),
        ],
      },
      expect: [{ message: 'heldByActive', subject: SUBJECT, values: { active: ['nightly-29'] } }],
    },
    {
      name: 'its Jobs are refused',
      given: {
        objects: [
          hourlyLate,
          event(hourlyLate, {
            reason: 'FailedCreate',
            message:
              'Error creating job: jobs.batch "nightly-1" is forbidden: exceeded quota: objects, requested: count/jobs.batch=1, used: count/jobs.batch=9, limited: count/jobs.batch=9',
          }),
        ],
      },
      expect: [{ message: 'jobsRefused', subject: SUBJECT }],
    },
    {
      name: 'a time zone nobody knows, a schedule nobody can read',
      given: {
        objects: [
          badZone,
          event(badZone, {
            reason: 'UnknownTimeZone',
            message: 'invalid timeZone: "Mars/Base": unknown time zone Mars/Base',
          }),
        ],
      },
      expect: [
        {
          message: 'scheduleInvalid',
          subject: SUBJECT,
          values: { detail: 'invalid timeZone: "Mars/Base": unknown time zone Mars/Base' },
        },
      ],
    },
    {
      name: 'a schedule the controller cannot parse',
      given: {
        objects: [
          badSchedule,
          event(badSchedule, { reason: 'UnparseableSchedule', message: 'unparseable schedule: "sometimes"' }),
        ],
      },
      expect: [{ message: 'scheduleInvalid', subject: SUBJECT }],
    },
    {
      name: 'a date that does not exist',
      given: { objects: [cronJob('0 0 31 2 *', undefined)] },
      expect: [{ message: 'neverComes', subject: SUBJECT }],
    },
  ],
  unknown: [
    { name: 'CronJobs were not seen', given: { forbidden: [cronJobs] }, reason: /CronJob/ },
    {
      name: 'the clock error is larger than the lateness',
      given: { objects: [hourlyLate], errorSeconds: 3 * HOUR },
      reason: /the clock of the bundle/,
    },
  ],
});
