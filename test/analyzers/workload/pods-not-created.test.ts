import { podsNotCreated } from '../../../analyzers/workload/pods-not-created.ts';
import { serviceAccounts } from '../../../src/artifacts/access-resources.ts';
import { validatingWebhookConfigurations } from '../../../src/artifacts/extension-resources.ts';
import { resourceQuotas } from '../../../src/artifacts/policy-resources.ts';
import { events, pods } from '../../../src/artifacts/resources.ts';
import { statefulSets } from '../../../src/artifacts/workload-resources.ts';
import { ago, anyObject, condition, deployment, event } from '../../support/builders.ts';
import {
  daemonSet,
  job,
  replicaSet,
  resourceQuota,
  statefulPod,
  statefulSet,
} from '../../support/controller-builders.ts';
import { failedCreate, REFUSALS, refusedDeployment } from '../../support/refused-pods.ts';
import { type Expected, type Given, testAnalyzer } from '../../support/test-analyzer.ts';

const SUBJECT = 'Deployment/shop/web';
const DB = 'StatefulSet/shop/db';
const account = anyObject('v1', 'ServiceAccount', 'default', 'shop');
const full = resourceQuota(
  'compute',
  { 'limits.cpu': '10', pods: '10' },
  { 'limits.cpu': '9500m', pods: '4' },
);
const roomy = resourceQuota(
  'compute',
  { 'limits.cpu': '20', pods: '10' },
  { 'limits.cpu': '9500m', pods: '4' },
);
const emptySet = statefulSet('db', { status: { replicas: 0, readyReplicas: 0 } });
const shortJob = job('load', { status: { active: 0 } });
const shortAgent = daemonSet('agent', { status: { currentNumberScheduled: 1, numberReady: 1 } });
const webhooks = anyObject(
  'admissionregistration.k8s.io/v1',
  'ValidatingWebhookConfiguration',
  'policy',
  null,
  {
    webhooks: [
      { name: 'validate.policy.example', clientConfig: { service: { namespace: 'policy', name: 'hook' } } },
    ],
  },
);

/** A Deployment refused with these words, and the one finding about it. */
function told(name: string, words: string, expected: Omit<Expected, 'subject'>, rest: Given = {}) {
  const objects = [...refusedDeployment(words), ...(rest.objects ?? [])];
  return { name, given: { ...rest, objects }, expect: [{ subject: SUBJECT, ...expected }] };
}

/** A reason that is gone by now. */
function gone(name: string, words: string, objects: readonly object[] = []) {
  const info = [{ message: 'retryPending', subject: SUBJECT }];
  return { name, given: { objects: [...refusedDeployment(words), ...objects] }, info };
}

testAnalyzer(podsNotCreated, {
  silent: [
    {
      name: 'an old event of a Deployment whose pods exist now',
      given: {
        objects: [
          deployment('web'),
          replicaSet('web-7d4'),
          failedCreate(replicaSet('web-7d4'), REFUSALS.account, { lastTimestamp: ago(3000) }),
        ],
      },
    },
    {
      name: 'pods still missing a moment after scaling up, nothing refused',
      given: {
        objects: [
          deployment('web', { spec: { replicas: 3 } }),
          replicaSet('web-7d4', { status: { replicas: 1 } }),
        ],
      },
    },
    {
      name: 'a StatefulSet whose next pod waits for the one before it',
      given: {
        objects: [
          statefulSet('db', { status: { replicas: 1, readyReplicas: 0 } }),
          statefulPod('db', 0, { status: { conditions: [condition('Ready', 'False')] } }),
        ],
      },
    },
    {
      name: 'a StatefulSet whose pod was created after the refusal',
      given: {
        objects: [
          account,
          emptySet,
          failedCreate(emptySet, REFUSALS.claim, { lastTimestamp: ago(900) }),
          event(emptySet, {
            reason: 'SuccessfulCreate',
            message: 'create Pod db-0 in StatefulSet db successful',
          }),
        ],
      },
    },
    {
      name: 'a finished Job and a suspended one',
      given: {
        objects: [
          job('done', { status: { active: 0, succeeded: 1, conditions: [condition('Complete', 'True')] } }),
          job('held', { spec: { suspend: true }, status: { active: 0 } }),
        ],
      },
    },
    {
      name: 'a namespace that is being deleted',
      given: { objects: refusedDeployment(REFUSALS.terminating) },
    },
    gone('the quota has room by now', REFUSALS.quota, [roomy]),
    gone('the quota was removed', REFUSALS.wantsValues),
    gone('the ServiceAccount was created since', REFUSALS.account, [
      anyObject('v1', 'ServiceAccount', 'robot', 'shop'),
    ]),
    gone('the webhook that did not answer was removed', REFUSALS.unanswered),
  ],
  reports: [
    told(
      'a quota without room for another pod names the resource that is short',
      REFUSALS.quota,
      {
        message: 'quotaExceeded',
        severity: 'critical',
        confidence: 'certain',
        since: ago(600),
        values: { existing: 0, wanted: 3, resources: ['limits.cpu (1 asked for, 9500m of 10 used)'] },
      },
      { objects: [full] },
    ),
    {
      name: 'some pods run: a warning; the quota was not seen: likely',
      given: { objects: refusedDeployment(REFUSALS.quota, 2), forbidden: [resourceQuotas] },
      expect: [{ message: 'quotaExceeded', subject: SUBJECT, severity: 'warning', confidence: 'likely' }],
    },
    {
      name: 'a Deployment alone, its ReplicaSets not in the bundle',
      given: {
        objects: [
          deployment('web', {
            spec: { replicas: 2 },
            status: {
              conditions: [
                condition('ReplicaFailure', 'True', {
                  reason: 'FailedCreate',
                  message: REFUSALS.wantsValues,
                }),
              ],
            },
          }),
          full,
        ],
      },
      expect: [
        {
          message: 'quotaWantsValues',
          subject: SUBJECT,
          values: { missing: ['limits.cpu for: app', 'limits.memory for: app'] },
        },
      ],
    },
    {
      name: 'a claim of a StatefulSet over quota, told by its event',
      given: {
        objects: [
          account,
          emptySet,
          failedCreate(emptySet, REFUSALS.claim),
          resourceQuota('storage', { 'requests.storage': '10Gi' }, { 'requests.storage': '8Gi' }),
        ],
      },
      expect: [
        {
          message: 'quotaExceeded',
          subject: DB,
          values: { resources: ['requests.storage (5Gi asked for, 8Gi of 10Gi used)'] },
        },
      ],
    },
    {
      name: 'no event left: the quota on pods is full and the next pod of the StatefulSet is missing',
      given: {
        objects: [
          account,
          statefulSet('db', { status: { replicas: 1, readyReplicas: 1 } }),
          statefulPod('db', 0),
          resourceQuota('objects', { pods: '1' }, { pods: '1' }),
        ],
      },
      expect: [
        {
          message: 'quotaExceeded',
          subject: DB,
          severity: 'warning',
          confidence: 'likely',
          values: { resources: ['pods (1 of 1 used)'] },
        },
      ],
    },
    told(
      'a quota that is not counted',
      REFUSALS.notCounted,
      { message: 'quotaNotCounted' },
      { objects: [resourceQuota('compute', { pods: '5' })] },
    ),
    told('a PriorityClass that needs a quota of its scope', REFUSALS.scope, { message: 'quotaScopeMissing' }),
    told('the ServiceAccount does not exist', REFUSALS.account, {
      message: 'serviceAccountMissing',
      confidence: 'certain',
    }),
    told(
      'ServiceAccounts were not seen: the API server is believed',
      REFUSALS.account,
      { message: 'serviceAccountMissing', confidence: 'likely' },
      { forbidden: [serviceAccounts] },
    ),
    {
      name: 'a DaemonSet with an unknown PriorityClass',
      given: { objects: [shortAgent, failedCreate(shortAgent, REFUSALS.priority)] },
      expect: [
        {
          message: 'classMissing',
          subject: 'DaemonSet/shop/agent',
          severity: 'warning',
          confidence: 'certain',
        },
      ],
    },
    told('PodSecurity', REFUSALS.podSecurity, {
      message: 'podSecurityDenied',
      values: { policy: 'PodSecurity restricted:latest' },
    }),
    {
      name: 'a webhook refuses a Deployment and does not answer for a Job',
      given: {
        objects: [
          ...refusedDeployment(REFUSALS.denied),
          webhooks,
          shortJob,
          failedCreate(shortJob, REFUSALS.unanswered),
        ],
      },
      expect: [
        { message: 'webhookDenied', subject: SUBJECT, values: { detail: 'no limits set' } },
        {
          message: 'webhookFailed',
          subject: 'Job/shop/load',
          severity: 'warning',
          values: { webhook: 'validate.policy.example' },
        },
      ],
    },
    told(
      'webhook configurations were not seen: the words stand',
      REFUSALS.silent,
      { message: 'webhookDenied', values: { detail: 'it gives no reason' } },
      { forbidden: [validatingWebhookConfigurations] },
    ),
    told('a validating admission policy', REFUSALS.policy, {
      message: 'policyDenied',
      values: { policy: 'images', detail: 'only our registry' },
    }),
    told('a LimitRange', REFUSALS.limitRange, { message: 'outsideLimitRange' }),
    told('the controller may not create pods', REFUSALS.rights, { message: 'notAllowed' }),
    told('a template that makes invalid pods', REFUSALS.invalid, { message: 'templateInvalid' }),
    told('words that are not known are handed on', 'etcdserver: request timed out', {
      message: 'refused',
      values: { detail: 'etcdserver: request timed out' },
    }),
  ],
  unknown: [
    { name: 'StatefulSets were not seen', given: { forbidden: [statefulSets] }, reason: /StatefulSet/ },
    {
      name: 'pods of a StatefulSet with too few of them were not seen',
      given: { objects: [emptySet], forbidden: [pods] },
      reason: /Pod/,
    },
    {
      name: 'a pod is missing, nothing refuses it and events were not seen',
      given: { objects: [account, emptySet], forbidden: [events] },
      reason: /Event/,
    },
  ],
});
