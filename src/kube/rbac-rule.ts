import type { PolicyRule } from '../model/coverage.ts';

/** Segments below a namespace's name that belong to the namespace itself, not to a resource in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** Verbs of RBAC for requests that change something. */
const WRITE_VERBS = { POST: 'create', DELETE: 'delete' } as const;

/**
 * The RBAC rule that allows a request (a GET unless said) of this path, by the same reading of paths as the API server:
 * resource paths below `/api/<version>` and `/apis/<group>/<version>`, all others by URL.
 */
export function ruleForPath(path: string, method?: keyof typeof WRITE_VERBS): PolicyRule {
  const pathname = path.split('?', 1)[0] ?? path;
  const segments = pathname.split('/').filter((segment) => segment !== '');
  const target = resourceTarget(segments);
  if (!target) return { nonResourceURLs: [pathname], verbs: ['get'] };
  const { group, rest } = target;
  const [first, namespace, third] = rest;
  const inNamespace =
    first === 'namespaces' &&
    namespace !== undefined &&
    third !== undefined &&
    !NAMESPACE_SUBRESOURCES.has(third);
  const [resource, name, subresource] = inNamespace ? rest.slice(2) : rest;
  return {
    apiGroups: [group],
    resources: [subresource === undefined ? (resource ?? '') : `${resource}/${subresource}`],
    verbs: [method ? WRITE_VERBS[method] : name === undefined ? 'list' : 'get'],
  };
}

/** What a port-forward over WebSocket needs: `get` by all versions, `create` as well since Kubernetes 1.35. */
export const PORT_FORWARD_RULE: PolicyRule = {
  apiGroups: [''],
  resources: ['pods/portforward'],
  verbs: ['create', 'get'],
};

/** What a command in a container needs: `get` by older versions over WebSocket, `create` since Kubernetes 1.35. */
export const EXEC_RULE: PolicyRule = {
  apiGroups: [''],
  resources: ['pods/exec'],
  verbs: ['create', 'get'],
};

function resourceTarget(segments: readonly string[]): { group: string; rest: readonly string[] } | undefined {
  if (segments[0] === 'api' && segments.length > 2) return { group: '', rest: segments.slice(2) };
  if (segments[0] === 'apis' && segments.length > 3)
    return { group: segments[1] ?? '', rest: segments.slice(3) };
  return undefined;
}
