import { faultScenario, SHOP } from '../base-cluster.ts';
import { releaseSecrets } from '../helm.ts';
import { DAY, HOUR } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/**
 * A pipeline was cancelled while Helm upgraded the shop: its last revision is `pending-upgrade` for three hours,
 * and Helm refuses every further operation. What runs is still the revision before.
 */
export async function helmReleasePending(): Promise<Scenario> {
  return faultScenario('helm-release-pending', {
    objects: releaseSecrets(SHOP, 'shop', [
      { version: 3, status: 'superseded', age: 21 * DAY, changed: 9 * DAY },
      { version: 4, status: 'deployed', age: 9 * DAY, changed: 9 * DAY - 40 },
      { version: 5, status: 'pending-upgrade', age: 3 * HOUR },
    ]),
  });
}
