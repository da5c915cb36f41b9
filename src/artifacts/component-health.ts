import { document } from '../model/artifact.ts';
import { type HealthCheck, healthChecksIn } from './health-text.ts';
import { listIn, numberIn, objectIn, parseJsonObject, stringIn } from './json-bytes.ts';
import { type Metrics, parsePrometheusText } from './prometheus-text.ts';

/** One health endpoint as asked: a reply, or why there is none. */
export interface StoredComponentReply {
  /** `/healthz`, `/livez` or `/readyz`. */
  readonly path: string;
  readonly status?: number;
  readonly text?: string;
  /** Why there is no reply, e.g. `connection refused`. */
  readonly error?: string;
}

/** One reply with its checks. */
export interface ComponentReply extends StoredComponentReply {
  /** HTTP 200. */
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
}

/** Health of one kube-controller-manager or kube-scheduler. */
export interface ComponentHealth {
  /** `kube-controller-manager` or `kube-scheduler`. */
  readonly component: string;
  readonly replies: readonly ComponentReply[];
}

/**
 * Health endpoints of a kube-controller-manager (port 10257, `/healthz`) or kube-scheduler (port 10259,
 * `/livez` and `/readyz`, before 1.31 `/healthz`), asked with `?verbose` over a port-forward since kubeadm
 * binds them to 127.0.0.1. Scope object Pod. Stored: `{component, replies: [{path, status, text} | {path, error}]}`.
 */
export const componentHealth = document<ComponentHealth>({
  id: 'component-health',
  title: 'Health checks of controller-manager and scheduler',
  contentType: 'json',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const component = stringIn(stored.component);
    if (component === undefined) throw new Error('no component is named');
    return { component, replies: listIn(stored.replies).map(replyOf) };
  },
});

function replyOf(stored: unknown): ComponentReply {
  const fields = objectIn(stored);
  const status = numberIn(fields.status);
  const text = stringIn(fields.text);
  const error = stringIn(fields.error);
  return {
    path: stringIn(fields.path) ?? '',
    ...(status === undefined ? {} : { status }),
    ...(text === undefined ? {} : { text }),
    ...(error === undefined ? {} : { error }),
    ok: status === 200,
    checks: healthChecksIn(text ?? ''),
  };
}

// Kubernetes 1.20 to 1.36.
const KEPT = new Set([
  'kubernetes_build_info',
  'leader_election_master_status',
  'process_start_time_seconds',
  'rest_client_requests_total',
  'scheduler_pending_pods',
  'scheduler_schedule_attempts_total',
  'workqueue_depth',
]);

/**
 * `/metrics` of a kube-controller-manager or kube-scheduler in the Prometheus text format, as it came; needs
 * credentials with `get /metrics`. Scope object Pod.
 */
export const componentMetrics = document<Metrics>({
  id: 'component-metrics',
  title: 'Metrics of controller-manager and scheduler',
  contentType: 'text',
  rearranged: true,
  counters: true,
  parse: (bytes) => parsePrometheusText(bytes, KEPT),
});
