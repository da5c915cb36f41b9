import type { FirstCause, Told } from '../first-causes.ts';

/** What every pod that keeps ending leaves behind in these samples. */
const DOWN: readonly Told[] = [
  'workload/rollout-stuck#deadlineExceeded',
  'network/service-without-endpoints#noneReady',
];

/** Containers that start and do not serve. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'out-of-memory',
    cause: 'workload/out-of-memory#limitExceeded',
    subject: 'Pod/shop/api-5c9f7db84b-m6vds',
    symptoms: DOWN,
  },
  {
    sample: 'liveness-probe-too-impatient',
    cause: 'workload/probe-kills-container#notListening',
    subject: 'Pod/shop/api-5c9f7db84b-m6vds',
    symptoms: ['workload/crash-loop#isStopped', ...DOWN],
  },
  {
    sample: 'readiness-wrong-port',
    cause: 'workload/pod-not-ready#wrongPort',
    subject: 'Pod/shop/web-7d4b8c6f9d-5p2mk',
    symptoms: DOWN,
  },
  {
    sample: 'database-credentials-refused',
    cause: 'workload/dependency-failing#credentialsRefused',
    subject: 'Pod/shop/api-5c9f7db84b-m6vds',
    symptoms: ['workload/crash-loop#exits', ...DOWN],
  },
  {
    sample: 'port-conflict',
    cause: 'workload/port-conflict#otherContainer',
    subject: 'Pod/shop/api-5d8c7f6b94-r2hqj',
    symptoms: ['workload/crash-loop#exits', ...DOWN],
  },
];
