import type { FirstCause } from '../first-causes.ts';

/** Samples that are not built on the small cluster. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'control-plane-certificate-expired',
    cause: 'certificate/expired#controlPlaneExpired',
    subject: 'host//cp.example:6443',
    symptoms: ['control-plane/api-server-unreachable#certificateNotAccepted'],
  },
  {
    sample: 'kong-data-plane-disconnected',
    cause: 'kong/data-plane-not-connected#dnsFailed',
    subject: 'Pod/kong/kong-dp-edge-kong-74f6d9b5c8-q8m4d',
    symptoms: ['network/service-without-endpoints#noneReady', 'workload/rollout-stuck#notAvailable'],
  },
];
