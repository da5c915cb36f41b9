import type { Check, Explains, Message } from '../model/message.ts';
import { POD_SYMPTOMS } from './pod-symptoms.ts';

/** A data plane that cannot store its configuration serves an old one, or none and is not ready. */
const EXPLAINS: readonly Explains[] = [
  ...POD_SYMPTOMS,
  { effect: 'pod-crashing', via: ['same-object'] },
  { effect: 'pod-evicted', via: ['same-object'] },
  { effect: 'data-plane-configuration-old', via: ['same-object'] },
];

const VOLUME_KEY = {
  text: 'With the Helm chart (release {release:text}) raise `deployment.prefixDir.sizeLimit` (256Mi unless set); a claim is no help, since the content is made anew at each start.',
  argv: [
    'helm',
    'upgrade',
    '{release}',
    'kong/kong',
    '-n',
    '{pod.namespace}',
    '--reuse-values',
    '--set',
    'deployment.prefixDir.sizeLimit=1Gi',
  ],
} as const;
const ROOM = {
  text: 'Plan about three times the size of one copy of the configuration in the database: LMDB keeps old pages while it writes new ones, and never shrinks its file.',
} as const;
const SHOW = {
  text: 'See how much each file below `{path:text}` of container `{container:text}` takes.',
  argv: [
    'kubectl',
    'exec',
    '{pod.name}',
    '-n',
    '{pod.namespace}',
    '-c',
    '{container}',
    '--',
    'du',
    '-ak',
    '{path}',
  ],
} as const;
const FEWER = {
  text: 'Or make the configuration smaller: consumers and their credentials make most of a large one.',
} as const;

/** What fills a prefix, and how it shows. */
export const PREFIX_MESSAGES = {
  evicted: {
    severity: ['critical', 'warning', 'info'],
    confidence: { level: 'certain', reason: 'the kubelet says so in the status of the evicted pods' },
    text: '{pod:object} was evicted since its Kong prefix, emptyDir `{volume:text}`, exceeded {limit:quantity}; {owner:object} has {count:count} such evictions listed{detail:text}.',
    remedy: [
      VOLUME_KEY,
      ROOM,
      FEWER,
      {
        text: 'Evicted pods stay listed until somebody deletes them; kubectl shows those whose Kong ended in time as `Completed`.',
        argv: ['kubectl', 'delete', 'pods', '-n', '{pod.namespace}', '--field-selector=status.phase=Failed'],
      },
    ],
    key: ['volume'],
    explains: EXPLAINS,
  },
  nearlyFull: {
    severity: ['critical', 'warning'],
    confidence: { level: 'certain', reason: 'it was measured' },
    text: 'The Kong prefix of {pod:object}, emptyDir `{volume:text}`, holds {used:bytes} of {limit:quantity} ({percent:text}): {consequence:text}{detail:text}.',
    remedy: [VOLUME_KEY, ROOM, SHOW],
    key: ['volume'],
    // What its siblings were evicted for comes to it next.
    effect: 'pod-evicted',
    explains: EXPLAINS,
  },
  mapFull: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'its log says so, and no configuration was applied since' },
    text: '{pod:object} cannot store the configuration it gets: the map of its database is full (`lmdb_map_size` {map:text}), so that it goes on with the last one that fitted{detail:text}.',
    remedy: [
      {
        text: 'Raise `KONG_LMDB_MAP_SIZE` (chart: `env.lmdb_map_size` of release {release:text}; 2048m by default since Kong 3.4, 128m before) and the size limit of the prefix with it: the file lies there.',
        argv: [
          'helm',
          'upgrade',
          '{release}',
          'kong/kong',
          '-n',
          '{pod.namespace}',
          '--reuse-values',
          '--set',
          'env.lmdb_map_size=1024m,deployment.prefixDir.sizeLimit=2Gi',
        ],
      },
      FEWER,
    ],
    effect: 'data-plane-configuration-old',
    explains: EXPLAINS,
  },
  noSpace: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'its log says so, and no configuration was applied since' },
    text: '{pod:object} cannot store the configuration it gets: {place:text} is full ({error:text}){detail:text}.',
    remedy: [
      {
        text: 'A prefix with `medium: Memory` is a file system of fixed size: raise its `sizeLimit` and, since its files count as memory, the memory limit of the container; or drop `medium: Memory`.',
      },
      VOLUME_KEY,
      {
        text: 'A prefix on disk never says so by its limit: then the disk of node `{node:text}` is full.',
        argv: ['kubectl', 'describe', 'node', '{node}'],
      },
    ],
    explains: EXPLAINS,
  },
  databaseUnusable: {
    severity: 'critical',
    confidence: { level: 'certain', reason: 'its log says so, and it is not ready' },
    text: 'Kong in {pod:object} cannot open the database of its configuration: {error:text}.',
    remedy: [
      {
        text: 'Delete the pod: the database lies in an emptyDir and is made anew, a restart of the container keeps it.',
        argv: ['kubectl', 'delete', 'pod', '{pod.name}', '-n', '{pod.namespace}'],
      },
      {
        text: 'MDB_READERS_FULL: set `KONG_NGINX_WORKER_PROCESSES` to a number instead of `auto` on nodes with many cores, or run Kong 3.9 or later.',
      },
    ],
    explains: EXPLAINS,
  },
  mapExceedsLimit: {
    severity: 'info',
    confidence: { level: 'certain', reason: 'both numbers are in the pod or are defaults of its version' },
    text: 'The database of {owner:object} may grow to {map:text} ({origin:text}), but its Kong prefix `{volume:text}` only to {limit:quantity}: {consequence:text}{detail:text}.',
    remedy: [
      { text: VOLUME_KEY.text },
      ROOM,
      {
        text: 'Or lower `KONG_LMDB_MAP_SIZE` below the limit of the volume: Kong then writes `map full` to its log and goes on with its last configuration, instead of being evicted without a word.',
      },
    ],
    key: ['volume'],
  },
} as const satisfies Readonly<Record<string, Message>>;

export const PREFIX_CHECKS = {
  room: {
    item: 'Kong prefix has room',
    expected: 'less than 70 % of its limit in use',
    found: '{percent:text} of {limit:quantity}',
  },
  stores: {
    item: 'Kong stores its configuration',
    expected: 'no full volume, no full map',
    found: 'none in its log',
  },
} as const satisfies Readonly<Record<string, Check>>;
