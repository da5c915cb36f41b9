import type { FirstCause } from '../first-causes.ts';

/** Samples of Istio without KtEnv. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'istio-control-plane-down',
    cause: 'workload/pod-unschedulable#resourceTooLarge',
    subject: 'Pod/istio-system/istiod-7c9d5b6f84-q8k2w',
    symptoms: [
      'istio/control-plane-unhealthy#down',
      'network/service-without-endpoints#noneReady',
      'admission/webhook-unavailable#noEndpoints',
      'workload/pods-not-created#webhookFailed',
      'workload/rollout-stuck#notAvailable',
    ],
  },
  {
    sample: 'istio-revision-gone',
    cause: 'istio/proxy-not-ready#controlPlaneMissing',
    subject: 'Pod/shop/web-7d4b8c6f9d-hx8vn',
    symptoms: ['workload/rollout-stuck#notAvailable'],
  },
  {
    sample: 'istio-subset-missing',
    cause: 'istio/reference-missing#subsetMissing',
    subject: 'VirtualService/shop/api',
    symptoms: ['istio/requests-failing#clusterMissing'],
  },
  {
    sample: 'istio-filter-rejected',
    cause: 'istio/proxy-out-of-sync#filterRefused',
    subject: 'EnvoyFilter/shop/header-guard',
    symptoms: [
      'istio/proxy-not-ready#configurationRejected',
      'istio/proxy-out-of-sync#listenerRefused',
      'istio/proxy-out-of-sync#rejected',
      'workload/pod-not-ready#unexplained',
      'workload/rollout-stuck#notAvailable',
    ],
  },
];
