/** What an entry, a coverage row or a gap covers. Closed: a new form is a change of the bundle format. */
export type Scope =
  /** The whole cluster: a cluster-wide LIST, or the list of a cluster-scoped kind. */
  | { readonly type: 'cluster' }
  | { readonly type: 'namespace'; readonly namespace: string }
  | {
      readonly type: 'container';
      readonly namespace: string;
      readonly pod: string;
      readonly uid?: string;
      readonly container: string;
      /** True for the log of the instance before the last restart (`kubectl logs --previous`). */
      readonly previous?: boolean;
    }
  | { readonly type: 'node'; readonly node: string }
  /** Log of a systemd unit or other source of a node: `kubelet`, `containerd`, `kernel` (dmesg), `journal` (all units). */
  | { readonly type: 'unit'; readonly node: string; readonly unit: string }
  /** Something reached over the network: `https://host:port/path` or `host:port`. */
  | { readonly type: 'endpoint'; readonly endpoint: string }
  /** One Kubernetes object that is the source of the entry, e.g. the control plane pod asked. */
  | { readonly type: 'object'; readonly kind: string; readonly namespace?: string; readonly name: string };

/** What a log may be of. */
export type LogScope = Extract<Scope, { type: 'container' | 'unit' }>;

export const CLUSTER_SCOPE: Scope = { type: 'cluster' };

/** A stable text for a scope: equal scopes give equal keys; also how a scope is printed in messages. */
export function scopeKey(scope: Scope): string {
  switch (scope.type) {
    case 'cluster':
      return 'cluster';
    case 'namespace':
      return `namespace/${scope.namespace}`;
    case 'container':
      return `container/${scope.namespace}/${scope.pod}/${scope.container}${scope.previous ? '/previous' : ''}`;
    case 'node':
      return `node/${scope.node}`;
    case 'unit':
      return `unit/${scope.node}/${scope.unit}`;
    case 'endpoint':
      return `endpoint/${scope.endpoint}`;
    case 'object':
      return `${scope.kind}/${scope.namespace === undefined ? '' : `${scope.namespace}/`}${scope.name}`;
  }
}

/** The namespace a scope lies in; undefined for the cluster, nodes and endpoints. */
export function scopeNamespace(scope: Scope): string | undefined {
  return 'namespace' in scope ? scope.namespace : undefined;
}
