import type { Check, Message } from '../model/message.ts';

const ROW = { checklist: 'kong-data-plane' } as const;
const DESCRIBE = {
  text: 'See state, restarts and events.',
  argv: ['kubectl', 'describe', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
} as const;
const RESOURCES = {
  text: 'See what it may use.',
  argv: ['kubectl', 'get', 'pod', '{pod.name}', '-n', '{pod.namespace}', '-o', 'yaml'],
} as const;

/** What a data plane may be short of. */
export const GROUND_MESSAGES = {
  memoryNearLimit: {
    severity: 'warning',
    confidence: { level: 'likely', reason: 'measured once, by the kubelet' },
    text: '{pod:object} holds {used:bytes} of the {limit:bytes} of memory its container `{container:text}` may have: the next large configuration can get a worker killed.',
    remedy: [
      {
        text: 'Raise the memory limit; or lower `KONG_NGINX_WORKER_PROCESSES` (2 in the chart) or `KONG_MEM_CACHE_SIZE`, which every worker or node fills.',
      },
      RESOURCES,
    ],
    key: ['container'],
    check: 'memory',
    explains: [{ effect: 'pod-crashing', via: ['same-object'] }],
  },
  restarted: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the container status says so' },
    text: 'Container `{container:text}` of {pod:object} was restarted {restarts:count} times, last at {last:time}: {why:text}.',
    remedy: [
      DESCRIBE,
      {
        text: 'Read what it wrote before it ended.',
        argv: ['kubectl', 'logs', '{pod.name}', '-n', '{pod.namespace}', '-c', '{container}', '--previous'],
      },
    ],
    check: 'restarts',
  },
  warned: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the event says so, and the pod is not ready' },
    text: '{pod:object} is not ready, and its last warning is `{reason:text}`: {detail:text}.',
    remedy: [DESCRIBE],
    check: 'events',
  },
  throttled: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'the counters of its cgroup say so' },
    text: '{pod:object} is stopped by its CPU limit in {percent:count} % of its periods: heartbeats, probes and requests come late.',
    remedy: [{ text: 'Raise the CPU limit or take it away.' }, RESOURCES],
    check: 'cpu',
  },
} as const satisfies Readonly<Record<string, Message>>;

/** Rows of the checklist about the ground a data plane stands on. */
export const GROUND_CHECKS = {
  restarts: {
    ...ROW,
    item: 'Infrastructure: restarts',
    expected: 'none in the last hour',
    found: '{restarts:count} restarts, none in the last hour',
  },
  events: {
    ...ROW,
    item: 'Infrastructure: events',
    expected: 'no warning while the pod is not well',
    found: '{detail:text}',
  },
  memory: {
    ...ROW,
    item: 'Infrastructure: memory',
    expected: 'less than 90 % of the limit',
    found: '{detail:text}',
  },
  cpu: {
    ...ROW,
    item: 'Infrastructure: CPU',
    expected: 'at most 25 % of its periods throttled',
    found: '{detail:text}',
  },
} as const satisfies Readonly<Record<string, Check>>;
