import { API, faultScenario } from '../base-cluster.ts';
import { samplePem } from '../certificates.ts';
import { DAY, type LogEntry, logOf, MINUTE, objectOf } from '../object.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

const WEBHOOK = 'validate.image-policy.example';
const FAILURE = `failed calling webhook "${WEBHOOK}": failed to call webhook: Post "https://image-policy.policy.svc:443/validate?timeout=10s": service "image-policy" not found`;
/** The API was deployed anew so long before the collection. */
const DEPLOYED = 35 * MINUTE;

/** The image policy was uninstalled with its namespace, its webhook configuration stayed behind. */
export async function webhookServiceGone(): Promise<Scenario> {
  const workload = { ...API, age: DEPLOYED, replicas: [], wanted: 1, rollout: 'stuck' } as const;
  return faultScenario('webhook-service-gone', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [
      await configuration(),
      ...refusedDeployment(workload, `Internal error occurred: ${FAILURE}`, DEPLOYED),
    ],
    logs: [apiServerLog()],
  });
}

async function configuration(): Promise<ApiObject> {
  const ca = await samplePem({
    name: 'image-policy-ca',
    notBefore: '2026-01-21T10:00:00Z',
    notAfter: '2036-01-19T10:00:00Z',
  });
  return objectOf(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: 'image-policy',
      age: 40 * DAY,
    },
    {
      webhooks: [
        {
          name: WEBHOOK,
          admissionReviewVersions: ['v1'],
          clientConfig: {
            caBundle: Buffer.from(ca).toString('base64'),
            service: { namespace: 'policy', name: 'image-policy', path: '/validate', port: 443 },
          },
          rules: [
            {
              apiGroups: [''],
              apiVersions: ['v1'],
              operations: ['CREATE'],
              resources: ['pods'],
              scope: 'Namespaced',
            },
          ],
          namespaceSelector: {
            matchExpressions: [
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'policy'] },
            ],
          },
          objectSelector: {},
          failurePolicy: 'Fail',
          matchPolicy: 'Equivalent',
          sideEffects: 'None',
          timeoutSeconds: 10,
        },
      ],
    },
  );
}

function apiServerLog(): LogEntry {
  const line = `dispatcher.go:225] Failed calling webhook, failing closed ${WEBHOOK}: ${FAILURE}`;
  return [
    'kube-system/kube-apiserver-cp-1/kube-apiserver',
    logOf([
      [DEPLOYED, `W0303 08:55:00.183771       1 ${line}`],
      [420, `W0303 09:23:00.183771       1 ${line}`],
    ]),
  ];
}
