import { faultScenario } from '../base-cluster.ts';
import { crashingApi, crashingLogs, REPLACED } from '../crashing-api.ts';
import { HOUR, logOf } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** A release that warms its caches for 90 s before it listens was deployed so long before the collection. */
const SINCE = 3 * HOUR;
const PROBE = {
  httpGet: { path: '/health', port: 9000 },
  initialDelaySeconds: 5,
  periodSeconds: 5,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
};
const REFUSED =
  'Liveness probe failed: Get "http://10.244.2.61:9000/health": dial tcp 10.244.2.61:9000: connect: connection refused';

/** The liveness probe gives the API 20 s, and it needs 90 to start: it is stopped before it listens. */
export async function livenessProbeTooImpatient(): Promise<Scenario> {
  const crash = { exitCode: 143, reason: 'Error', restarts: 33, run: 21 } as const;
  const objects = crashingApi({ since: SINCE, ...crash, container: { livenessProbe: PROBE } });
  const [pod] = podsIn(objects);
  const about = { container: 'api', first: SINCE - 20 } as const;
  return faultScenario('liveness-probe-too-impatient', {
    gone: REPLACED,
    objects: [
      ...objects,
      fromKubelet(pod!, { ...about, reason: 'Unhealthy', message: REFUSED, age: 161, count: 99 }),
      fromKubelet(pod!, {
        ...about,
        type: 'Normal',
        reason: 'Killing',
        message: 'Container api failed liveness probe, will be restarted',
        age: 161,
        count: 33,
      }),
    ],
    logs: crashingLogs(
      logOf([
        [181, '{"level":"info","msg":"warming caches"}'],
        [171, '{"level":"info","msg":"warming caches","done":"11%"}'],
        [161, '{"level":"info","msg":"warming caches","done":"22%"}'],
      ]),
    ),
  });
}
