import { spawn } from 'node:child_process';
import type {
  CoreV1EventList,
  V1EndpointSliceList,
  V1LeaseList,
  V1NodeList,
  V1Pod,
  V1Secret,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cluster, START_MS, startCluster } from './cluster.ts';
import type { ControlPlane } from './control-plane.ts';
import { UNSCHEDULABLE_POD } from './workload/broken.ts';
import { CANARIES } from './workload/canaries.ts';
import { LOG_TEXT } from './workload/log-files.ts';
import { BROKEN_NODE, READY_NODES } from './workload/nodes.ts';
import { ORPHAN_SERVICE, SHOP_VIEWER } from './workload/shop.ts';
import { AGE_SECONDS, type CreatedPods } from './workloads.ts';

let cluster: Cluster;
let plane: ControlPlane;
let pods: CreatedPods;

beforeAll(async () => {
  cluster = await startCluster();
  ({ plane, pods } = cluster);
}, START_MS);

afterAll(async () => {
  await cluster?.stop();
}, 30_000);

async function json<T>(args: readonly string[]): Promise<T> {
  const { stdout, stderr, code } = await plane.kubectl([...args, '-o', 'json']);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('the control plane of the cluster tests', () => {
  it('serves the version it was built from', async () => {
    const version = await json<{ serverVersion: { gitVersion: string; minor: string } }>(['version']);

    expect(version.serverVersion.gitVersion).toMatch(/^v1\.\d+\.\d+/);
    expect(version.serverVersion.minor).toBe(version.serverVersion.gitVersion.split('.')[1]);
  });

  it('has ready nodes and one whose kubelet is not ready', async () => {
    const { items } = await json<V1NodeList>(['get', 'nodes']);

    const states = items.map((node) => [
      node.metadata?.name,
      node.status?.conditions?.find((condition) => condition.type === 'Ready')?.status,
    ]);
    expect(states).toEqual([...READY_NODES.map((name) => [name, 'True']), [BROKEN_NODE, 'False']]);
  });

  it('has objects older than itself, with conditions as old', async () => {
    const pod = await json<V1Pod>(['-n', 'broken', 'get', 'pod', UNSCHEDULABLE_POD]);

    const since = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime;
    for (const time of [pod.metadata?.creationTimestamp, since]) {
      expect(Date.now() - Date.parse(String(time))).toBeGreaterThan(AGE_SECONDS * 1000);
    }
  });

  it('returns container logs, also of init containers and of the previous run', async () => {
    const logs = async (...args: string[]): Promise<string> =>
      (await plane.kubectl(['logs', ...args])).stdout;

    expect(await logs('-n', 'shop', pods.web[0] ?? '', '-c', 'web')).toBe(`${LOG_TEXT.web.join('\n')}\n`);
    expect(await logs('-n', 'shop', pods.web[0] ?? '', '-c', 'web', '--tail=1')).toBe(
      'GET /healthz 200 0ms\n',
    );
    expect(await logs('-n', 'shop', pods.web[0] ?? '', '-c', 'migrate')).toBe(
      `${LOG_TEXT.migrate.join('\n')}\n`,
    );
    expect(await logs('-n', 'broken', pods.crasher, '--previous')).toBe(
      `${LOG_TEXT.crasherPrevious.join('\n')}\n`,
    );
  });

  it('refuses the log of a container that never started', async () => {
    const { code, stderr } = await plane.kubectl(['logs', '-n', 'broken', pods.puller]);

    expect(code).not.toBe(0);
    expect(stderr).toContain('puller');
  });

  it('forwards the port of the Kong control plane to the stand-in', async () => {
    const port = await forwardedPort(['-n', 'kong', `pod/${pods.kongControlPlane}`, ':8001']);

    const reply = await fetch(`http://127.0.0.1:${port.number}/clustering/data-planes?size=1000`);
    const body = (await reply.json()) as { data: { hostname: string; last_seen: number }[] };
    port.close();

    expect(body.data.map((row) => row.hostname)).toEqual([pods.connectedDataPlane, pods.staleDataPlane]);
    expect((body.data[0]?.last_seen ?? 0) - (body.data[1]?.last_seen ?? 0)).toBe(3600 - 12);
    expect(cluster.standIn.requests).toContain('GET /clustering/data-planes?size=1000');
  });

  it('explains in an event why a pod is not scheduled', async () => {
    const { items } = await json<CoreV1EventList>([
      '-n',
      'broken',
      'get',
      'events',
      '--field-selector',
      'reason=FailedScheduling',
    ]);

    expect(items[0]?.involvedObject.name).toBe(UNSCHEDULABLE_POD);
    expect(items[0]?.message).toContain('Insufficient cpu');
  });

  it('shows the waiting reasons of broken containers', async () => {
    const reason = async (name: string): Promise<string | undefined> => {
      const pod = await json<V1Pod>(['-n', 'broken', 'get', 'pod', name]);
      return pod.status?.containerStatuses?.[0]?.state?.waiting?.reason;
    };

    expect(await reason(pods.crasher)).toBe('CrashLoopBackOff');
    expect(await reason(pods.puller)).toBe('ImagePullBackOff');
  });

  it('serves custom resources', async () => {
    const widget = await json<{ spec: unknown }>(['-n', 'shop', 'get', 'widgets.shop.example.com', 'blue']);

    expect(widget.spec).toEqual({ colour: 'blue', size: 3 });
  });

  it('has a Service without endpoints beside one with endpoints', async () => {
    const addresses = async (name: string): Promise<number> => {
      const { items } = await json<V1EndpointSliceList>([
        '-n',
        'shop',
        'get',
        'endpointslices',
        '-l',
        `kubernetes.io/service-name=${name}`,
      ]);
      return items.flatMap((slice) => slice.endpoints ?? []).length;
    };

    expect(await addresses('web')).toBe(2);
    expect(await addresses(ORPHAN_SERVICE)).toBe(0);
  });

  it('renews the leases of leaders and of every node', async () => {
    const { items } = await json<V1LeaseList>(['get', 'leases', '-A']);

    const names = items.map((lease) => `${lease.metadata?.namespace}/${lease.metadata?.name}`);
    expect(names).toEqual(
      expect.arrayContaining([
        'kube-system/kube-controller-manager',
        'kube-system/kube-scheduler',
        'kube-node-lease/node-a',
        `kube-node-lease/${BROKEN_NODE}`,
        'shop/web-leader',
      ]),
    );
  });

  it('keeps the plain value of an applied Secret in its last-applied annotation', async () => {
    const secret = await json<V1Secret>(['-n', 'shop', 'get', 'secret', 'database']);

    expect(secret.metadata?.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toContain(
      CANARIES.secret,
    );
  });

  it('lets a viewer of one namespace read pods there, but no secrets and no other namespace', async () => {
    const kubeconfig = await plane.userKubeconfig({ name: SHOP_VIEWER });
    const code = async (...args: string[]): Promise<string> => {
      const result = await plane.kubectl(['--kubeconfig', kubeconfig, ...args]);
      return result.code === 0
        ? 'allowed'
        : result.stderr.includes('Forbidden')
          ? 'forbidden'
          : result.stderr;
    };

    expect(await code('-n', 'shop', 'get', 'pods')).toBe('allowed');
    expect(await code('-n', 'shop', 'get', 'secrets')).toBe('forbidden');
    expect(await code('-n', 'kong', 'get', 'pods')).toBe('forbidden');
    expect(await code('get', 'nodes')).toBe('forbidden');
  });

  it('records who asked for what', async () => {
    const requests = await cluster.auditedRequests(SHOP_VIEWER);

    expect(requests.map((request) => `${request.verb} ${request.objectRef?.resource}`)).toContain(
      'list secrets',
    );
  });

  it('runs commands in containers', async () => {
    const { stdout } = await plane.kubectl([
      '-n',
      'shop',
      'exec',
      pods.web[0] ?? '',
      '-c',
      'web',
      '--',
      'echo',
      'ran',
    ]);

    expect(stdout).toBe('ran\n');
  });
});

/** `kubectl port-forward` on a port of its own choice. */
async function forwardedPort(args: readonly string[]): Promise<{ number: number; close: () => void }> {
  const child = spawn(cluster.binaries.kubectl, ['--kubeconfig', plane.kubeconfig, 'port-forward', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const number = /127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (number !== undefined) resolve({ number: Number(number), close: () => child.kill() });
    });
    child.on('exit', () => reject(new Error(`kubectl port-forward ended: ${output}`)));
  });
}
