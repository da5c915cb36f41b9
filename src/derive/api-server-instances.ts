import { type ApiServerHealth, apiServerHealth } from '../artifacts/api-server-health.ts';
import { endpointSlices } from '../artifacts/network-resources.ts';
import { type DocumentItem, defineDerived, optional } from '../model/artifact.ts';
import type { CoverageRow } from '../model/coverage.ts';
import { getOrCreate } from '../model/get-or-create.ts';
import type { Scope } from '../model/scope.ts';
import type { Subject } from '../model/subject.ts';
import { type ComponentInstance, controlPlane } from './control-plane.ts';

/** One address an API server was asked at: that of the kubeconfig, or one instance's own. */
export interface ApiServerAddress {
  /** `https://10.0.0.1:6443`. */
  readonly server: string;
  /** Whether the address is that of one instance, as the EndpointSlice `kubernetes` lists it. */
  readonly direct: boolean;
  readonly instance?: ComponentInstance;
  /** The instance's pod, else host and port. */
  readonly subject: Subject;
  readonly replies: readonly DocumentItem<ApiServerHealth>[];
  /** Requests that got no reply. */
  readonly silent: readonly CoverageRow[];
}

/** Health of every address that was asked, joined with the instance behind it. */
export const apiServerInstances = defineDerived({
  id: 'api-server-instances',
  title: 'Instances of the API server',
  needs: { plane: controlPlane, health: apiServerHealth, slices: optional(endpointSlices) },
  derive({ plane, health, slices }): readonly ApiServerAddress[] {
    const own = new Set(
      slices.items
        .filter(({ metadata }) => metadata.namespace === 'default')
        .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === 'kubernetes')
        .flatMap(({ endpoints = [] }) => (endpoints ?? []).flatMap(({ addresses }) => addresses)),
    );
    const found = new Map<string, { replies: DocumentItem<ApiServerHealth>[]; silent: CoverageRow[] }>();
    const entryOf = (server: string) => getOrCreate(found, server, () => ({ replies: [], silent: [] }));
    for (const item of health.items) {
      const server = serverIn(item.scope, item.value.path);
      if (server !== undefined) entryOf(server).replies.push(item);
    }
    for (const row of health.rows) {
      const server = serverIn(row.scope);
      if (server === undefined || (row.outcome !== 'error' && row.outcome !== 'timed-out')) continue;
      entryOf(server).silent.push(row);
    }
    return [...found].map(([server, { replies, silent }]) => {
      const host = hostOf(server);
      const instance = plane.of('kube-apiserver').find((one) => addressOf(one) === host);
      return {
        server,
        direct: own.has(host) || instance !== undefined,
        ...(instance ? { instance } : {}),
        subject: instance?.subject ?? { external: 'host', name: new URL(server).host },
        replies,
        silent,
      };
    });
  },
});

const HEALTH_PATH = /\/(?:livez|readyz|healthz)$/;

function serverIn(scope: Scope, path = ''): string | undefined {
  if (scope.type !== 'endpoint') return undefined;
  const server = scope.endpoint.endsWith(path)
    ? scope.endpoint.slice(0, scope.endpoint.length - path.length)
    : '';
  const base = (server || scope.endpoint).replace(HEALTH_PATH, '');
  return URL.canParse(base) ? base : undefined;
}

function hostOf(server: string): string {
  return new URL(server).hostname.replace(/^\[|\]$/g, '');
}

function addressOf({ pod }: ComponentInstance): string | undefined {
  return pod?.status?.podIP ?? pod?.status?.hostIP;
}
