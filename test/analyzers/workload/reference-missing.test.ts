import { referenceMissing } from '../../../analyzers/workload/reference-missing.ts';
import { serviceAccounts } from '../../../src/artifacts/access-resources.ts';
import { priorityClasses } from '../../../src/artifacts/policy-resources.ts';
import { pods, secrets } from '../../../src/artifacts/resources.ts';
import { ago, anyObject, controlledBy, deployment, pod } from '../../support/builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

function web(spec: object, parts: { replicas?: number; status?: Record<string, unknown> } = {}) {
  const { replicas = 1, status } = parts;
  return deployment('web', {
    spec: { replicas, template: { metadata: { labels: { app: 'web' } }, spec } },
    ...(status ? { status } : {}),
  });
}

const account = anyObject('v1', 'ServiceAccount', 'web', 'shop');
const subject = 'Deployment/shop/web';
const withAccount = { serviceAccountName: 'web' };

testAnalyzer(referenceMissing, {
  silent: [
    { name: 'a ServiceAccount that exists', given: { objects: [web(withAccount), account] } },
    { name: 'the default ServiceAccount', given: { objects: [web({ serviceAccountName: 'default' })] } },
    {
      name: 'the classes of the API server itself',
      given: { objects: [pod('dns', { spec: { priorityClassName: 'system-cluster-critical' } })] },
    },
    {
      name: 'a static pod',
      given: {
        objects: [
          pod('etcd-cp-1', {
            metadata: { annotations: { 'kubernetes.io/config.mirror': 'a1' } },
            spec: { priorityClassName: 'gone' },
          }),
        ],
      },
    },
    {
      name: 'a Job that is over',
      given: {
        objects: [
          anyObject('batch/v1', 'Job', 'once', 'shop', {
            spec: { template: { spec: withAccount } },
            status: { succeeded: 1, completionTime: ago(600) },
          }),
        ],
      },
    },
    {
      name: 'a pod that has ended',
      given: { objects: [pod('done', { spec: withAccount, status: { phase: 'Succeeded' } })] },
    },
    {
      name: 'a Deployment scaled to zero',
      given: { objects: [web(withAccount, { replicas: 0, status: { replicas: 0, readyReplicas: 0 } })] },
      info: [{ message: 'serviceAccountMissing', subject, severity: 'info' }],
    },
    {
      name: 'a pull Secret that nobody needs',
      given: { objects: [web({ imagePullSecrets: [{ name: 'regcred' }] })] },
      info: [{ message: 'pullSecretMissing', subject }],
    },
    {
      name: 'a pull Secret, where Secrets were not listed',
      given: { objects: [web({ imagePullSecrets: [{ name: 'regcred' }] })], forbidden: [secrets] },
    },
    {
      name: 'pods that are missing for it are told by workload/pods-not-created',
      given: {
        objects: [
          anyObject('apps/v1', 'StatefulSet', 'db', 'shop', {
            spec: { replicas: 1, template: { spec: withAccount } },
            status: { replicas: 0 },
          }),
        ],
      },
    },
  ],
  reports: [
    {
      name: 'a ServiceAccount that is gone while pods run',
      given: { objects: [web(withAccount)] },
      expect: [
        {
          message: 'serviceAccountMissing',
          subject,
          severity: 'warning',
          values: { missing: { group: '', kind: 'ServiceAccount', namespace: 'shop', name: 'web' } },
        },
      ],
    },
    {
      name: 'pods of an owner of another kind, told once',
      given: {
        objects: [
          pod('r-1', { metadata: controlledBy('Rollout', 'r', 'argoproj.io/v1alpha1'), spec: withAccount }),
          pod('r-2', { metadata: controlledBy('Rollout', 'r', 'argoproj.io/v1alpha1'), spec: withAccount }),
        ],
      },
      expect: [{ message: 'serviceAccountMissing', subject: 'Rollout/shop/r' }],
    },
    {
      name: 'both classes are gone',
      given: { objects: [web({ priorityClassName: 'gold', runtimeClassName: 'gvisor' })] },
      expect: [
        { message: 'classMissing', subject, severity: 'warning' },
        { message: 'classMissing', subject, severity: 'warning' },
      ],
    },
  ],
  unknown: [
    { name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ },
    {
      name: 'ServiceAccounts were refused',
      given: { objects: [web(withAccount)], forbidden: [serviceAccounts] },
      reason: /ServiceAccount/,
    },
    {
      name: 'PriorityClasses were refused',
      given: { objects: [web({ priorityClassName: 'gold' })], forbidden: [priorityClasses] },
      reason: /PriorityClass/,
    },
  ],
});
