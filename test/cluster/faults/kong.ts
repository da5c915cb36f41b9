import type { KongStandIn } from '../kong-stand-in.ts';
import { kwokDocument } from '../kwok.ts';
import { waitFor } from '../processes.ts';
import { deployment, service } from '../workload/object.ts';
import type { Fault, FaultCluster } from './fault.ts';
import { APP } from './objects.ts';

const NAMESPACE = 'kong-prefix-full';
/** Port of the Admin API in the pod of the control plane; kwok forwards it to the stand-in. */
const ADMIN_PORT = 8001;
const VOLUME = 'kong-dp-prefix-dir';
const IMAGE = 'docker.io/library/kong:3.4.2';

/** A control plane behind a stand-in, and data planes whose prefix is full: two were evicted one after the other. */
export function kongFaults(standIn: KongStandIn): readonly Fault[] {
  const at = (port: number) => ({ port, address: '127.0.0.1' });
  const forwards = [
    { ports: [ADMIN_PORT], target: at(standIn.port) },
    { ports: [8005], target: at(standIn.clusterPort) },
  ];
  return [
    {
      name: NAMESPACE,
      objects: [
        deployment(NAMESPACE, 'kong-cp', {
          containers: [
            {
              name: APP,
              image: IMAGE,
              ports: [{ name: 'cluster', containerPort: 8005 }],
              env: environment({
                KONG_ROLE: 'control_plane',
                KONG_DATABASE: 'postgres',
                KONG_ADMIN_LISTEN: `127.0.0.1:${ADMIN_PORT}`,
                KONG_STATUS_LISTEN: 'off',
              }),
            },
          ],
        }),
        service(NAMESPACE, 'kong-cp-cluster', 'kong-cp', 8005),
        deployment(NAMESPACE, 'kong-dp', {
          replicas: 2,
          containers: [
            {
              name: APP,
              image: IMAGE,
              env: environment({
                KONG_ROLE: 'data_plane',
                KONG_DATABASE: 'off',
                KONG_CLUSTER_CONTROL_PLANE: `kong-cp-cluster.${NAMESPACE}.svc.cluster.local:8005`,
                KONG_STATUS_LISTEN: 'off',
              }),
              volumeMounts: [{ name: VOLUME, mountPath: '/kong_prefix/' }],
            },
          ],
          volumes: [{ name: VOLUME, emptyDir: { sizeLimit: '256Mi' } }],
        }),
      ],
      kwok: [
        kwokDocument(
          'ClusterPortForward',
          { name: NAMESPACE },
          { selector: { matchNamespaces: [NAMESPACE] }, forwards },
        ),
      ],
      async afterwards(cluster) {
        await evictOne(cluster, 1);
        await evictOne(cluster, 2);
        await list(cluster, standIn);
      },
      settled: (seen) =>
        seen.of('Pod').filter(({ status }) => status?.phase === 'Failed').length === 2 &&
        seen.of('Deployment').every(({ status }) => status?.availableReplicas === status?.replicas),
      expect: {
        analyzer: 'kong/prefix-volume-full',
        message: 'evicted',
        subject: `Pod ${NAMESPACE}/kong-dp-*`,
      },
    },
  ];
}

interface PodSeen {
  readonly metadata: { readonly name: string };
  readonly status: { readonly phase: string; readonly podIP?: string };
}

async function dataPlanes(cluster: FaultCluster): Promise<PodSeen[]> {
  const { stdout } = await cluster.kubectl([
    '-n',
    NAMESPACE,
    'get',
    'pods',
    '-l',
    'app=kong-dp',
    '-o',
    'json',
  ]);
  return (JSON.parse(stdout) as { items: PodSeen[] }).items;
}

/** Ends a data plane as the kubelet does at the limit of a volume; its Deployment makes another and leaves it. */
async function evictOne(cluster: FaultCluster, count: number): Promise<void> {
  const running = async () => (await dataPlanes(cluster)).filter(({ status }) => status.phase === 'Running');
  await waitFor(`two data planes before eviction ${count}`, async () => (await running()).length === 2);
  const name = (await running())[0]?.metadata.name ?? '';
  const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const terminated = { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now };
  const status = {
    phase: 'Failed',
    reason: 'Evicted',
    message: `Usage of EmptyDir volume "${VOLUME}" exceeds the limit "256Mi". `,
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: now }],
    containerStatuses: [{ name: APP, ready: false, state: { running: null, terminated } }],
  };
  const patch = ['patch', 'pod', name, '--subresource=status', '-p', JSON.stringify({ status })];
  const { code, stderr } = await cluster.kubectl(['-n', NAMESPACE, ...patch]);
  if (code !== 0) throw new Error(`the pod was not evicted: ${stderr.trim()}`);
  await waitFor(
    `a replacement of eviction ${count}`,
    async () => (await dataPlanes(cluster)).length === 2 + count,
  );
}

/** The control plane lists those that run, and still those that were evicted. */
async function list(cluster: FaultCluster, standIn: KongStandIn): Promise<void> {
  const all = await dataPlanes(cluster);
  standIn.setDataPlanes(
    all.map(({ metadata, status }, index) => ({
      id: `00000000-0000-4000-8000-00000000000${index}`,
      hostname: metadata.name,
      ip: status.podIP ?? '192.0.2.1',
      ageSeconds: status.phase === 'Failed' ? 7200 : 12,
    })),
  );
}

function environment(values: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
