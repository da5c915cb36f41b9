import type { Fault } from './fault.ts';
import { APP, claimSpec, object, podSpec, resources, workload } from './objects.ts';
import type { Seen } from './seen.ts';

const failed =
  (text: string) =>
  (seen: Seen): boolean =>
    seen.event('FailedCreate', text);

function notCreated(message: string, namespace: string, kind = 'Deployment'): Fault['expect'] {
  return { analyzer: 'workload/pods-not-created', message, subject: `${kind} ${namespace}/${APP}` };
}

const POD_CREATION = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

function limitRange(namespace: string, limit: Record<string, unknown>) {
  return object('v1', 'LimitRange', { name: 'bounds', namespace }, { spec: { limits: [limit] } });
}

/** A webhook that looks at new pods of the namespaces labelled with its name. */
function guard(name: string, namespace: string) {
  const webhook = {
    name: `${name}.fault.example.com`,
    clientConfig: { service: { namespace, name: 'guard', path: '/' } },
    rules: [POD_CREATION],
    namespaceSelector: { matchLabels: { 'fault-webhook': name } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 1,
  };
  const metadata = { name: `fault-${name}` };
  return object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', metadata, {
    webhooks: [webhook],
  });
}

/** Pods and claims the API server does not let a controller create, other than by a quota. */
export const admissionFaults: readonly Fault[] = [
  {
    name: 'limit-maximum',
    objects: [
      limitRange('limit-maximum', { type: 'Container', max: { memory: '100Mi' } }),
      workload('limit-maximum', 'Deployment', {
        spec: podSpec(resources({ memory: '200Mi' }, { memory: '200Mi' })),
      }),
    ],
    settled: failed('maximum memory usage per Container is 100Mi'),
    expect: notCreated('outsideLimitRange', 'limit-maximum'),
  },
  {
    name: 'limit-minimum',
    objects: [
      limitRange('limit-minimum', { type: 'Pod', min: { cpu: '500m' } }),
      workload('limit-minimum', 'Deployment', { spec: podSpec(resources({ cpu: '100m' }, { cpu: '100m' })) }),
    ],
    settled: failed('minimum cpu usage per Pod is 500m'),
    expect: notCreated('outsideLimitRange', 'limit-minimum'),
  },
  {
    name: 'limit-ratio',
    objects: [
      limitRange('limit-ratio', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }),
      workload('limit-ratio', 'Deployment', { spec: podSpec(resources({ cpu: '100m' }, { cpu: '1' })) }),
    ],
    settled: failed('ratio'),
    expect: notCreated('outsideLimitRange', 'limit-ratio'),
  },
  {
    name: 'limit-claim',
    objects: [
      limitRange('limit-claim', { type: 'PersistentVolumeClaim', min: { storage: '5Gi' } }),
      workload('limit-claim', 'StatefulSet', {
        fields: { volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec() }] },
      }),
    ],
    settled: failed('minimum storage usage per PersistentVolumeClaim is 5Gi'),
    expect: notCreated('outsideLimitRange', 'limit-claim', 'StatefulSet'),
  },
  {
    name: 'limit-default-below-request',
    objects: [
      limitRange('limit-default-below-request', { type: 'Container', default: { memory: '100Mi' } }),
      workload('limit-default-below-request', 'Deployment', {
        spec: podSpec(resources({ memory: '200Mi' })),
      }),
    ],
    settled: failed('must be less than or equal to memory limit'),
    expect: notCreated('templateInvalid', 'limit-default-below-request'),
  },
  {
    name: 'account-missing',
    objects: [
      workload('account-missing', 'Deployment', { spec: podSpec({}, { serviceAccountName: 'deployer' }) }),
    ],
    settled: failed('serviceaccount "deployer" not found'),
    expect: notCreated('serviceAccountMissing', 'account-missing'),
  },
  {
    name: 'priority-class-missing',
    objects: [
      workload('priority-class-missing', 'StatefulSet', {
        spec: podSpec({}, { priorityClassName: 'fault-absent' }),
      }),
    ],
    settled: failed('no PriorityClass with name fault-absent was found'),
    expect: notCreated('classMissing', 'priority-class-missing', 'StatefulSet'),
  },
  {
    name: 'runtime-class-missing',
    objects: [
      workload('runtime-class-missing', 'Deployment', {
        spec: podSpec({}, { runtimeClassName: 'fault-sandboxed' }),
      }),
    ],
    settled: failed('RuntimeClass "fault-sandboxed" not found'),
    expect: notCreated('classMissing', 'runtime-class-missing'),
  },
  {
    name: 'pod-security',
    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    objects: [workload('pod-security', 'Deployment')],
    settled: failed('violates PodSecurity'),
    expect: notCreated('podSecurityDenied', 'pod-security'),
  },
  {
    name: 'admission-policy',
    namespaceLabels: { 'fault-policy': 'on' },
    objects: [
      object(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicy',
        { name: 'fault-owners' },
        {
          spec: {
            matchConstraints: { resourceRules: [POD_CREATION] },
            validations: [{ expression: 'has(object.metadata.labels.owner)', message: 'pods need an owner' }],
          },
        },
      ),
      object(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicyBinding',
        { name: 'fault-owners' },
        {
          spec: {
            policyName: 'fault-owners',
            validationActions: ['Deny'],
            matchResources: { namespaceSelector: { matchLabels: { 'fault-policy': 'on' } } },
          },
        },
      ),
      workload('admission-policy', 'Deployment'),
    ],
    settled: failed('pods need an owner'),
    expect: notCreated('policyDenied', 'admission-policy'),
  },
  {
    name: 'webhook-gone',
    namespaceLabels: { 'fault-webhook': 'gone' },
    objects: [guard('gone', 'webhook-gone'), workload('webhook-gone', 'Deployment')],
    settled: failed('failed calling webhook'),
    expect: {
      analyzer: 'admission/webhook-unavailable',
      message: 'serviceMissing',
      subject: 'ValidatingWebhookConfiguration fault-gone',
    },
  },
  {
    name: 'webhook-empty',
    namespaceLabels: { 'fault-webhook': 'empty' },
    objects: [
      guard('empty', 'webhook-empty'),
      object(
        'v1',
        'Service',
        { name: 'guard', namespace: 'webhook-empty' },
        {
          spec: { selector: { app: 'guard' }, ports: [{ port: 443 }] },
        },
      ),
      workload('webhook-empty', 'Deployment'),
    ],
    settled: failed('failed calling webhook'),
    // The Service nobody stands behind is behind the webhook, that behind the refusal, that behind the rollout.
    expect: {
      analyzer: 'network/service-without-endpoints',
      message: 'noPodMatches',
      subject: 'Service webhook-empty/guard',
    },
  },
];
