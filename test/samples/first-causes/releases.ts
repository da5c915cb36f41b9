import type { FirstCause } from '../first-causes.ts';

/** Samples of addons and releases. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'konvoy-addon-failed',
    cause: 'workload/image-pull-failed#notFound',
    subject: 'Pod/kubeaddons/traefik-kubeaddons-6d8c9f7b5b-4nq7d',
    symptoms: [
      'konvoy/addon-not-deployed#notDeployed',
      'konvoy/addon-not-deployed#requirementNotReady',
      'kubernetes/helm-release-failed#failed',
      'network/service-without-endpoints#noneReady',
      'workload/rollout-stuck#deadlineExceeded',
    ],
  },
  {
    sample: 'helm-release-pending',
    cause: 'kubernetes/helm-release-failed#pending',
    subject: 'Release/shop/shop',
    symptoms: [],
  },
];
