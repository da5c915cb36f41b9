import type { FirstCause } from '../first-causes.ts';

/** Containers that do not start. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'image-pull-denied',
    cause: 'workload/image-pull-failed#accessDenied',
    subject: 'Pod/shop/web-7d4b8c6f9d-5p2mk',
    symptoms: ['workload/rollout-stuck#deadlineExceeded', 'network/service-without-endpoints#noneReady'],
  },
  {
    sample: 'config-map-missing',
    cause: 'workload/container-config-error#sourceMissing',
    subject: 'Pod/shop/web-7d4b8c6f9d-5p2mk',
    symptoms: ['workload/rollout-stuck#deadlineExceeded', 'network/service-without-endpoints#noneReady'],
  },
  {
    sample: 'init-container-waits',
    cause: 'workload/pod-not-ready#commandFails',
    subject: 'Pod/shop/orders-db-0',
    symptoms: [
      'workload/stateful-set-blocked#notReady',
      'network/service-without-endpoints#noneReady',
      'workload/init-container-stuck#waitsForService',
      'workload/rollout-stuck#notAvailable',
    ],
  },
  {
    sample: 'exec-format-error',
    cause: 'workload/container-not-created#wrongArchitecture',
    subject: 'Pod/shop/api-7f4b9d86c5-kx2wn',
    symptoms: [
      'workload/crash-loop#exits',
      'workload/rollout-stuck#deadlineExceeded',
      'network/service-without-endpoints#noneReady',
    ],
  },
];
