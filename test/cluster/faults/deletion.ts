import type { Fault } from './fault.ts';
import { APP, claim, claimSpec, DATA_VOLUME, object, pod, podSpec } from './objects.ts';
import { container } from './pod-status.ts';

/** Objects that do not go, and rights somebody lacks. */
export const deletionFaults: readonly Fault[] = [
  {
    name: 'pod-finalizer',
    objects: [
      {
        ...pod('pod-finalizer'),
        metadata: held(APP, 'pod-finalizer'),
      },
    ],
    afterwards: async ({ kubectl }) => {
      await kubectl(['-n', 'pod-finalizer', 'wait', '--for=condition=Ready', `pod/${APP}`, '--timeout=30s']);
      await kubectl(['-n', 'pod-finalizer', 'delete', 'pod', APP, '--wait=false']);
      const status = {
        phase: 'Succeeded',
        containerStatuses: [container(APP, { state: { terminated: { exitCode: 0 } } })],
      };
      const patch = JSON.stringify({ status });
      await kubectl([
        '-n',
        'pod-finalizer',
        'patch',
        'pod',
        APP,
        '--subresource=status',
        '--type=merge',
        '-p',
        patch,
      ]);
    },
    settled: (seen) => seen.of('Pod').some((one) => isDeleted(one) && one.status?.phase === 'Succeeded'),
    expect: {
      analyzer: 'workload/pod-not-terminating',
      message: 'finalizersRemain',
      subject: `Pod pod-finalizer/${APP}`,
    },
  },
  {
    name: 'claim-in-use',
    objects: [
      object(
        'v1',
        'PersistentVolume',
        { name: 'claim-in-use' },
        {
          spec: {
            ...claimSpec(),
            resources: undefined,
            capacity: { storage: '1Gi' },
            storageClassName: 'claim-in-use',
            hostPath: { path: '/srv/data' },
          },
        },
      ),
      claim('claim-in-use', { storageClassName: 'claim-in-use' }),
      pod('claim-in-use', podSpec({}, DATA_VOLUME)),
    ],
    afterwards: async ({ kubectl }) => {
      await kubectl(['-n', 'claim-in-use', 'wait', '--for=condition=Ready', `pod/${APP}`, '--timeout=30s']);
      await kubectl(['-n', 'claim-in-use', 'delete', 'pvc', 'data', '--wait=false']);
    },
    settled: (seen) => seen.of('PersistentVolumeClaim').some(isDeleted),
    // A claim in use stays until its pod is gone: that is what its finalizer is for.
    expect: 'fine',
  },
  {
    name: 'namespace-finalizer',
    objects: [object('v1', 'ConfigMap', held('settings', 'namespace-finalizer'), { data: { MODE: 'live' } })],
    afterwards: async ({ kubectl }) => {
      await kubectl(['delete', 'namespace', 'namespace-finalizer', '--wait=false']);
    },
    settled: (seen) =>
      seen
        .of('Namespace')
        .some(
          ({ metadata, status }) =>
            metadata.name === 'namespace-finalizer' &&
            status?.conditions?.some(
              ({ type, status: state }) => type === 'NamespaceFinalizersRemaining' && state === 'True',
            ),
        ),
    expect: {
      analyzer: 'kubernetes/object-not-deleted',
      message: 'heldByFinalizer',
      subject: 'ConfigMap namespace-finalizer/settings',
    },
  },
  {
    name: 'rights-missing',
    objects: [
      object('v1', 'ServiceAccount', { name: 'lister', namespace: 'rights-missing' }),
      pod('rights-missing', podSpec({}, { serviceAccountName: 'lister' })),
    ],
    afterwards: async ({ kubectl, writeLog }) => {
      const account = '--as=system:serviceaccount:rights-missing:lister';
      const { stderr } = await kubectl(['-n', 'rights-missing', 'get', 'configmaps', account]);
      const refused = stderr.trim().replace('Error from server (Forbidden): ', '');
      await writeLog('rights-missing', [
        'I1121 09:12:00.000000       1 main.go:41] starting',
        `E1121 09:12:01.000000       1 reflector.go:204] "Failed to watch" err="failed to list *v1.ConfigMap: ${refused.replaceAll('"', '\\"')}"`,
      ]);
    },
    settled: (seen) => seen.condition('Pod', 'Ready'),
    expect: {
      analyzer: 'kubernetes/request-denied',
      message: 'notBound',
      subject: 'ServiceAccount rights-missing/lister',
    },
  },
  {
    name: 'role-missing',
    objects: [
      pod('role-missing'),
      object(
        'rbac.authorization.k8s.io/v1',
        'RoleBinding',
        { name: 'readers', namespace: 'role-missing' },
        {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'fault-reader' },
          subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'role-missing' }],
        },
      ),
    ],
    settled: (seen) => seen.condition('Pod', 'Ready'),
    expect: {
      analyzer: 'kubernetes/binding-dangling',
      message: 'roleMissingInNamespace',
      subject: 'RoleBinding role-missing/readers',
    },
  },
];

function held(name: string, namespace: string) {
  return { name, namespace, finalizers: ['example.com/hold'] };
}

function isDeleted({ metadata }: { readonly metadata: object }): boolean {
  return 'deletionTimestamp' in metadata;
}
