import type { SeedDocument } from './seed-row.ts';
import { rulesRows } from './virtual-environment/rules.ts';
import { sidecarRows } from './virtual-environment/sidecars.ts';
import { tagRows } from './virtual-environment/tags.ts';

/** KtEnv: routes that are not as expected, requests without a tag, sidecars that do not get ready. */
export const virtualEnvironmentDocument: SeedDocument = {
  id: '003_bd0d1e2d16e2c77f',
  title: 'KtEnv on Istio',
  rows: [...rulesRows, ...tagRows, ...sidecarRows],
};
