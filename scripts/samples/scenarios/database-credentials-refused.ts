import { faultScenario, SHOP } from '../base-cluster.ts';
import { crashingApi, crashingLogs, REPLACED } from '../crashing-api.ts';
import { HOUR, logOf } from '../object.ts';
import { boundVolume, ORDERS_DB, ordersDatabase } from '../orders-database.ts';
import type { Scenario } from '../scenario.ts';

/** The password in the Secret was changed, and the API deployed with it, so long before the collection. */
const SINCE = 1.5 * HOUR;
const REFUSED =
  '{"level":"fatal","msg":"cannot open database","error":"failed to connect to `user=shop database=orders`: 10.244.1.50:5432 (orders-db): failed SASL auth: FATAL: password authentication failed for user \\"shop\\" (SQLSTATE 28P01)"}';

/** The Secret holds another password than the database knows: the API ends each time it connects. */
export async function databaseCredentialsRefused(): Promise<Scenario> {
  const crash = { exitCode: 1, reason: 'Error', restarts: 19, run: 2 } as const;
  const ended = 160;
  return faultScenario('database-credentials-refused', {
    gone: REPLACED,
    objects: [
      ...crashingApi({ since: SINCE, ...crash }),
      ...ordersDatabase(ORDERS_DB),
      ...boundVolume(ORDERS_DB),
    ],
    logs: [
      ...crashingLogs(
        logOf([
          [ended + 2, '{"level":"info","msg":"connecting","host":"orders-db","database":"orders"}'],
          [ended, REFUSED],
        ]),
      ),
      [
        `${SHOP}/orders-db-0/postgres`,
        logOf([
          [
            ended,
            '2026-03-03 09:27:20.184 UTC [8812] FATAL:  password authentication failed for user "shop"',
          ],
        ]),
      ],
    ],
  });
}
