import { document } from '../model/artifact.ts';
import { type HealthCheck, healthChecksIn } from './health-text.ts';
import { numberIn, parseJsonObject, stringIn } from './json-bytes.ts';

export type { HealthCheck } from './health-text.ts';

/** What the document stores: the reply as it came. */
export interface StoredHealth {
  /** `/livez` or `/readyz`. */
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

/** One health endpoint of one API server. */
export interface ApiServerHealth extends StoredHealth {
  /** HTTP 200. */
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
}

/**
 * `/livez?verbose` and `/readyz?verbose`, one entry each. Scope endpoint `https://host:port/livez`: at the
 * address of the kubeconfig (whichever instance a balancer chose), and at each address of the EndpointSlice
 * `kubernetes` in namespace `default`, so that instances are told apart. An instance that does not answer
 * has no document but a coverage row `error` or `timed-out` of its scope with the failure as reason.
 */
export const apiServerHealth = document<ApiServerHealth>({
  id: 'api-server-health',
  title: 'Health checks of the API server',
  contentType: 'json',
  maxBytes: 1024 * 1024,
  parse(bytes) {
    const stored = parseJsonObject(bytes);
    const status = numberIn(stored.status);
    const text = stringIn(stored.text);
    if (status === undefined || text === undefined) throw new Error('the health reply has no status or text');
    return {
      path: stringIn(stored.path) ?? '',
      status,
      text,
      ok: status === 200,
      checks: healthChecksIn(text),
    };
  },
});
