import { faultScenario } from '../base-cluster.ts';
import { crashingApi, crashingLogs, REPLACED } from '../crashing-api.ts';
import { HOUR, logOf } from '../object.ts';
import type { Scenario } from '../scenario.ts';

/** A release whose catalogue no longer fits into 512 MiB was deployed so long before the collection. */
const SINCE = 2 * HOUR;

/** The API reaches its memory limit while it loads its catalogue, and the kernel kills it each time. */
export async function outOfMemory(): Promise<Scenario> {
  const crash = { exitCode: 137, reason: 'OOMKilled', restarts: 21, run: 48, wasReady: true } as const;
  return faultScenario('out-of-memory', {
    gone: REPLACED,
    objects: crashingApi({ since: SINCE, ...crash }),
    logs: crashingLogs(lines(208)),
  });
}

function lines(began: number): string {
  return logOf([
    [began, '{"level":"info","msg":"listening","port":9000}'],
    [began - 3, '{"level":"info","msg":"loading catalogue","products":48210}'],
    [began - 31, '{"level":"info","msg":"loaded","products":31000,"heap":"472Mi"}'],
  ]);
}
