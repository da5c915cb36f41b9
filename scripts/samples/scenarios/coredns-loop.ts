import { faultScenario, SHOP } from '../base-cluster.ts';
import { crashLoop } from '../container-states.ts';
import { DNS, dnsService } from '../control-plane.ts';
import { HOUR, type LogEntry, logOf, MINUTE, objectOf } from '../object.ts';
import { fromKubelet } from '../pod-events.ts';
import type { ApiObject, Scenario } from '../scenario.ts';
import { deployment, podsIn, type Replica } from '../workloads.ts';

const SYSTEM = 'kube-system';
/** The nodes were given a local caching resolver, and CoreDNS was restarted, so long before the collection. */
const SINCE = 70 * MINUTE;
/** Seconds since the last run of each server ended; a run takes less than a second. */
const ENDED = [130, 95];
const COREFILE = [
  '.:53 {',
  '    errors',
  '    health {',
  '       lameduck 5s',
  '    }',
  '    ready',
  '    kubernetes cluster.local in-addr.arpa ip6.arpa {',
  '       pods insecure',
  '       fallthrough in-addr.arpa ip6.arpa',
  '       ttl 30',
  '    }',
  '    prometheus :9153',
  '    forward . /etc/resolv.conf {',
  '       max_concurrent 1000',
  '    }',
  '    cache 30',
  '    loop',
  '    reload',
  '    loadbalance',
  '}',
  '',
].join('\n');

/** The resolver of the nodes is 127.0.0.53, so that CoreDNS forwards questions to itself and gives up. */
export async function corednsLoop(): Promise<Scenario> {
  const objects = deployment({ ...DNS, unavailable: SINCE, replicas: DNS.replicas.map(looping) });
  const pods = podsIn(objects);
  return faultScenario('coredns-loop', {
    objects: [
      ...objects,
      ...dnsService(pods),
      objectOf({ kind: 'ConfigMap', namespace: SYSTEM, name: 'coredns' }, { data: { Corefile: COREFILE } }),
      ...pods.map(backOff),
    ],
    logs: [...pods.flatMap(loopLogs), ...clientLogs()],
  });
}

function looping(replica: Replica, index: number): Replica {
  const ended = ENDED[index]!;
  const container = crashLoop({
    namespace: SYSTEM,
    pod: `coredns-${DNS.hash}-${replica.suffix}`,
    container: 'coredns',
    exitCode: 1,
    reason: 'Error',
    restarts: 17,
    began: ended,
    ended,
  });
  return { ...replica, age: SINCE, ready: false, changed: SINCE, container };
}

function backOff(pod: ApiObject): ApiObject {
  const { name, uid } = pod.metadata;
  return fromKubelet(pod, {
    reason: 'BackOff',
    message: `Back-off restarting failed container coredns in pod ${name}_${SYSTEM}(${uid})`,
    age: 11,
    first: SINCE - 10,
    count: 290,
    container: 'coredns',
  });
}

function loopLogs(pod: ApiObject, index: number): LogEntry[] {
  const ended = ENDED[index]!;
  const text = logOf([
    [ended, '.:53'],
    [ended, 'CoreDNS-1.12.1'],
    [
      ended,
      '[FATAL] plugin/loop: Loop (127.0.0.1:55953 -> :53) detected for zone ".", see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO 4547991504243258144.3688648895315093531."',
    ],
  ]);
  const key = `${SYSTEM}/${pod.metadata.name}/coredns`;
  return [
    [key, text],
    [`${key}/previous`, text],
  ];
}

/** The API runs on, but resolves nothing. */
function clientLogs(): LogEntry[] {
  const error =
    'dial tcp: lookup orders.shop.svc on 10.96.0.10:53: read udp 10.244.2.23:41112->10.96.0.10:53: read: connection refused';
  return [
    [
      `${SHOP}/api-5c9f7db84b-t6rqb/api`,
      logOf([
        [9 * HOUR, '{"level":"info","msg":"listening","port":9000}'],
        [35, `{"level":"error","msg":"catalogue not refreshed","error":"${error}"}`],
        [5, `{"level":"error","msg":"catalogue not refreshed","error":"${error}"}`],
      ]),
    ],
  ];
}
