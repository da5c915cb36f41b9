/** Kinds whose age matters, by their place in etcd. */
export const PREFIXES: readonly string[] = [
  '/registry/minions/',
  '/registry/pods/',
  '/registry/deployments/',
  '/registry/replicasets/',
  '/registry/services/specs/',
  '/registry/endpointslices/',
];

/** How often a key that a controller changed meanwhile is read again. */
const ATTEMPTS = 20;

interface KeyValue {
  /** Both base64. */
  readonly key: string;
  readonly value: string;
  readonly mod_revision: string;
}

interface StoredObject {
  metadata: { creationTimestamp: string; managedFields?: Times[] };
  /** Of a Lease. */
  spec?: Times;
  status?: {
    startTime?: string;
    lastScheduleTime?: string;
    conditions?: Times[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
}

type Times = Record<string, unknown>;

interface ContainerStatus {
  state?: { running?: Times; terminated?: Times };
}

const TIME_FIELDS = [
  'creationTimestamp',
  'deletionTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'startTime',
  'startedAt',
  'finishedAt',
  'lastScheduleTime',
  // Of managed fields, and of leases.
  'time',
  'renewTime',
  'acquireTime',
] as const;

/**
 * Makes nodes, pods, workloads and Services older than they are, with the times of their conditions and containers. The API
 * server sets creation times itself, so this goes to etcd, whose values are JSON here, by etcd's HTTP gateway.
 */
export async function backdate(etcd: string, seconds: number, prefixes = PREFIXES): Promise<void> {
  for (const prefix of prefixes) {
    // 0 follows the slash in ASCII: a range up to there is every key below the prefix.
    const end = `${prefix.slice(0, -1)}0`;
    const { kvs } = await ask(etcd, 'range', { key: base64(prefix), range_end: base64(end) });
    for (const found of kvs ?? []) await backdateKey(etcd, found, seconds);
  }
}

async function backdateKey(etcd: string, found: KeyValue, seconds: number): Promise<void> {
  let current: KeyValue | undefined = found;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // Gone meanwhile: nothing to make older.
    if (current === undefined) return;
    const object = JSON.parse(Buffer.from(current.value, 'base64').toString('utf8')) as StoredObject;
    makeOlder(object, seconds);
    const value = base64(JSON.stringify(object));
    const unchanged = { key: found.key, target: 'MOD', result: 'EQUAL', mod_revision: current.mod_revision };
    const put = { request_put: { key: found.key, value } };
    const { succeeded } = await ask(etcd, 'txn', { compare: [unchanged], success: [put] });
    if (succeeded) return;
    current = (await ask(etcd, 'range', { key: found.key })).kvs?.[0];
  }
  throw new Error(`${Buffer.from(found.key, 'base64').toString()} changes faster than it can be backdated`);
}

/** Times of `lastState` stay: a container that crashes again and again did so just now. */
function makeOlder({ metadata, spec, status }: StoredObject, seconds: number): void {
  const containers = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const holders = [
    metadata,
    spec,
    status,
    ...(metadata.managedFields ?? []),
    ...(status?.conditions ?? []),
    ...containers.flatMap(({ state }) => [state?.running, state?.terminated]),
  ];
  for (const holder of holders as (Times | undefined)[]) {
    for (const field of TIME_FIELDS) {
      const time = holder?.[field];
      if (holder === undefined || typeof time !== 'string') continue;
      holder[field] = earlier(time, seconds);
    }
  }
}

/** With microseconds where the field has them, as leases do. */
function earlier(time: string, seconds: number): string {
  const moved = new Date(Date.parse(time) - seconds * 1000).toISOString();
  return time.includes('.') ? moved.replace('Z', '000Z') : `${moved.slice(0, 19)}Z`;
}

async function ask(
  etcd: string,
  call: 'range' | 'txn',
  body: unknown,
): Promise<{ kvs?: KeyValue[]; succeeded?: boolean }> {
  const reply = await fetch(`${etcd}/v3/kv/${call}`, { method: 'POST', body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`etcd refused ${call}: ${reply.status} ${await reply.text()}`);
  return (await reply.json()) as { kvs?: KeyValue[]; succeeded?: boolean };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
