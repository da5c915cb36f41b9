import { initContainerStuck } from '../../../analyzers/workload/init-container-stuck.ts';
import { services } from '../../../src/artifacts/network-resources.ts';
import { pods } from '../../../src/artifacts/resources.ts';
import { ago, containerStatus, pod, service } from '../../support/builders.ts';
import { ended } from '../../support/start-builders.ts';
import { testAnalyzer } from '../../support/test-analyzer.ts';

const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } };

function withInit(status: object, spec: object = {}, podSpec: object = {}) {
  return pod('web-1', {
    spec: { initContainers: [{ name: 'wait', image: 'shop/tools:1', ...spec }], ...podSpec },
    status: {
      phase: 'Pending',
      conditions: [
        { type: 'Initialized', status: 'False', lastTransitionTime: ago(1800) },
        { type: 'Ready', status: 'False', lastTransitionTime: ago(1800) },
      ],
      initContainerStatuses: [containerStatus('wait', { ready: false, ...status })],
      containerStatuses: [
        containerStatus('app', { ready: false, state: { waiting: { reason: 'PodInitializing' } } }),
      ],
    },
  });
}

function waits(command: string, spec: object = {}, podSpec: object = {}) {
  return withInit(
    { state: { running: { startedAt: ago(1200) } } },
    { command: ['sh', '-c', command], ...spec },
    podSpec,
  );
}

const subject = 'Pod/shop/web-1';

testAnalyzer(initContainerStuck, {
  silent: [
    {
      name: 'an init container that ended',
      given: { objects: [withInit({ state: ended('Completed', 0) })] },
    },
    {
      name: 'an init container that has run for five minutes',
      given: { objects: [withInit({ state: { running: { startedAt: ago(300) } } })] },
    },
    {
      name: 'an init container that failed once',
      given: { objects: [withInit({ restartCount: 1, state: { running: { startedAt: ago(5) } } })] },
    },
    {
      name: 'a native sidecar',
      given: {
        objects: [withInit({ state: { running: { startedAt: ago(86_400) } } }, { restartPolicy: 'Always' })],
      },
    },
    {
      name: 'a failed start is told by workload/container-not-created',
      given: {
        objects: [withInit({ restartCount: 5, state: BACK_OFF, lastState: ended('StartError', 128) })],
      },
    },
    {
      name: 'a kill for memory is told by workload/out-of-memory',
      given: {
        objects: [withInit({ restartCount: 5, state: BACK_OFF, lastState: ended('OOMKilled', 137) })],
      },
    },
    {
      name: 'a pod that is being deleted',
      given: {
        objects: [
          {
            ...waits('nslookup db'),
            metadata: { name: 'web-1', namespace: 'shop', deletionTimestamp: ago(30) },
          },
        ],
      },
    },
  ],
  reports: [
    {
      name: 'it fails again and again, with its last words',
      given: {
        objects: [withInit({ restartCount: 6, state: BACK_OFF, lastState: ended('Error', 4) })],
        logs: [
          {
            namespace: 'shop',
            pod: 'web-1',
            container: 'wait',
            previous: true,
            text: 'migration 12 failed\n',
          },
        ],
      },
      expect: [
        {
          message: 'crashes',
          subject,
          severity: 'critical',
          since: ago(1800),
          values: { container: 'wait', code: 4, restarts: 6 },
        },
      ],
    },
    {
      name: 'between two starts no back-off is shown',
      given: {
        objects: [withInit({ restartCount: 4, state: ended('Error', 4), lastState: ended('Error', 4) })],
      },
      expect: [{ message: 'crashes', subject, values: { code: 4 } }],
    },
    {
      name: 'it waits for a Service that is there',
      given: { objects: [waits('until nc -z -w 2 db 5432; do sleep 1; done'), service('db')] },
      expect: [
        {
          message: 'waitsForService',
          subject,
          severity: 'critical',
          confidence: 'likely',
          since: ago(1200),
          values: {
            age: 1200,
            service: { group: '', kind: 'Service', namespace: 'shop', name: 'db' },
            command: 'sh -c until nc -z -w 2 db 5432; do sleep 1; done',
          },
        },
      ],
    },
    {
      name: 'it waits for a Service of another namespace that is not there',
      given: { objects: [waits('until nslookup mysql.data.svc.cluster.local; do sleep 2; done')] },
      expect: [
        {
          message: 'waitsForMissingService',
          subject,
          values: { service: { group: '', kind: 'Service', namespace: 'data', name: 'mysql' } },
        },
      ],
    },
    {
      name: 'a variable of its own names the host',
      given: {
        objects: [
          waits('pg_isready -h $DB_HOST -p 5432', { env: [{ name: 'DB_HOST', value: 'orders' }] }),
          service('orders'),
        ],
      },
      expect: [
        {
          message: 'waitsForService',
          subject,
          values: { service: { group: '', kind: 'Service', namespace: 'shop', name: 'orders' } },
        },
      ],
    },
    {
      name: 'it waits for a host of the world',
      given: { objects: [waits('until curl -sf https://license.example.com:8443/ok; do sleep 5; done')] },
      expect: [
        { message: 'waitsForHost', subject, severity: 'warning', values: { host: 'license.example.com' } },
      ],
    },
    {
      name: 'Services were not listed: the host alone is named',
      given: { objects: [waits('nc -z db 5432')], forbidden: [services] },
      expect: [{ message: 'waitsForHost', subject, values: { host: 'db' } }],
    },
    {
      name: 'the pod itself says where the name leads',
      given: {
        objects: [waits('nc -z db 5432', {}, { hostAliases: [{ ip: '192.0.2.7', hostnames: ['db'] }] })],
      },
      expect: [{ message: 'waitsForHost', subject, values: { host: 'db' } }],
    },
    {
      name: 'it runs on and its command tells nothing',
      given: { objects: [withInit({ state: { running: { startedAt: ago(1200) } } })] },
      expect: [{ message: 'neverEnds', subject, severity: 'warning', confidence: 'possible' }],
    },
  ],
  unknown: [{ name: 'pods were refused', given: { forbidden: [pods] }, reason: /not allowed/ }],
});
