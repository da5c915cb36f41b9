import { document } from '../model/artifact.ts';
import { type Metrics, parsePrometheusText } from './prometheus-text.ts';

// Kong 2.8 to 3.10 (kong/plugins/prometheus/exporter.lua). Everything else names services, routes and consumers.
const KEPT: ReadonlySet<string> = new Set([
  'kong_control_plane_connected',
  'kong_data_plane_cluster_cert_expiry_timestamp',
  'kong_data_plane_config_hash',
  'kong_data_plane_last_seen',
  'kong_data_plane_version_compatible',
  'kong_datastore_reachable',
  'kong_memory_lua_shared_dict_bytes',
  'kong_memory_lua_shared_dict_total_bytes',
  'kong_memory_workers_lua_vms_bytes',
  'kong_nginx_timers',
]);

/**
 * Metrics of one Kong node in the Prometheus text format, `/metrics` of its Status API, without those that name
 * services, routes or consumers. Those of a control plane tell of its data planes: the list without the Admin
 * API. Scope object Pod. Only where the plugin `prometheus` is loaded.
 */
export const kongPlaneMetrics = document<Metrics>({
  id: 'kong-plane-metrics',
  title: 'Metrics of a Kong node',
  contentType: 'text',
  rearranged: true,
  counters: true,
  parse: (bytes) => parsePrometheusText(bytes, KEPT),
});

/** The lines of a reply that may be stored: samples of the metrics kept, nothing else. */
export function keptMetricLines(text: string): string {
  const lines = text.split('\n').filter((line) => KEPT.has(/^\w+/.exec(line)?.[0] ?? ''));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
