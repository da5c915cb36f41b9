import type { FirstCause } from '../first-causes.ts';

/** Samples of Kong in hybrid mode. */
export const firstCauses: readonly FirstCause[] = [
  {
    sample: 'kong-prefix-full',
    cause: 'kong/prefix-volume-full#evicted',
    subject: 'Pod/kong/kong-dp-kong-6d9c7b8f54-h9d2w',
    symptoms: ['kong/completed-pods-pile-up#volumeLimit', 'kong/prefix-volume-full#nearlyFull'],
  },
];
