import type { FirstCause } from '../first-causes.ts';

/** Pods the API server refuses to create. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'webhook-service-gone',
    cause: 'admission/webhook-unavailable#serviceMissing',
    subject: 'ValidatingWebhookConfiguration//image-policy',
    symptoms: [
      'workload/pods-not-created#webhookFailed',
      'workload/rollout-stuck#deadlineExceeded',
      'network/service-without-endpoints#podsNotCreated',
    ],
  },
  {
    sample: 'quota-exceeded',
    cause: 'workload/pods-not-created#quotaExceeded',
    subject: 'Deployment/shop/web',
    symptoms: ['workload/rollout-stuck#notAvailable'],
  },
  {
    sample: 'service-account-missing',
    cause: 'workload/pods-not-created#serviceAccountMissing',
    subject: 'Deployment/shop/api',
    symptoms: ['workload/rollout-stuck#deadlineExceeded', 'network/service-without-endpoints#podsNotCreated'],
  },
  {
    sample: 'pod-security-denied',
    cause: 'workload/pods-not-created#podSecurityDenied',
    subject: 'Deployment/shop/api',
    symptoms: ['workload/rollout-stuck#deadlineExceeded', 'network/service-without-endpoints#podsNotCreated'],
  },
];
