import type { FirstCause } from '../first-causes.ts';

/** Pods the scheduler finds no node for. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'node-resources-short',
    cause: 'workload/pod-unschedulable#resourceShort',
    subject: 'Pod/shop/search-6b9f5d7c4f-zv5qn',
    symptoms: ['workload/rollout-stuck#notAvailable'],
  },
  {
    sample: 'taint-not-tolerated',
    cause: 'workload/pod-unschedulable#taintNotTolerated',
    subject: 'Pod/shop/api-5c9f7db84b-bq7lh',
    symptoms: ['workload/rollout-stuck#deadlineExceeded', 'network/service-without-endpoints#noneReady'],
  },
  {
    sample: 'claim-without-class',
    cause: 'storage/claim-pending#noDefaultClass',
    subject: 'PersistentVolumeClaim/shop/data-orders-db-0',
    symptoms: [
      'workload/pod-unschedulable#claimUnbound',
      'workload/stateful-set-blocked#notReady',
      'network/service-without-endpoints#noneReady',
    ],
  },
];
