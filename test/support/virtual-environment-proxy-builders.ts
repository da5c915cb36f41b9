import { istioProxyConfig, storedProxyConfig } from '../../src/artifacts/istio-proxy-config.ts';
import type { Given } from './given.ts';
import { NAMESPACE } from './virtual-environment-builders.ts';

type Document = NonNullable<Given['documents']>[number];

const MANAGER = 'envoy.filters.network.http_connection_manager';
const CONFIG_DUMP = 'type.googleapis.com/envoy.admin.v3.ListenersConfigDump';

/** An outbound listener of the 8080 ports, as in a config_dump. */
function listener(filters: readonly string[], direction = 'OUTBOUND', manager = MANAGER): object {
  return {
    name: '0.0.0.0_8080',
    address: { socket_address: { address: '0.0.0.0', port_value: 8080 } },
    traffic_direction: direction,
    filter_chains: [
      {
        filters: [
          {
            name: manager,
            typed_config: {
              http_filters: [...filters, 'envoy.filters.http.router'].map((name) => ({ name })),
            },
          },
        ],
      },
    ],
  };
}

function document(pod: string, dynamic: readonly object[]): Document {
  const proxy = { namespace: NAMESPACE, pod };
  const dump = { configs: [{ '@type': CONFIG_DUMP, dynamic_listeners: dynamic }] };
  const body = new TextEncoder().encode(JSON.stringify(dump));
  return {
    artifact: istioProxyConfig,
    scope: { type: 'object', kind: 'Pod', namespace: NAMESPACE, name: pod },
    bytes: new TextDecoder().decode(
      storedProxyConfig(proxy, '/config_dump?resource=dynamic_listeners', body),
    ),
  };
}

/** The listeners of a proxy: one outbound and one inbound, the outbound one with KtEnv's script or without. */
export function listeners(
  pod: string,
  { script = false, direction, manager }: { script?: boolean; direction?: string; manager?: string },
): Document {
  const filters = ['istio.metadata_exchange', ...(script ? ['virtual.environment.lua'] : [])];
  return document(pod, [
    {
      name: '0.0.0.0_8080',
      active_state: { version_info: '7', listener: listener(filters, direction, manager) },
    },
    { name: 'virtualInbound', active_state: { version_info: '7', listener: listener([], 'INBOUND') } },
  ]);
}

/** A proxy that refuses its outbound listener with the script; with `before`, the one before it still serves. */
export function refusedListener(pod: string, details: string, before = false): Document {
  return document(pod, [
    {
      name: '0.0.0.0_8080',
      ...(before ? { active_state: { version_info: '6', listener: listener([]) } } : {}),
      error_state: {
        failed_configuration: listener(['virtual.environment.lua']),
        last_update_attempt: '2026-01-15T11:30:00Z',
        details,
      },
    },
    {
      name: '0.0.0.0_9090',
      active_state: { version_info: '6', listener: listener(['istio.metadata_exchange']) },
    },
  ]);
}
