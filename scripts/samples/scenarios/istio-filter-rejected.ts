import { faultScenario, SHOP } from '../base-cluster.ts';
import { istioTime, refusedListeners, syncRow } from '../istio-proxies.ts';
import { meshShop } from '../mesh-shop.ts';
import { ago, logOf, MINUTE, objectOf, type Parts } from '../object.ts';
import type { ApiObject, Scenario } from '../scenario.ts';

/** The filter was applied so long before the collection, and a pod made after it. */
const APPLIED = 42 * MINUTE;
const RECREATED = 29 * MINUTE;
const NEW = 'web-7d4b8c6f9d-m7q4z';
const FILTER = 'shop.filters.header_guard';
const DETAIL = `Error adding/updating listener(s) 0.0.0.0_80: Didn't find a registered implementation for '${FILTER}' with type URL: 'type.googleapis.com/shop.filters.v1.HeaderGuard'`;

/**
 * An EnvoyFilter adds an HTTP filter that the Envoy of Istio does not contain. Proxies that run refuse the
 * listeners and keep those before; the one of a new pod has none and never becomes ready.
 */
export async function istioFilterRejected(): Promise<Scenario> {
  const scene = await meshShop({
    web: {
      unavailable: RECREATED,
      replicas: [
        { suffix: '5p2mk', node: 'worker-1', ip: '10.244.1.14' },
        {
          suffix: 'm7q4z',
          node: 'worker-2',
          ip: '10.244.2.18',
          age: RECREATED,
          ready: false,
          changed: RECREATED,
        },
      ],
    },
    sidecar: ({ metadata }) => ({
      native: true,
      ...(metadata.name === NEW ? { unready: RECREATED - 3 } : {}),
    }),
    plane: { row: refusing },
    objects: [filter()],
    proxyLogs: { [NEW]: refusingLog() },
    listeners: { [NEW]: refusedListeners(['0.0.0.0_80'], DETAIL, RECREATED - 6) },
  });
  return faultScenario('istio-filter-rejected', { ...scene, gone: ['Pod/shop/web-7d4b8c6f9d-hx8vn'] });
}

function filter(): ApiObject {
  const value = {
    name: FILTER,
    typed_config: {
      '@type': 'type.googleapis.com/udpa.type.v1.TypedStruct',
      type_url: 'type.googleapis.com/shop.filters.v1.HeaderGuard',
      value: { max_bytes: 8192 },
    },
  };
  const http = { name: 'envoy.filters.network.http_connection_manager' };
  return objectOf(
    {
      apiVersion: 'networking.istio.io/v1alpha3',
      kind: 'EnvoyFilter',
      namespace: SHOP,
      name: 'header-guard',
      age: APPLIED,
    },
    {
      spec: {
        priority: 10,
        configPatches: [
          {
            applyTo: 'HTTP_FILTER',
            match: { context: 'SIDECAR_OUTBOUND', listener: { filterChain: { filter: http } } },
            patch: { operation: 'INSERT_BEFORE', value },
          },
        ],
      },
    },
  );
}

/** A row of istiod as it is since 1.24: by type, with the words of the proxy. */
function refusing(pod: ApiObject): Parts {
  const { cluster_id, proxy, proxy_type, istio_version } = syncRow(pod);
  const isNew = pod.metadata.name === NEW;
  const sentTime = ago(isNew ? RECREATED - 4 : APPLIED - 1);
  const taken = (type: string) => {
    const nonce = `${type}-${pod.metadata.name.slice(-5)}-8`;
    return { sent: nonce, acked: nonce, sentTime };
  };
  const url = (type: string) => `type.googleapis.com/envoy.config.${type}`;
  return {
    cluster_id,
    proxy,
    proxy_type,
    istio_version,
    resources: {
      [url('cluster.v3.Cluster')]: taken('cluster'),
      [url('endpoint.v3.ClusterLoadAssignment')]: taken('endpoint'),
      [url('listener.v3.Listener')]: {
        sent: `listener-${pod.metadata.name.slice(-5)}-8`,
        acked: isNew ? '' : `listener-${pod.metadata.name.slice(-5)}-7`,
        sentTime,
        lastError: DETAIL,
      },
      [url('route.v3.RouteConfiguration')]: taken('route'),
    },
  };
}

function refusingLog(): string {
  const line = (age: number, text: string) => [age, `${istioTime(age)}\t${text}`] as const;
  return logOf([
    line(
      RECREATED - 4,
      'info\txdsproxy\tInitializing with upstream address "istiod.istio-system.svc:15012" and cluster "Kubernetes"',
    ),
    line(
      RECREATED - 5,
      'info\txdsproxy\tconnected to delta upstream XDS server: istiod.istio-system.svc:15012\tid=1',
    ),
    line(
      RECREATED - 6,
      `warning\tenvoy config external/envoy/source/extensions/config_subscription/grpc/delta_subscription_state.cc:269\tdelta config for type.googleapis.com/envoy.config.listener.v3.Listener rejected: ${DETAIL}\tthread=21`,
    ),
    ...[RECREATED - 10, 12 * MINUTE, 40].map((age) =>
      line(
        age,
        'warn\tEnvoy proxy is NOT ready: config received from XDS server, but was rejected: cds updates: 1 successful, 0 rejected; lds updates: 0 successful, 1 rejected',
      ),
    ),
  ]);
}
