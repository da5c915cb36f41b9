import { jobFailed } from '../../../analyzers/workload/job-failed.ts';
import { jobs } from '../../../src/artifacts/workload-resources.ts';
import {
  ago,
  anyObject,
  type Built,
  condition,
  containerStatus,
  controlledBy,
  pod,
} from '../../support/builders.ts';
import { job } from '../../support/controller-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Job/shop/load';

function failed(
  reason: string,
  parts: {
    seconds?: number;
    message?: string;
    metadata?: Record<string, unknown>;
    spec?: Record<string, unknown>;
  } = {},
): Built {
  const {
    seconds = 600,
    message = 'Job has reached the specified backoff limit',
    metadata = {},
    spec = {},
  } = parts;
  return job('load', {
    metadata,
    spec,
    status: {
      active: 0,
      failed: 7,
      startTime: ago(seconds + 300),
      conditions: [condition('Failed', 'True', { reason, message, lastTransitionTime: ago(seconds) })],
    },
  });
}

const runOfNightly = controlledBy('CronJob', 'nightly', 'batch/v1');
const deadPod = pod('load-x1', {
  metadata: controlledBy('Job', 'load', 'batch/v1'),
  status: {
    phase: 'Failed',
    containerStatuses: [
      containerStatus('app', {
        ready: false,
        state: { terminated: { reason: 'Error', exitCode: 3, finishedAt: ago(610) } },
      }),
    ],
  },
});

testAnalyzer(jobFailed, {
  silent: [
    { name: 'a Job at work', given: { objects: [job('load')] } },
    {
      name: 'retried and then complete',
      given: {
        objects: [
          job('load', {
            status: { active: 0, failed: 3, succeeded: 1, conditions: [condition('Complete', 'True')] },
          }),
        ],
      },
    },
    {
      name: 'its success criteria were met although pods failed',
      given: {
        objects: [
          job('load', {
            status: { conditions: [condition('Failed', 'True'), condition('SuccessCriteriaMet', 'True')] },
          }),
        ],
      },
    },
    {
      name: 'a later run of its CronJob completed',
      given: {
        objects: [
          failed('BackoffLimitExceeded', { metadata: runOfNightly }),
          job('load-2', {
            metadata: runOfNightly,
            status: { active: 0, startTime: ago(60), conditions: [condition('Complete', 'True')] },
          }),
        ],
      },
    },
    {
      name: 'its CronJob has had a success since, the Job of which is gone',
      given: {
        objects: [
          failed('BackoffLimitExceeded', { metadata: runOfNightly }),
          anyObject('batch/v1', 'CronJob', 'nightly', 'shop', { status: { lastSuccessfulTime: ago(30) } }),
        ],
      },
    },
    {
      name: 'failed two days ago',
      given: { objects: [failed('BackoffLimitExceeded', { seconds: 172_800 })] },
      info: [{ message: 'backOffLimit', subject: SUBJECT, severity: 'info' }],
    },
  ],
  reports: [
    {
      name: 'back-off limit reached, with the exit code and the last words of the last pod',
      given: {
        objects: [failed('BackoffLimitExceeded'), deadPod],
        logs: [{ namespace: 'shop', pod: 'load-x1', container: 'app', text: 'table is locked\n' }],
      },
      expect: [
        {
          message: 'backOffLimit',
          subject: SUBJECT,
          severity: 'warning',
          since: ago(600),
          values: {
            failed: 7,
            detail: 'container app of load-x1 ended with exit code 3 (an exit status of the application)',
            purpose: '',
          },
        },
      ],
    },
    {
      name: 'a Helm hook fails its release',
      given: {
        objects: [
          failed('BackoffLimitExceeded', {
            metadata: {
              annotations: { 'helm.sh/hook': 'pre-upgrade', 'meta.helm.sh/release-name': 'store' },
            },
          }),
        ],
      },
      expect: [
        {
          message: 'backOffLimit',
          subject: SUBJECT,
          severity: 'critical',
          values: {
            purpose: ' (Helm hook pre-upgrade of release store)',
            detail: 'Job has reached the specified backoff limit',
          },
        },
      ],
    },
    {
      name: 'out of time',
      given: {
        objects: [
          failed('DeadlineExceeded', {
            spec: { activeDeadlineSeconds: 120 },
            message: 'Job was active longer than specified deadline',
          }),
        ],
      },
      expect: [{ message: 'deadline', subject: SUBJECT, values: { deadline: 120 } }],
    },
    {
      name: 'ended by its failure policy: the rule is quoted, not the exit code',
      given: {
        objects: [
          failed('PodFailurePolicy', {
            message:
              'Container app for pod shop/load-x1 failed with exit code 3 matching FailJob rule at index 0',
          }),
          deadPod,
        ],
      },
      expect: [
        {
          message: 'failurePolicy',
          subject: SUBJECT,
          values: {
            detail:
              'Container app for pod shop/load-x1 failed with exit code 3 matching FailJob rule at index 0',
          },
        },
      ],
    },
    {
      name: 'failed indexes of a run of a CronJob without a later success',
      given: {
        objects: [failed('FailedIndexes', { metadata: runOfNightly, message: 'Job has failed indexes' })],
      },
      expect: [
        { message: 'indexesFailed', subject: SUBJECT, values: { purpose: ' (run of the CronJob nightly)' } },
      ],
    },
    {
      name: 'another reason',
      given: { objects: [failed('PodTemplateRejected', { message: 'The template is not valid.' })] },
      expect: [{ message: 'failed', subject: SUBJECT, values: { detail: 'The template is not valid' } }],
    },
  ],
  unknown: [{ name: 'Jobs were not seen', given: { forbidden: [jobs] }, reason: /Job/ }],
});
