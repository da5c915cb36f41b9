import { kongPlaneMetrics } from '../../src/artifacts/kong-plane-metrics.ts';
import { kongPlaneProbes, type StoredProbe } from '../../src/artifacts/kong-plane-probes.ts';
import { kongPlaneStatus } from '../../src/artifacts/kong-plane-status.ts';
import type { Scope } from '../../src/model/scope.ts';
import { ADDRESS } from './kong.ts';

function scopeOf(pod: string): Scope {
  return { type: 'object', kind: 'Pod', namespace: 'kong', name: pod };
}

function planeOf(pod: string) {
  return { namespace: 'kong', pod, container: 'proxy' };
}

/** `/status` of a data plane with this configuration hash; ready unless a message says why not. */
export function planeStatus(pod: string, hash: string | undefined, notReady?: string) {
  const replies = [
    {
      path: '/status?unit=b',
      status: 200,
      body: { configuration_hash: hash, server: { total_requests: 5120 }, memory: {} },
    },
    {
      path: '/status/ready',
      status: notReady === undefined ? 200 : 503,
      body: { message: notReady ?? 'ready' },
    },
  ];
  return {
    artifact: kongPlaneStatus,
    scope: scopeOf(pod),
    bytes: JSON.stringify({ plane: planeOf(pod), replies }),
  };
}

/** `/metrics` of a node, line by line. */
export function planeMetrics(pod: string, ...lines: readonly string[]) {
  return { artifact: kongPlaneMetrics, scope: scopeOf(pod), bytes: `${lines.join('\n')}\n` };
}

/** What commands in the container of a data plane showed. */
export function planeProbes(pod: string, probes: readonly StoredProbe[], address = ADDRESS) {
  return {
    artifact: kongPlaneProbes,
    scope: scopeOf(pod),
    bytes: JSON.stringify({ plane: planeOf(pod), address, probes }),
  };
}

/** The line of a control plane that keeps the configuration from a data plane, as Kong 3.6 writes it. */
export function notSent(error: string, host = 'kong-dp-0'): string {
  return `2026/01/15 11:59:25 [warn] 1264#0: *2745 [lua] control_plane.lua:408: [clustering] unable to send updated configuration to data plane: ${error} ${about(host)}`;
}

/** What a control plane appends to a line about one data plane. */
export function about(host = 'kong-dp-0'): string {
  return `[id: 00000000-0000-4000-8000-000000000000, host: ${host}, ip: 10.20.0.15, version: 3.6.1], client: 10.20.0.15, server: kong_cluster_listener, request: "GET /v1/outlet?node_id=00000000-0000-4000-8000-000000000000&node_hostname=${host}&node_version=3.6.1 HTTP/1.1", host: "${ADDRESS}"`;
}
