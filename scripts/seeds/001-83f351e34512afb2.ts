import { configurationRows } from './kong-completed/configuration.ts';
import { endedPodRows } from './kong-completed/ended-pods.ts';
import { prefixRows } from './kong-completed/prefix.ts';
import type { SeedDocument } from './seed-row.ts';

/** Kong: pods shown as `Completed`, and the prefix volume. */
export const kongCompletedDocument: SeedDocument = {
  id: '001_83f351e34512afb2',
  title: 'Kong pods shown as Completed',
  rows: [...endedPodRows, ...prefixRows, ...configurationRows],
};
