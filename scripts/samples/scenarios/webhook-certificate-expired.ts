import { API, faultScenario } from '../base-cluster.ts';
import { samplePem } from '../certificates.ts';
import { klog } from '../klog.ts';
import { ago, DAY, HOUR, logOf, MINUTE, objectOf } from '../object.ts';
import { refusedDeployment } from '../refused-pods.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { service } from '../services.ts';
import { deployment, podsIn, type Workload } from '../workloads.ts';

const NAMESPACE = 'policy';
const WEBHOOK = 'pods.policy.example';
const CA = { name: 'policy-ca', notBefore: '2026-01-22T10:00:00Z', notAfter: '2036-01-20T10:00:00Z' };
/** The certificate ended so long before the collection, and the API was deployed anew later. */
const ENDED = 5 * HOUR;
const DEPLOYED = 35 * MINUTE;

const SERVER: Workload = {
  namespace: NAMESPACE,
  name: 'policy-webhook',
  hash: '84c6f7d9b5',
  age: 40 * DAY,
  labels: { app: 'policy-webhook' },
  container: {
    name: 'webhook',
    image: 'registry.example/policy/webhook:3.2.1',
    ports: [{ name: 'https', containerPort: 8443 }],
    volumeMounts: [{ name: 'tls', mountPath: '/tls', readOnly: true }],
  },
  volumes: [{ name: 'tls', secret: { secretName: 'policy-webhook-tls' } }],
  replicas: [{ suffix: 'n6wtb', node: 'worker-1', ip: '10.244.1.80' }],
};

/**
 * The certificate of an admission webhook was issued for 40 days and nobody renewed it: its pods run, the API
 * server does not trust them any more, and every new pod is refused.
 */
export async function webhookCertificateExpired(): Promise<Scenario> {
  const workload = { ...API, age: DEPLOYED, replicas: [], wanted: 1, rollout: 'stuck' } as const;
  const server = deployment(SERVER);
  return faultScenario('webhook-certificate-expired', {
    gone: ['Pod/shop/api-5c9f7db84b-t6rqb'],
    objects: [
      objectOf({ kind: 'Namespace', name: NAMESPACE, age: 40 * DAY }, { status: { phase: 'Active' } }),
      ...server,
      ...service({
        namespace: NAMESPACE,
        name: 'policy-webhook',
        selector: SERVER.labels,
        clusterIP: '10.104.8.60',
        ports: [{ name: 'https', port: 443, targetPort: 8443 }],
        pods: podsIn(server),
        age: SERVER.age,
      }),
      await secret(),
      await configuration(),
      ...refusedDeployment(workload, `Internal error occurred: ${failure(DEPLOYED)}`, DEPLOYED),
    ],
    logs: [
      ['kube-system/kube-apiserver-cp-1/kube-apiserver', apiServerLog()],
      [
        `${NAMESPACE}/policy-webhook-84c6f7d9b5-n6wtb/webhook`,
        logOf(
          [DEPLOYED, 420].map((age) => [
            age,
            'http: TLS handshake error from 192.0.2.11:50122: remote error: tls: bad certificate',
          ]),
        ),
      ],
    ],
  });
}

async function secret(): Promise<ApiObject> {
  const pem = await samplePem({
    name: 'policy-webhook',
    issuer: CA.name,
    names: ['policy-webhook.policy.svc', 'policy-webhook.policy.svc.cluster.local'],
    notBefore: '2026-01-22T04:30:00Z',
    notAfter: ago(ENDED),
  });
  return objectOf(
    { kind: 'Secret', namespace: NAMESPACE, name: 'policy-webhook-tls', age: 40 * DAY },
    {
      type: 'kubernetes.io/tls',
      data: {
        'tls.crt': Buffer.from(pem).toString('base64'),
        'tls.key': Buffer.from('the key, which no bundle ever holds').toString('base64'),
      },
    },
  );
}

async function configuration(): Promise<ApiObject> {
  return objectOf(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      name: 'policy-webhook',
      age: 40 * DAY,
    },
    {
      webhooks: [
        {
          name: WEBHOOK,
          admissionReviewVersions: ['v1'],
          clientConfig: {
            caBundle: Buffer.from(await samplePem(CA)).toString('base64'),
            service: { namespace: NAMESPACE, name: 'policy-webhook', path: '/pods', port: 443 },
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
              { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', NAMESPACE] },
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

function failure(age: number): string {
  return `failed calling webhook "${WEBHOOK}": failed to call webhook: Post "https://policy-webhook.policy.svc:443/pods?timeout=10s": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time ${ago(age)} is after ${ago(ENDED)}`;
}

function apiServerLog(): string {
  return logOf(
    [DEPLOYED, 420].map((age) => [
      age,
      `${klog('W', age, 1)} dispatcher.go:225] Failed calling webhook, failing closed ${WEBHOOK}: ${failure(age)}`,
    ]),
  );
}
