import { document } from '../model/artifact.ts';

/** One sample of a metric. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The families kept of an API server's metrics; the entry holds all of them. */
export interface ApiServerMetrics {
  readonly samples: readonly MetricSample[];
  /** Samples of a metric by its full name; empty when the server does not expose it. */
  named(name: string): readonly MetricSample[];
}

// Names as in Kubernetes 1.20 to 1.36; renamed ones stand beside their successor.
const KEPT = new Set([
  'aggregator_unavailable_apiservice',
  'apiserver_admission_webhook_fail_open_count',
  'apiserver_admission_webhook_rejection_count',
  'apiserver_audit_error_total',
  'apiserver_client_certificate_expiration_seconds_bucket',
  'apiserver_client_certificate_expiration_seconds_count',
  'apiserver_current_inflight_requests',
  'apiserver_flowcontrol_rejected_requests_total',
  'apiserver_kube_aggregator_x509_missing_san_total',
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
  'etcd_request_errors_total',
  'etcd_requests_total',
  'kubernetes_build_info',
  'kubernetes_healthcheck',
  'process_start_time_seconds',
]);

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const NEWLINE = 0x0a;

/** `/metrics` of the API server in the Prometheus text format, scope cluster; parsed by line. */
export const apiServerMetrics = document<ApiServerMetrics>({
  id: 'api-server-metrics',
  title: 'Metrics of the API server',
  contentType: 'text',
  parse(bytes) {
    const samples: MetricSample[] = [];
    for (const line of linesOf(bytes)) {
      const sample = parseSample(line);
      if (sample) samples.push(sample);
    }
    return { samples, named: (name) => samples.filter((sample) => sample.name === name) };
  },
});

function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    yield decoder.decode(bytes.subarray(start, end));
    start = end + 1;
  }
}

/** A sample of a kept family; undefined for comments, other families and lines that are none. */
function parseSample(line: string): MetricSample | undefined {
  if (line.startsWith('#')) return undefined;
  const match = SAMPLE.exec(line);
  if (!match || !KEPT.has(match[1]!)) return undefined;
  const labels: Record<string, string> = {};
  for (const [, name, value] of (match[2] ?? '').matchAll(LABEL)) labels[name!] = unescapeLabel(value!);
  const value = match[3] === '+Inf' ? Number.POSITIVE_INFINITY : Number(match[3]);
  return { name: match[1]!, labels, value };
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}
