import type { FirstCause } from '../first-causes.ts';

/** Certificates that have ended or name something else. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'webhook-certificate-expired',
    cause: 'certificate/expired#expired',
    subject: 'Secret/policy/policy-webhook-tls',
    symptoms: [
      'admission/webhook-certificate-invalid#expired',
      'workload/pods-not-created#webhookFailed',
      'workload/rollout-stuck#deadlineExceeded',
      'network/service-without-endpoints#podsNotCreated',
    ],
  },
  {
    sample: 'kubelet-client-certificate-expired',
    cause: 'certificate/expired#kubeletExpired',
    subject: 'Node//worker-2',
    symptoms: [
      'node/not-ready#kubeletSilent',
      'node/kubelet-certificate-invalid#rejected',
      'workload/pod-not-terminating#nodeNotReady',
      'workload/pod-not-ready#nodeNotReady',
    ],
  },
  {
    sample: 'serving-certificate-name-mismatch',
    cause: 'certificate/name-mismatch#hostMissing',
    subject: 'Ingress/shop/shop',
    symptoms: [],
  },
];
