import { clusterScenario } from '../cluster.ts';
import { completedJob } from '../jobs.ts';
import { connectedLog, kong, nginxTime } from '../kong.ts';
import { ago, condition, DAY, eventAbout, type LogEntry, logOf, MINUTE, objectOf } from '../object.ts';
import type { ApiObject, SampleReply, Scenario } from '../scenario.ts';
import type { Replica } from '../workloads.ts';

/** The first version whose database may grow beyond the volume of the chart. */
const VERSION = '3.4.2';
const LIMIT = '256Mi';
const VOLUME = 'kong-dp-kong-prefix-dir';
const NODES = ['worker-1', 'worker-2'];

/** Pods the kubelet has evicted, so many seconds before the collection, each replaced by the next. */
const EVICTED: readonly (readonly [suffix: string, seconds: number])[] = [
  ['h9d2w', 45],
  ['t6m4c', 14 * MINUTE],
  ['b8x7r', 27 * MINUTE],
  ['n3k5v', 41 * MINUTE],
  ['p2z8f', 56 * MINUTE],
  ['c7q4s', 190 * MINUTE],
];

/**
 * A data plane of Kong 3.4 whose configuration has outgrown the prefix volume of the Helm chart: after some
 * changes of the configuration the kubelet evicts one pod after the other, and kubectl shows them as
 * `Completed` beside the pod of the migration.
 */
export async function kongPrefixFull(): Promise<Scenario> {
  const part = await kong(
    [
      {
        name: 'kong-dp',
        hash: '6d9c7b8f54',
        age: 6 * DAY,
        clusterIP: '10.101.40.2',
        prefix: LIMIT,
        unavailable: EVICTED[0]![1],
        replicas: [
          { suffix: '2xk9p', node: 'worker-1', ip: '10.244.1.41', age: 11 * MINUTE },
          { suffix: 'lw7zt', node: 'worker-2', ip: '10.244.2.41', age: 38, ready: false, changed: 38 },
        ],
        ended: EVICTED.map(evicted),
      },
    ],
    [
      {
        id: '1f0c2a53-6a7e-4b0e-9d5e-0b6a3f1d2c11',
        hostname: 'kong-dp-kong-6d9c7b8f54-2xk9p',
        ip: '10.244.1.41',
        age: 12,
      },
      ...EVICTED.map(([suffix, age], index) => ({
        id: `7b9e6f20-3c41-4f8a-8a77-5d2b90c4e62${index}`,
        hostname: `kong-dp-kong-6d9c7b8f54-${suffix}`,
        ip: `10.244.${(index % 2) + 1}.${50 + index}`,
        age: age + 9,
      })),
    ],
    VERSION,
  );
  const pods = part.dataPlanes.get('kong-dp') ?? [];
  const [running, starting] = pods;
  const logs: LogEntry[] = [
    [`kong/${running!.metadata.name}/proxy`, connectedLog(11 * MINUTE)],
    [`kong/${starting!.metadata.name}/proxy`, startingLog()],
    ['kong/kong-cp-kong-init-migrations-v5t8n/kong-migrations', migrationLog()],
    ...EVICTED.map(
      ([suffix, age]): LogEntry => [`kong/kong-dp-kong-6d9c7b8f54-${suffix}/proxy`, evictedLog(age)],
    ),
  ];
  const left = part.objects.filter(({ kind, status }) => kind === 'Pod' && isFailed(status));
  const scenario = await clusterScenario(
    'kong-prefix-full',
    { ...part, podReplies: { ...part.podReplies, ...entities(part.podReplies) } },
    { objects: [...migration(), ...releases(), ...left.flatMap(eventsOf)], logs },
  );
  return { ...scenario, commands: sizes(running!) };
}

function isFailed(status: unknown): boolean {
  return (status as { phase?: string }).phase === 'Failed';
}

/** As the kubelet leaves a pod over the limit of a volume: nginx ends with 0 within its second. */
function evicted([suffix, seconds]: (typeof EVICTED)[number], index: number): Replica {
  const times = { startedAt: ago(seconds + 12 * MINUTE), finishedAt: ago(seconds - 1) };
  const terminated = { exitCode: 0, reason: 'Completed', ...times };
  return {
    suffix,
    node: NODES[index % NODES.length]!,
    ip: `10.244.${(index % 2) + 1}.${50 + index}`,
    age: seconds + 12 * MINUTE,
    phase: 'Failed',
    ready: false,
    container: { state: { terminated }, ready: false, started: false },
    status: {
      reason: 'Evicted',
      message: `Usage of EmptyDir volume "${VOLUME}" exceeds the limit "${LIMIT}". `,
      conditions: [
        condition('PodScheduled', 'True', seconds + 12 * MINUTE),
        condition('Initialized', 'True', seconds + 12 * MINUTE),
        condition('ContainersReady', 'False', seconds, { reason: 'PodFailed' }),
        condition('Ready', 'False', seconds, { reason: 'PodFailed' }),
      ],
    },
  };
}

/** Events of the last hour; those of the first eviction have expired. */
function eventsOf(pod: ApiObject): ApiObject[] {
  const eviction = EVICTED.find(([suffix]) => pod.metadata.name.endsWith(suffix));
  if (!eviction || eviction[1] > 60 * MINUTE) return [];
  const { nodeName: host } = pod.spec as { nodeName: string };
  return [
    eventAbout(pod, {
      type: 'Warning',
      reason: 'Evicted',
      message: `Usage of EmptyDir volume "${VOLUME}" exceeds the limit "${LIMIT}". `,
      age: eviction[1],
      source: { component: 'kubelet', host },
    }),
  ];
}

/** What Kong writes when the kubelet ends it: nothing of the volume. */
function evictedLog(seconds: number): string {
  return logOf([
    [seconds + 700, `${nginxTime(seconds + 700)} [notice] 1#0: start worker processes`],
    [
      seconds + 200,
      `${nginxTime(seconds + 200)} [notice] 1258#0: *88 [lua] init.lua:259: purge(): [DB cache] purging (local) cache, context: ngx.timer`,
    ],
    [seconds, `${nginxTime(seconds)} [notice] 1#0: signal 3 (SIGQUIT) received from 0, shutting down`],
    [seconds, `${nginxTime(seconds)} [notice] 1258#0: gracefully shutting down`],
  ]);
}

function startingLog(): string {
  return logOf([
    [33, `${nginxTime(33)} [notice] 1#0: start worker processes`],
    [
      21,
      `${nginxTime(21)} [notice] 1259#0: *4 [lua] ready.lua:111: not ready for proxying: no configuration available (empty configuration present), client: 10.244.2.1, server: kong_status, request: "GET /status/ready HTTP/1.1", host: "10.244.2.41:8100"`,
    ],
  ]);
}

/** The Job of the release of the control plane, kept since its installation. */
function migration(): ApiObject[] {
  return completedJob({
    namespace: 'kong',
    name: 'kong-cp-kong-init-migrations',
    container: {
      name: 'kong-migrations',
      image: `kong:${VERSION}`,
      args: ['/bin/sh', '-c', 'kong migrations bootstrap'],
    },
    attempts: [
      {
        suffix: 'v5t8n',
        node: 'worker-1',
        ip: '10.244.1.19',
        began: 20 * DAY,
        ended: 20 * DAY - 31,
        exitCode: 0,
      },
    ],
  });
}

function migrationLog(): string {
  return logOf([
    [20 * DAY - 3, 'Bootstrapping database...'],
    [20 * DAY - 30, 'Database is up-to-date'],
  ]);
}

/** Helm keeps each revision of a release in a Secret; only names and times of them are read. */
function releases(): ApiObject[] {
  return [20, 6].map((days, index) =>
    objectOf(
      {
        kind: 'Secret',
        namespace: 'kong',
        name: `sh.helm.release.v1.kong-dp.v${index + 1}`,
        age: days * DAY,
        labels: { name: 'kong-dp', owner: 'helm', version: String(index + 1) },
      },
      { type: 'helm.sh/release.v1', data: { release: '' } },
    ),
  );
}

/** Plugins that hold whole API descriptions make this configuration large. */
const PLUGINS = 280;
const PLUGIN_BYTES = 104_000;

/** Pages of the Admin API, one for each kind that is counted. */
function entities(replies: Readonly<Record<string, SampleReply>>): Record<string, SampleReply> {
  const admin = Object.keys(replies)
    .find((path) => path.endsWith(':8001/status'))
    ?.replace(/\/status$/, '');
  const page = (count: number, size: number): SampleReply => {
    const data = Array.from({ length: count }, (_, index) => ({ id: index, text: 'x'.repeat(size) }));
    return { body: JSON.stringify({ data, next: null }) };
  };
  const sizes: Record<string, SampleReply> = {
    services: page(310, 240),
    routes: page(320, 260),
    consumers: page(45, 120),
    plugins: page(PLUGINS, PLUGIN_BYTES),
    upstreams: page(0, 0),
    snis: page(0, 0),
    ca_certificates: page(0, 0),
  };
  return Object.fromEntries(Object.entries(sizes).map(([kind, reply]) => [`${admin}/${kind}`, reply]));
}

/** What `--exec` finds in the data plane that still runs. */
function sizes({ metadata }: ApiObject): Record<string, string> {
  const container = `${metadata.namespace}/${metadata.name}/proxy`;
  return {
    [`${container} du -sk /kong_prefix`]: '219136\t/kong_prefix\n',
    [`${container} ls -ln /kong_prefix/dbless.lmdb`]:
      'total 218928\n-rw-r--r-- 1 1000 1000 224182272 Mar  3 09:21 data.mdb\n-rw-r--r-- 1 1000 1000 8192 Mar  3 09:30 lock.mdb\n',
  };
}
