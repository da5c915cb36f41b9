import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
import { apply } from './workloads.ts';

const ACCOUNT = 'proxied-collector';

/** A proxy in front of a control plane, and a kubeconfig of it. */
export interface Proxied extends FaultProxy {
  readonly kubeconfigFile: string;
}

/** Gives a service account every right: its tokens pass the proxy, which client certificates cannot. */
export async function createProxiedAccount(plane: ControlPlane): Promise<void> {
  const metadata = { name: ACCOUNT, namespace: 'kube-system' };
  const subject = { kind: 'ServiceAccount', ...metadata };
  await apply(plane, [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: ACCOUNT },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [subject],
    },
  ]);
}

/** A new token of that account, as the API server issues it. */
export async function proxiedToken(plane: ControlPlane, seconds = 3600): Promise<string> {
  const { stdout, stderr, code } = await plane.kubectl([
    '-n',
    'kube-system',
    'create',
    'token',
    ACCOUNT,
    `--duration=${seconds}s`,
  ]);
  if (code !== 0) throw new Error(`no token: ${stderr}`);
  return stdout.trim();
}

/** Starts a proxy in front of a control plane for one collection. */
export async function startProxied(
  plane: ControlPlane,
  options: Omit<FaultProxyOptions, 'server' | 'ca'>,
  user?: object,
): Promise<Proxied> {
  const ca = await readFile(join(plane.dir, 'ca.crt'));
  const proxy = await startFaultProxy({ ...options, server: plane.server, ca });
  const credentials = user ?? { token: await proxiedToken(plane) };
  const file = join(plane.dir, `proxied-${new URL(proxy.url).port}.kubeconfig`);
  return { ...proxy, kubeconfigFile: await proxy.kubeconfig(file, credentials) };
}
