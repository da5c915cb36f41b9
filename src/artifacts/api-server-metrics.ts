import { document } from '../model/artifact.ts';
import { type Metrics, parsePrometheusText } from './prometheus-text.ts';

export type { MetricSample } from './prometheus-text.ts';

/** The families kept of an API server's metrics; the entry holds all of them. */
export type ApiServerMetrics = Metrics;

// Names as in Kubernetes 1.20 to 1.36; renamed ones stand beside their successor.
const KEPT = new Set([
  'aggregator_unavailable_apiservice',
  'apiserver_admission_webhook_fail_open_count',
  'apiserver_admission_webhook_rejection_count',
  'apiserver_audit_error_total',
  'apiserver_client_certificate_expiration_seconds_bucket',
  'apiserver_client_certificate_expiration_seconds_count',
  'apiserver_current_inflight_requests',
  'apiserver_current_inqueue_requests',
  'apiserver_flowcontrol_dispatched_requests_total',
  'apiserver_flowcontrol_rejected_requests_total',
  'apiserver_kube_aggregator_x509_missing_san_total',
  'apiserver_request_sli_duration_seconds_bucket',
  'apiserver_request_slo_duration_seconds_bucket',
  'apiserver_request_terminations_total',
  'apiserver_request_total',
  'apiserver_requested_deprecated_apis',
  'apiserver_resource_objects',
  'apiserver_storage_db_total_size_in_bytes',
  'apiserver_storage_decode_errors_total',
  'apiserver_storage_objects',
  'apiserver_storage_size_bytes',
  'apiserver_tls_handshake_errors_total',
  'apiserver_webhooks_x509_missing_san_total',
  'etcd_db_total_size_in_bytes',
  'etcd_object_counts',
  'etcd_request_duration_seconds_bucket',
  'etcd_request_errors_total',
  'etcd_requests_total',
  'kubernetes_build_info',
  'kubernetes_healthcheck',
  'process_start_time_seconds',
]);

/**
 * `/metrics` of an API server in the Prometheus text format. Scope cluster: whichever instance answered the
 * kubeconfig's address; scope endpoint `https://<address>:<port>/metrics`: the instance behind one address of
 * the EndpointSlice `kubernetes`.
 */
export const apiServerMetrics = document<ApiServerMetrics>({
  id: 'api-server-metrics',
  title: 'Metrics of the API server',
  contentType: 'text',
  rearranged: true,
  counters: true,
  parse: (bytes) => parsePrometheusText(bytes, KEPT),
});
