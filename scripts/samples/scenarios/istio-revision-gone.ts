import { faultScenario } from '../base-cluster.ts';
import { istioTime, refusedListeners, syncRow } from '../istio-proxies.ts';
import { meshShop } from '../mesh-shop.ts';
import { logOf, MINUTE } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { Scenario } from '../scenario.ts';
import { podsIn } from '../workloads.ts';

/** The containers of this pod were started again so long before the collection, when its node was. */
const RESTARTED = 34 * MINUTE;
const POD = 'web-7d4b8c6f9d-hx8vn';
const REVISION = '1-26';
const SERVICE = `istiod-${REVISION}.istio-system.svc`;

/**
 * The revision 1-26 was removed after an upgrade, but the namespace of the shop is still labelled with it. Its
 * proxies run on without a control plane, until one has to begin anew.
 */
export async function istioRevisionGone(): Promise<Scenario> {
  const by = { revision: REVISION, version: '1.26.4', address: `${SERVICE}:15012` };
  const scene = await meshShop({
    label: { 'istio.io/rev': REVISION },
    web: {
      unavailable: RESTARTED,
      replicas: [
        { suffix: '5p2mk', node: 'worker-1', ip: '10.244.1.14' },
        {
          suffix: 'hx8vn',
          node: 'worker-2',
          ip: '10.244.2.17',
          ready: false,
          changed: RESTARTED,
          restarted: RESTARTED,
          container: { ready: true },
        },
      ],
    },
    sidecar: ({ metadata }) => ({
      native: false,
      by,
      ...(metadata.name === POD ? { unready: RESTARTED } : {}),
    }),
    plane: { row: (pod) => (pod.metadata.namespace === 'shop' ? undefined : syncRow(pod)) },
    proxyLogs: { [POD]: lostProxyLog() },
    listeners: { [POD]: refusedListeners([], '', RESTARTED) },
  });
  const pod = podsIn(scene.objects ?? []).find(({ metadata }) => metadata.name === POD)!;
  const unhealthy = fromKubelet(pod, {
    reason: 'Unhealthy',
    message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    age: 20,
    first: RESTARTED - 5,
    count: 134,
    container: 'istio-proxy',
  });
  return faultScenario('istio-revision-gone', { ...scene, objects: [...(scene.objects ?? []), unhealthy] });
}

/** What a proxy writes whose control plane has no name any more; the same every half minute. */
function lostProxyLog(): string {
  const dial = `dial tcp: lookup ${SERVICE} on 10.96.0.10:53: no such host`;
  const refused = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: ${dial}"`;
  const line = (age: number, text: string) => [age, `${istioTime(age)}\t${text}`] as const;
  const attempts = [RESTARTED - 4, 20 * MINUTE, 5 * MINUTE, 70].flatMap((age) => [
    line(age, 'warn\tca\tca request failed, starting attempt 1 in 99.4ms'),
    line(age - 3, `error\tcitadelclient\tfailed to sign CSR: create certificate: ${refused}`),
    line(
      age - 3,
      `warn\tsds\tfailed to warm certificate: failed to generate workload certificate: create certificate: ${refused}`,
    ),
    line(
      age - 6,
      'warn\tEnvoy proxy is NOT ready: config not received from XDS server (is Istiod running?): cds updates: 0 successful, 0 rejected; lds updates: 0 successful, 0 rejected',
    ),
  ]);
  return logOf([
    line(
      RESTARTED - 2,
      `info\txdsproxy\tInitializing with upstream address "${SERVICE}:15012" and cluster "Kubernetes"`,
    ),
    ...attempts,
  ]);
}
