import { migrationsNotRun } from '../../../analyzers/kong/migrations-not-run.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { jobs } from '../../../src/artifacts/workload-resources.ts';
import { ago, condition, pod } from '../../support/builders.ts';
import {
  chartPod,
  databasePlane,
  migrationJob,
  migrationPod,
  waitingForDatabase,
} from '../../support/kong-pods.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const CP = 'kong-cp-kong-7c9d6f5b8-a';
const subject = `Pod/kong/${CP}`;
const done = { conditions: [condition('Complete', 'True')], succeeded: 1 };
const waiting = databasePlane(CP, waitingForDatabase(900));

function failed(seconds: number) {
  return {
    conditions: [
      condition('Failed', 'True', { reason: 'BackoffLimitExceeded', lastTransitionTime: ago(seconds) }),
    ],
  };
}

function log(container: string, seconds: number, text: string) {
  const line = `${ago(seconds).replace('Z', '.000000000Z')} ${text}\n`;
  return { namespace: 'kong', pod: CP, container, text: line };
}

const BOOTSTRAP =
  "Error: Database needs bootstrapping or is older than Kong 1.0. Run 'kong migrations bootstrap'.";
const PENDING = '[warn] 1#0: [kong] database has pending migrations:';

testAnalyzer(migrationsNotRun, {
  silent: [
    {
      name: 'no Kong with a database',
      given: { objects: [pod('web'), chartPod('dp')] },
      status: 'not-applicable',
    },
    {
      name: 'a control plane that runs, its migrations done',
      given: {
        objects: [databasePlane(CP), migrationJob('init-migrations', { status: done }), migrationPod()],
      },
    },
    {
      name: 'a wait of a minute',
      given: { objects: [databasePlane(CP, waitingForDatabase(60)), migrationJob('init-migrations')] },
    },
    {
      name: 'a wait for a database that does not answer',
      given: { objects: [waiting, migrationJob('init-migrations', { status: done })] },
    },
    {
      name: 'lines of a start that succeeded later',
      given: { objects: [databasePlane(CP)], logs: [log('wait-for-db', 9000, BOOTSTRAP)] },
    },
    {
      name: 'a Job that failed long ago while control planes run',
      given: {
        objects: [
          databasePlane(CP),
          migrationJob('pre-upgrade-migrations', { command: 'kong migrations up', status: failed(200_000) }),
        ],
      },
    },
    {
      name: 'pending migrations two days ago',
      given: { objects: [databasePlane(CP)], logs: [log('proxy', 200_000, PENDING)] },
    },
  ],
  reports: [
    {
      name: 'the Job failed and the control plane waits',
      given: { objects: [waiting, migrationJob('init-migrations', { status: failed(800) })] },
      expect: [
        {
          message: 'jobFailed',
          subject: 'Job/kong/kong-cp-kong-init-migrations',
          severity: 'critical',
          values: {
            command: 'kong migrations bootstrap',
            consequence: '1 of 1 control plane pods wait for it',
          },
        },
        { message: 'waits', subject, confidence: 'likely' },
      ],
    },
    {
      name: 'the last step failed within a day',
      given: {
        objects: [
          databasePlane(CP),
          migrationJob('post-upgrade-migrations', {
            command: 'kong migrations finish',
            status: failed(3600),
          }),
        ],
      },
      expect: [
        {
          message: 'jobFailed',
          subject: 'Job/kong/kong-cp-kong-post-upgrade-migrations',
          severity: 'warning',
          values: { command: 'kong migrations finish' },
        },
      ],
    },
    {
      name: 'the Job hangs and the log says what is missing',
      given: {
        objects: [waiting, migrationJob('init-migrations', { status: { active: 1 } })],
        logs: [log('wait-for-db', 10, BOOTSTRAP)],
      },
      expect: [
        { message: 'jobHangs', subject: 'Job/kong/kong-cp-kong-init-migrations', values: { age: 7200 } },
        {
          message: 'waits',
          subject,
          confidence: 'certain',
          values: { command: 'kong migrations bootstrap' },
        },
      ],
    },
    {
      name: 'an upgrade that was not finished',
      given: { objects: [databasePlane(CP)], logs: [log('proxy', 7200, PENDING)] },
      expect: [{ message: 'notFinished', subject, severity: 'warning' }],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'Jobs were refused',
      given: { objects: [databasePlane(CP)], forbidden: [jobs] },
      reason: /not allowed/,
    },
  ],
});
