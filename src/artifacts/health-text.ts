/** One line of a verbose health reply. */
export interface HealthCheck {
  /** E.g. `etcd`, `poststarthook/rbac/bootstrap-roles`, `leaderElection`. */
  readonly name: string;
  readonly ok: boolean;
  /** What follows the name, e.g. `ok`, `excluded: ok`, `failed: reason withheld`. */
  readonly detail: string;
}

// Line forms of apiserver/pkg/server/healthz and etcd's /readyz: `[+]ping ok`, `[-]etcd failed: reason withheld`,
// `[+]etcd excluded: ok`.
const CHECK_LINE = /^\[([+-])\](\S+) (ok|excluded.*: ok|failed: .*)$/;

/** The checks of a verbose health reply of an API server, a controller-manager, a scheduler or etcd. */
export function healthChecksIn(text: string): HealthCheck[] {
  return text.split('\n').flatMap((line) => {
    const match = CHECK_LINE.exec(line.trimEnd());
    return match ? [{ name: match[2]!, ok: match[1] === '+', detail: match[3]! }] : [];
  });
}
