import { document } from '../model/artifact.ts';
import { numberIn, parseJsonObject, stringIn } from './json-bytes.ts';

/** One line of a verbose health reply. */
export interface HealthCheck {
  /** E.g. `etcd`, `poststarthook/rbac/bootstrap-roles`. */
  readonly name: string;
  readonly ok: boolean;
  /** What follows the name, e.g. `ok`, `excluded: ok`, `failed: reason withheld`. */
  readonly detail: string;
}

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

// Line forms of apiserver/pkg/server/healthz: `[+]ping ok`, `[-]etcd failed: reason withheld`, `[+]etcd excluded: ok`.
const CHECK_LINE = /^\[([+-])\](\S+) (ok|excluded.*: ok|failed: .*)$/;

/** `/livez?verbose` and `/readyz?verbose`, one entry each; scope endpoint `https://host:port/livez`. */
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
      checks: text.split('\n').flatMap(checkOf),
    };
  },
});

function checkOf(line: string): HealthCheck[] {
  const match = CHECK_LINE.exec(line.trimEnd());
  if (!match) return [];
  return [{ name: match[2]!, ok: match[1] === '+', detail: match[3]! }];
}
